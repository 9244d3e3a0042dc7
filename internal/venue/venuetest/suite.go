// Package venuetest is the conformance suite of live parsers: what every venue
// must hold, whatever its protocol. A venue's test describes itself by a Suite
// and calls Run and Fuzz.
//
// It pins sides, the meaning of a liquidation's price and what a contract is
// worth by messages; it asks that a parser takes any valid JSON of the same
// content, that it refuses every part of a frame, and that no bytes make it
// panic or tell what cannot be.
package venuetest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"halcyon/internal/venue"
	"halcyon/market"
)

// Recv is the time at which the suite says that frames arrive.
const Recv market.UnixMilli = 1_780_000_000_123

// Suite describes the live side of a venue.
type Suite struct {
	// NewParser returns a parser as a fresh connection has it.
	NewParser func() venue.FrameParser
	// Cases are frames and what they mean. Among them there must be a taker who
	// bought and one who sold, a long and a short that were liquidated (unless
	// NoLiquidations says why not), a mark price, a funding rate, open interest
	// (unless Polled), an acknowledgement and a refusal.
	Cases []Case
	// NoLiquidations says why the venue's public feed has none.
	NoLiquidations string
	// LiquidationPrices are those that the venue tells of a liquidation; every
	// case must have just those.
	LiquidationPrices Prices
	// Polled says that open interest is asked for.
	Polled bool
	// Listings reads the answer that lists instruments.
	Listings func(body []byte) ([]market.Listing, error)
	// Contracts pin what contracts are worth.
	Contracts []Contract
	// Recorded are files of real frames, where they are at hand.
	Recorded []Recording
}

// Prices tells where a liquidation filled from where its position is bankrupt.
type Prices struct{ Fill, Bankruptcy bool }

// Case is a frame and what it means.
type Case struct {
	Name string
	// Before are frames that come first on the same connection.
	Before []string
	Frame  string
	// Ticks and Events are what the frame says, with the symbol before each.
	Ticks  []Tick
	Events []Event
	// Acks, Refused and Foreign are as in venue.Parsed; Refused is a part of it.
	Acks    int
	Refused string
	Foreign int
}

// Tick is a venue.Tick with its symbol as a string.
type Tick struct {
	Symbol    string
	EventTime market.UnixMilli
	LastPrice market.Price
	Size      market.Contracts
	Taker     market.TakerSide
	// FirstID and LastID are compared where LastID is not 0.
	FirstID, LastID int64
	Recent          bool
}

// Event is an event with its symbol.
type Event struct {
	Symbol    string
	Event     market.Event
	Unstamped bool
}

// Run runs the suite.
func Run(t *testing.T, s Suite) {
	t.Run("cases", func(t *testing.T) { s.cases(t) })
	t.Run("covers", func(t *testing.T) { s.covers(t) })
	t.Run("any valid JSON", func(t *testing.T) { s.rewritten(t) })
	t.Run("parts of frames", func(t *testing.T) { s.parts(t) })
	t.Run("damaged frames", func(t *testing.T) { s.damaged(t) })
	t.Run("contracts", func(t *testing.T) { s.contracts(t) })
	t.Run("recorded", func(t *testing.T) { s.recorded(t) })
}

// parse returns what a frame means on a connection that saw others before.
func (s Suite) parse(c Case, frame []byte) (venue.Parsed, error) {
	p := s.NewParser()
	var out venue.Parsed
	for _, b := range c.Before {
		if err := p.Parse([]byte(b), Recv, &out); err != nil {
			return out, fmt.Errorf("frame before: %w", err)
		}
	}
	err := p.Parse(frame, Recv, &out)
	return out, err
}

func (s Suite) cases(t *testing.T) {
	for _, c := range s.Cases {
		out, err := s.parse(c, []byte(c.Frame))
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
		} else if diff := c.diff(out); diff != "" {
			t.Errorf("%s: %s", c.Name, diff)
		}
	}
}

// diff says how out differs from what the case wants.
func (c Case) diff(out venue.Parsed) string {
	var ticks []Tick
	for i, t := range out.Ticks {
		tick := Tick{string(t.Symbol), t.EventTime, t.LastPrice, t.Size, t.Taker, t.FirstID, t.LastID, t.Recent}
		if i < len(c.Ticks) && c.Ticks[i].LastID == 0 {
			tick.FirstID, tick.LastID = 0, 0
		}
		ticks = append(ticks, tick)
	}
	var events []Event
	for _, e := range out.Events {
		events = append(events, Event{string(e.Symbol), e.Event, e.Unstamped})
	}
	switch {
	case !reflect.DeepEqual(ticks, c.Ticks):
		return fmt.Sprintf("ticks\n got %+v\nwant %+v", ticks, c.Ticks)
	case !reflect.DeepEqual(events, c.Events):
		return fmt.Sprintf("events\n got %+v\nwant %+v", events, c.Events)
	case out.Acks != c.Acks || out.Foreign != c.Foreign || (out.Refused == "") != (c.Refused == "") || !strings.Contains(out.Refused, c.Refused):
		return fmt.Sprintf("acks %d, foreign %d, refused %q; want %d, %d, %q", out.Acks, out.Foreign, out.Refused, c.Acks, c.Foreign, c.Refused)
	}
	return ""
}

// Silent asks that a frame, such as pong, is read and tells nothing.
func Silent(t *testing.T, p venue.FrameParser, text string) {
	t.Helper()
	var out venue.Parsed
	if err := p.Parse([]byte(text), Recv, &out); err != nil || len(out.Ticks)+len(out.Events)+out.Acks+out.Foreign > 0 || out.Refused != "" {
		t.Errorf("%q: %+v, %v; want nothing", text, out, err)
	}
}

// covers asks that the cases pin all that can be got wrong.
func (s Suite) covers(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range s.Cases {
		for _, k := range c.Ticks {
			seen["taker "+k.Taker.String()] = true
		}
		for _, e := range c.Events {
			switch e := e.Event.(type) {
			case market.Liquidation:
				seen["liquidated "+e.Side.String()] = true
				if told := (Prices{e.AvgFillPrice > 0, e.BankruptcyPrice > 0}); told != s.LiquidationPrices || told == (Prices{}) {
					t.Errorf("%s: a liquidation with the prices %+v, want %+v", c.Name, told, s.LiquidationPrices)
				}
			default:
				seen[fmt.Sprintf("%T", e)] = true
			}
		}
		seen["acknowledgement"] = seen["acknowledgement"] || c.Acks > 0
		seen["refusal"] = seen["refusal"] || c.Refused != ""
	}
	want := []string{"taker buy", "taker sell", "market.MarkPrice", "market.FundingRate", "acknowledgement", "refusal"}
	if s.NoLiquidations == "" {
		want = append(want, "liquidated long", "liquidated short")
	}
	if !s.Polled {
		want = append(want, "market.OpenInterest")
	}
	for _, w := range want {
		if !seen[w] {
			t.Errorf("no case pins %s", w)
		}
	}
}

// rewritten writes every frame as other JSON of the same content.
func (s Suite) rewritten(t *testing.T) {
	for _, c := range s.Cases {
		if !json.Valid([]byte(c.Frame)) {
			continue // a plain word, such as pong
		}
		for style, frame := range rewrites(c.Frame) {
			out, err := s.parse(c, frame)
			if err != nil {
				t.Errorf("%s, %s: %v in %s", c.Name, style, err, frame)
			} else if diff := c.diff(out); diff != "" {
				t.Errorf("%s, %s: %s", c.Name, style, diff)
			}
		}
	}
}

func rewrites(frame string) map[string][]byte {
	var indented, escaped bytes.Buffer
	if err := json.Indent(&indented, []byte(frame), "\t", "  "); err != nil {
		panic("BUG: " + err.Error())
	}
	inText := false
	for i := 0; i < len(frame); i++ {
		switch c := frame[i]; {
		case c == '"':
			inText = !inText
			escaped.WriteByte(c)
		case inText && c >= 'a' && c <= 'z':
			fmt.Fprintf(&escaped, `\u%04x`, c)
		default:
			escaped.WriteByte(c)
		}
	}
	return map[string][]byte{"indented": indented.Bytes(), "escaped": escaped.Bytes(), "backwards": backwards([]byte(frame)),
		"with more members": []byte(strings.Replace(frame, "{", `{"new":{"nested":[1,{"p":"x"}],"n":null},`, 1))}
}

// backwards reverses the order of members of every object.
func backwards(b []byte) []byte {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var build func() []byte
	build = func() []byte {
		token, err := dec.Token()
		if err != nil {
			panic("BUG: " + err.Error())
		}
		bracket, ok := token.(json.Delim)
		if !ok {
			v, _ := json.Marshal(token)
			return v
		}
		var parts [][]byte
		for dec.More() {
			if bracket == '{' {
				key := append(build(), ':')
				parts = append([][]byte{append(key, build()...)}, parts...)
			} else {
				parts = append(parts, build())
			}
		}
		dec.Token()
		closing := map[json.Delim]string{'{': "}", '[': "]"}[bracket]
		return []byte(bracket.String() + string(bytes.Join(parts, []byte(","))) + closing)
	}
	return build()
}

// parts asks that half a frame is refused, and tells nothing.
func (s Suite) parts(t *testing.T) {
	for _, c := range s.Cases {
		for n := range len(c.Frame) {
			out, err := s.parse(c, []byte(c.Frame[:n]))
			if !errors.Is(err, venue.ErrFrame) {
				t.Errorf("%s: its first %d bytes: error %v, want ErrFrame", c.Name, n, err)
				break
			}
			if len(out.Ticks)+len(out.Events)+out.Acks > 0 || out.Refused != "" {
				t.Errorf("%s: its first %d bytes tell %+v", c.Name, n, out)
				break
			}
		}
	}
}

// damaged changes frames at random, the same way each time.
func (s Suite) damaged(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const alphabet = `{}[]",:0123456789.-+eEnulltruefalse\/ abcXYZ` + "\x00\xff\n"
	refused := 0
	for _, c := range s.Cases {
		for range 2000 {
			b := []byte(c.Frame)
			for range 1 + r.IntN(4) {
				at := r.IntN(len(b))
				switch r.IntN(4) {
				case 0:
					b = append(b[:at:at], b[min(len(b), at+1+r.IntN(5)):]...)
				case 1:
					b = append(b[:at:at], append([]byte{alphabet[r.IntN(len(alphabet))]}, b[at:]...)...)
				default:
					b[at] = alphabet[r.IntN(len(alphabet))]
				}
				if len(b) == 0 {
					break
				}
			}
			out, err := s.parse(c, b)
			if err != nil {
				refused++
			}
			if fault := impossible(out, err); fault != "" {
				t.Fatalf("%s: %s from %q", c.Name, fault, b)
			}
		}
	}
	if refused == 0 {
		t.Error("no damage was ever noticed")
	}
}

// Fuzz asks of any bytes what Run asks of damaged frames.
func Fuzz(f *testing.F, s Suite) {
	for _, c := range s.Cases {
		f.Add([]byte(c.Frame))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p := s.NewParser()
		var out venue.Parsed
		for range 2 { // the second time around it has seen the first
			err := p.Parse(b, Recv, &out)
			if fault := impossible(out, err); fault != "" {
				t.Fatal(fault)
			}
		}
	})
}

// impossible says what of a result cannot be.
func impossible(out venue.Parsed, err error) string {
	if err != nil {
		switch {
		case !errors.Is(err, venue.ErrFrame):
			return fmt.Sprintf("error %v does not wrap ErrFrame", err)
		case len(out.Ticks)+len(out.Events) > 0:
			return "an error, and items too"
		}
		return ""
	}
	for _, t := range out.Ticks {
		if len(t.Symbol) == 0 && t.Symbol == nil || !validTime(t.EventTime) || !market.ValidPrice(t.LastPrice) || !(t.Size > 0 && t.Size <= venue.MaxSize) || t.Taker > 1 || t.FirstID > t.LastID {
			return fmt.Sprintf("tick %+v", t)
		}
	}
	for _, e := range out.Events {
		if fault := impossibleEvent(e.Event); fault != "" || e.Symbol == nil {
			return fmt.Sprintf("%s: %+v of %q", fault, e.Event, e.Symbol)
		}
	}
	return ""
}

func impossibleEvent(e market.Event) string {
	optional := func(p market.Price) bool { return p == 0 || market.ValidPrice(p) }
	ok := validTime(e.Time())
	switch e := e.(type) {
	case market.MarkPrice:
		ok = ok && market.ValidPrice(e.MarkPrice) && optional(e.IndexPrice)
	case market.OpenInterest:
		ok = ok && e.Contracts >= 0 && e.Contracts <= venue.MaxSize
	case market.FundingRate:
		ok = ok && e.Rate > -1 && e.Rate < 1
	case market.Liquidation:
		ok = ok && e.Side <= 1 && e.Size > 0 && e.Size <= venue.MaxSize && optional(e.AvgFillPrice) && optional(e.BankruptcyPrice)
	default:
		ok = false
	}
	if !ok {
		return fmt.Sprintf("impossible %T", e)
	}
	return ""
}

func validTime(t market.UnixMilli) bool { return t >= venue.MinTime && t < venue.MaxTime }

// Bench measures the parser on the frames of trades.
func Bench(b *testing.B, s Suite) {
	p := s.NewParser()
	var out venue.Parsed
	var frames [][]byte
	for _, c := range s.Cases {
		if len(c.Ticks) > 0 && len(c.Before) == 0 {
			frames = append(frames, []byte(c.Frame))
		}
	}
	b.ReportAllocs()
	trades := 0
	for i := 0; b.Loop(); i++ {
		if err := p.Parse(frames[i%len(frames)], Recv, &out); err != nil {
			b.Fatal(err)
		}
		trades += len(out.Ticks)
	}
	b.ReportMetric(float64(trades)/b.Elapsed().Seconds(), "trades/s")
}
