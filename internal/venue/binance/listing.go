package binance

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/market"
)

// exchangeInfo is what is used of the answer of the same name.
type exchangeInfo struct {
	Symbols []struct {
		Symbol         string  `json:"symbol"`
		ContractType   string  `json:"contractType"`
		Status         string  `json:"status"`         // USD-M
		ContractStatus string  `json:"contractStatus"` // COIN-M
		ContractSize   float64 `json:"contractSize"`   // COIN-M: USD a contract
		BaseAsset      string  `json:"baseAsset"`
		QuoteAsset     string  `json:"quoteAsset"`
		MarginAsset    string  `json:"marginAsset"`
		Filters        []struct {
			FilterType string `json:"filterType"`
			TickSize   string `json:"tickSize"`
		} `json:"filters"`
	} `json:"symbols"`
}

func (f flavour) instruments(ctx context.Context, rest *feed.REST) ([]market.Listing, error) {
	body, err := rest.Get(ctx, f.api+"/exchangeInfo", 1)
	if err != nil {
		return nil, err
	}
	return parseInstruments(body)
}

// parseInstruments reads exchangeInfo of USD-M or COIN-M futures: perpetuals
// that are trading. A contract is inverse where it settles in its own coin.
func parseInstruments(body []byte) ([]market.Listing, error) {
	var info exchangeInfo
	if err := json.Unmarshal(body, &info); err != nil {
		return nil, fmt.Errorf("cannot read exchangeInfo: %w", err)
	}
	var out []market.Listing
	for _, s := range info.Symbols {
		if s.ContractType != "PERPETUAL" || (s.Status != "TRADING" && s.ContractStatus != "TRADING") || !venue.IsUSD(s.QuoteAsset) {
			continue
		}
		l := market.Listing{Instrument: market.Instrument{
			InstrumentID: market.InstrumentID{Venue: Venue, Symbol: s.Symbol}, Coin: s.BaseAsset, Quote: "USD", ContractSize: 1}}
		if s.MarginAsset == s.BaseAsset {
			l.Settlement, l.ContractSize = market.Inverse, s.ContractSize
		}
		for _, filter := range s.Filters {
			if filter.FilterType == "PRICE_FILTER" {
				tick, _ := strconv.ParseFloat(filter.TickSize, 64)
				l.TickSize = market.Price(tick)
			}
		}
		if l.Validate() != nil {
			continue // a symbol of another alphabet, or an instrument not yet set up
		}
		setTiers(&l, venue.MaxTime)
		out = append(out, l)
	}
	return out, nil
}
