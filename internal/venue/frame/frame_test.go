package frame

import (
	"errors"
	"testing"

	"halcyon/internal/venue"
	"halcyon/market"
)

const at = market.UnixMilli(1_780_000_000_704)

// read adds one object by a table.
func read(kind Kind, m Members, text string) (venue.Parsed, bool) {
	var out venue.Parsed
	s := venue.NewScan([]byte(text))
	ok := Channel{kind, m}.Add(&s, &Item{Symbol: []byte("X"), EventTime: at}, &out)
	return out, ok && s.End()
}

// TestLiquidatedSide: whose side a word is of decides what it means.
func TestLiquidatedSide(t *testing.T) {
	m := Members{"o": OrderSide, "p": PositionSide, "z": Size, "b": BankruptcyPrice, "f": FillPrice}
	for _, c := range []struct {
		text string
		want market.PositionSide
		ok   bool
	}{
		{`{"z":1,"b":9,"o":"sell"}`, market.Long, true},
		{`{"z":1,"b":9,"o":"BUY"}`, market.Short, true},
		{`{"z":1,"b":9,"p":"Buy"}`, market.Long, true},
		{`{"z":1,"b":9,"p":"short"}`, market.Short, true},
		{`{"z":1,"b":9,"p":"long","o":"buy"}`, market.Long, true},
		{`{"z":1,"f":9,"p":"net","o":"buy"}`, market.Short, true},
		{`{"z":1,"b":9,"p":"net"}`, 0, false},
		{`{"z":1,"b":9}`, 0, false},
		{`{"z":1,"o":"buy"}`, 0, false}, // at no price
	} {
		out, ok := read(Liquidations, m, c.text)
		if ok != c.ok {
			t.Errorf("%s: read %v", c.text, ok)
		} else if ok && out.Events[0].Event.(market.Liquidation).Side != c.want {
			t.Errorf("%s: %+v, want %v", c.text, out.Events, c.want)
		}
	}
	if out, ok := read(Liquidations, m, `{"z":0,"b":9,"o":"sell"}`); !ok || len(out.Events) > 0 {
		t.Errorf("of size 0: %+v, %v", out, ok)
	}
}

func TestCountedIDsAreARange(t *testing.T) {
	m := Members{"id": ID, "n": Count, "p": LastPrice, "z": Size, "s": TakerSide, "t": ISOTime}
	out, ok := read(Trades, m, `[{"id":"7","n":3,"p":1,"z":1,"s":"A"},{"id":8,"p":1,"z":"1","s":"B","t":"2026-05-28T20:26:40.804Z"},{"id":9,"p":1,"z":0,"s":"buy"}]`)
	if !ok || len(out.Ticks) != 2 || out.Ticks[0].FirstID != 5 || out.Ticks[0].LastID != 7 || out.Ticks[0].Taker != market.TakerSell ||
		out.Ticks[1].FirstID != 8 || out.Ticks[1].Taker != market.TakerBuy || out.Ticks[1].EventTime != at+100 {
		t.Errorf("%+v, %v", out.Ticks, ok)
	}
	for _, text := range []string{`{"p":1,"z":1,"s":"none"}`, `{"z":1,"s":"buy"}`, `[{"p":1,"z":1,"s":"buy"},7]`, `{"p":1,"z":-1,"s":"buy"}`, `{"t":"yesterday"}`, ``, `null`} {
		if out, ok := read(Trades, m, text); ok {
			t.Errorf("%s is a trade: %+v", text, out)
		}
	}
}

// TestIndexIsRemembered where a venue leaves out what has not changed; a rate
// of 0 is a rate, null is none.
func TestIndexIsRemembered(t *testing.T) {
	m := Members{"in": Inside, "m": MarkPrice, "i": IndexPrice, "o": OpenInterest, "r": FundingRate}
	indexes := map[string]market.Price{}
	for _, c := range []struct {
		text string
		want []market.Event
	}{
		{`{"in":{"i":9},"r":null}`, nil},
		{`{"in":{"m":"8"},"r":0}`, []market.Event{market.MarkPrice{EventTime: at, MarkPrice: 8, IndexPrice: 9}, market.FundingRate{EventTime: at}}},
		{`{"in":null,"o":5}`, []market.Event{market.OpenInterest{EventTime: at, Contracts: 5}}},
	} {
		var out venue.Parsed
		s := venue.NewScan([]byte(c.text))
		if !(Channel{States, m}).Add(&s, &Item{Symbol: []byte("X"), EventTime: at, Indexes: indexes}, &out) || len(out.Events) != len(c.want) {
			t.Errorf("%s: %+v, want %+v", c.text, out.Events, c.want)
			continue
		}
		for i, e := range out.Events {
			if e.Event != c.want[i] {
				t.Errorf("%s: %+v, want %+v", c.text, e.Event, c.want[i])
			}
		}
	}
	if out, ok := read(States, m, `{"r":1.5}`); ok {
		t.Errorf("a rate of 150 %%: %+v", out)
	}
}

func TestARefusedFrameTellsNothing(t *testing.T) {
	p := Parser{Venue: "x", Read: func(_ []byte, _ market.UnixMilli, out *venue.Parsed) bool { out.Acks++; return false }}
	var out venue.Parsed
	if err := p.Parse(nil, at, &out); !errors.Is(err, venue.ErrFrame) || err.Error() != "x: frame cannot be read" || out.Acks > 0 {
		t.Errorf("%v, %+v", err, out)
	}
}
