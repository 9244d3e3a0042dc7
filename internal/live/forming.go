package live

import (
	"sync"

	"halcyon/heatmap"
	"halcyon/market"
)

// Forming is a candle that is not closed yet: for the eye only, it may differ
// from the column that it becomes.
type Forming struct {
	// OpenTime is the start of the base column.
	OpenTime market.UnixMilli
	// Open, High, Low and Close are last prices.
	Open, High, Low, Close market.Price
	// Volume is the traded quantity so far, in contracts.
	Volume market.Contracts
	// MarkPrice is the newest mark price, 0 before the first.
	MarkPrice market.Price
	// Received is when the frame of the newest trade arrived (our clock).
	Received market.UnixMilli
}

// forming keeps the newest candle of an instrument. It is safe for concurrent use.
type forming struct {
	mu     sync.Mutex
	candle Forming
}

// add books an event as it arrives, before it is put in order.
func (f *forming) add(recv market.UnixMilli, ev market.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch ev := ev.(type) {
	case *market.Trades:
		for i, at := range ev.EventTime {
			f.trade(at.Floor(heatmap.BaseBucket), ev.LastPrice[i], ev.Size[i])
		}
		f.candle.Received = max(f.candle.Received, recv)
	case market.MarkPrice:
		f.candle.MarkPrice = ev.MarkPrice
	}
}

func (f *forming) trade(open market.UnixMilli, p market.Price, q market.Contracts) {
	c := &f.candle
	if open < c.OpenTime {
		return
	}
	if open > c.OpenTime || c.Open == 0 {
		*c = Forming{OpenTime: open, Open: p, High: p, Low: p, MarkPrice: c.MarkPrice, Received: c.Received}
	}
	c.High, c.Low, c.Close = max(c.High, p), min(c.Low, p), p
	c.Volume += q
}

// now returns the candle, and false before the first trade.
func (f *forming) now() (Forming, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.candle, f.candle.Open != 0
}
