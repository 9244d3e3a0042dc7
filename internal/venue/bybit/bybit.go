// Package bybit reads tables of Bybit's linear perpetuals that others
// recorded. It must not know how a file is compressed, nor where events go.
package bybit

import (
	"regexp"

	"halcyon/internal/venue"
	"halcyon/market"
)

// Venue is the name of this venue in an InstrumentID.
const Venue = "bybit"

// Formats returns every kind of file that this package reads. A file is
// Bybit's only where its path says so.
func Formats() []venue.Format {
	return []venue.Format{{Name: "bybit-klines", About: "table date,open,high,low,close,volume, in a path that says bybit",
		Detect: detectKlines, Open: openKlines}}
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
	parts := symbolRule.FindStringSubmatch(symbol)
	if parts == nil {
		return nil, &venue.InputError{File: f.Path, Field: "symbol", Got: symbol, Want: "a linear symbol such as BTCUSDT"}
	}
	listing := market.Listing{Instrument: market.Instrument{
		InstrumentID: market.InstrumentID{Venue: Venue, Symbol: symbol}, Coin: parts[1], Quote: "USD",
		Settlement: market.Linear, ContractSize: 1, TickSize: ticks[symbol],
	}}
	return venue.OpenCandles(venue.CandleSource{File: f, Text: text, Options: opt,
		Emit:    func(r *venue.RowReader, c market.Candle) { r.Emit(c) },
		Listing: func(market.UnixMilli) market.Listing { return listing }})
}

// ticks are the price steps of instruments that are met most.
var ticks = map[string]market.Price{"BTCUSDT": 0.1, "ETHUSDT": 0.01, "SOLUSDT": 0.01}
