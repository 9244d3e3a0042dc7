package okx

import (
	"context"
	"fmt"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/market"
)

// history is sparing, for answers hold 100 items: minutes of the last half
// day, five minutes of four days, a quarter of an hour before. Open interest
// is kept for 1,440 items of each period.
// Source: www.okx.com/docs-v5, "Get candlesticks history" and "Get contracts
// open interest history", read 2026-06.
var history = feed.History{
	Bars: []feed.Series[market.Candle]{
		{Width: market.Minute, Depth: market.Day / 2, Most: 100, Ask: bars("1m", market.Minute)},
		{Width: 5 * market.Minute, Depth: 4 * market.Day, Most: 100, Ask: bars("5m", 5*market.Minute)},
		{Width: 15 * market.Minute, Most: 100, Ask: bars("15m", 15*market.Minute)},
	},
	OpenInterest: []feed.Series[market.OpenInterest]{
		{Width: 5 * market.Minute, Depth: 4 * market.Day, Most: 100, Ask: openInterest("5m")},
		{Width: 30 * market.Minute, Depth: 29 * market.Day, Most: 100, Ask: openInterest("30m")},
	},
}

// bars reads [ts, open, high, low, close, vol, volCcy, volCcyQuote, confirm];
// vol is in contracts. "after" asks for what is older.
func bars(bar string, width market.UnixMilli) feed.Ask[market.Candle] {
	return func(ctx context.Context, rest *feed.REST, l market.Listing, _, to market.UnixMilli) ([]market.Candle, error) {
		rows, err := ask[venue.BarRow](ctx, rest, fmt.Sprintf("/api/v5/market/history-candles?instId=%s&bar=%s&after=%d&limit=100", l.Symbol, bar, to))
		if err != nil {
			return nil, err
		}
		return venue.Candles(rows, width, 0)
	}
}

// openInterest reads [ts, oi, oiCcy, oiUsd]; oi is in contracts.
func openInterest(period string) feed.Ask[market.OpenInterest] {
	return func(ctx context.Context, rest *feed.REST, l market.Listing, from, to market.UnixMilli) (out []market.OpenInterest, err error) {
		rows, err := ask[venue.BarRow](ctx, rest, fmt.Sprintf("/api/v5/rubik/stat/contracts/open-interest-history?instId=%s&period=%s&begin=%d&end=%d&limit=100", l.Symbol, period, from, to-1))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if len(r) < 2 {
				return nil, fmt.Errorf("open interest %v: want a time and contracts: %w", r, venue.ErrFrame)
			}
			e, err := venue.Observed(r[0], r[1])
			if err != nil {
				return nil, err
			}
			out = append(out, e)
		}
		return out, nil
	}
}
