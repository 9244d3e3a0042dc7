package frame

import (
	"fmt"

	"halcyon/internal/venue"
	"halcyon/market"
)

// Parser is a venue.FrameParser made of a function.
type Parser struct {
	// Venue is named in errors.
	Venue market.Venue
	// Read adds what a frame says to out, which is empty, and reports whether
	// it could; if not, what it has added is dropped. recv is our clock.
	Read func(text []byte, recv market.UnixMilli, out *venue.Parsed) bool
}

// Parse implements venue.FrameParser.
func (p Parser) Parse(text []byte, recv market.UnixMilli, out *venue.Parsed) error {
	out.Reset()
	if !p.Read(text, recv, out) {
		out.Reset()
		return fmt.Errorf("%s: %w", p.Venue, venue.ErrFrame)
	}
	return nil
}

// Kind is what the items of a channel are.
type Kind uint8

// The kinds of items.
const (
	// Trades are added by Item.AddTrade.
	Trades Kind = iota
	// States are added by Item.AddState.
	States
	// Liquidations are added by Item.AddLiquidation.
	Liquidations
)

// Channel is a stream of items of one kind.
type Channel struct {
	Kind    Kind
	Members Members
}

// Add reads data, an item or an array of them, and adds each to out. common is
// what holds for all of them. It reports whether everything could be read.
func (c Channel) Add(data *venue.Scan, common *Item, out *venue.Parsed) bool {
	if data.Peek() != '[' {
		return c.addOne(data, common, out)
	}
	for data.Open('['); data.More(']'); {
		if !c.addOne(data, common, out) {
			return false
		}
	}
	return !data.Bad()
}

func (c Channel) addOne(data *venue.Scan, common *Item, out *venue.Parsed) bool {
	it := *common
	c.Members.Read(data, &it)
	if data.Bad() {
		return false
	}
	switch c.Kind {
	case States:
		return it.AddState(out)
	case Liquidations:
		return it.AddLiquidation(out)
	}
	return it.AddTrade(out)
}
