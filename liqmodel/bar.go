package liqmodel

import "halcyon/market"

// Bar books a candle that has closed at time at, as if its volume had traded
// evenly along the shortest path through its four prices: open, low, high,
// close when it rose, open, high, low, close when it fell. With sweep the path
// is what triggers liquidations; without, a mark price is, and the caller
// Touches. The step stays open: the caller ends it.
func (l *Ledger) Bar(c market.Candle, at market.UnixMilli, sweep bool) {
	bought := c.TakerBuyVolume
	if bought < 0 {
		bought = c.Volume / 2
	}
	bins := barPath(c)
	length := market.Contracts(1)
	for i := 1; i < len(bins); i++ {
		length += market.Contracts(max(bins[i]-bins[i-1], bins[i-1]-bins[i]))
	}
	visit := func(bin market.BinIndex) {
		if l.MustEnd(bin) {
			l.EndStep(at)
		}
		if sweep {
			l.Touch(bin)
		}
		l.Trade(bin, bought/length, (c.Volume-bought)/length)
	}
	visit(bins[0])
	for i := 1; i < len(bins); i++ {
		for bin := bins[i-1]; bin != bins[i]; {
			if bins[i] > bin {
				bin++
			} else {
				bin--
			}
			visit(bin)
		}
	}
}

// barPath returns the bins of the turns of Bar's path.
func barPath(c market.Candle) (bins [4]market.BinIndex) {
	turns := [4]market.Price{c.Open, c.Low, c.High, c.Close}
	if c.Close < c.Open {
		turns[1], turns[2] = c.High, c.Low
	}
	for i, p := range turns {
		bins[i] = market.BinOf(p)
	}
	return bins
}
