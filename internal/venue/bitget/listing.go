package bitget

import (
	"context"
	"encoding/json"
	"fmt"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/market"
)

// answer is the frame around every answer.
type answer[T any] struct {
	Code string `json:"code"`
	Msg  string `json:"msg"`
	Data T      `json:"data"`
}

type instrumentInfo struct {
	Symbol          string       `json:"symbol"`
	Category        string       `json:"category"`
	BaseCoin        string       `json:"baseCoin"`
	QuoteCoin       string       `json:"quoteCoin"`
	PriceMultiplier venue.Number `json:"priceMultiplier"`
	SymbolType      string       `json:"symbolType"`
	Type            string       `json:"type"`
	Status          string       `json:"status"`
}

// positionTier is one tier, from MinTierValue on (quote currency).
type positionTier struct {
	MinTierValue venue.Number `json:"minTierValue"`
	Leverage     venue.Number `json:"leverage"`
	MMR          venue.Number `json:"mmr"`
}

func ask[T any](ctx context.Context, rest *feed.REST, path string) (T, error) {
	var none T
	body, err := rest.Get(ctx, path, 1)
	if err != nil {
		return none, err
	}
	return read[T](body)
}

func read[T any](body []byte) (T, error) {
	var a answer[T]
	if err := json.Unmarshal(body, &a); err != nil {
		return a.Data, fmt.Errorf("cannot read the answer: %w", err)
	}
	if a.Code != "00000" {
		return a.Data, fmt.Errorf("the venue answered code %s: %s", a.Code, a.Msg)
	}
	return a.Data, nil
}

func instruments(ctx context.Context, rest *feed.REST) ([]market.Listing, error) {
	list, err := ask[[]instrumentInfo](ctx, rest, "/api/v3/market/instruments?category="+category)
	return listingsOf(list), err
}

// listingsOf keeps perpetuals that are online. One contract is one coin; the
// tick size is priceMultiplier.
func listingsOf(list []instrumentInfo) (out []market.Listing) {
	for _, s := range list {
		perpetual := s.SymbolType == "perpetual" || s.Type == "perpetual" // the member was renamed
		if !perpetual || s.Status != "online" || s.Category != category || !venue.IsUSD(s.QuoteCoin) {
			continue
		}
		l := market.Listing{Instrument: market.Instrument{InstrumentID: market.InstrumentID{Venue: Venue, Symbol: s.Symbol},
			Coin: s.BaseCoin, Quote: "USD", ContractSize: 1, TickSize: market.Price(s.PriceMultiplier)}}
		if l.Validate() == nil {
			out = append(out, l)
		}
	}
	return out
}

func tiers(ctx context.Context, rest *feed.REST, l market.Listing, _ market.Price) (market.MarginTiers, error) {
	list, err := ask[[]positionTier](ctx, rest, "/api/v3/market/position-tier?category="+category+"&symbol="+l.Symbol)
	if err != nil {
		return nil, err
	}
	return tiersOf(list)
}

func tiersOf(list []positionTier) (market.MarginTiers, error) {
	var rows []market.MarginTier
	for _, t := range list {
		rows = append(rows, market.MarginTier{NotionalFloor: market.Notional(t.MinTierValue),
			MaintenanceMarginRate: market.Ratio(t.MMR), MaxLeverage: market.Leverage(t.Leverage)})
	}
	return market.NewMarginTiers(rows)
}
