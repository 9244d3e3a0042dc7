package eventlog

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"halcyon/market"
)

// drawFloat draws decimals as venues quote them and every other number.
func drawFloat(t *rapid.T) float64 {
	if rapid.Bool().Draw(t, "decimal") {
		m, scale := rapid.Int64Range(-1e9, 1e12).Draw(t, "mantissa"), rapid.IntRange(0, 8).Draw(t, "scale")
		return float64(m) / math.Pow10(scale)
	}
	return math.Float64frombits(rapid.Uint64().Draw(t, "bits"))
}

func drawEvent(t *rapid.T) market.Event {
	at := market.UnixMilli(rapid.Int64().Draw(t, "at"))
	f := func() float64 { return drawFloat(t) }
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0:
		return market.OpenInterest{EventTime: at, Contracts: market.Contracts(f())}
	case 1:
		return market.MarkPrice{EventTime: at, MarkPrice: market.Price(f()), IndexPrice: market.Price(f())}
	case 2:
		return market.FundingRate{EventTime: at, Rate: market.Ratio(f())}
	case 3:
		return market.Liquidation{EventTime: at, Side: market.PositionSide(rapid.IntRange(0, 1).Draw(t, "side")),
			Size: market.Contracts(f()), AvgFillPrice: market.Price(f()), BankruptcyPrice: market.Price(f())}
	case 4:
		return market.Candle{OpenTime: at, CloseTime: at + market.Minute, Open: market.Price(f()), High: market.Price(f()),
			Low: market.Price(f()), Close: market.Price(f()), Volume: market.Contracts(f()), TakerBuyVolume: market.Contracts(f())}
	case 5:
		return market.Gap{From: at, To: market.UnixMilli(rapid.Int64().Draw(t, "to")), Reason: rapid.StringN(0, 40, 200).Draw(t, "reason")}
	case 6:
		return Heartbeat{at}
	case 7:
		return market.Lapse{From: at, To: market.UnixMilli(rapid.Int64().Draw(t, "to")), Stream: market.Stream(rapid.IntRange(0, market.Streams-1).Draw(t, "stream")),
			Reason: rapid.StringN(0, 40, 200).Draw(t, "reason")}
	default:
		trades := &market.Trades{}
		for range rapid.IntRange(0, 5).Draw(t, "trades") {
			trades.Append(at, market.Price(f()), market.Contracts(f()), market.TakerSide(rapid.IntRange(0, 1).Draw(t, "taker")))
			at += market.UnixMilli(rapid.Int64Range(0, 5000).Draw(t, "later"))
		}
		return trades
	}
}

// text tells all of an entry, to the bit: NaN is equal to itself in it.
func text(entries []Entry) string {
	var b strings.Builder
	var floats func(v reflect.Value)
	floats = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Float64:
			fmt.Fprintf(&b, "%x ", math.Float64bits(v.Float()))
		case reflect.Struct:
			for i := range v.NumField() {
				floats(v.Field(i))
			}
		case reflect.Slice:
			for i := range v.Len() {
				floats(v.Index(i))
			}
		case reflect.Pointer:
			floats(v.Elem())
		default:
			fmt.Fprintf(&b, "%v ", v)
		}
	}
	for _, e := range entries {
		fmt.Fprintf(&b, "\n%d %T ", e.Recv, e.Event)
		floats(reflect.ValueOf(e.Event))
	}
	return b.String()
}

func TestCodecRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var in []Entry
		for range rapid.IntRange(0, 12).Draw(t, "entries") {
			in = append(in, Entry{market.UnixMilli(rapid.Int64().Draw(t, "recv")), drawEvent(t)})
		}
		head := []byte("before")
		b := Encode(head, in)
		if string(b[:6]) != "before" {
			t.Fatal("what was there is overwritten")
		}
		out, err := Decode(b[6:])
		if err != nil {
			t.Fatal(err)
		}
		if text(out) != text(in) {
			t.Fatalf("got %s\nwant %s", text(out), text(in))
		}
	})
}

// The smallest integers, halves of the mantissa's range and signed zero are
// where a scaled integer would go wrong.
func TestFloatsAtTheEdges(t *testing.T) {
	for _, x := range []float64{0, math.Copysign(0, -1), 0.1, 0.3, 1e-12, 1e-13, 1 << 53, 1<<53 - 1, 1<<53 + 2, -0.07, math.MaxFloat64,
		math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1), math.NaN(), 95123.4, 1.0 / 3} {
		in := []Entry{{1, market.MarkPrice{EventTime: 2, MarkPrice: market.Price(x), IndexPrice: 1}}}
		out, err := Decode(Encode(nil, in))
		if err != nil || text(out) != text(in) {
			t.Errorf("%v: got %v, %v", x, out, err)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := Encode(nil, someTrades(10, 1))
	for n := range good {
		if _, err := Decode(good[:n]); !errors.Is(err, ErrCorrupt) {
			t.Errorf("the first %d of %d bytes: %v", n, len(good), err)
		}
	}
	if _, err := Decode(append(good, 0)); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a byte more: %v", err)
	}
	if _, err := Decode([]byte{codecVersion + 1, 0}); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), "version 2, want 1") {
		t.Errorf("a later version: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(Encode(nil, nil))
	f.Add(Encode(nil, someTrades(3, 1)))
	f.Add(Encode(nil, []Entry{
		{1, market.OpenInterest{EventTime: 1, Contracts: 2}}, {2, market.Gap{From: 1, To: 5, Reason: "lost"}}, {3, Heartbeat{7}},
		{4, market.Liquidation{EventTime: 3, Side: market.Short, Size: 1.5}}, {5, market.Candle{OpenTime: 1, CloseTime: 2, TakerBuyVolume: -1}},
		{6, &market.Trades{}}, {7, market.FundingRate{EventTime: 9, Rate: -1e-5}}, {8, market.MarkPrice{EventTime: 9, MarkPrice: math.Pi}},
		{9, market.Lapse{From: 1, To: 5, Stream: market.StreamOpenInterest, Reason: "lost"}},
	}))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := Decode(data)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Fatalf("%v does not say that it is corrupt", err)
			}
			return
		}
		again, err := Decode(Encode(nil, entries))
		if err != nil || text(again) != text(entries) {
			t.Fatalf("decoded once %s\ntwice %s, %v", text(entries), text(again), err)
		}
	})
}

// someTrades makes frames of a few trades, all different.
func someTrades(frames int, from market.UnixMilli) (entries []Entry) {
	for i := range frames {
		at := from + market.UnixMilli(i)*10
		trades := &market.Trades{}
		for k := range 1 + i%3 {
			trades.Append(at+market.UnixMilli(k), market.Price(950000+i*7%100)/10, market.Contracts(1+i%900)/1000, market.TakerSide(i&1))
		}
		entries = append(entries, Entry{at + 40, trades})
	}
	return entries
}

func BenchmarkCodec(b *testing.B) {
	in := someTrades(100, 1_790_000_000_000)
	n := 0
	for _, e := range in {
		n += e.Event.(*market.Trades).Len()
	}
	var buf []byte
	b.Run("encode", func(b *testing.B) {
		for b.Loop() {
			buf = Encode(buf[:0], in)
		}
		b.ReportMetric(float64(len(buf))/float64(n), "bytes/trade")
		b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mtrades/s")
	})
	b.Run("decode", func(b *testing.B) {
		for b.Loop() {
			if _, err := Decode(buf); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mtrades/s")
	})
}
