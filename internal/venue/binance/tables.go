package binance

import (
	"halcyon/internal/venue"
	"halcyon/market"
)

// simple opens a table whose rows a function reads. The symbol comes from the
// file's name, unless column symbol (>= 0) has it.
func simple(f venue.File, text venue.Text, opt venue.Options, spec simpleTable) (venue.Reader, error) {
	t, err := venue.OpenTable(f.Path, text, spec.columns)
	if err != nil {
		return nil, err
	}
	symbol := opt.Symbol
	if spec.symbol < 0 {
		if symbol, err = symbolOf(f, opt); err != nil {
			return nil, err
		}
	}
	step := stepOf(f.Head, spec.price)
	read := func(r *venue.RowReader) error {
		if err := t.Next(); err != nil {
			return err
		}
		at, err := t.Time(spec.time)
		if err != nil {
			return err
		}
		if spec.symbol >= 0 {
			if symbol == "" {
				symbol = string(t.Field(spec.symbol))
			}
			if err := t.CheckSymbol(spec.symbol, symbol); err != nil {
				return err
			}
		}
		if r.First() {
			if err := checkSymbol(f, t.Row(), symbol); err != nil {
				return err
			}
			r.SetListing(listingOf(symbol, at, step))
		}
		return spec.row(r, t, at)
	}
	return venue.NewRowReader(venue.RowSource{File: f, Options: opt, Row: t.Row, Read: read, Silence: spec.silence}), nil
}

// simpleTable describes a table that simple opens.
type simpleTable struct {
	columns []venue.ColumnSpec
	time    venue.Column
	symbol  venue.Column // -1: not in the rows
	price   int          // the column that shows the tick size; -1: none
	silence venue.Silence
	row     func(r *venue.RowReader, t *venue.Table, at market.UnixMilli) error
}

// sureOf matches a header, and is sure of it where the path says binance.
func sureOf(f venue.File, header ...string) venue.Match {
	if !venue.HasHeader(f.Head, header...) {
		return venue.No
	}
	return mine(f)
}

func detectOpenInterest(f venue.File) venue.Match { return sureOf(f, "t", "oi") }

// openOpenInterest reads a table of open interest in coins, a snapshot at
// each time.
func openOpenInterest(f venue.File, text venue.Text, opt venue.Options) (venue.Reader, error) {
	const columnOI venue.Column = 1
	var last market.OpenInterest
	return simple(f, text, opt, simpleTable{
		columns: []venue.ColumnSpec{venue.Col("t"), venue.Col("oi"), unused("oi_usd")},
		symbol:  -1,
		price:   -1,
		silence: venue.Silence{Limit: metricsSilence, Reason: metricsReason},
		row: func(r *venue.RowReader, t *venue.Table, at market.UnixMilli) error {
			oi, err := t.Size(columnOI)
			e := market.OpenInterest{EventTime: at, Contracts: oi}
			switch {
			case err != nil:
				return err
			case oi == 0:
				r.Skip(func(c *venue.Counts) { c.ZeroOpenInterest++ })
			case e == last:
				r.Skip(func(c *venue.Counts) { c.Duplicates++ })
			default:
				r.Emit(e)
				last = e
			}
			return nil
		},
	})
}

func detectFunding(f venue.File) venue.Match { return sureOf(f, "ts", "rate") }

// openFunding reads a table of the funding rates that were paid.
func openFunding(f venue.File, text venue.Text, opt venue.Options) (venue.Reader, error) {
	const columnRate venue.Column = 1
	return simple(f, text, opt, simpleTable{
		columns: []venue.ColumnSpec{venue.Col("ts"), venue.Col("rate")},
		symbol:  -1,
		price:   -1,
		row: func(r *venue.RowReader, t *venue.Table, at market.UnixMilli) error {
			rate, err := t.Rate(columnRate)
			if err == nil {
				r.Emit(market.FundingRate{EventTime: at, Rate: rate})
			}
			return err
		},
	})
}

func detectTrades(f venue.File) venue.Match {
	return sureOf(f, "timestamp", "symbol", "price", "quantity", "is_buyer_maker")
}

// openTrades reads a table of trades that names the symbol in every row.
func openTrades(f venue.File, text venue.Text, opt venue.Options) (venue.Reader, error) {
	const symbol, price, quantity, maker venue.Column = 1, 2, 3, 4
	return simple(f, text, opt, simpleTable{
		columns: []venue.ColumnSpec{venue.Col("timestamp"), venue.Col("symbol"), venue.Col("price"), venue.Col("quantity"), venue.Col("is_buyer_maker")},
		symbol:  symbol,
		price:   int(price),
		row: func(r *venue.RowReader, t *venue.Table, at market.UnixMilli) error {
			p, err := t.Price(price)
			if err != nil {
				return err
			}
			q, err := t.Size(quantity)
			if err != nil {
				return err
			}
			taker, ok := takerOf(t.Field(maker))
			switch {
			case !ok:
				return t.Fault(maker, "true or false")
			case q == 0:
				r.Skip(func(c *venue.Counts) { c.ZeroSize++ })
			default:
				r.Trade(at, p, q, taker)
			}
			return nil
		},
	})
}

func detectForceOrders(f venue.File) venue.Match {
	return sureOf(f, "T_trade_ms", "s", "S", "p_bankruptcy", "ap_avg", "z")
}

// openForceOrders reads forceOrder messages: a SELL order closes a long. The
// order fills around ap; p, beyond it, is the bankruptcy price. The feed
// tells at most one order a second, so what it sums to is a lower bound.
func openForceOrders(f venue.File, text venue.Text, opt venue.Options) (venue.Reader, error) {
	const symbol, side, bankruptcy, fill, size venue.Column = 1, 2, 3, 4, 5
	return simple(f, text, opt, simpleTable{
		columns: []venue.ColumnSpec{venue.Col("T_trade_ms"), venue.Col("s"), venue.Col("S"),
			venue.Col("p_bankruptcy"), venue.Col("ap_avg"), venue.Col("z")},
		symbol: symbol,
		price:  -1,
		row: func(r *venue.RowReader, t *venue.Table, at market.UnixMilli) error {
			e := market.Liquidation{EventTime: at}
			var err error
			if e.Side, err = closedSide(t, side); err != nil {
				return err
			}
			if e.BankruptcyPrice, err = t.Price(bankruptcy); err != nil {
				return err
			}
			if e.AvgFillPrice, err = t.Price(fill); err != nil {
				return err
			}
			if e.Size, err = t.Size(size); err != nil {
				return err
			}
			if e.Size == 0 {
				r.Skip(func(c *venue.Counts) { c.ZeroSize++ })
				return nil
			}
			r.Emit(e)
			return nil
		},
	})
}

func closedSide(t *venue.Table, c venue.Column) (market.PositionSide, error) {
	switch string(t.Field(c)) {
	case "SELL":
		return market.ClosedBy(market.Sell), nil
	case "BUY":
		return market.ClosedBy(market.Buy), nil
	}
	return 0, t.Fault(c, "SELL (a long was closed) or BUY (a short was)")
}
