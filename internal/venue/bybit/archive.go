package bybit

import (
	"fmt"
	"math"

	"halcyon/internal/venue"
	"halcyon/market"
)

// Archive returns the layout of public.bybit.com: a day's trades, without
// checksums and without open interest.
func Archive() venue.Archive {
	return venue.Archive{
		URL: "https://public.bybit.com", Symbol: tradedRule.MatchString, Example: "BTCUSDT", NoOpenInterest: true,
		Day: func(symbol string, day market.UnixMilli) []venue.ArchiveFile {
			return []venue.ArchiveFile{{Path: fmt.Sprintf("/trading/%s/%s%s.csv.gz", symbol, symbol, day.Date()), Trades: true}}
		},
	}
}

const (
	tradeTime venue.Column = iota
	tradeSymbol
	tradeSide
	tradeSize
	tradePrice
)

// The columns of a file of the archive that are used.
var tradeColumns = []venue.ColumnSpec{venue.Col("timestamp"), venue.Col("symbol"), venue.Col("side"), venue.Col("size"), venue.Col("price")}

func detectTrades(f venue.File) venue.Match {
	if venue.HasHeader(f.Head, "timestamp", "symbol", "side", "size", "price", "trdMatchID") {
		return venue.Sure
	}
	return venue.No
}

// openTrades reads a day of the archive: the time in seconds with decimals,
// the taker's side, the size in coins (linear) or USD (inverse). Files of some
// years run backwards.
// Source: https://public.bybit.com/trading, read 2026-06. Checked by TestArchivedTrades.
func openTrades(f venue.File, text venue.Text, opt venue.Options) (venue.Reader, error) {
	t, err := venue.OpenTable(f.Path, text, tradeColumns)
	if err != nil {
		return nil, err
	}
	symbol := opt.Symbol
	read := func(r *venue.RowReader) error {
		if err := t.Next(); err != nil {
			return err
		}
		at, err := secondsOf(t)
		if err != nil {
			return err
		}
		if symbol == "" {
			symbol = string(t.Field(tradeSymbol))
		}
		if err := t.CheckSymbol(tradeSymbol, symbol); err != nil {
			return err
		}
		if r.First() {
			l, ok := listingOf(symbol)
			if !ok {
				return t.Fault(tradeSymbol, "a perpetual such as BTCUSDT or BTCUSD")
			}
			r.SetListing(l)
		}
		return readTrade(r, t, at)
	}
	return venue.NewRowReader(venue.RowSource{File: f, Options: opt, Row: t.Row, Read: read}), nil
}

func readTrade(r *venue.RowReader, t *venue.Table, at market.UnixMilli) error {
	price, err := t.Price(tradePrice)
	if err != nil {
		return err
	}
	size, err := t.Size(tradeSize)
	if err != nil {
		return err
	}
	taker := market.TakerBuy
	switch string(t.Field(tradeSide)) {
	case "Buy":
	case "Sell":
		taker = market.TakerSell
	default:
		return t.Fault(tradeSide, "Buy or Sell, the side of the taker")
	}
	if size == 0 {
		r.Skip(func(c *venue.Counts) { c.ZeroSize++ })
		return nil
	}
	r.Trade(at, price, size, taker)
	return nil
}

// secondsOf reads a time such as 1781395200.0561, cut to milliseconds.
func secondsOf(t *venue.Table) (market.UnixMilli, error) {
	seconds, ok := venue.ParseDecimal(t.Field(tradeTime))
	at := market.UnixMilli(math.Floor(seconds*1000 + 1e-3)) // a float64 falls short of a millisecond by less
	if !ok || at < venue.MinTime || at >= venue.MaxTime {
		return 0, t.Fault(tradeTime, "seconds since 1970 such as 1781395200.0561, from 2009 to 2100")
	}
	return at, nil
}
