package main

import (
	"context"
	"fmt"
	"os"
	"reflect"

	"halcyon/heatmap"
	"halcyon/internal/lake"
	"halcyon/internal/venue/binance"
	"halcyon/market"
)

type tiersCommand struct {
	lakeFlag
	Refresh string `required:"" placeholder:"FILE" type:"path" help:"An answer of Binance's leverageBracket, which needs your own key: /fapi/v1/leverageBracket (USD-M) or /dapi/v2/leverageBracket (COIN-M)."`
}

func (tiersCommand) Help() string {
	return `Binance tells its margin tiers to signed requests alone. Halcyon ships a dated table of the contracts that are traded most; this command puts
tiers of today in its place, for the Binance instruments in the lake. Their maps are then drawn anew. No key is asked for or kept:
make the request yourself and name the file with its answer.

Example:
  halcyon tiers --refresh leverageBracket.json`
}

func (c tiersCommand) Run(ctx context.Context, out *output) error {
	body, err := os.ReadFile(c.Refresh)
	if err != nil {
		return fmt.Errorf("cannot read %q: %w", c.Refresh, err)
	}
	l, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	listings, err := l.Listings(ctx)
	if err != nil {
		return err
	}
	known := map[string]market.Listing{}
	for _, listing := range listings {
		if listing.Venue == binance.Venue {
			known[listing.Symbol] = listing
		}
	}
	tables, err := binance.ParseBrackets(body, func(symbol string) (market.Price, bool) { return lastPrice(ctx, l, known[symbol].InstrumentID) })
	if err != nil {
		return mistake("cannot read %q: %v", c.Refresh, err)
	}
	changed, found := 0, 0
	for symbol, listing := range known {
		tiers, ok := tables[symbol]
		if !ok {
			continue
		}
		found++
		if reflect.DeepEqual(listing.Tiers, tiers) {
			continue
		}
		listing.Tiers = tiers
		if err := l.PutListing(ctx, listing); err != nil {
			return err
		}
		out.say("%s: %d tiers, up to %gx", listing.InstrumentID, len(tiers), float64(tiers[0].MaxLeverage))
		changed++
	}
	if found == 0 {
		return mistake("%q has tiers of %d symbols, but none of a Binance instrument in lake %q: want one that holds some", c.Refresh, len(tables), c.Lake)
	}
	out.say("%d of %d Binance instruments changed; their maps are drawn anew by 'halcyon serve' or 'halcyon replay'", changed, found)
	return nil
}

// lastPrice is the newest price that is stored of an instrument.
func lastPrice(ctx context.Context, l *lake.Lake, id market.InstrumentID) (market.Price, bool) {
	if id == (market.InstrumentID{}) {
		return 0, false
	}
	days, err := l.MapDays(ctx, id)
	if err != nil || len(days) == 0 {
		return 0, false
	}
	day, err := l.MapColumns(ctx, id, days[len(days)-1], heatmap.Levels-1)
	if err != nil || len(day.Levels[heatmap.Levels-1].Columns) == 0 {
		return 0, false
	}
	columns := day.Levels[heatmap.Levels-1].Columns
	price := columns[len(columns)-1].Price
	return price, market.ValidPrice(price)
}
