package hyperliquid

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/market"
)

// meta is the first part of the answer to metaAndAssetCtxs, assetContext an
// element of the second: one for each coin of the universe.
type meta struct {
	Universe []struct {
		Name          string          `json:"name"`
		MaxLeverage   market.Leverage `json:"maxLeverage"`
		MarginTableID int             `json:"marginTableId"`
		IsDelisted    bool            `json:"isDelisted"`
	} `json:"universe"`
	MarginTables []marginTable `json:"marginTables"`
}

type assetContext struct {
	MarkPx string `json:"markPx"`
}

// marginTable is written as [id, {"marginTiers": [...]}].
type marginTable struct {
	id    int
	tiers []step
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *marginTable) UnmarshalJSON(b []byte) error {
	var table struct {
		MarginTiers []struct {
			LowerBound  string          `json:"lowerBound"`
			MaxLeverage market.Leverage `json:"maxLeverage"`
		} `json:"marginTiers"`
	}
	if err := json.Unmarshal(b, &[]any{&t.id, &table}); err != nil {
		return err
	}
	for _, tier := range table.MarginTiers {
		floor, err := strconv.ParseFloat(tier.LowerBound, 64)
		if err != nil {
			return fmt.Errorf("lowerBound %q: %w", tier.LowerBound, err)
		}
		t.tiers = append(t.tiers, step{market.Notional(floor), tier.MaxLeverage})
	}
	return nil
}

func instruments(ctx context.Context, rest *feed.REST) ([]market.Listing, error) {
	body, err := rest.Post(ctx, "/info", []byte(`{"type":"metaAndAssetCtxs"}`), 20)
	if err != nil {
		return nil, err
	}
	return parseInstruments(body)
}

// parseInstruments reads metaAndAssetCtxs: the coins that are traded. A coin
// whose margin table has no number of tiers of its own has one tier, at the
// greatest leverage.
func parseInstruments(body []byte) ([]market.Listing, error) {
	var m meta
	var contexts []assetContext
	if err := json.Unmarshal(body, &[]any{&m, &contexts}); err != nil {
		return nil, fmt.Errorf("cannot read metaAndAssetCtxs: %w", err)
	}
	tables := map[int][]step{}
	for _, t := range m.MarginTables {
		tables[t.id] = t.tiers
	}
	var out []market.Listing
	for i, coin := range m.Universe {
		if coin.IsDelisted || i >= len(contexts) {
			continue
		}
		price, err := strconv.ParseFloat(contexts[i].MarkPx, 64)
		if err != nil || !market.ValidPrice(market.Price(price)) {
			continue // not trading yet
		}
		l := listingOf(coin.Name, venue.MaxTime, market.Price(price))
		rows := tables[coin.MarginTableID]
		if len(rows) == 0 {
			rows = []step{{0, coin.MaxLeverage}}
		}
		if l.Tiers, err = tiersOf(rows); err != nil {
			return nil, fmt.Errorf("cannot read margin tiers of %q: %w", coin.Name, err)
		}
		// These come with the answer: they hold now.
		l.TiersFrom, l.TiersSource = 0, tiersSource+", as the venue told them"
		if l.Validate() == nil {
			out = append(out, l)
		}
	}
	return out, nil
}
