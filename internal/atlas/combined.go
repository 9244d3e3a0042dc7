package atlas

import (
	"context"
	"math"
	"slices"
	"time"
	"unsafe"

	"golang.org/x/sync/errgroup"

	"halcyon/heatmap"
	"halcyon/internal/combine"
	"halcyon/market"
)

// equalUnit is what a standard deviation is worth in an equalised combination.
// It is large because statistics and the wire count in whole units.
const equalUnit = 1_000_000

// resolved remembers what ids stand for, until the listings are read again.
type resolved struct {
	read time.Time
	// combinations has nil for ids that are instruments.
	combinations map[market.InstrumentID]*combine.Combination
}

// combination returns what id combines, nil if it is an instrument's or none's.
func (a *Atlas) combination(ctx context.Context, id market.InstrumentID) (*combine.Combination, error) {
	a.mu.Lock()
	c, ok := a.resolved.combinations[id]
	fresh := time.Since(a.resolved.read) < headAge
	a.mu.Unlock()
	if ok && fresh {
		return c, nil
	}
	listings, err := a.maps.Listings(ctx)
	if err != nil {
		return nil, err
	}
	found, ok := combine.Find(listings, id)
	stored := slices.ContainsFunc(listings, func(l market.Listing) bool { return l.InstrumentID == id })
	a.mu.Lock()
	defer a.mu.Unlock()
	if time.Since(a.resolved.read) >= headAge {
		a.resolved = resolved{time.Now(), map[market.InstrumentID]*combine.Combination{}}
	}
	switch {
	case stored:
		a.resolved.combinations[id] = nil
	case ok:
		a.resolved.combinations[id] = &found
	}
	return a.resolved.combinations[id], nil
}

// combined is the columns of a combination's day at a level.
type combined struct {
	combination *combine.Combination
	// parts is how many instruments had the day, and end up to when columns
	// were closed then, within the day.
	parts   int
	end     market.UnixMilli
	columns heatmap.SumColumns
	// under are the same for each instrument that has the day.
	under [][]heatmap.Column
}

// part is one instrument of a combination on one day.
type part struct {
	combine.Part
	// day is nil where the instrument has no map of it.
	day *heatmap.Tracks
}

// sumColumns returns the base columns of a combination's day.
func (a *Atlas) sumColumns(ctx context.Context, c *combine.Combination, day market.UnixMilli) (*heatmap.Tracks, error) {
	parts, err := a.partsOf(ctx, c, day, columnsOnly)
	if err != nil {
		return nil, err
	}
	known, err := a.combined(ctx, c, parts, dayKey{c.InstrumentID, day, columnsOnly})
	return &heatmap.Tracks{Start: day, Columns: known.columns}, err
}

// sumDay returns a combination's day at a level, with the instruments that have
// it in the order of the sum's parts.
func (a *Atlas) sumDay(ctx context.Context, c *combine.Combination, day market.UnixMilli, level int) (*heatmap.Tracks, []market.Listing, error) {
	parts, err := a.partsOf(ctx, c, day, level)
	if err != nil {
		return nil, nil, err
	}
	known, err := a.combined(ctx, c, parts, dayKey{c.InstrumentID, day, level})
	if err != nil {
		return nil, nil, err
	}
	var addends []heatmap.Part
	var names []market.Listing
	for _, p := range parts {
		if p.day == nil {
			continue
		}
		addends = append(addends, heatmap.Part{Tracks: p.day, Columns: known.under[len(addends)]})
		names = append(names, p.Listing)
	}
	return heatmap.Sum(known.columns, addends), names, nil
}

// Apart returns what a combination's day at a level is the sum of: instruments,
// the reference first, and the cells that they bring. Instruments without a map
// of the day are left out; none if id is not a combination's or no part has the
// day.
func (a *Atlas) Apart(ctx context.Context, id market.InstrumentID, day market.UnixMilli, level int) ([]market.Listing, []*heatmap.Tracks, error) {
	c, err := a.combination(ctx, id)
	if err != nil || c == nil {
		return nil, nil, err
	}
	days, err := a.stored(ctx, id)
	if _, has := slices.BinarySearch(days, day); err != nil || !has {
		return nil, nil, err
	}
	t, names, err := a.sumDay(ctx, c, day, level)
	if err != nil {
		return nil, nil, err
	}
	return names, t.Parts(), nil
}

// partsOf reads the parts of a combination's day side by side.
func (a *Atlas) partsOf(ctx context.Context, c *combine.Combination, day market.UnixMilli, level int) ([]part, error) {
	parts := make([]part, len(c.Parts))
	group, ctx := errgroup.WithContext(ctx)
	for i, l := range c.Parts {
		group.Go(func() error {
			in, _, err := a.span(ctx, l)
			if err != nil {
				return err
			}
			parts[i].Part = combine.Part{Listing: l, Span: combine.Span{From: in.From, To: in.To}}
			days, err := a.stored(ctx, l.InstrumentID)
			if _, has := slices.BinarySearch(days, day); err != nil || !has {
				return err
			}
			if level == columnsOnly {
				parts[i].day, err = a.columns(ctx, l.InstrumentID, day)
			} else {
				parts[i].day, err = a.day(ctx, l.InstrumentID, day, level)
			}
			if err == nil {
				parts[i].Columns = parts[i].day.Columns
			}
			return err
		})
	}
	return parts, group.Wait()
}

// combined returns the columns that the parts of a day make, remembered or made.
func (a *Atlas) combined(ctx context.Context, c *combine.Combination, parts []part, key dayKey) (combined, error) {
	now := combined{combination: c}
	pure, spans := make([]combine.Part, len(parts)), make([]combine.Span, len(parts))
	for i, p := range parts {
		pure[i], spans[i] = p.Part, p.Span
		if p.day != nil {
			now.parts++
		}
	}
	span, _ := combine.SpanOf(spans)
	now.end = min(span.To, key.day+market.Day)
	a.mu.Lock()
	known, ok := a.sums.get(key)
	a.mu.Unlock()
	if ok && known.parts == now.parts && known.end == now.end {
		return known, nil
	}
	planes := market.Sides * len(a.groups)
	now.columns = heatmap.NewSumColumns(combine.Columns(max(key.level, 0), pure, now.end), planes)
	if key.level != columnsOnly {
		var err error
		if now.under, err = a.under(ctx, c, parts, key.level, now.columns); err != nil {
			return combined{}, err
		}
	}
	size := int(unsafe.Sizeof(heatmap.Column{})) + planes*int(unsafe.Sizeof(heatmap.Scales{}))
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sums.put(key, now, size*len(now.columns)*(1+len(now.under)))
	return now, nil
}

// under returns the columns of a sum under which each part that has the day is
// added.
func (a *Atlas) under(ctx context.Context, c *combine.Combination, parts []part, level int, columns heatmap.SumColumns) ([][]heatmap.Column, error) {
	var weights [][]heatmap.Scales
	if c.Equalised && len(columns) > 0 {
		var err error
		if weights, err = a.weights(ctx, parts, level, columns); err != nil {
			return nil, err
		}
	}
	var out [][]heatmap.Column
	for _, p := range parts {
		if p.day == nil {
			continue
		}
		var own []heatmap.Scales
		if weights != nil {
			own = weights[len(out)]
		}
		out = append(out, p.day.Under(columns, own))
	}
	return out, nil
}

// weights returns what equalises the parts that have a day, at each column of
// their sum:
//
//	w_i(t) = equalUnit / (sd_i(t) · √n(t))
//
// sd_i is the standard deviation that i's own cells are normalised by, of all
// leverages or of the fresh view, as known at the close of its column; n counts
// the parts of which it is defined, the others have no weight. So the sum of n
// unrelated parts deviates by equalUnit, whatever their sizes.
func (a *Atlas) weights(ctx context.Context, parts []part, level int, columns []heatmap.Column) ([][]heatmap.Scales, error) {
	parts = slices.DeleteFunc(slices.Clone(parts), func(p part) bool { return p.day == nil })
	out := make([][]heatmap.Scales, len(parts))
	from, to := columns[0].Bucket, columns[len(columns)-1].Bucket+1
	group, ctx := errgroup.WithContext(ctx)
	for i, p := range parts {
		group.Go(func() error {
			own, err := a.Columns(ctx, p.InstrumentID, level, from, to, heatmap.DefaultPopulation(level))
			if err == nil {
				out[i] = deviations(columns, own)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for i := range columns {
		var n heatmap.Scales
		for _, sd := range out {
			n.All += math.Ceil(min(sd[i].All, 1))
			n.Fresh += math.Ceil(min(sd[i].Fresh, 1))
		}
		for _, sd := range out {
			sd[i] = heatmap.Scales{All: weight(sd[i].All, n.All), Fresh: weight(sd[i].Fresh, n.Fresh)}
		}
	}
	return out, nil
}

func weight(sd, n float64) float64 {
	if sd == 0 {
		return 0
	}
	return equalUnit / (sd * math.Sqrt(n))
}

// deviations returns a part's standard deviations at each column of a sum, 0
// where they are undefined. A part that is missing has its last ones.
func deviations(columns []heatmap.Column, own *Columns) []heatmap.Scales {
	out := make([]heatmap.Scales, len(columns))
	next := 0
	for i := range columns {
		for next < len(own.Columns) && own.Columns[next].Bucket <= columns[i].Bucket {
			next++
		}
		if next > 0 {
			norms := own.Norms[next-1]
			out[i] = heatmap.Scales{All: norms[0].SD, Fresh: norms[len(norms)-1].SD}
		}
	}
	return out
}

// unionOfDays returns the days that any part of a combination has, rising.
func (a *Atlas) unionOfDays(ctx context.Context, c *combine.Combination) ([]market.UnixMilli, error) {
	var all []market.UnixMilli
	for _, l := range c.Parts {
		days, err := a.stored(ctx, l.InstrumentID)
		if err != nil {
			return nil, err
		}
		all = append(all, days...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// spanOf returns the combination as an instrument, and false where no part has
// a map.
func (a *Atlas) spanOf(ctx context.Context, c *combine.Combination) (Instrument, bool, error) {
	in := Instrument{Listing: c.Listing, Equalised: c.Equalised}
	var spans []combine.Span
	for _, l := range c.Parts {
		p, ok, err := a.span(ctx, l)
		if err != nil {
			return in, false, err
		}
		if ok {
			in.Parts, spans = append(in.Parts, p), append(spans, combine.Span{From: p.From, To: p.To})
			in.Flags |= p.Flags
		}
	}
	span, ok := combine.SpanOf(spans)
	in.From, in.To = span.From, span.To
	if ok {
		in.Price = in.Parts[0].Price
	}
	return in, ok, nil
}
