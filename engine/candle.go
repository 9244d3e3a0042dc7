package engine

import (
	"halcyon/heatmap"
	"halcyon/market"
)

// candle books a bar, by the law of liqmodel.Ledger.Bar, whole when it has
// closed; nothing of it is known before.
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
	sweep := at >= e.markUntil
	if sweep {
		c.Flags |= heatmap.FlagNoMark
		e.sweepPrice = k.Close
	}
	e.ledger.Bar(k, at, sweep)
}
