package gate

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/market"
)

type contract struct {
	Name             string       `json:"name"`
	Type             string       `json:"type"`
	Status           string       `json:"status"`
	InDelisting      bool         `json:"in_delisting"`
	IsPreMarket      bool         `json:"is_pre_market"`
	QuantoMultiplier venue.Number `json:"quanto_multiplier"`
	OrderPriceRound  venue.Number `json:"order_price_round"`
}

// riskLimitTier is one tier, up to RiskLimit (quote currency).
type riskLimitTier struct {
	RiskLimit       venue.Number `json:"risk_limit"`
	MaintenanceRate venue.Number `json:"maintenance_rate"`
	LeverageMax     venue.Number `json:"leverage_max"`
}

func ask[T any](ctx context.Context, rest *feed.REST, path string) (list []T, err error) {
	body, err := rest.Get(ctx, "/api/v4/futures/usdt/"+path, 1)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("cannot read the answer: %w", err)
	}
	return list, nil
}

func instruments(ctx context.Context, rest *feed.REST) ([]market.Listing, error) {
	list, err := ask[contract](ctx, rest, "contracts")
	return listingsOf(list), err
}

// listingsOf keeps contracts that are trading. One is quanto_multiplier coins.
func listingsOf(list []contract) (out []market.Listing) {
	for _, c := range list {
		coin, quote, _ := strings.Cut(c.Name, "_")
		trading := c.Status == "" || c.Status == "trading" // not all contracts have a status
		if !trading || c.InDelisting || c.IsPreMarket || c.Type != "direct" || !venue.IsUSD(quote) {
			continue
		}
		l := market.Listing{Instrument: market.Instrument{InstrumentID: market.InstrumentID{Venue: Venue, Symbol: c.Name},
			Coin: coin, Quote: "USD", ContractSize: float64(c.QuantoMultiplier), TickSize: market.Price(c.OrderPriceRound)}}
		if l.Validate() == nil {
			out = append(out, l)
		}
	}
	return out
}

func tiers(ctx context.Context, rest *feed.REST, l market.Listing, _ market.Price) (market.MarginTiers, error) {
	list, err := ask[riskLimitTier](ctx, rest, "risk_limit_tiers?contract="+l.Symbol)
	if err != nil {
		return nil, err
	}
	return tiersOf(list)
}

// tiersOf turns caps into floors.
func tiersOf(list []riskLimitTier) (market.MarginTiers, error) {
	var rows []market.MarginTier
	floor := market.Notional(0)
	for _, t := range list {
		rows = append(rows, market.MarginTier{NotionalFloor: floor,
			MaintenanceMarginRate: market.Ratio(t.MaintenanceRate), MaxLeverage: market.Leverage(t.LeverageMax)})
		floor = market.Notional(t.RiskLimit)
	}
	return market.NewMarginTiers(rows)
}
