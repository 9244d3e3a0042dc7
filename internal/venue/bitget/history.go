package bitget

import (
	"context"
	"fmt"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/market"
)

// history has candles alone, sparingly, for answers hold 100: minutes of the
// last half day, five minutes of four days, a quarter of an hour before, for 90
// days. The venue publishes the present open interest alone.
// Source: www.bitget.com/api-doc/uta/public/Get-History-Candle-Data, read 2026-06.
var history = feed.History{Bars: []feed.Series[market.Candle]{
	{Width: market.Minute, Depth: market.Day / 2, Most: 99, Ask: bars("1m", market.Minute)},
	{Width: 5 * market.Minute, Depth: 4 * market.Day, Most: 99, Ask: bars("5m", 5*market.Minute)},
	{Width: 15 * market.Minute, Depth: 90 * market.Day, Most: 99, Ask: bars("15m", 15*market.Minute)},
}}

// bars reads [ts, open, high, low, close, volume, turnover]; volume is in coins.
func bars(interval string, width market.UnixMilli) feed.Ask[market.Candle] {
	return func(ctx context.Context, rest *feed.REST, l market.Listing, from, to market.UnixMilli) ([]market.Candle, error) {
		rows, err := ask[[]venue.BarRow](ctx, rest, fmt.Sprintf("/api/v3/market/history-candles?category=%s&symbol=%s&interval=%s&startTime=%d&endTime=%d&limit=100",
			category, l.Symbol, interval, from-1, to))
		if err != nil {
			return nil, err
		}
		return venue.Candles(rows, width, 0)
	}
}
