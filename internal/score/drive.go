package score

import (
	"halcyon/liqmodel"
	"halcyon/market"
)

// feed is what a ledger is driven by: bars and open interest of one
// instrument, each by rising time.
type feed struct {
	listing market.Listing
	bars    []market.Candle
	oi      []market.OpenInterest
}

// drive replays the bars that close in (from, to] through a ledger as the
// engine would: open interest when it is observed, a bar when it has closed.
// before is called ahead of every bar, when the ledger knows nothing of it;
// after when it has been booked. Either may be nil.
func (f feed) drive(l *liqmodel.Ledger, from, to market.UnixMilli, before, after func(market.Candle)) {
	oi := f.oi
	for len(oi) > 0 && oi[0].EventTime <= from {
		oi = oi[1:]
	}
	for _, bar := range f.bars {
		if bar.CloseTime <= from {
			continue
		}
		if bar.CloseTime > to {
			break
		}
		oi = observe(l, oi, bar.OpenTime)
		if before != nil {
			before(bar)
		}
		oi = observe(l, oi, bar.CloseTime)
		l.Bar(bar, bar.CloseTime-1, true)
		l.EndStep(bar.CloseTime)
		if after != nil {
			after(bar)
		}
	}
	observe(l, oi, to)
}

// observe books the open interest seen before an instant and returns the rest.
func observe(l *liqmodel.Ledger, oi []market.OpenInterest, before market.UnixMilli) []market.OpenInterest {
	for len(oi) > 0 && oi[0].EventTime < before {
		if l.OpenInterest(oi[0].Contracts) {
			l.EndStep(oi[0].EventTime)
		}
		oi = oi[1:]
	}
	return oi
}

// sweptByPeriod replays with parameters and returns what each tier swept in
// each period of the given width whose start is listed (rising).
func (f feed) sweptByPeriod(p liqmodel.Params, begin market.UnixMilli, periods []market.UnixMilli, width market.UnixMilli) (liqmodel.Swept, error) {
	var out liqmodel.Swept
	l, err := liqmodel.NewTierLedger(f.listing.Instrument, f.listing.Tiers, p)
	if err != nil {
		return out, err
	}
	index := map[market.UnixMilli]int{}
	for i, t := range periods {
		index[t] = i
	}
	for s := range out {
		out[s] = make([][]float64, len(periods))
		flat := make([]float64, len(periods)*len(p.Tiers))
		for i := range out[s] {
			out[s][i] = flat[i*len(p.Tiers) : (i+1)*len(p.Tiers)]
		}
	}
	now := -1
	l.Watch(func(s liqmodel.Sweep) {
		if now >= 0 {
			out[s.Side][now][s.Group] += float64(s.Notional)
		}
	})
	f.drive(l, begin, periods[len(periods)-1]+width, func(bar market.Candle) {
		i, scored := index[bar.OpenTime.Floor(width)]
		if now = -1; scored {
			now = i
		}
	}, nil)
	return out, nil
}
