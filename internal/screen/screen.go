// Package screen sums up the map of an instrument in one row: how much is
// estimated to be liquidated near price, on which side, and how far away the
// nearest cluster stands. It reads through an atlas.Atlas, keeps nothing and is
// safe for concurrent use.
package screen

import (
	"context"

	"halcyon/heatmap"
	"halcyon/internal/atlas"
	"halcyon/market"
)

// Within are the distances from price that amounts are summed up to, as
// fractions of price.
var Within = [...]market.Ratio{0.01, 0.02, 0.05, 0.1}

// skewAt is the index in Within of the distance that Skew is of.
const skewAt = 2

// level is that of the ladder whose cells and statistics tell clusters: 15
// minutes by 4 basis points, fine enough to tell neighbours apart and coarse
// enough that a cluster is not torn by single ticks.
const level = 2

// Row is an instrument at one instant. Amounts are quote currency, estimated.
type Row struct {
	// At is the close of the column that the row is of.
	At market.UnixMilli
	// Price is what levels are swept on, at that close.
	Price market.Price
	// Above is shorts standing above price and Below longs standing below it,
	// up to each distance of Within.
	Above, Below [len(Within)]market.Notional
	// Skew is (shorts − longs)/(shorts + longs) within 5 % of price, -1 to 1:
	// positive where more stands above. 0 where nothing stands.
	Skew float64
	// Nearest is the cluster nearest to price; nil where none stands out.
	Nearest *Cluster
}

// Of returns the row of the last column that closed at or before an instant;
// false where there is none with a price.
func Of(ctx context.Context, a *atlas.Atlas, in atlas.Instrument, at market.UnixMilli) (Row, bool, error) {
	day, column, err := a.Last(ctx, in.InstrumentID, at)
	if err != nil || column == nil || column.Price <= 0 {
		return Row{}, false, err
	}
	row := Row{At: (column.Bucket + 1).Start(heatmap.BaseBucket), Price: column.Price}
	lo, hi := heatmap.BandOf(0, row.Price, Within[len(Within)-1])
	shift := heatmap.Ladder[level].Shift
	lo, hi = lo.Coarsen(shift)<<shift, ((hi-1).Coarsen(shift)+1)<<shift
	span := heatmap.Window{From: column.Bucket, To: column.Bucket + 1, Lo: lo, Hi: hi}
	totals := make([]float64, (hi-lo)>>shift)
	err = heatmap.Walk([]*heatmap.Tracks{day}, span, func(_ *heatmap.Column, s *heatmap.State) bool {
		row.sum(s, len(a.Groups()), lo, totals)
		return true
	})
	if err != nil {
		return Row{}, false, err
	}
	norm, ok, err := populationAt(ctx, a, in, row.At)
	if err == nil && ok {
		split := market.BinOf(row.Price).Coarsen(shift)
		row.Nearest = nearest(clustersOf(heatmap.Clusters(totals, lo>>shift, split, norm), split), row.Price)
	}
	return row, true, err
}

// sum adds up one column: by distance into the row, by bin of the level into
// totals, the first of which begins at base bin lo.
func (r *Row) sum(s *heatmap.State, groups int, lo market.BinIndex, totals []float64) {
	shift := heatmap.Ladder[level].Shift
	for side := range market.PositionSide(market.Sides) {
		into := &r.Below
		if side == market.Short {
			into = &r.Above
		}
		for g := range groups {
			p := heatmap.PlaneOf(side, g, groups)
			first, last := s.Occupied(p)
			for bin := first; bin < last; bin++ {
				usd := s.All(p, bin)
				totals[(bin-lo)>>shift] += usd
				away := market.Ratio(max(bin.Mid()/r.Price, r.Price/bin.Mid()) - 1)
				for i, within := range Within {
					if away <= within {
						into[i] += market.Notional(usd)
					}
				}
			}
		}
	}
	if both := r.Above[skewAt] + r.Below[skewAt]; both > 0 {
		r.Skew = float64((r.Above[skewAt] - r.Below[skewAt]) / both)
	}
}

// populationAt returns the statistics of all leverages as of the last column
// of the level that closed at or before an instant; false where there are none.
func populationAt(ctx context.Context, a *atlas.Atlas, in atlas.Instrument, at market.UnixMilli) (heatmap.Norm, bool, error) {
	end := at.Bucket(heatmap.Ladder[level].Bucket)
	cols, err := a.Columns(ctx, in.InstrumentID, level, end-1, end, heatmap.DefaultPopulation(level))
	if err != nil || len(cols.Norms) == 0 {
		return heatmap.Norm{}, false, err
	}
	// The first selection is everything.
	return cols.Norms[0][0], true, nil
}
