package bitmex

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/market"
)

// history has candles alone, sparingly, for 30 requests a minute are allowed;
// the venue keeps no open interest of the past.
// Source: www.bitmex.com/api/explorer, /trade/bucketed, read 2026-06.
var history = feed.History{Bars: []feed.Series[market.Candle]{
	{Width: market.Minute, Depth: market.Day / 2, Most: 1000, Ask: bars("1m", market.Minute)},
	{Width: 5 * market.Minute, Most: 1000, Ask: bars("5m", 5*market.Minute)},
}}

// bucket is one candle. Timestamp is the end of it; a bucket opens where the
// one before closed, which may lie outside of its own high and low; prices are
// null where there was no trade.
type bucket struct {
	Timestamp time.Time `json:"timestamp"`
	Open      float64   `json:"open"`
	High      float64   `json:"high"`
	Low       float64   `json:"low"`
	Close     float64   `json:"close"`
	Volume    float64   `json:"volume"` // contracts
}

func bars(size string, width market.UnixMilli) feed.Ask[market.Candle] {
	return func(ctx context.Context, rest *feed.REST, l market.Listing, from, to market.UnixMilli) ([]market.Candle, error) {
		body, err := rest.Get(ctx, fmt.Sprintf("/api/v1/trade/bucketed?binSize=%s&partial=false&symbol=%s&count=1000&startTime=%s&endTime=%s",
			size, l.Symbol, moment(from+width), moment(to)), 1)
		if err != nil {
			return nil, err
		}
		return parseBars(body, width)
	}
}

func parseBars(body []byte, width market.UnixMilli) (out []market.Candle, err error) {
	var rows []bucket
	if err := json.Unmarshal(body, &rows); err != nil {
		return nil, fmt.Errorf("cannot read buckets: %w", err)
	}
	for _, r := range rows {
		if r.High == 0 || r.Volume == 0 {
			continue
		}
		end := market.UnixMilli(r.Timestamp.UnixMilli())
		c := market.Candle{OpenTime: end - width, CloseTime: end, Open: market.Price(min(max(r.Open, r.Low), r.High)), High: market.Price(r.High),
			Low: market.Price(r.Low), Close: market.Price(r.Close), Volume: market.Contracts(r.Volume), TakerBuyVolume: -1}
		if err := venue.CheckCandle(c); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// moment writes a time as the venue takes it in an address.
func moment(t market.UnixMilli) string {
	return url.QueryEscape(t.Time().Format("2006-01-02T15:04:05.000Z"))
}
