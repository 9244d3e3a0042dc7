package kraken

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/market"
)

type instrumentInfo struct {
	Symbol       string        `json:"symbol"`
	Type         string        `json:"type"`
	Base         string        `json:"base"`
	Quote        string        `json:"quote"`
	TickSize     venue.Number  `json:"tickSize"`
	ContractSize venue.Number  `json:"contractSize"`
	Tradeable    bool          `json:"tradeable"`
	MarginLevels []marginLevel `json:"marginLevels"`
}

// marginLevel is one tier: from NumNonContractUnits (quote currency) on a
// linear contract, from Contracts on an inverse one.
type marginLevel struct {
	Contracts           venue.Number `json:"contracts"`
	NumNonContractUnits venue.Number `json:"numNonContractUnits"`
	InitialMargin       venue.Number `json:"initialMargin"`
	MaintenanceMargin   venue.Number `json:"maintenanceMargin"`
}

func ask(ctx context.Context, rest *feed.REST) ([]instrumentInfo, error) {
	body, err := rest.Get(ctx, "/derivatives/api/v3/instruments", 1)
	if err != nil {
		return nil, err
	}
	return read(body)
}

func read(body []byte) ([]instrumentInfo, error) {
	var a struct {
		Result      string           `json:"result"`
		Error       string           `json:"error"`
		Instruments []instrumentInfo `json:"instruments"`
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return nil, fmt.Errorf("cannot read instruments: %w", err)
	}
	if a.Result != "success" {
		return nil, fmt.Errorf("the venue answered %s: %s", a.Result, a.Error)
	}
	return a.Instruments, nil
}

func instruments(ctx context.Context, rest *feed.REST) ([]market.Listing, error) {
	list, err := ask(ctx, rest)
	return listingsOf(list), err
}

// coins names what this venue names by a name of its own.
var coins = map[string]string{"XBT": "BTC", "XDG": "DOGE"}

// listingsOf keeps perpetuals that are trading: PF_ linear, PI_ inverse. Others
// have a date.
func listingsOf(list []instrumentInfo) (out []market.Listing) {
	for _, s := range list {
		if !s.Tradeable || !venue.IsUSD(s.Quote) {
			continue
		}
		l := s.listing()
		switch {
		case strings.HasPrefix(l.Symbol, "PF_") && s.Type == "flexible_futures":
		case strings.HasPrefix(l.Symbol, "PI_") && s.Type == "futures_inverse":
			l.Settlement = market.Inverse
		default:
			continue
		}
		if l.Validate() == nil {
			out = append(out, l)
		}
	}
	return out
}

func (s instrumentInfo) listing() market.Listing {
	coin := s.Base
	if known, ok := coins[coin]; ok {
		coin = known
	}
	return market.Listing{Instrument: market.Instrument{InstrumentID: market.InstrumentID{Venue: Venue, Symbol: strings.ToUpper(s.Symbol)},
		Coin: coin, Quote: "USD", ContractSize: float64(s.ContractSize), TickSize: market.Price(s.TickSize)}}
}

func tiers(ctx context.Context, rest *feed.REST, l market.Listing, mark market.Price) (market.MarginTiers, error) {
	list, err := ask(ctx, rest)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		if strings.EqualFold(s.Symbol, l.Symbol) && len(s.MarginLevels) > 0 {
			return tiersOf(s.MarginLevels, l, mark)
		}
	}
	return nil, venue.ErrNoTiers
}

// tiersOf turns contracts into quote currency. These are the levels of
// professional clients; those of retail clients, which differ from country to
// country, are not used.
func tiersOf(levels []marginLevel, l market.Listing, mark market.Price) (market.MarginTiers, error) {
	var rows []market.MarginTier
	for _, m := range levels {
		floor := market.Notional(m.NumNonContractUnits)
		if l.Settlement == market.Inverse {
			floor = l.NotionalOf(mark, market.Contracts(m.Contracts))
		}
		rows = append(rows, market.MarginTier{NotionalFloor: floor,
			MaintenanceMarginRate: market.Ratio(m.MaintenanceMargin), MaxLeverage: market.Leverage(1 / m.InitialMargin)})
	}
	return market.NewMarginTiers(rows)
}
