package bybit

import (
	"context"
	"encoding/json"
	"fmt"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/market"
)

// history asks for minutes of the last day and five minutes before; open
// interest of every five minutes is kept since a contract began.
// Source: bybit-exchange.github.io/docs/v5/market/kline and open-interest,
// read 2026-06.
func (c category) history() feed.History {
	return feed.History{
		Bars: []feed.Series[market.Candle]{
			{Width: market.Minute, Depth: market.Day, Most: 1000, Ask: c.bars("1", market.Minute)},
			{Width: 5 * market.Minute, Most: 1000, Ask: c.bars("5", 5*market.Minute)},
		},
		OpenInterest: []feed.Series[market.OpenInterest]{{Width: 5 * market.Minute, Most: 200, Ask: c.openInterest}},
	}
}

// bars reads [start, open, high, low, close, volume, turnover]. The volume is
// in coins (linear) or USD (inverse), as trades are.
func (c category) bars(interval string, width market.UnixMilli) feed.Ask[market.Candle] {
	return func(ctx context.Context, rest *feed.REST, l market.Listing, from, to market.UnixMilli) ([]market.Candle, error) {
		a, err := ask[venue.BarRow](ctx, rest, fmt.Sprintf("/v5/market/kline?category=%s&symbol=%s&interval=%s&start=%d&end=%d&limit=1000", c, l.Symbol, interval, from, to-1))
		if err != nil {
			return nil, err
		}
		return venue.Candles(a.Result.List, width, 0)
	}
}

type openInterestRow struct {
	OpenInterest json.Number `json:"openInterest"`
	Timestamp    json.Number `json:"timestamp"`
}

// openInterest is in coins (linear) or USD (inverse).
func (c category) openInterest(ctx context.Context, rest *feed.REST, l market.Listing, from, to market.UnixMilli) (out []market.OpenInterest, err error) {
	a, err := ask[openInterestRow](ctx, rest, fmt.Sprintf("/v5/market/open-interest?category=%s&symbol=%s&intervalTime=5min&startTime=%d&endTime=%d&limit=200", c, l.Symbol, from, to-1))
	if err != nil {
		return nil, err
	}
	for _, r := range a.Result.List {
		e, err := venue.Observed(r.Timestamp, r.OpenInterest)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}
