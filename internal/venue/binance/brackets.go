package binance

import (
	"encoding/json"
	"errors"
	"fmt"

	"halcyon/internal/venue"
	"halcyon/market"
)

// bracketsOf is one symbol of an answer of leverageBracket. USD-M bounds
// brackets by notional, COIN-M by coins.
type bracketsOf struct {
	Symbol   string `json:"symbol"`
	Brackets []struct {
		InitialLeverage  market.Leverage `json:"initialLeverage"`
		NotionalFloor    *float64        `json:"notionalFloor"`
		QtyFloor         *float64        `json:"qtyFloor"`
		MaintMarginRatio market.Ratio    `json:"maintMarginRatio"`
	} `json:"brackets"`
}

// ParseBrackets reads an answer of /fapi/v1/leverageBracket (USD-M) or
// /dapi/v2/leverageBracket (COIN-M), which Binance gives to signed requests
// alone, as margin tiers by symbol. Bounds in coins are turned into USD at the
// price that mark returns; symbols without one are left out. The error wraps
// venue.ErrFrame.
// Source: developers.binance.com, "Notional and Leverage Brackets", read 2026-06.
func ParseBrackets(body []byte, mark func(symbol string) (market.Price, bool)) (map[string]market.MarginTiers, error) {
	var list []bracketsOf
	if err := json.Unmarshal(body, &list); err != nil {
		var one bracketsOf // with a symbol, the answer is that symbol's alone
		if json.Unmarshal(body, &one) != nil || one.Symbol == "" {
			return nil, fmt.Errorf("leverage brackets: want what leverageBracket answers: %v: %w", err, venue.ErrFrame)
		}
		list = []bracketsOf{one}
	}
	out := map[string]market.MarginTiers{}
	for _, s := range list {
		price, known := mark(s.Symbol)
		rows, inCoins, err := s.rows(price)
		if err == nil && inCoins && !known {
			continue
		}
		var tiers market.MarginTiers
		if err == nil {
			tiers, err = market.NewMarginTiers(rows)
		}
		if err != nil {
			return nil, fmt.Errorf("leverage brackets of %q: %v: %w", s.Symbol, err, venue.ErrFrame)
		}
		out[s.Symbol] = tiers
	}
	return out, nil
}

// rows turns brackets into rows of a table, and tells whether they are bounded
// by coins.
func (s bracketsOf) rows(price market.Price) (rows []market.MarginTier, inCoins bool, err error) {
	for _, b := range s.Brackets {
		row := market.MarginTier{MaintenanceMarginRate: b.MaintMarginRatio, MaxLeverage: b.InitialLeverage}
		switch {
		case b.NotionalFloor != nil:
			row.NotionalFloor = market.Notional(*b.NotionalFloor)
		case b.QtyFloor != nil:
			inCoins = true
			row.NotionalFloor = market.Notional(*b.QtyFloor * float64(price))
		default:
			return nil, false, errors.New("want notionalFloor or qtyFloor in each bracket")
		}
		rows = append(rows, row)
	}
	return rows, inCoins, nil
}
