package okx

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/market"
)

type answer[T any] struct {
	Code string `json:"code"`
	Msg  string `json:"msg"`
	Data []T    `json:"data"`
}

type instrumentInfo struct {
	InstID string `json:"instId"`
	Uly    string `json:"uly"`
	CtType string `json:"ctType"`
	CtVal  string `json:"ctVal"`
	CtMult string `json:"ctMult"`
	TickSz string `json:"tickSz"`
	State  string `json:"state"`
}

type positionTier struct {
	MinSz    string `json:"minSz"` // contracts
	MMR      string `json:"mmr"`
	MaxLever string `json:"maxLever"`
}

func ask[T any](ctx context.Context, rest *feed.REST, path string) ([]T, error) {
	body, err := rest.Get(ctx, path, 1)
	if err != nil {
		return nil, err
	}
	return read[T](body)
}

func read[T any](body []byte) ([]T, error) {
	var a answer[T]
	if err := json.Unmarshal(body, &a); err != nil {
		return nil, fmt.Errorf("cannot read the answer: %w", err)
	}
	if a.Code != "0" {
		return nil, fmt.Errorf("the venue answered code %s: %s", a.Code, a.Msg)
	}
	return a.Data, nil
}

func instruments(ctx context.Context, rest *feed.REST) ([]market.Listing, error) {
	list, err := ask[instrumentInfo](ctx, rest, "/api/v5/public/instruments?instType=SWAP")
	if err != nil {
		return nil, err
	}
	return listingsOf(list), nil
}

// listingsOf keeps swaps that are live. A contract is ctVal · ctMult coins
// (linear) or USD (inverse).
func listingsOf(list []instrumentInfo) (out []market.Listing) {
	for _, s := range list {
		coin, quote, _ := strings.Cut(s.Uly, "-")
		if s.State != "live" || !venue.IsUSD(quote) {
			continue
		}
		value, err1 := strconv.ParseFloat(s.CtVal, 64)
		times, err2 := strconv.ParseFloat(s.CtMult, 64)
		tick, err3 := strconv.ParseFloat(s.TickSz, 64)
		if err1 != nil || err2 != nil || err3 != nil {
			continue
		}
		l := market.Listing{Instrument: market.Instrument{InstrumentID: market.InstrumentID{Venue: Venue, Symbol: s.InstID},
			Coin: coin, Quote: "USD", ContractSize: value * times, TickSize: market.Price(tick)}}
		if s.CtType == "inverse" {
			l.Settlement = market.Inverse
		}
		if l.Validate() == nil {
			out = append(out, l)
		}
	}
	return out
}

func mark(ctx context.Context, rest *feed.REST, l market.Listing) (market.Price, error) {
	list, err := ask[struct {
		MarkPx json.Number `json:"markPx"`
	}](ctx, rest, "/api/v5/public/mark-price?instType=SWAP&instId="+l.Symbol)
	if err != nil || len(list) != 1 {
		return 0, err
	}
	price, err := list[0].MarkPx.Float64()
	return market.Price(price), err
}

func tiers(ctx context.Context, rest *feed.REST, l market.Listing, mark market.Price) (market.MarginTiers, error) {
	family := strings.TrimSuffix(l.Symbol, "-SWAP")
	list, err := ask[positionTier](ctx, rest, "/api/v5/public/position-tiers?instType=SWAP&tdMode=isolated&instFamily="+family)
	if err != nil {
		return nil, err
	}
	return tiersOf(list, l, mark)
}

// tiersOf turns contracts into quote currency at the mark. A tier begins
// behind the contracts of the one before.
func tiersOf(list []positionTier, l market.Listing, mark market.Price) (market.MarginTiers, error) {
	var rows []market.MarginTier
	for i, t := range list {
		from, err1 := strconv.ParseFloat(t.MinSz, 64)
		mm, err2 := strconv.ParseFloat(t.MMR, 64)
		most, err3 := strconv.ParseFloat(t.MaxLever, 64)
		if err1 != nil || err2 != nil || err3 != nil {
			return nil, fmt.Errorf("position tier %+v: want numbers: %w", t, market.ErrInvalid)
		}
		if i == 0 {
			from = 0
		}
		rows = append(rows, market.MarginTier{NotionalFloor: l.NotionalOf(mark, market.Contracts(from)),
			MaintenanceMarginRate: market.Ratio(mm), MaxLeverage: market.Leverage(most)})
	}
	return market.NewMarginTiers(rows)
}
