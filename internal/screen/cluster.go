package screen

import (
	"math"

	"halcyon/heatmap"
	"halcyon/market"
)

// hotZ is the z-score from which on a bin belongs to a cluster, and bridge how
// many bins that are not hot a cluster may reach across: the page's zones are
// found by the same rule.
const (
	hotZ   = 1
	bridge = 3
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

// clusters joins hot bins of the level across at most bridge others. totals are
// consecutive bins from first on; none spans split, the bin that holds price.
func clusters(totals []float64, first, split market.BinIndex, norm heatmap.Norm) []Cluster {
	shift := heatmap.Ladder[level].Shift
	var out []Cluster
	start, last, most := -1, -1, 0.0
	end := func() {
		if start < 0 {
			return
		}
		low, high := first+market.BinIndex(start), first+market.BinIndex(last)+1
		c := Cluster{Side: market.Long, Low: (low << shift).Low(), High: (high << shift).Low()}
		if low >= split {
			c.Side = market.Short
		}
		for _, usd := range totals[start : last+1] {
			c.USD += market.Notional(usd)
		}
		c.Z, _ = norm.Z(most)
		out = append(out, c)
		start, most = -1, 0
	}
	for i, usd := range totals {
		if first+market.BinIndex(i) == split {
			end()
		}
		if z, ok := norm.Z(usd); !ok || z < hotZ {
			continue
		}
		if start >= 0 && i-last > bridge+1 {
			end()
		}
		if start < 0 {
			start = i
		}
		last, most = i, max(most, usd)
	}
	end()
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
