package binance

import (
	"regexp"
	"strings"

	"halcyon/internal/venue"
	"halcyon/market"
)

// A USD-M symbol is the coin and one of the quote currencies, all of which
// stand for a dollar.
var symbolRule = regexp.MustCompile(`^([A-Z0-9]{1,20}?)(USDT|USDC|BUSD|USD)$`)

// ticks are the price steps of instruments that are met most, as of 2026.
var ticks = map[string]market.Price{
	"BTCUSDT": 0.1, "ETHUSDT": 0.01, "SOLUSDT": 0.01, "DOGEUSDT": 0.00001,
	"AVAXUSDT": 0.001, "ARBUSDT": 0.0001, "WIFUSDT": 0.0001,
}

// symbolOf returns the symbol of a file whose rows do not name it: the first
// word of the file's name that is one.
func symbolOf(f venue.File, opt venue.Options) (string, error) {
	inName := ""
	for _, w := range f.NameWords() {
		if symbolRule.MatchString(w) {
			inName = w
			break
		}
	}
	symbol, err := f.PickSymbol(inName, opt)
	if err != nil {
		return "", err
	}
	return symbol, checkSymbol(f, 0, symbol)
}

// checkSymbol refuses what is not the symbol of a USD-M contract.
func checkSymbol(f venue.File, row int64, symbol string) error {
	if symbolRule.MatchString(symbol) {
		return nil
	}
	return &venue.InputError{File: f.Path, Row: row, Field: "symbol", Got: symbol,
		Want: "a USD-M symbol such as BTCUSDT"}
}

// listingOf describes the instrument of a checked symbol. One contract is one
// coin. step is the price step seen in the file, 0 where there is none.
func listingOf(symbol string, at market.UnixMilli, step market.Price) market.Listing {
	tick, known := ticks[symbol]
	if !known {
		tick = step
	}
	l := market.Listing{
		Instrument: market.Instrument{
			InstrumentID: market.InstrumentID{Venue: Venue, Symbol: symbol},
			Coin:         symbolRule.FindStringSubmatch(symbol)[1],
			Quote:        "USD",
			Settlement:   market.Linear,
			ContractSize: 1,
			TickSize:     tick,
		},
	}
	setTiers(&l, at)
	return l
}

// stepOf returns the smallest price step in one column of a table's first
// rows, 0 where there is none.
func stepOf(head []byte, column int) market.Price {
	var step market.Price
	for line := range strings.Lines(string(head)) {
		fields := strings.Split(strings.TrimSpace(line), ",")
		if column < 0 || column >= len(fields) {
			continue
		}
		text := []byte(fields[column])
		if _, ok := venue.ParseDecimal(text); !ok {
			continue
		}
		if s := venue.DecimalStep(text); s > 0 && (step == 0 || s < step) {
			step = s
		}
	}
	return step
}
