package bitmex

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/market"
)

// instrumentInfo is what is used of an instrument. Multipliers are in the
// smallest unit of the currency of settlement (XBt: a hundred-millionth).
type instrumentInfo struct {
	Symbol                       string  `json:"symbol"`
	Typ                          string  `json:"typ"`
	State                        string  `json:"state"`
	Underlying                   string  `json:"underlying"`
	QuoteCurrency                string  `json:"quoteCurrency"`
	TickSize                     float64 `json:"tickSize"`
	Multiplier                   float64 `json:"multiplier"`
	UnderlyingToSettleMultiplier float64 `json:"underlyingToSettleMultiplier"`
	QuoteToSettleMultiplier      float64 `json:"quoteToSettleMultiplier"`
	IsQuanto                     bool    `json:"isQuanto"`
	IsInverse                    bool    `json:"isInverse"`
	InitMargin                   float64 `json:"initMargin"`
	MaintMargin                  float64 `json:"maintMargin"`
	RiskLimit                    float64 `json:"riskLimit"`
	RiskStep                     float64 `json:"riskStep"`
	MarkPrice                    float64 `json:"markPrice"`
}

// perpetual is the type of a perpetual contract (CFI code).
const perpetual = "FFWCSX"

func ask(ctx context.Context, rest *feed.REST, path string) ([]instrumentInfo, error) {
	body, err := rest.Get(ctx, path, 1)
	if err != nil {
		return nil, err
	}
	var list []instrumentInfo
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("cannot read instruments: %w", err)
	}
	return list, nil
}

func instruments(ctx context.Context, rest *feed.REST) ([]market.Listing, error) {
	list, err := ask(ctx, rest, "/api/v1/instrument/active")
	if err != nil {
		return nil, err
	}
	return listingsOf(list), nil
}

// listingsOf keeps perpetuals that are open and no quanto.
func listingsOf(list []instrumentInfo) (out []market.Listing) {
	for _, s := range list {
		if s.Typ != perpetual || s.State != "Open" || s.IsQuanto || !venue.IsUSD(s.QuoteCurrency) {
			continue
		}
		if l := s.listing(); l.Validate() == nil {
			out = append(out, l)
		}
	}
	return out
}

// listing says what a contract is worth:
//
//	inverse: |multiplier| / |underlyingToSettleMultiplier| USD   (XBTUSD: 1 USD)
//	linear:  multiplier / quoteToSettleMultiplier coins          (XBTUSDT: 1e-6 XBT)
func (s instrumentInfo) listing() market.Listing {
	l := market.Listing{Instrument: market.Instrument{InstrumentID: market.InstrumentID{Venue: Venue, Symbol: s.Symbol},
		Coin: s.Underlying, Quote: "USD", TickSize: market.Price(s.TickSize)}}
	if l.Coin == "XBT" {
		l.Coin = "BTC"
	}
	if s.IsInverse {
		l.Settlement = market.Inverse
		l.ContractSize = math.Abs(s.Multiplier / s.UnderlyingToSettleMultiplier)
	} else {
		l.ContractSize = s.Multiplier / s.QuoteToSettleMultiplier
	}
	return l
}

func mark(ctx context.Context, rest *feed.REST, l market.Listing) (market.Price, error) {
	list, err := ask(ctx, rest, "/api/v1/instrument?symbol="+l.Symbol)
	if err != nil || len(list) != 1 {
		return 0, err
	}
	return market.Price(list[0].MarkPrice), nil
}

func tiers(ctx context.Context, rest *feed.REST, l market.Listing, mark market.Price) (market.MarginTiers, error) {
	list, err := ask(ctx, rest, "/api/v1/instrument?symbol="+l.Symbol)
	if err != nil {
		return nil, err
	}
	if len(list) != 1 || list[0].Symbol != l.Symbol {
		return nil, venue.ErrNoTiers
	}
	return list[0].tiers(mark)
}

// tiers builds the table from risk limit and step, both in the currency of
// settlement: each step beyond the limit raises initial and maintenance margin
// by the base maintenance margin, ten times at most.
// Source: www.bitmex.com/app/riskLimits, read 2026-06.
func (s instrumentInfo) tiers(mark market.Price) (market.MarginTiers, error) {
	quote := func(settlement float64) market.Notional {
		if s.IsInverse {
			return market.Notional(settlement / math.Abs(s.UnderlyingToSettleMultiplier) * float64(mark))
		}
		return market.Notional(settlement / s.QuoteToSettleMultiplier)
	}
	if !(s.RiskLimit > 0) || !(s.MaintMargin > 0) || !(s.InitMargin > 0) {
		return nil, venue.ErrNoTiers
	}
	var rows []market.MarginTier
	for n := 0.0; n <= 10; n++ {
		floor := market.Notional(0)
		if n > 0 {
			floor = quote(s.RiskLimit + (n-1)*s.RiskStep)
		}
		im, mm := s.InitMargin+n*s.MaintMargin, s.MaintMargin*(1+n)
		if im >= 1 || (n > 0 && !(s.RiskStep > 0)) {
			break
		}
		rows = append(rows, market.MarginTier{NotionalFloor: floor,
			MaintenanceMarginRate: market.Ratio(mm), MaxLeverage: market.Leverage(1 / im)})
	}
	return market.NewMarginTiers(rows)
}
