package binance

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/market"
)

// history asks for minutes of the last day and five minutes before. Candles
// cost by their number: 10 of weight for 1,500. Open interest is kept for a
// month (30 days, of which the last hours are left to the clock) and has
// limits of its own, 1,000 requests in five minutes.
// Source: developers.binance.com, "Kline/Candlestick Data" and "Open Interest
// Statistics", USDⓈ-M and COIN-M, read 2026-06.
func (f flavour) history() feed.History {
	return feed.History{
		Bars: []feed.Series[market.Candle]{
			{Width: market.Minute, Depth: market.Day, Most: 1500, Ask: f.bars("1m", market.Minute)},
			{Width: 5 * market.Minute, Most: 1500, Ask: f.bars("5m", 5*market.Minute)},
		},
		OpenInterest: []feed.Series[market.OpenInterest]{
			{Width: 5 * market.Minute, Depth: 30*market.Day - 2*market.Hour, Most: 500, Ask: f.openInterest},
		},
	}
}

func (f flavour) bars(interval string, width market.UnixMilli) feed.Ask[market.Candle] {
	return func(ctx context.Context, rest *feed.REST, l market.Listing, from, to market.UnixMilli) ([]market.Candle, error) {
		body, err := rest.Get(ctx, fmt.Sprintf("%s/klines?symbol=%s&interval=%s&startTime=%d&endTime=%d&limit=1500", f.api, l.Symbol, interval, from, to-1), 10)
		if err != nil {
			return nil, err
		}
		return parseBars(body, width)
	}
}

// parseBars reads klines. The volume is in coins (USD-M) or contracts
// (COIN-M), as trades are, and so is that of takers who bought.
func parseBars(body []byte, width market.UnixMilli) ([]market.Candle, error) {
	const takerBuy = 9
	var rows []venue.BarRow
	if err := json.Unmarshal(body, &rows); err != nil {
		return nil, fmt.Errorf("cannot read klines: %w", err)
	}
	return venue.Candles(rows, width, takerBuy)
}

// openInterest asks for a symbol (USD-M), or for a pair and its kind of
// contract (COIN-M).
func (f flavour) openInterest(ctx context.Context, rest *feed.REST, l market.Listing, from, to market.UnixMilli) ([]market.OpenInterest, error) {
	which := "symbol=" + l.Symbol
	if pair, ok := strings.CutSuffix(l.Symbol, "_PERP"); ok {
		which = "pair=" + pair + "&contractType=PERPETUAL"
	}
	body, err := rest.Get(ctx, fmt.Sprintf("/futures/data/openInterestHist?%s&period=5m&startTime=%d&endTime=%d&limit=500", which, from, to-1), 1)
	if err != nil {
		return nil, err
	}
	return parseOpenInterestHist(body)
}

// parseOpenInterestHist reads openInterestHist: coins (USD-M) or contracts (COIN-M).
func parseOpenInterestHist(body []byte) (out []market.OpenInterest, err error) {
	var rows []struct {
		SumOpenInterest json.Number `json:"sumOpenInterest"`
		Timestamp       json.Number `json:"timestamp"`
	}
	if err := json.Unmarshal(body, &rows); err != nil {
		return nil, fmt.Errorf("cannot read openInterestHist: %w", err)
	}
	for _, r := range rows {
		e, err := venue.Observed(r.Timestamp, r.SumOpenInterest)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}
