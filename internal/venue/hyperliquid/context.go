package hyperliquid

import (
	"halcyon/internal/venue"
	"halcyon/market"
)

func detectContext(f venue.File) venue.Match {
	return detect(f, "ts", "funding", "oi", "mark", "oracle")
}

// contextSilence is two and a half times the recorder's 60 s.
const contextSilence = 150 * market.Second

// openContext reads recorded asset contexts: the mark price with the oracle
// price as index, the open interest in coins, and the hourly funding rate.
func openContext(f venue.File, text venue.Text, opt venue.Options) (venue.Reader, error) {
	symbol, err := symbolOf(f, opt)
	if err != nil {
		return nil, err
	}
	lines := venue.NewLines(text)
	m := newMembers(f.Path, "ts", "funding", "oi", "mark", "oracle")
	read := func(r *venue.RowReader) error {
		line, err := lines.Next()
		if err != nil {
			return err
		}
		if err := m.read(line, lines.Row()); err != nil {
			return err
		}
		return emitContext(r, m, symbol)
	}
	return venue.NewRowReader(venue.RowSource{File: f, Options: opt, Row: lines.Row, Read: read,
		Silence: venue.Silence{Limit: contextSilence, Reason: "no context recorded"}}), nil
}

func emitContext(r *venue.RowReader, m *members, symbol string) error {
	const ts, funding, oi, mark, oracle = 0, 1, 2, 3, 4
	at, want := venue.ParseTime(m.values[ts])
	if want != "" {
		return m.fault(ts, want)
	}
	rate, err := m.number(funding, venue.CheckRate)
	if err != nil {
		return err
	}
	open, err := m.number(oi, venue.CheckSize)
	if err != nil {
		return err
	}
	markPrice, err := m.number(mark, venue.CheckPrice)
	if err != nil {
		return err
	}
	index, err := m.number(oracle, venue.CheckPrice)
	if err != nil {
		return err
	}
	if r.First() {
		r.SetListing(listingOf(symbol, at, market.Price(markPrice)))
	}
	r.Emit(market.MarkPrice{EventTime: at, MarkPrice: market.Price(markPrice), IndexPrice: market.Price(index)})
	if open > 0 {
		r.Emit(market.OpenInterest{EventTime: at, Contracts: market.Contracts(open)})
	} else {
		r.Skip(func(c *venue.Counts) { c.ZeroOpenInterest++ })
	}
	r.Emit(market.FundingRate{EventTime: at, Rate: market.Ratio(rate)})
	return nil
}
