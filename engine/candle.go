package engine

import (
	"halcyon/heatmap"
	"halcyon/market"
)

// candle books a bar as if its volume had traded evenly along the shortest
// path through its four prices: open, low, high, close when it rose, open,
// high, low, close when it fell. The bar is booked whole when it has closed;
// nothing of it is known before.
func (e *Engine) candle(k market.Candle, at market.UnixMilli) {
	e.flushBin()
	c := &e.column
	c.Flags |= heatmap.FlagBars
	if c.Open == 0 {
		c.Open, c.High, c.Low = k.Open, k.High, k.Low
	}
	c.High, c.Low, c.Close = max(c.High, k.High), min(c.Low, k.Low), k.Close
	c.Volume += k.Volume
	bought := k.TakerBuyVolume
	if bought < 0 {
		bought = k.Volume / 2
	}
	c.TakerBuy += bought
	turns := [4]market.Price{k.Open, k.Low, k.High, k.Close}
	if k.Close < k.Open {
		turns[1], turns[2] = k.High, k.Low
	}
	var bins [4]market.BinIndex
	length := market.Contracts(1)
	for i, p := range turns {
		bins[i] = market.BinOf(p)
		if i > 0 {
			length += market.Contracts(max(bins[i]-bins[i-1], bins[i-1]-bins[i]))
		}
	}
	visit := func(bin market.BinIndex) {
		if e.ledger.MustEnd(bin) {
			e.ledger.EndStep(at)
		}
		if at >= e.markUntil {
			c.Flags |= heatmap.FlagNoMark
			e.ledger.Touch(bin)
		}
		e.ledger.Trade(bin, bought/length, (k.Volume-bought)/length)
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
	if at >= e.markUntil {
		e.sweepPrice = k.Close
	}
}
