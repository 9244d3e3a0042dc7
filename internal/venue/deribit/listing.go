package deribit

import (
	"context"
	"encoding/json"
	"fmt"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/market"
)

type instrumentInfo struct {
	InstrumentName   string       `json:"instrument_name"`
	Kind             string       `json:"kind"`
	SettlementPeriod string       `json:"settlement_period"`
	InstrumentType   string       `json:"instrument_type"`
	BaseCurrency     string       `json:"base_currency"`
	QuoteCurrency    string       `json:"quote_currency"`
	TickSize         venue.Number `json:"tick_size"`
	IsActive         bool         `json:"is_active"`
}

func instruments(ctx context.Context, rest *feed.REST) ([]market.Listing, error) {
	body, err := rest.Get(ctx, "/api/v2/public/get_instruments?currency=any&kind=future&expired=false", 1)
	if err != nil {
		return nil, err
	}
	return parseInstruments(body)
}

// parseInstruments keeps perpetuals that are active. One contract is one unit
// of the amounts in which everything is told: a coin (linear) or a USD
// (reversed, which is what the venue calls inverse). The venue's own
// contract_size, 10 USD for BTC-PERPETUAL, is used nowhere.
func parseInstruments(body []byte) (out []market.Listing, err error) {
	var a struct {
		Result []instrumentInfo `json:"result"`
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return nil, fmt.Errorf("cannot read instruments: %w", err)
	}
	for _, s := range a.Result {
		if s.Kind != "future" || s.SettlementPeriod != "perpetual" || !s.IsActive || !venue.IsUSD(s.QuoteCurrency) {
			continue
		}
		l := market.Listing{Instrument: market.Instrument{InstrumentID: market.InstrumentID{Venue: Venue, Symbol: s.InstrumentName},
			Coin: s.BaseCurrency, Quote: "USD", ContractSize: 1, TickSize: market.Price(s.TickSize)}}
		switch s.InstrumentType {
		case "linear":
		case "reversed":
			l.Settlement = market.Inverse
		default:
			continue
		}
		if l.Validate() == nil {
			out = append(out, l)
		}
	}
	return out, nil
}
