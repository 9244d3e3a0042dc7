package kraken

import (
	"context"
	"encoding/json"
	"fmt"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/market"
)

// history has candles alone.
// Source: docs.kraken.com/api-reference/candles/market-candles, read 2026-06.
var history = feed.History{Bars: []feed.Series[market.Candle]{
	{Width: market.Minute, Depth: 2 * market.Day, Most: 1000, Ask: bars("1m", market.Minute)},
	{Width: 5 * market.Minute, Most: 1000, Ask: bars("5m", 5*market.Minute)},
}}

// candle opens at Time; Volume is in contracts.
type candle struct {
	Time   market.UnixMilli `json:"time"`
	Open   venue.Number     `json:"open"`
	High   venue.Number     `json:"high"`
	Low    venue.Number     `json:"low"`
	Close  venue.Number     `json:"close"`
	Volume venue.Number     `json:"volume"`
}

func bars(resolution string, width market.UnixMilli) feed.Ask[market.Candle] {
	return func(ctx context.Context, rest *feed.REST, l market.Listing, from, to market.UnixMilli) (out []market.Candle, err error) {
		body, err := rest.Get(ctx, fmt.Sprintf("/api/charts/v1/trade/%s/%s?from=%d&to=%d", l.Symbol, resolution, from/market.Second, (to-1)/market.Second), 1)
		if err != nil {
			return nil, err
		}
		var a struct {
			Candles []candle `json:"candles"`
		}
		if err := json.Unmarshal(body, &a); err != nil {
			return nil, fmt.Errorf("cannot read candles: %w", err)
		}
		for _, r := range a.Candles {
			c, err := venue.NewCandle(r.Time, width, [4]venue.Number{r.Open, r.High, r.Low, r.Close}, r.Volume)
			if err != nil {
				return nil, err
			}
			out = append(out, c)
		}
		return out, nil
	}
}
