package score

import (
	"cmp"
	"iter"
	"slices"

	"halcyon/market"
	"halcyon/scorecard"
)

// print is a liquidated amount (quote) at a price.
type print struct {
	at   market.UnixMilli
	side market.PositionSide
	bin  market.BinIndex // a cell
	usd  float64
}

// prints reads liquidations with prices: single orders or candles of prices,
// whichever the table holds; none if neither.
func (t table) prints() ([]print, error) {
	switch {
	case t.has("T_trade_ms", "S", "ap_avg", "z"):
		return t.forcedOrders()
	case t.has("ts_ms", "sell_volume_usd", "buy_volume_usd", "sell_count", "buy_count", "liq_open", "liq_high", "liq_low", "liq_close"):
		return t.priceLevels()
	}
	return nil, nil
}

// priceLevels reads candles of liquidation prices. A candle tells a side's
// prices where at least four fifths of it are of that side. Its four prices are
// orders: each gets the amount of one, of equal size. The other orders are laid
// evenly along the legs of the path through the four on which the side is
// liquidated: falling for longs, rising for shorts.
func (t table) priceLevels() ([]print, error) {
	var out []print
	for row := range t.rows {
		v, err := t.numbers(row, "ts_ms", "sell_volume_usd", "buy_volume_usd", "sell_count", "buy_count", "liq_open", "liq_high", "liq_low", "liq_close")
		if err != nil {
			return nil, err
		}
		side := market.Long
		if v[2] > v[1] {
			side = market.Short
		}
		usd, orders := v[1+int(side)], v[3+int(side)]
		if usd < 0.8*(v[1]+v[2]) || usd <= 0 || orders < 1 {
			continue
		}
		c := market.Candle{Open: market.Price(v[5]), High: market.Price(v[6]), Low: market.Price(v[7]), Close: market.Price(v[8])}
		for bin, share := range orderShares(c, side, orders) {
			out = append(out, print{market.UnixMilli(v[0]), side, bin, usd * share})
		}
	}
	return out, nil
}

// orderShares yields the cells that the orders of a candle of liquidation
// prices lie in, rising, and the share of each; see priceLevels.
func orderShares(c market.Candle, side market.PositionSide, orders float64) iter.Seq2[market.BinIndex, float64] {
	turns := [4]market.Price{c.Open, c.Low, c.High, c.Close}
	if c.Close < c.Open {
		turns[1], turns[2] = c.High, c.Low
	}
	lo, hi := cell(market.BinOf(c.Low)), cell(market.BinOf(c.High))
	certain, between := make([]float64, hi-lo+1), make([]float64, hi-lo+1)
	for i, p := range turns {
		a := cell(market.BinOf(p))
		certain[a-lo] = 1
		if i == 0 {
			continue
		}
		if b := cell(market.BinOf(turns[i-1])); a == b || (b > a) == (side == market.Long) {
			for k := min(a, b); k <= max(a, b); k++ {
				between[k-lo]++
			}
		}
	}
	known, legs := scorecard.Mean(certain)*float64(len(certain)), scorecard.Mean(between)*float64(len(between))
	left := max(0, 1-known/orders)
	if legs == 0 {
		left = 0
	}
	return func(yield func(market.BinIndex, float64) bool) {
		for k := range certain {
			share := certain[k] / known * (1 - left)
			if left > 0 {
				share += between[k] / legs * left
			}
			if share > 0 && !yield(lo+market.BinIndex(k), share) {
				return
			}
		}
	}
}

// forcedOrders reads single liquidation orders, valued where they filled.
func (t table) forcedOrders() ([]print, error) {
	var out []print
	for row := range t.rows {
		v, err := t.numbers(row, "T_trade_ms", "ap_avg", "z")
		if err != nil {
			return nil, err
		}
		side := market.Long // a sell order closes a long
		if t.rows[row][t.at["S"]] == "BUY" {
			side = market.Short
		}
		out = append(out, print{market.UnixMilli(v[0]), side, cell(market.BinOf(market.Price(v[1]))), v[1] * v[2]})
	}
	slices.SortStableFunc(out, func(a, b print) int { return cmp.Compare(a.at, b.at) })
	return out, nil
}
