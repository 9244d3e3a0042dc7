package hyperliquid

import (
	"math"
	"regexp"

	"halcyon/internal/venue"
	"halcyon/market"
)

var symbolRule = regexp.MustCompile(`^k?[A-Z0-9]{1,20}$`)

// symbolOf returns the coin of a file named kind_COIN_day: "trades_BTC_20260612.jsonl".
func symbolOf(f venue.File, opt venue.Options) (string, error) {
	inName := ""
	if w := f.NameWords(); len(w) >= 2 && (w[0] == "trades" || w[0] == "ctx") && symbolRule.MatchString(w[1]) {
		inName = w[1]
	}
	symbol, err := f.PickSymbol(inName, opt)
	if err == nil && !symbolRule.MatchString(symbol) {
		err = &venue.InputError{File: f.Path, Field: "symbol", Got: symbol, Want: "the coin of a perpetual, such as BTC"}
	}
	return symbol, err
}

// listingOf describes a perpetual by its coin and a price of the time. Prices
// have at most five significant digits and six decimals, and whole numbers
// are always allowed; that gives the tick size.
// Source: hyperliquid.gitbook.io, "Tick and lot size".
func listingOf(symbol string, at market.UnixMilli, price market.Price) market.Listing {
	decimals := min(max(4-math.Floor(math.Log10(float64(price))), 0), 6)
	l := market.Listing{
		Instrument: market.Instrument{
			InstrumentID: market.InstrumentID{Venue: Venue, Symbol: symbol},
			Coin:         symbol,
			Quote:        "USD",
			Settlement:   market.Linear,
			ContractSize: 1,
			TickSize:     market.Price(1 / math.Pow10(int(decimals))),
		},
	}
	var ok bool
	if l.Tiers, ok = MarginTiers(symbol, at); ok {
		l.TiersFrom, l.TiersSource = tiersFrom, tiersSource
	}
	return l
}
