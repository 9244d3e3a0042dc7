package score

import (
	"context"
	"fmt"
	"slices"

	"halcyon/market"
)

// published is liquidations by hour, and those of them whose prices are known.
type published struct {
	realised
	prints []print
}

// read adds a table of liquidations, by period or with prices.
func (p *published) read(path string) error {
	t, err := readTable(path)
	if err != nil {
		return err
	}
	prints, err := t.prints()
	if err != nil {
		return err
	}
	p.prints = append(p.prints, prints...)
	var r realised
	if t.has("T_trade_ms") { // single orders
		for _, o := range prints {
			r.add(o.at.Floor(market.Hour), o.side, o.usd)
		}
	} else if r, err = t.liquidations(); err != nil {
		return err
	}
	p.start = append(p.start, r.start...)
	for s := range p.usd {
		p.usd[s] = append(p.usd[s], r.usd[s]...)
	}
	return nil
}

// collect reads stored events as bars of a minute, or as the bars stored, with
// the open interest, and the liquidations among them. Only what tells the price
// that it filled at is a print: a bankruptcy price is not where it happened.
func collect(ctx context.Context, store Store, listing market.Listing) (feed, published, error) {
	f := feed{listing: listing}
	var liq published
	days, err := store.Days(ctx, listing.InstrumentID)
	if err != nil {
		return f, liq, err
	}
	for _, day := range days {
		for ev, err := range store.Scan(ctx, listing.InstrumentID, day) {
			if err != nil {
				return f, liq, err
			}
			switch ev := ev.(type) {
			case *market.Trades:
				for i, at := range ev.EventTime {
					f.trade(at, ev.LastPrice[i], ev.Size[i], ev.Taker[i])
				}
			case market.Candle:
				f.bars = append(f.bars, ev)
			case market.OpenInterest:
				f.oi = append(f.oi, ev)
			case market.Liquidation:
				usd := float64(listing.NotionalOf(ev.PublishedPrice(), ev.Size))
				liq.add(ev.EventTime.Floor(market.Hour), ev.Side, usd)
				if ev.AvgFillPrice > 0 {
					liq.prints = append(liq.prints, print{ev.EventTime, ev.Side, cell(market.BinOf(ev.AvgFillPrice)), usd})
				}
			}
		}
	}
	if len(f.bars) == 0 {
		return f, liq, fmt.Errorf("cannot score %q: the lake holds neither trades nor bars of it: %w", listing.InstrumentID.String(), market.ErrInvalid)
	}
	slices.SortStableFunc(f.bars, func(a, b market.Candle) int { return int(a.OpenTime - b.OpenTime) })
	return f, liq, nil
}

// trade books a trade into the bar of its minute.
func (f *feed) trade(at market.UnixMilli, p market.Price, q market.Contracts, taker market.TakerSide) {
	start := at.Floor(market.Minute)
	n := len(f.bars)
	if n == 0 || f.bars[n-1].OpenTime != start {
		f.bars = append(f.bars, market.Candle{OpenTime: start, CloseTime: start + market.Minute, Open: p, High: p, Low: p})
		n++
	}
	b := &f.bars[n-1]
	b.High, b.Low, b.Close = max(b.High, p), min(b.Low, p), p
	b.Volume += q
	if taker == market.TakerBuy {
		b.TakerBuyVolume += q
	}
}

// add books an amount into the period that starts at t; t never falls.
func (r *realised) add(t market.UnixMilli, side market.PositionSide, usd float64) {
	if n := len(r.start); n == 0 || r.start[n-1] < t {
		r.start = append(r.start, t)
		for s := range r.usd {
			r.usd[s] = append(r.usd[s], 0)
		}
	}
	r.usd[side][len(r.start)-1] += usd
}

// within keeps the hours in [from, to) that bars cover. Hours between the first
// and the last without a liquidation count as zero.
func (r realised) within(from, to market.UnixMilli, f feed) (out realised) {
	sums := map[market.UnixMilli][market.Sides]float64{}
	first, last := market.UnixMilli(1<<62), market.UnixMilli(0)
	for i, t := range r.start {
		v := sums[t.Floor(market.Hour)]
		for s := range v {
			v[s] += r.usd[s][i]
		}
		sums[t.Floor(market.Hour)] = v
		first, last = min(first, t.Floor(market.Hour)), max(last, t)
	}
	covered := map[market.UnixMilli]bool{}
	for _, b := range f.bars {
		covered[b.OpenTime.Floor(market.Hour)] = true
	}
	for t := max(first, from); t <= last && t < to; t += market.Hour {
		if !covered[t.Floor(market.Hour)] {
			continue
		}
		v := sums[t]
		out.start = append(out.start, t)
		for s := range out.usd {
			out.usd[s] = append(out.usd[s], v[s])
		}
	}
	return out
}
