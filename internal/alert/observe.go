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
		o.Zones = zonesOf(st, w, len(a.Groups()), last.Price, norm)
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

// zonesOf finds the zones of a column as the page does, those below price longs'.
func zonesOf(st *heatmap.State, w heatmap.Window, groups int, price market.Price, norm heatmap.Norm) (out []Zone) {
	shift := heatmap.Ladder[zoneLevel].Shift
	lo, hi := w.Lo.Coarsen(shift), (w.Hi-1).Coarsen(shift)+1
	amounts := make([]float64, hi-lo)
	for p := range heatmap.Plane(market.Sides * groups) {
		first, last := st.Occupied(p)
		for bin := first; bin < last; bin++ {
			amounts[bin.Coarsen(shift)-lo] += st.All(p, bin)
		}
	}
	split := market.BinOf(price).Coarsen(shift)
	for _, c := range heatmap.Clusters(amounts, lo, split, norm) {
		z := Zone{Side: market.Long, Low: (c.First << shift).Low(), High: (c.End << shift).Low(), USD: c.Amount, Z: c.Z}
		if c.First >= split {
			z.Side = market.Short
		}
		out = append(out, z)
	}
	return out
}
