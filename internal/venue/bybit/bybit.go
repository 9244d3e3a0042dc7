// Package bybit connects to Bybit, and reads its public archive of trades and
// tables that others recorded. It must not know how a file is compressed, nor where events go.
package bybit

import (
	"regexp"

	"halcyon/internal/venue"
	"halcyon/market"
)

// Venue is the name of this venue in an InstrumentID.
const Venue = "bybit"

// Formats returns every kind of file that this package reads. Candles are
// Bybit's only where their path says so.
func Formats() []venue.Format {
	return []venue.Format{
		{Name: "bybit-trades", About: "a day of Bybit's public archive of trades", Detect: detectTrades, Open: openTrades},
		{Name: "bybit-klines", About: "table date,open,high,low,close,volume, in a path that says bybit", Detect: detectKlines, Open: openKlines},
	}
}

func detectKlines(f venue.File) venue.Match {
	if f.Has(Venue) && venue.IsCandles(f) {
		return venue.Sure
	}
	return venue.No
}

var symbolRule = regexp.MustCompile(`^([A-Z0-9]{1,20}?)(USDT|USDC)$`)

func openKlines(f venue.File, text venue.Text, opt venue.Options) (venue.Reader, error) {
	inName := ""
	for _, w := range f.NameWords() {
		if symbolRule.MatchString(w) {
			inName = w
			break
		}
	}
	symbol, err := f.PickSymbol(inName, opt)
	if err != nil {
		return nil, err
	}
	listing, ok := listingOf(symbol)
	if !ok || listing.Settlement != market.Linear {
		return nil, &venue.InputError{File: f.Path, Field: "symbol", Got: symbol, Want: "a linear symbol such as BTCUSDT"}
	}
	return venue.OpenCandles(venue.CandleSource{File: f, Text: text, Options: opt,
		Emit:    func(r *venue.RowReader, c market.Candle) { r.Emit(c) },
		Listing: func(market.UnixMilli) market.Listing { return listing }})
}

// tradedRule is that of linear and inverse perpetuals.
var tradedRule = regexp.MustCompile(`^([A-Z0-9]{1,20}?)(USDT|USDC|USD)$`)

// listingOf describes the perpetual of a symbol: one contract is a coin
// (linear) or a USD (inverse).
func listingOf(symbol string) (l market.Listing, ok bool) {
	parts := tradedRule.FindStringSubmatch(symbol)
	if parts == nil {
		return l, false
	}
	l.Instrument = market.Instrument{InstrumentID: market.InstrumentID{Venue: Venue, Symbol: symbol}, Coin: parts[1], Quote: "USD",
		ContractSize: 1, TickSize: ticks[symbol]}
	if parts[2] == "USD" {
		l.Settlement = market.Inverse
	}
	return l, true
}

// ticks are the price steps of instruments that are met most.
var ticks = map[string]market.Price{"BTCUSDT": 0.1, "ETHUSDT": 0.01, "SOLUSDT": 0.01}
