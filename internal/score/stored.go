package score

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"halcyon/internal/observed"
	"halcyon/liqmodel"
	"halcyon/market"
	"halcyon/scorecard"
)

// Store is what a server has recorded, by instrument; a lake is.
type Store interface {
	// Days returns the days that hold events, rising.
	Days(ctx context.Context, id market.InstrumentID) ([]market.UnixMilli, error)
	// Scan yields the events of a day in order.
	Scan(ctx context.Context, id market.InstrumentID, day market.UnixMilli) iter.Seq2[market.Event, error]
	// ObservedTimes returns when observed positions were stored, rising.
	ObservedTimes(ctx context.Context, id market.InstrumentID) ([]market.UnixMilli, error)
	// Observed returns the positions stored at one of those instants.
	Observed(ctx context.Context, id market.InstrumentID, at market.UnixMilli) ([]observed.Position, error)
}

// Question says what to score of a store.
type Question struct {
	Listing market.Listing
	// From and To bound the periods judged, half-open; the map begins earlier.
	From, To market.UnixMilli
	// Liquidations are tables by hour; where there are none, the liquidations
	// among the events are summed by hour.
	Liquidations []string
	// Params are the model's. Periods that they were learned from are left out.
	Params liqmodel.Params
}

// storedTrain is the share of periods that fit the baselines.
const storedTrain = 0.6

// Stored judges the map of stored events: how much, where liquidations are
// known, and truth, where positions are. The first part of the periods fits the
// baselines and the calibration, the rest is the test. The error wraps
// market.ErrInvalid where too little is stored.
func Stored(ctx context.Context, store Store, q Question) (Result, error) {
	f, seen, err := collect(ctx, store, q.Listing)
	if err != nil {
		return Result{}, err
	}
	for _, path := range q.Liquidations {
		t, err := readTable(path)
		if err != nil {
			return Result{}, err
		}
		r, err := t.liquidations()
		if err != nil {
			return Result{}, err
		}
		seen.start = append(seen.start, r.start...)
		for s := range seen.usd {
			seen.usd[s] = append(seen.usd[s], r.usd[s]...)
		}
	}
	q.From = max(q.From, q.Params.Origin.To)
	o := q.Params.Origin
	r := scorecard.Report{
		Format: scorecard.ReportFormat,
		Params: []scorecard.ParamsNote{{Name: "map", Version: o.Version, From: o.From, To: o.To, Note: o.Note}},
	}
	if err := storedHowMuch(&r, f, seen, q); err != nil {
		return Result{}, err
	}
	if err := storedTruth(ctx, &r, store, f, q); err != nil {
		return Result{}, err
	}
	if len(r.Sets) == 0 {
		return Result{}, fmt.Errorf("cannot score %q: no hour with bars and published liquidations and fewer than %d moments of observed positions from %v on, up to when parameters %q were learned: %w",
			q.Listing.InstrumentID.String(), minMoments, q.From, o.Version, market.ErrInvalid)
	}
	r.Verdicts = scorecard.Verdicts(r)
	return Result{Report: r, Learned: q.Params}, nil
}

// storedHowMuch judges hours, if there are any with liquidations.
func storedHowMuch(r *scorecard.Report, f feed, seen realised, q Question) error {
	base := seen.within(q.From, q.To, f)
	if len(base.start) == 0 {
		return nil
	}
	d := set{name: q.Listing.InstrumentID.String(), feed: f, begin: f.bars[0].OpenTime, base: base, baseWidth: market.Hour, censored: true}
	d.split = base.start[int(storedTrain*float64(len(base.start)))]
	j := judged{set: d, params: q.Params, placebo: q.Params}
	live, err := j.tables(market.Hour, false)
	if err != nil {
		return err
	}
	frozen, err := j.frozenTables(market.Hour)
	r.HowMuch = append(live, frozen...)
	r.Sets = append(r.Sets, scorecard.SetNote{Name: d.name, Text: d.describe()})
	return err
}

// minMoments is the fewest moments of observed positions worth a table.
const minMoments = 8

// storedTruth judges what stands, if positions were observed often enough.
func storedTruth(ctx context.Context, r *scorecard.Report, store Store, f feed, q Question) error {
	sightings, err := observedSightings(ctx, store, f, q)
	if err != nil || len(sightings) < minMoments {
		return err
	}
	all := f.ofOpenInterest(snapshots(sightings, 0))
	from := all[int(storedTrain*float64(len(all)))].at
	_, after := parted(all, from)
	begin := f.bars[0].OpenTime
	estimates, err := estimatesOf(begin, after, []truthMap{
		{namePeers, false, f.withoutOpenInterest(), peerParams(), false},
		{namePrior, false, f, liqmodel.PriorParams(), false},
		{namePlaceboMap, false, f.placebo(from), q.Params, false},
		{nameLearned, true, f, q.Params, false},
		{nameBlurred, true, f, q.Params, true},
	})
	if err != nil {
		return err
	}
	name := q.Listing.InstrumentID.String() + ", observed positions"
	r.Truth, r.Curves, err = judgeTruth(name, all, from, estimates)
	r.Sets = append(r.Sets, scorecard.SetNote{Name: name, Text: fmt.Sprintf("%s to %s, %d moments; test from %s", all[0].at.Date(), all[len(all)-1].at.Date(), len(all), from.Date())})
	return err
}

// observedSightings reads the positions observed within the question's bounds,
// at least momentsApart. A server follows its addresses through their trades, so
// one that is missing holds nothing.
func observedSightings(ctx context.Context, store Store, f feed, q Question) (out []sighting, err error) {
	id := q.Listing.InstrumentID
	times, err := store.ObservedTimes(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, at := range times {
		n := len(out)
		price := f.priceAt(at)
		if at < q.From || at >= q.To || price == 0 || n > 0 && at-out[n-1].at < momentsApart {
			continue
		}
		positions, err := store.Observed(ctx, id, at)
		if err != nil {
			return nil, err
		}
		s := sighting{at: at, price: price, held: map[string]position{}}
		for _, p := range positions {
			base := float64(q.Listing.NotionalOf(price, p.Size)) / float64(price)
			s.held[p.Address.String()] = position{side: p.Side, size: base, liquidation: p.LiquidationPrice, seen: at}
		}
		out = append(out, s)
	}
	return out, nil
}

// collect reads stored events as bars of a minute, or as the bars stored, with
// the open interest, and the liquidations among them by hour.
func collect(ctx context.Context, store Store, listing market.Listing) (feed, realised, error) {
	f := feed{listing: listing}
	var liq realised
	days, err := store.Days(ctx, listing.InstrumentID)
	if err != nil {
		return f, liq, err
	}
	for _, day := range days {
		for ev, err := range store.Scan(ctx, listing.InstrumentID, day) {
			if err != nil {
				return f, liq, err
			}
			switch ev := ev.(type) {
			case *market.Trades:
				for i, at := range ev.EventTime {
					f.trade(at, ev.LastPrice[i], ev.Size[i], ev.Taker[i])
				}
			case market.Candle:
				f.bars = append(f.bars, ev)
			case market.OpenInterest:
				f.oi = append(f.oi, ev)
			case market.Liquidation:
				price := max(ev.AvgFillPrice, ev.BankruptcyPrice)
				if ev.AvgFillPrice > 0 {
					price = ev.AvgFillPrice
				}
				liq.add(ev.EventTime.Floor(market.Hour), ev.Side, float64(listing.NotionalOf(price, ev.Size)))
			}
		}
	}
	if len(f.bars) == 0 {
		return f, liq, fmt.Errorf("cannot score %q: the lake holds neither trades nor bars of it: %w", listing.InstrumentID.String(), market.ErrInvalid)
	}
	slices.SortStableFunc(f.bars, func(a, b market.Candle) int { return int(a.OpenTime - b.OpenTime) })
	return f, liq, nil
}

// trade books a trade into the bar of its minute.
func (f *feed) trade(at market.UnixMilli, p market.Price, q market.Contracts, taker market.TakerSide) {
	start := at.Floor(market.Minute)
	n := len(f.bars)
	if n == 0 || f.bars[n-1].OpenTime != start {
		f.bars = append(f.bars, market.Candle{OpenTime: start, CloseTime: start + market.Minute, Open: p, High: p, Low: p})
		n++
	}
	b := &f.bars[n-1]
	b.High, b.Low, b.Close = max(b.High, p), min(b.Low, p), p
	b.Volume += q
	if taker == market.TakerBuy {
		b.TakerBuyVolume += q
	}
}

// add books an amount into the period that starts at t; t never falls.
func (r *realised) add(t market.UnixMilli, side market.PositionSide, usd float64) {
	if n := len(r.start); n == 0 || r.start[n-1] < t {
		r.start = append(r.start, t)
		for s := range r.usd {
			r.usd[s] = append(r.usd[s], 0)
		}
	}
	r.usd[side][len(r.start)-1] += usd
}

// within keeps the hours in [from, to) that bars cover. Hours between the first
// and the last without a liquidation count as zero.
func (r realised) within(from, to market.UnixMilli, f feed) (out realised) {
	sums := map[market.UnixMilli][market.Sides]float64{}
	first, last := market.UnixMilli(1<<62), market.UnixMilli(0)
	for i, t := range r.start {
		v := sums[t.Floor(market.Hour)]
		for s := range v {
			v[s] += r.usd[s][i]
		}
		sums[t.Floor(market.Hour)] = v
		first, last = min(first, t.Floor(market.Hour)), max(last, t)
	}
	covered := map[market.UnixMilli]bool{}
	for _, b := range f.bars {
		covered[b.OpenTime.Floor(market.Hour)] = true
	}
	for t := max(first, from); t <= last && t < to; t += market.Hour {
		if !covered[t.Floor(market.Hour)] {
			continue
		}
		v := sums[t]
		out.start = append(out.start, t)
		for s := range out.usd {
			out.usd[s] = append(out.usd[s], v[s])
		}
	}
	return out
}
