package hyperliquid

import (
	"halcyon/internal/venue"
	"halcyon/market"
)

func detectTrades(f venue.File) venue.Match { return detect(f, "ts", "px", "sz", "side") }

func detect(f venue.File, keys ...string) venue.Match {
	switch {
	case !hasKeys(f.Head, keys...):
		return venue.No
	case f.Has(Venue):
		return venue.Sure
	}
	return venue.Maybe
}

// A silence of trades is a gap when it is long both in time and against the
// mean spacing of trades: a recorder that was down, not a quiet coin.
const (
	tradeSilence  = 150 * market.Second
	tradeSpacings = 30
)

// openTrades reads recorded trades. Side B: the taker bought; A: sold.
func openTrades(f venue.File, text venue.Text, opt venue.Options) (venue.Reader, error) {
	const ts, px, sz, side = 0, 1, 2, 3
	symbol, err := symbolOf(f, opt)
	if err != nil {
		return nil, err
	}
	lines := venue.NewLines(text)
	m := newMembers(f.Path, "ts", "px", "sz", "side")
	read := func(r *venue.RowReader) error {
		line, err := lines.Next()
		if err != nil {
			return err
		}
		if err := m.read(line, lines.Row()); err != nil {
			return err
		}
		at, want := venue.ParseTime(m.values[ts])
		if want != "" {
			return m.fault(ts, want)
		}
		price, err := m.number(px, venue.CheckPrice)
		if err != nil {
			return err
		}
		size, err := m.number(sz, venue.CheckSize)
		if err != nil {
			return err
		}
		taker, ok := takerOf(m.values[side])
		if !ok {
			return m.fault(side, "B (the taker bought) or A (the taker sold)")
		}
		if r.First() {
			r.SetListing(listingOf(symbol, at, market.Price(price)))
		}
		if size == 0 {
			r.Skip(func(c *venue.Counts) { c.ZeroSize++ })
			return nil
		}
		r.Trade(at, market.Price(price), market.Contracts(size), taker)
		return nil
	}
	return venue.NewRowReader(venue.RowSource{File: f, Options: opt, Row: lines.Row, Read: read,
		Silence: venue.Silence{Limit: tradeSilence, Spacings: tradeSpacings, Reason: "no trades recorded"}}), nil
}

func takerOf(b []byte) (side market.TakerSide, ok bool) {
	switch string(b) {
	case "B":
		return market.TakerBuy, true
	case "A":
		return market.TakerSell, true
	}
	return 0, false
}
