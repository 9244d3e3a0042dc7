package alert

import (
	"context"
	"fmt"

	"halcyon/heatmap"
	"halcyon/internal/atlas"
	"halcyon/market"
)

// zoneLevel is the level of the ladder whose bins zones are made of, and whose
// statistics they are measured with; the first whose columns are not mere
// minutes.
const zoneLevel = 2

// Zones are made as on the page: bins of z >= hotZ, joined across at most
// bridge others.
const (
	hotZ   = 1
	bridge = 3
)

// Observe looks at an instrument's map as it is now. prev is the close of the
// column observed before, 0 for none; now is our clock. ok is false while no
// column has a price.
func Observe(ctx context.Context, a *atlas.Atlas, id market.InstrumentID, prev, now market.UnixMilli) (o Observation, ok bool, err error) {
	day, last, err := a.Last(ctx, id, atlas.Newest)
	if err != nil || last == nil || last.Price == 0 {
		return o, false, err
	}
	o = Observation{At: (last.Bucket + 1).Start(heatmap.BaseBucket), Price: last.Price, Low: last.Price, High: last.Price, Now: now}
	if err := observeColumns(ctx, a, id, prev, last.Bucket, &o); err != nil {
		return o, false, err
	}
	norm, err := normAt(ctx, a, id, o.At)
	if err != nil {
		return o, false, err
	}
	w := heatmap.Window{From: last.Bucket, To: last.Bucket + 1}
	w.Lo, w.Hi = day.Bins()
	err = heatmap.Walk([]*heatmap.Tracks{day}, w, func(_ *heatmap.Column, st *heatmap.State) bool {
		for side := range market.PositionSide(market.Sides) {
			o.Zones = append(o.Zones, zonesOf(side, st, w, len(a.Groups()), norm)...)
		}
		return true
	})
	if err != nil {
		return o, false, fmt.Errorf("cannot find zones of %q: %w", id, err)
	}
	return o, true, nil
}

// observeColumns unites the base columns that closed since prev; the newest
// alone where there is no prev, at most an hour of them.
func observeColumns(ctx context.Context, a *atlas.Atlas, id market.InstrumentID, prev market.UnixMilli, last market.BucketIndex, o *Observation) error {
	from := last
	if prev > 0 {
		from = max(prev.Bucket(heatmap.BaseBucket), last-60)
	}
	days, err := a.Days(ctx, id, 0, from, last+1)
	if err != nil {
		return err
	}
	for _, d := range days {
		for _, c := range d.In(from, last+1) {
			if c.Low > 0 {
				o.Low, o.High = min(o.Low, c.Low), max(o.High, c.High)
			}
			for s, n := range c.Liquidated {
				o.Liquidated[s] = max(o.Liquidated[s], n)
			}
		}
	}
	return nil
}

// normAt returns the statistics of all leverages at the last closed column of
// zoneLevel; the zero Norm while there is none.
func normAt(ctx context.Context, a *atlas.Atlas, id market.InstrumentID, at market.UnixMilli) (heatmap.Norm, error) {
	to := at.Bucket(heatmap.Ladder[zoneLevel].Bucket)
	// A few columns back: the last ones may be missing.
	cols, err := a.Columns(ctx, id, zoneLevel, to-8, to, heatmap.DefaultPopulation(zoneLevel))
	if err != nil || len(cols.Norms) == 0 {
		return heatmap.Norm{}, err
	}
	return cols.Norms[len(cols.Norms)-1][0], nil
}

// zonesOf joins hot bins of one side. None where z is undefined.
func zonesOf(side market.PositionSide, st *heatmap.State, w heatmap.Window, groups int, norm heatmap.Norm) (out []Zone) {
	if !(norm.SD > 0) {
		return nil
	}
	shift := heatmap.Ladder[zoneLevel].Shift
	lo, hi := w.Lo.Coarsen(shift), (w.Hi-1).Coarsen(shift)+1
	sums := make([]float64, hi-lo)
	for g := range groups {
		p := heatmap.PlaneOf(side, g, groups)
		first, last := st.Occupied(p)
		for bin := first; bin < last; bin++ {
			sums[bin.Coarsen(shift)-lo] += st.All(p, bin)
		}
	}
	edge := func(i int) market.Price { return ((lo + market.BinIndex(i)) << shift).Low() }
	start, end, most := -1, -1, 0.0
	flush := func() {
		if start < 0 {
			return
		}
		z := Zone{Side: side, Low: edge(start), High: edge(end + 1), Z: (most - norm.Mean) / norm.SD}
		for _, x := range sums[start : end+1] {
			z.USD += x
		}
		out = append(out, z)
		start = -1
	}
	for i, x := range sums {
		if (x-norm.Mean)/norm.SD < hotZ {
			continue
		}
		if start >= 0 && i-end > bridge+1 {
			flush()
		}
		if start < 0 {
			start, most = i, 0
		}
		end, most = i, max(most, x)
	}
	flush()
	return out
}
