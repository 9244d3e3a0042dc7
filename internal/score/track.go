package score

import (
	"context"
	"iter"
	"slices"

	"halcyon/heatmap"
	"halcyon/liqmodel"
	"halcyon/market"
	"halcyon/scorecard"
)

// Maps is stored maps by UTC day; a lake is.
type Maps interface {
	// MapDays returns the days that hold a map, rising.
	MapDays(ctx context.Context, id market.InstrumentID) ([]market.UnixMilli, error)
	// MapColumns returns a day with the columns of one level of heatmap.Ladder.
	MapColumns(ctx context.Context, id market.InstrumentID, day market.UnixMilli, level int) (*heatmap.Day, error)
}

// What a track is made of.
const (
	// trackLevel is the level of the ladder that is read: columns of 5 minutes,
	// like the bars of the recorded sets.
	trackLevel = 1
	// trackWarm is how long the replays of baselines run before they are judged.
	trackWarm = 14 * market.Day
	nameMove  = "price move"
)

// trackWindows are the stretches that a track is judged over.
var trackWindows = []market.UnixMilli{market.Day, 7 * market.Day, 30 * market.Day}

// track judges the stored maps of instruments in sum, over the stretches that
// end with the newest hour known of all. An instrument of which nothing was
// published is left out: what it swept has nothing to be held against.
func track(ctx context.Context, maps Maps, parts []market.Listing, params func(market.Listing) liqmodel.Params) (scorecard.TrackRecord, error) {
	out := scorecard.TrackRecord{Records: []scorecard.Record{}}
	var past [market.Sides]scorecard.Past
	for _, part := range parts {
		own, observed, err := pastOf(ctx, maps, part, params(part))
		if err != nil {
			return out, err
		}
		if len(own[0].Start) > 0 {
			for s := range past {
				past[s] = joined(past[s], own[s])
			}
		}
		out.Observed = out.Observed || observed
	}
	start := past[0].Start
	if len(start) == 0 {
		return out, nil
	}
	now := start[len(start)-1] + market.Hour
	out.From, out.To = max(start[0], now-trackWindows[len(trackWindows)-1]), now
	for _, window := range trackWindows {
		for s := range market.PositionSide(market.Sides) {
			out.Records = append(out.Records, scorecard.NewRecord(past[s], s, now, window, seed))
		}
	}
	return out, nil
}

// joined sums two pasts over the hours that both have. A past of which nothing
// is known yet changes nothing.
func joined(a, b scorecard.Past) (out scorecard.Past) {
	if a.Start == nil {
		return b
	}
	for _, base := range a.Baselines {
		out.Baselines = append(out.Baselines, scorecard.PastBaseline{Name: base.Name})
	}
	out.Start = []market.UnixMilli{} // something is known, even where no hour is of both
	for i, t := range a.Start {
		k, both := slices.BinarySearch(b.Start, t)
		if !both {
			continue
		}
		out.Start = append(out.Start, t)
		out.Swept, out.Published = append(out.Swept, a.Swept[i]+b.Swept[k]), append(out.Published, a.Published[i]+b.Published[k])
		for j := range out.Baselines {
			v := &out.Baselines[j].Value
			*v = append(*v, a.Baselines[j].Value[i]+b.Baselines[j].Value[k])
		}
	}
	return out
}

// pastOf returns what is known of the hours of one instrument's stored map,
// drawn with the given parameters, and whether anything was published of it.
// What a column swept was known at its close, so this is how the map did live.
// Hours that the parameters were learned from are left out, and hours with gaps
// or without open interest; so are those before the first and after the last
// published liquidation, in which the feed may not have run.
func pastOf(ctx context.Context, maps Maps, listing market.Listing, p liqmodel.Params) (past [market.Sides]scorecard.Past, observed bool, err error) {
	days, err := maps.MapDays(ctx, listing.InstrumentID)
	if err != nil || len(days) == 0 {
		return past, false, err
	}
	last := trackWindows[len(trackWindows)-1]
	first, _ := slices.BinarySearch(days, days[len(days)-1]-last-trackWarm)
	var columns []heatmap.Column
	for _, day := range days[first:] {
		d, err := maps.MapColumns(ctx, listing.InstrumentID, day, trackLevel)
		if err != nil {
			return past, false, err
		}
		columns = append(columns, d.Levels[trackLevel].Columns...)
	}
	hours, observed := hoursOf(columns, p.Origin.To)
	if len(hours.start) == 0 {
		return past, observed, nil
	}
	past, err = baselines(barFeed(listing, columns), p, hours)
	return past, observed, err
}

// pastHours is what is known of the hours that can be judged, by time.
type pastHours struct {
	start []market.UnixMilli
	// swept and published are amounts (quote), move is how far price went
	// against the side within the hour (quote, at least 0).
	swept, published, move [market.Sides][]float64
}

// hoursOf gathers columns into the hours that can be judged. observed is false
// where no liquidation was published at all.
func hoursOf(columns []heatmap.Column, learned market.UnixMilli) (hours pastHours, observed bool) {
	width := heatmap.Ladder[trackLevel].Bucket
	published := func(c heatmap.Column) bool { return c.Liquidated[market.Long]+c.Liquidated[market.Short] > 0 }
	first := slices.IndexFunc(columns, published)
	if first < 0 {
		return hours, false
	}
	from := max(learned, columns[first].Bucket.Start(width).Floor(market.Hour))
	unfit := func(c heatmap.Column) bool {
		return c.Flags&(heatmap.FlagGap|heatmap.FlagNoOpenInterest|heatmap.FlagNoLiquidations) != 0
	}
	for start, within := range byHour(columns) {
		whole := market.UnixMilli(len(within))*width == market.Hour
		if whole && start >= from && !slices.ContainsFunc(within, unfit) {
			hours.add(start, within)
		}
	}
	// What comes after the last published liquidation may be a feed that is down.
	n := len(hours.start)
	for n > 0 && hours.published[market.Long][n-1]+hours.published[market.Short][n-1] == 0 {
		n--
	}
	hours.start = hours.start[:n]
	for s := range market.Sides {
		for _, v := range []*[]float64{&hours.swept[s], &hours.published[s], &hours.move[s]} {
			*v = (*v)[:n]
		}
	}
	return hours, true
}

// byHour yields the columns of each hour with its start.
func byHour(columns []heatmap.Column) iter.Seq2[market.UnixMilli, []heatmap.Column] {
	width := heatmap.Ladder[trackLevel].Bucket
	return func(yield func(market.UnixMilli, []heatmap.Column) bool) {
		for len(columns) > 0 {
			start, n := columns[0].Bucket.Start(width).Floor(market.Hour), 1
			for n < len(columns) && columns[n].Bucket.Start(width) < start+market.Hour {
				n++
			}
			if !yield(start, columns[:n]) {
				return
			}
			columns = columns[n:]
		}
	}
}

// add books the columns of one hour.
func (h *pastHours) add(start market.UnixMilli, columns []heatmap.Column) {
	h.start = append(h.start, start)
	var open, low, high market.Price
	for i := range columns {
		switch c := &columns[i]; {
		case c.Open == 0:
		case open == 0:
			open, low, high = c.Open, c.Low, c.High
		default:
			low, high = min(low, c.Low), max(high, c.High)
		}
	}
	h.move[market.Long] = append(h.move[market.Long], float64(open-low))
	h.move[market.Short] = append(h.move[market.Short], float64(high-open))
	for s := range market.Sides {
		var swept, published market.Notional
		for i := range columns {
			swept, published = swept+columns[i].Swept[s], published+columns[i].Liquidated[s]
		}
		h.swept[s], h.published[s] = append(h.swept[s], float64(swept)), append(h.published[s], float64(published))
	}
}

// barFeed returns columns as the bars that a ledger is driven by.
func barFeed(listing market.Listing, columns []heatmap.Column) feed {
	width := heatmap.Ladder[trackLevel].Bucket
	f := feed{listing: listing}
	for i := range columns {
		c := &columns[i]
		if c.Open == 0 {
			continue
		}
		start := c.Bucket.Start(width)
		f.bars = append(f.bars, market.Candle{
			OpenTime: start, CloseTime: start + width, Open: c.Open, High: c.High, Low: c.Low, Close: c.Close,
			Volume: c.Volume, TakerBuyVolume: c.TakerBuy,
		})
	}
	return f
}

// baselines replays the rivals of the map over the same hours.
func baselines(f feed, p liqmodel.Params, hours pastHours) (past [market.Sides]scorecard.Past, err error) {
	for s := range past {
		past[s] = scorecard.Past{
			Start: hours.start, Swept: hours.swept[s], Published: hours.published[s],
			Baselines: []scorecard.PastBaseline{{Name: nameMove, Value: hours.move[s]}},
		}
	}
	if len(f.bars) == 0 {
		return past, nil
	}
	begin, end := f.bars[0].OpenTime, f.bars[len(f.bars)-1].CloseTime
	for _, c := range []struct {
		name   string
		feed   feed
		params liqmodel.Params
	}{
		// Without open interest a sweep is linear in volume, so the placebo's
		// scale, the mean of the whole stretch, does not change its order.
		{"range-mass placebo", f.placebo(end), p},
		{namePeers, f, peerParams()},
	} {
		usd, err := c.feed.live(c.params, begin, hours.start, market.Hour)
		if err != nil {
			return past, err
		}
		for s := range past {
			past[s].Baselines = append(past[s].Baselines, scorecard.PastBaseline{Name: c.name, Value: usd[s]})
		}
	}
	return past, nil
}
