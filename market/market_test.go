package market

import (
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A bin holds exactly the prices between its edges, which are a basis point apart.
func TestBinHoldsItsPrices(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Price(math.Exp(rapid.Float64Range(math.Log(float64(MinPrice)), math.Log(float64(MaxPrice))).Draw(t, "ln price")))
		b := BinOf(p)
		if p < b.Low() || p >= (b+1).Low() {
			t.Fatalf("price %v in bin %d of [%v, %v)", p, b, b.Low(), (b + 1).Low())
		}
		if m := b.Mid(); m <= b.Low() || m >= (b+1).Low() {
			t.Fatalf("middle %v of bin %d", m, b)
		}
		if ratio := float64((b + 1).Low() / b.Low()); math.Abs(ratio-BinRatio) > 1e-9 {
			t.Fatalf("bin %d is %v wide", b, ratio)
		}
	})
	for _, edge := range []BinIndex{-100_000, -1, 0, 1, 110_512, 200_000} {
		if got := BinOf(edge.Low()); got != edge {
			t.Errorf("the lower edge of bin %d is in bin %d", edge, got)
		}
	}
}

func TestCoarsenRoundsDown(t *testing.T) {
	for b, want := range map[BinIndex]BinIndex{0: 0, 3: 0, 4: 1, -1: -1, -4: -1, -5: -2} {
		if got := b.Coarsen(2); got != want {
			t.Errorf("bin %d coarsened by 2: %d, want %d", b, got, want)
		}
	}
}

func TestFloorAndBucketAreHalfOpen(t *testing.T) {
	for _, c := range []struct{ at, width, start UnixMilli }{{0, Minute, 0}, {59_999, Minute, 0}, {60_000, Minute, 60_000}, {-1, Minute, -60_000}} {
		if got := c.at.Floor(c.width); got != c.start {
			t.Errorf("floor of %d: %d, want %d", c.at, got, c.start)
		}
		if got := c.at.Bucket(c.width).Start(c.width); got != c.start {
			t.Errorf("bucket of %d starts at %d, want %d", c.at, got, c.start)
		}
	}
}

func TestNotionalAndContractsAreInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := Instrument{Settlement: rapid.SampledFrom([]Settlement{Linear, Inverse}).Draw(t, "settlement"), ContractSize: rapid.Float64Range(0.001, 1000).Draw(t, "size")}
		p := Price(rapid.Float64Range(0.01, 1e6).Draw(t, "price"))
		q := Contracts(rapid.Float64Range(0, 1e6).Draw(t, "contracts"))
		if back := in.ContractsOf(p, in.NotionalOf(p, q)); math.Abs(float64(back-q)) > 1e-9*(1+float64(q)) {
			t.Fatalf("%v contracts come back as %v", q, back)
		}
	})
	coinM := Instrument{Settlement: Inverse, ContractSize: 100}
	if got := coinM.NotionalOf(50_000, 3); got != 300 {
		t.Errorf("three inverse contracts of 100 USD are worth %v", got)
	}
}

func TestSides(t *testing.T) {
	if ClosedBy(Sell) != Long || ClosedBy(Buy) != Short {
		t.Error("a sell order closes a long, a buy order a short")
	}
	if Long.Sign() != 1 || Short.Sign() != -1 || Long.Opposite() != Short {
		t.Error("signs of sides")
	}
}

func TestMarginTiersAreContinuousAndChecked(t *testing.T) {
	rows := []MarginTier{{NotionalFloor: 0, MaintenanceMarginRate: 0.004, MaxLeverage: 100}, {NotionalFloor: 1000, MaintenanceMarginRate: 0.01, MaxLeverage: 50}}
	tiers, err := NewMarginTiers(rows)
	if err != nil {
		t.Fatal(err)
	}
	below, above := tiers[0].MaintenanceMargin(1000), tiers[1].MaintenanceMargin(1000)
	if math.Abs(float64(below-above)) > 1e-9 {
		t.Errorf("maintenance margin jumps from %v to %v at a tier's edge", below, above)
	}
	for name, bad := range map[string][]MarginTier{
		"empty":        {},
		"first floor":  {{NotionalFloor: 5, MaintenanceMarginRate: 0.004, MaxLeverage: 100}},
		"falling":      {rows[0], {NotionalFloor: 0, MaintenanceMarginRate: 0.01, MaxLeverage: 50}},
		"rate":         {{MaintenanceMarginRate: 1, MaxLeverage: 100}},
		"rate falls":   {rows[0], {NotionalFloor: 1000, MaintenanceMarginRate: 0.001, MaxLeverage: 50}},
		"max leverage": {{MaintenanceMarginRate: 0.004}},
	} {
		if _, err := NewMarginTiers(bad); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestValidate(t *testing.T) {
	good := Instrument{InstrumentID: InstrumentID{"binance", "BTCUSDT"}, Coin: "BTC", ContractSize: 1, TickSize: 0.1}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for name, mutate := range map[string]func(*Instrument){
		"path in venue":  func(i *Instrument) { i.Venue = "../x" },
		"empty symbol":   func(i *Instrument) { i.Symbol = "" },
		"slash":          func(i *Instrument) { i.Symbol = "a/b" },
		"no coin":        func(i *Instrument) { i.Coin = "" },
		"zero contract":  func(i *Instrument) { i.ContractSize = 0 },
		"NaN contract":   func(i *Instrument) { i.ContractSize = math.NaN() },
		"infinite tick":  func(i *Instrument) { i.TickSize = Price(math.Inf(1)) },
		"symbol of dots": func(i *Instrument) { i.Symbol = ".." },
	} {
		bad := good
		mutate(&bad)
		if err := bad.Validate(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// drawTrades draws sorted trades with many equal times and equal rows.
func drawTrades(t *rapid.T, name string) Trades {
	var out Trades
	at := UnixMilli(0)
	for range rapid.IntRange(0, 12).Draw(t, name) {
		at += UnixMilli(rapid.IntRange(0, 2).Draw(t, "dt"))
		out.Append(at, Price(rapid.IntRange(1, 2).Draw(t, "price")), Contracts(rapid.IntRange(1, 2).Draw(t, "size")), TakerSide(rapid.IntRange(0, 1).Draw(t, "taker")))
	}
	return out
}

type row struct {
	at    UnixMilli
	price Price
	size  Contracts
	taker TakerSide
}

func rows(t *Trades) map[row]int {
	out := map[row]int{}
	for i := range t.EventTime {
		out[row{t.EventTime[i], t.LastPrice[i], t.Size[i], t.Taker[i]}]++
	}
	return out
}

// Merging keeps the larger multiplicity of every trade, is idempotent, and
// stays in order.
func TestMergeTrades(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawTrades(t, "a"), drawTrades(t, "b")
		ra, rb := rows(&a), rows(&b)
		into := EventSet{Trades: a}
		other := EventSet{Trades: b}
		changed := into.Merge(&other)
		got := rows(&into.Trades)
		grew := false
		for r := range rb {
			grew = grew || rb[r] > ra[r]
		}
		for r, n := range got {
			if n != max(ra[r], rb[r]) {
				t.Fatalf("%+v occurs %d times, was in one %d and in the other %d times", r, n, ra[r], rb[r])
			}
		}
		for r := range rb {
			if got[r] == 0 {
				t.Fatalf("%+v was lost", r)
			}
		}
		if changed != grew {
			t.Fatalf("changed %v, want %v", changed, grew)
		}
		if !slices.IsSorted(into.Trades.EventTime) {
			t.Fatal("out of order")
		}
		if into.Merge(&other) {
			t.Fatal("merging again changed something")
		}
	})
}

func TestMergeOthersNewerWins(t *testing.T) {
	a := EventSet{OpenInterest: []OpenInterest{{1, 10}, {2, 20}}}
	b := EventSet{OpenInterest: []OpenInterest{{2, 21}, {3, 30}}}
	if !a.Merge(&b) || !slices.Equal(a.OpenInterest, []OpenInterest{{1, 10}, {2, 21}, {3, 30}}) {
		t.Errorf("merged to %v", a.OpenInterest)
	}
	if a.Merge(&b) {
		t.Error("merging again changed something")
	}
}

// Events come in order of time, each once, trades after others at equal times.
func TestEventsInterleave(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := EventSet{Trades: drawTrades(t, "trades")}
		for range rapid.IntRange(0, 6).Draw(t, "others") {
			at := UnixMilli(rapid.IntRange(0, 20).Draw(t, "at"))
			set.Add(rapid.SampledFrom([]Event{
				OpenInterest{at, 1}, MarkPrice{at, 1, 0}, FundingRate{at, 0}, Liquidation{EventTime: at, Size: 1}, Candle{OpenTime: at, CloseTime: at + 1}, Gap{From: at, To: at + 1},
			}).Draw(t, "event"))
		}
		set.Sort()
		var back EventSet
		last, afterTrades := UnixMilli(math.MinInt64), false
		for ev := range set.Events() {
			if ev.Time() < last {
				t.Fatalf("%T at %d after %d", ev, ev.Time(), last)
			}
			b, isTrades := ev.(*Trades)
			if !isTrades && afterTrades && ev.Time() == last {
				t.Fatalf("%T at %d after a trade of the same time", ev, last)
			}
			last, afterTrades = ev.Time(), isTrades
			if isTrades {
				if b.Len() == 0 {
					t.Fatal("an empty batch")
				}
				last = b.EventTime[b.Len()-1]
			}
			back.Add(ev)
		}
		back.Sort()
		if !slices.Equal(back.Trades.EventTime, set.Trades.EventTime) || !slices.Equal(back.OpenInterest, set.OpenInterest) || len(back.Others()) != len(set.Others()) {
			t.Fatal("events were lost or made up")
		}
	})
}
