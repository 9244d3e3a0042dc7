package screen

import (
	"math"

	"halcyon/heatmap"
	"halcyon/market"
)

// Cluster is neighbouring bins that stand out together.
type Cluster struct {
	Side market.PositionSide
	// Low and High are its prices, half-open.
	Low, High market.Price
	// USD is the sum of its bins, estimated quote currency.
	USD market.Notional
	// Z is the z-score of its fullest bin.
	Z float64
	// Distance from price to its nearer edge as a fraction of price, at least 0.
	Distance market.Ratio
}

// clustersOf names the clusters of a column by prices of the level and side.
func clustersOf(found []heatmap.Cluster, split market.BinIndex) (out []Cluster) {
	shift := heatmap.Ladder[level].Shift
	for _, f := range found {
		c := Cluster{Side: market.Long, Low: (f.First << shift).Low(), High: (f.End << shift).Low(), USD: market.Notional(f.Amount), Z: f.Z}
		if f.First >= split {
			c.Side = market.Short
		}
		out = append(out, c)
	}
	return out
}

// nearest returns the cluster whose edge lies nearest to price, with its distance; nil of none.
func nearest(list []Cluster, price market.Price) *Cluster {
	var best *Cluster
	for i := range list {
		c := &list[i]
		away := float64(c.Low/price) - 1
		if c.Side == market.Long {
			away = 1 - float64(c.High/price)
		}
		c.Distance = market.Ratio(math.Max(0, away))
		if best == nil || c.Distance < best.Distance {
			best = c
		}
	}
	return best
}
