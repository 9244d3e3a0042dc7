package score

import (
	"fmt"
	"math"
	"slices"
	"time"

	"halcyon/market"
)

// set is one recorded market with the liquidations that were published for it.
type set struct {
	name string
	feed feed
	// begin is where replays start, so that a map has had time to fill.
	begin market.UnixMilli
	// base is the finest published periods, baseWidth their length.
	base      realised
	baseWidth market.UnixMilli
	// split is where training ends and the test begins.
	split market.UnixMilli
	// censored says that the venue publishes a part of its liquidations.
	censored bool
}

func utc(date string) market.UnixMilli {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return market.UnixMilli(t.UnixMilli())
}

// The instants that separate what may be learned from from what is tested.
// They are part of the protocol and never moved to please a result.
var (
	split2026 = utc("2026-02-25")
	begin2026 = utc("2025-11-10")
	begin2024 = utc("2024-05-20")
	split2024 = utc("2024-07-14") // 40 % of the window: for locally trained baselines
)

// btc2026 is BTC of winter 2026: Binance bars and open interest, continued with
// Bybit's bars where Binance's end, against the sums that three venues published.
func (s source) btc2026() (set, error) {
	listing, own, err := s.events("binance/klines_5m/BTCUSDT_20241231*")
	if err != nil {
		return set{}, err
	}
	_, other, err := s.events("bybit/klines_5m/BTCUSDT*")
	if err != nil {
		return set{}, err
	}
	_, oi, err := s.events("binance/open_interest_5m/BTCUSDT*")
	if err != nil {
		return set{}, err
	}
	t, err := s.table("liquidations/aggregate_BTC_1h*")
	if err != nil {
		return set{}, err
	}
	liq, err := t.liquidations()
	if err != nil {
		return set{}, err
	}
	bars := since(spliced(own.Candles, other.Candles), begin2026)
	return set{
		name: "BTC 2026", feed: feed{listing, bars, oi.OpenInterest}, begin: begin2026,
		base: liq, baseWidth: market.Hour, split: split2026, censored: true,
	}, nil
}

// halfHourly is btc2026 with the half-hourly liquidations instead; they begin
// after the split, so that lines for them are fitted on their first part.
func (s source) halfHourly(from set) (set, error) {
	t, err := s.table("liquidations/aggregate_BTC_30m*")
	if err != nil {
		return set{}, err
	}
	liq, err := t.liquidations()
	if err != nil {
		return set{}, err
	}
	from.name, from.base, from.baseWidth = "BTC 2026, half-hours", liq, 30*market.Minute
	from.split = liq.start[len(liq.start)*6/10].Floor(market.Day)
	return from, nil
}

// summer2024 is one coin of Binance from 2024-06-19 to 2024-08-19, with the
// crash of August 5th.
func (s source) summer2024(coin string) (set, error) {
	listing, own, err := s.events("binance/klines_5m/" + coin + "USDT_20231101*")
	if err != nil {
		return set{}, err
	}
	t, err := s.table("liquidations/binance_" + coin + "USDT_1h_20240619*")
	if err != nil {
		return set{}, err
	}
	liq, err := t.liquidations()
	if err != nil {
		return set{}, err
	}
	var oi []market.OpenInterest
	for row := range t.rows {
		v, err := t.numbers(row, "ts_ms", "oi_close")
		if err != nil {
			return set{}, err
		}
		// The hour's close is known when the hour has ended.
		oi = append(oi, market.OpenInterest{EventTime: market.UnixMilli(v[0]) + market.Hour, Contracts: market.Contracts(v[1])})
	}
	bars := since(own.Candles, begin2024)
	end, _ := slices.BinarySearchFunc(bars, liq.start[len(liq.start)-1]+market.Hour, func(c market.Candle, t market.UnixMilli) int { return int(c.OpenTime - t) })
	return set{
		name: coin + " summer 2024", feed: feed{listing, bars[:end], oi}, begin: begin2024,
		base: liq, baseWidth: market.Hour, split: split2024, censored: true,
	}, nil
}

// widened sums the published periods of a set into longer ones; a period that
// lacks one of its parts is left out.
func (d set) widened(width market.UnixMilli) realised {
	if width == d.baseWidth {
		return d.base
	}
	var out realised
	parts, n := int(width/d.baseWidth), 0
	for i, t := range d.base.start {
		start := t.Floor(width)
		if last := len(out.start) - 1; last < 0 || out.start[last] != start {
			if last >= 0 && n < parts {
				out.drop()
			}
			out.start, n = append(out.start, start), 0
			for s := range out.usd {
				out.usd[s] = append(out.usd[s], 0)
			}
		}
		for s := range out.usd {
			out.usd[s][len(out.start)-1] += d.base.usd[s][i]
		}
		n++
	}
	if n < parts {
		out.drop()
	}
	return out
}

// drop leaves out the last period.
func (r *realised) drop() {
	r.start = r.start[:len(r.start)-1]
	for s := range r.usd {
		r.usd[s] = r.usd[s][:len(r.usd[s])-1]
	}
}

// before returns how many periods start before an instant.
func (r realised) before(t market.UnixMilli) int {
	n, _ := slices.BinarySearch(r.start, t)
	return n
}

// describe says what a set holds, for the report.
func (d set) describe() string {
	end := d.base.start[len(d.base.start)-1] + d.baseWidth
	var usd [market.Sides]float64
	for s := range usd {
		for _, x := range d.base.usd[s] {
			usd[s] += x
		}
	}
	return fmt.Sprintf("%s to %s, %d periods of %d min, published liquidations %.0f M USD long, %.0f M USD short; test from %s",
		d.base.start[0].Date(), end.Date(), len(d.base.start), d.baseWidth/market.Minute, math.Round(usd[0]/1e6), math.Round(usd[1]/1e6), d.split.Date())
}
