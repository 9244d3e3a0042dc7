package hyperliquid

import (
	"context"
	"encoding/json"
	"fmt"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/market"
)

// history has candles alone: the venue keeps the last 5,000 of each interval,
// and no open interest of the past.
// Source: hyperliquid.gitbook.io, "Info endpoint", "Candle snapshot", read 2026-06.
var history = feed.History{Bars: []feed.Series[market.Candle]{
	{Width: market.Minute, Depth: market.Day, Most: 5000, Ask: bars("1m", market.Minute)},
	{Width: 5 * market.Minute, Depth: 16 * market.Day, Most: 5000, Ask: bars("5m", 5*market.Minute)},
	{Width: 15 * market.Minute, Depth: 50 * market.Day, Most: 5000, Ask: bars("15m", 15*market.Minute)},
}}

// candle is an element of candleSnapshot: v is in coins.
type candle struct {
	OpenTime  json.Number `json:"t"`
	CloseTime json.Number `json:"T"` // else it would be taken for t
	Open      json.Number `json:"o"`
	High      json.Number `json:"h"`
	Low       json.Number `json:"l"`
	Close     json.Number `json:"c"`
	Volume    json.Number `json:"v"`
}

func bars(interval string, width market.UnixMilli) feed.Ask[market.Candle] {
	return func(ctx context.Context, rest *feed.REST, l market.Listing, from, to market.UnixMilli) ([]market.Candle, error) {
		// 20 of weight, and one more for every 60 candles.
		weight := 20 + int((to-from)/width/60)
		body, err := rest.Post(ctx, "/info", fmt.Appendf(nil, `{"type":"candleSnapshot","req":{"coin":%q,"interval":%q,"startTime":%d,"endTime":%d}}`, l.Symbol, interval, from, to-1), weight)
		if err != nil {
			return nil, err
		}
		return parseBars(body, width)
	}
}

func parseBars(body []byte, width market.UnixMilli) ([]market.Candle, error) {
	var list []candle
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("cannot read candles: %w", err)
	}
	rows := make([]venue.BarRow, len(list))
	for i, c := range list {
		rows[i] = venue.BarRow{c.OpenTime, c.Open, c.High, c.Low, c.Close, c.Volume}
	}
	return venue.Candles(rows, width, 0)
}
