package bybit

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"strconv"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/market"
)

// answer is the frame around every answer.
type answer[T any] struct {
	RetCode int    `json:"retCode"`
	RetMsg  string `json:"retMsg"`
	Result  struct {
		List           []T    `json:"list"`
		NextPageCursor string `json:"nextPageCursor"`
	} `json:"result"`
}

type instrumentInfo struct {
	Symbol       string `json:"symbol"`
	ContractType string `json:"contractType"`
	Status       string `json:"status"`
	BaseCoin     string `json:"baseCoin"`
	QuoteCoin    string `json:"quoteCoin"`
	PriceFilter  struct {
		TickSize string `json:"tickSize"`
	} `json:"priceFilter"`
}

// riskLimit is one tier: up to RiskLimitValue, in USD (linear) or coins
// (inverse). Rates have been published both as fractions and in percent.
type riskLimit struct {
	Symbol            string `json:"symbol"`
	RiskLimitValue    string `json:"riskLimitValue"`
	MaintenanceMargin string `json:"maintenanceMargin"`
	InitialMargin     string `json:"initialMargin"`
	MaxLeverage       string `json:"maxLeverage"`
}

// pages asks for every page of a list.
func pages[T any](ctx context.Context, rest *feed.REST, path string) (all []T, err error) {
	for cursor := ""; ; {
		a, err := ask[T](ctx, rest, path+"&limit=1000"+cursor)
		if err != nil {
			return nil, err
		}
		all = append(all, a.Result.List...)
		if a.Result.NextPageCursor == "" || len(a.Result.List) == 0 {
			return all, nil
		}
		cursor = "&cursor=" + url.QueryEscape(a.Result.NextPageCursor)
	}
}

// ask asks for one page.
func ask[T any](ctx context.Context, rest *feed.REST, path string) (a answer[T], err error) {
	body, err := rest.Get(ctx, path, 1)
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return a, fmt.Errorf("cannot read %q: %w", path, err)
	}
	if a.RetCode != 0 {
		return a, fmt.Errorf("cannot read %q: code %d: %s", path, a.RetCode, a.RetMsg)
	}
	return a, nil
}

func (c category) instruments(ctx context.Context, rest *feed.REST) ([]market.Listing, error) {
	list, err := pages[instrumentInfo](ctx, rest, "/v5/market/instruments-info?category="+string(c))
	if err != nil {
		return nil, err
	}
	return listingsOf(list), nil
}

// listingsOf keeps perpetuals that are trading. One contract is one coin
// (linear) or one USD (inverse).
func listingsOf(list []instrumentInfo) (out []market.Listing) {
	for _, s := range list {
		if s.Status != "Trading" || (s.ContractType != "LinearPerpetual" && s.ContractType != "InversePerpetual") || !venue.IsUSD(s.QuoteCoin) {
			continue
		}
		tick, _ := strconv.ParseFloat(s.PriceFilter.TickSize, 64)
		l := market.Listing{Instrument: market.Instrument{InstrumentID: market.InstrumentID{Venue: Venue, Symbol: s.Symbol},
			Coin: s.BaseCoin, Quote: "USD", ContractSize: 1, TickSize: market.Price(tick)}}
		if s.ContractType == "InversePerpetual" {
			l.Settlement = market.Inverse
		}
		if l.Validate() == nil {
			out = append(out, l)
		}
	}
	return out
}

// mark is asked for inverse contracts alone: tiers of the others are in USD.
func (c category) mark(ctx context.Context, rest *feed.REST, l market.Listing) (market.Price, error) {
	if c == linear {
		return 1, nil
	}
	a, err := ask[struct {
		MarkPrice json.Number `json:"markPrice"`
	}](ctx, rest, "/v5/market/tickers?category="+string(c)+"&symbol="+l.Symbol)
	if err != nil || len(a.Result.List) != 1 {
		return 0, err
	}
	price, err := a.Result.List[0].MarkPrice.Float64()
	return market.Price(price), err
}

func (c category) tiers(ctx context.Context, rest *feed.REST, l market.Listing, mark market.Price) (market.MarginTiers, error) {
	list, err := pages[riskLimit](ctx, rest, "/v5/market/risk-limit?category="+string(c)+"&symbol="+l.Symbol)
	if err != nil {
		return nil, err
	}
	return tiersOf(list, l, mark)
}

// tiersOf turns caps into floors, and coins into quote currency at the mark.
func tiersOf(list []riskLimit, l market.Listing, mark market.Price) (market.MarginTiers, error) {
	var rows []market.MarginTier
	floor := 0.0
	for _, r := range list {
		if r.Symbol != l.Symbol {
			continue
		}
		limit, err1 := strconv.ParseFloat(r.RiskLimitValue, 64)
		mm, err2 := strconv.ParseFloat(r.MaintenanceMargin, 64)
		im, err3 := strconv.ParseFloat(r.InitialMargin, 64)
		most, err4 := strconv.ParseFloat(r.MaxLeverage, 64)
		if err1 != nil || err2 != nil || err3 != nil || err4 != nil {
			return nil, fmt.Errorf("risk limit %+v: want numbers: %w", r, market.ErrInvalid)
		}
		// Initial margin times leverage is 1 for fractions, 100 for percent.
		if im*most > math.Sqrt(1*100) {
			mm /= 100
		}
		rows = append(rows, market.MarginTier{NotionalFloor: market.Notional(floor), MaintenanceMarginRate: market.Ratio(mm), MaxLeverage: market.Leverage(most)})
		if l.Settlement == market.Inverse {
			limit *= float64(mark)
		}
		floor = limit
	}
	return market.NewMarginTiers(rows)
}
