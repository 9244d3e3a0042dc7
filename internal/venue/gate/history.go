package gate

import (
	"context"
	"fmt"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/market"
)

// history has candles alone. The venue keeps an open interest of the past, but
// does not say whether it counts one side or, as its ticker, both.
// Source: www.gate.com/docs/developers/apiv4, "Futures market K-line chart",
// read 2026-06.
var history = feed.History{Bars: []feed.Series[market.Candle]{
	{Width: market.Minute, Depth: 2 * market.Day, Most: 1000, Ask: bars("1m", market.Minute)},
	{Width: 5 * market.Minute, Most: 1000, Ask: bars("5m", 5*market.Minute)},
}}

// candle opens at T, in seconds; V is in contracts.
type candle struct {
	T int64        `json:"t"`
	O venue.Number `json:"o"`
	H venue.Number `json:"h"`
	L venue.Number `json:"l"`
	C venue.Number `json:"c"`
	V venue.Number `json:"v"`
}

func bars(interval string, width market.UnixMilli) feed.Ask[market.Candle] {
	return func(ctx context.Context, rest *feed.REST, l market.Listing, from, to market.UnixMilli) (out []market.Candle, err error) {
		rows, err := ask[candle](ctx, rest, fmt.Sprintf("candlesticks?contract=%s&interval=%s&from=%d&to=%d", l.Symbol, interval, from/market.Second, (to-1)/market.Second))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			c, err := venue.NewCandle(market.UnixMilli(r.T)*market.Second, width, [4]venue.Number{r.O, r.H, r.L, r.C}, r.V)
			if err != nil {
				return nil, err
			}
			out = append(out, c)
		}
		return out, nil
	}
}
