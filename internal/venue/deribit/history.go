package deribit

import (
	"context"
	"encoding/json"
	"fmt"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/market"
)

// history has candles alone; the venue publishes the present open interest
// alone.
// Source: docs.deribit.com, public/get_tradingview_chart_data, read 2026-06.
var history = feed.History{Bars: []feed.Series[market.Candle]{
	{Width: market.Minute, Depth: 2 * market.Day, Most: 1000, Ask: bars("1", market.Minute)},
	{Width: 5 * market.Minute, Most: 1000, Ask: bars("5", 5*market.Minute)},
}}

// chart is candles, member by member. Volume is in coins, Cost in USD.
type chart struct {
	Result struct {
		Ticks  []market.UnixMilli `json:"ticks"`
		Open   []venue.Number     `json:"open"`
		High   []venue.Number     `json:"high"`
		Low    []venue.Number     `json:"low"`
		Close  []venue.Number     `json:"close"`
		Volume []venue.Number     `json:"volume"`
		Cost   []venue.Number     `json:"cost"`
	} `json:"result"`
}

func bars(resolution string, width market.UnixMilli) feed.Ask[market.Candle] {
	return func(ctx context.Context, rest *feed.REST, l market.Listing, from, to market.UnixMilli) ([]market.Candle, error) {
		body, err := rest.Get(ctx, fmt.Sprintf("/api/v2/public/get_tradingview_chart_data?instrument_name=%s&start_timestamp=%d&end_timestamp=%d&resolution=%s",
			l.Symbol, from, to-1, resolution), 1)
		if err != nil {
			return nil, err
		}
		var a chart
		if err := json.Unmarshal(body, &a); err != nil {
			return nil, fmt.Errorf("cannot read a chart: %w", err)
		}
		return a.candles(l, width)
	}
}

// candles counts volume in contracts: USD of an inverse perpetual, coins of a
// linear one.
func (a chart) candles(l market.Listing, width market.UnixMilli) (out []market.Candle, err error) {
	r := a.Result
	volume := r.Volume
	if l.Settlement == market.Inverse {
		volume = r.Cost
	}
	n := len(r.Ticks)
	if len(r.Open) != n || len(r.High) != n || len(r.Low) != n || len(r.Close) != n || len(volume) != n {
		return nil, fmt.Errorf("a chart of %d candles that lacks some members: %w", n, venue.ErrFrame)
	}
	for i, at := range r.Ticks {
		c, err := venue.NewCandle(at, width, [4]venue.Number{r.Open[i], r.High[i], r.Low[i], r.Close[i]}, volume[i])
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}
