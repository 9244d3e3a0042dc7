package liqmodel

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"halcyon/market"
)

var testInstrument = market.Instrument{
	InstrumentID: market.InstrumentID{Venue: "test", Symbol: "BTC"}, Coin: "BTC", Quote: "USD", ContractSize: 1, TickSize: 0.1,
}

const entryPrice = 60_000

func testLedger(t testing.TB) *Ledger {
	l, err := NewLedger(testInstrument, binanceBTC(t), DefaultParams())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// traded runs one step: price at p, volume, and an open interest if positive.
func traded(l *Ledger, at market.UnixMilli, p market.Price, bought, sold, oi market.Contracts) {
	bin := market.BinOf(p)
	if l.MustEnd(bin) {
		l.EndStep(at)
	}
	l.Touch(bin)
	l.Trade(bin, bought, sold)
	if oi > 0 {
		l.OpenInterest(oi)
	}
	l.EndStep(at)
}

func placed(l *Ledger, side market.PositionSide) float64 {
	_, p := l.Standing(side)
	return float64(p)
}

func levels(l *Ledger) (out []Level) {
	l.Levels(func(v Level) { out = append(out, v) })
	return out
}

func TestLedgerOpensLongsBelowAndShortsAbove(t *testing.T) {
	l := testLedger(t)
	traded(l, 1, entryPrice, 10, 0, 1000)
	traded(l, 2, entryPrice, 100, 100, 1010)
	entry := market.BinOf(entryPrice)
	if len(levels(l)) == 0 {
		t.Fatal("no level stands")
	}
	for _, v := range levels(l) {
		if (v.Side == market.Long) != (v.Bin < entry) {
			t.Errorf("%v level in bin %d, entry bin %d", v.Side, v.Bin, entry)
		}
	}
}

// Fact 3: a level crossed once is gone even if price returns.
func TestSweptLevelStaysGone(t *testing.T) {
	l := testLedger(t)
	traded(l, 1, entryPrice, 10, 0, 1000)
	traded(l, 2, entryPrice, 100, 100, 1050)
	down := market.BinOf(entryPrice * 0.95)
	before := placed(l, market.Long)
	l.Touch(down)
	if swept := l.TakeSwept(); swept[market.Long] <= 0 || swept[market.Short] != 0 {
		t.Errorf("swept %v, want longs only", swept)
	}
	if placed(l, market.Long) >= before {
		t.Error("nothing was swept")
	}
	l.Touch(market.BinOf(entryPrice))
	for _, v := range levels(l) {
		if v.Side == market.Long && v.Bin >= down {
			t.Fatalf("a long stands in bin %d, swept down to %d", v.Bin, down)
		}
	}
	l.Touch(down)
	if swept := l.TakeSwept(); swept[market.Long] != 0 {
		t.Errorf("swept %v twice", swept[market.Long])
	}
}

// Fact 4: falling open interest removes standing mass.
func TestFallingOpenInterestRemovesStandingMass(t *testing.T) {
	l := testLedger(t)
	traded(l, 1, entryPrice, 10, 10, 1000)
	traded(l, 2, entryPrice, 500, 500, 1200)
	before := placed(l, market.Long)
	traded(l, 3, entryPrice, 100, 100, 1000)
	if after := placed(l, market.Long); after >= before {
		t.Errorf("placed %v after open interest fell, %v before", after, before)
	}
}

// Fact 5: every opened contract is one long and one short; longs = shorts =
// open interest at every observation, whatever happens between.
func TestLedgerConservesOpenInterest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := testLedgerRapid(t)
		oi, price := 1000.0, float64(entryPrice)
		traded(l, 1, market.Price(price), 1, 1, market.Contracts(oi))
		for i := range rapid.IntRange(1, 60).Draw(t, "steps") {
			price *= math.Exp(rapid.Float64Range(-0.05, 0.05).Draw(t, "move"))
			oi *= math.Exp(rapid.Float64Range(-0.5, 0.5).Draw(t, "open interest"))
			seen := market.Contracts(0)
			if rapid.Bool().Draw(t, "observed") {
				seen = market.Contracts(oi)
			}
			volume := rapid.SampledFrom([]float64{0, 0.001, 10, 500, 100_000}).Draw(t, "volume")
			share := rapid.Float64Range(0, 1).Draw(t, "bought")
			traded(l, market.UnixMilli(i+2)*60_000, market.Price(price), market.Contracts(volume*share), market.Contracts(volume*(1-share)), seen)
			if rapid.IntRange(0, 9).Draw(t, "rebase") == 0 {
				l.Rebase()
			}
			target, _ := l.Observed()
			for s := range market.PositionSide(market.Sides) {
				total, placed := l.Standing(s)
				if math.Abs(float64(total-target)) > 1e-6*float64(target) {
					t.Fatalf("step %d: %v %v contracts, open interest %v", i, total, s, target)
				}
				if placed < 0 || placed > total*(1+1e-9) {
					t.Fatalf("step %d: %v of %v contracts placed", i, placed, total)
				}
			}
			bin := market.BinOf(market.Price(price))
			l.Levels(func(v Level) {
				if v.All < 0 || v.Fresh < 0 {
					t.Fatalf("negative level %+v", v)
				}
				if (v.Side == market.Long && v.Bin >= bin) || (v.Side == market.Short && v.Bin <= bin) {
					t.Fatalf("%v level in bin %d with price in %d", v.Side, v.Bin, bin)
				}
				sc := l.Scale(v.Side, v.Group)
				if float64(v.Fresh)*sc.Fresh > float64(v.All)*sc.All*(1+1e-9) {
					t.Fatalf("more is fresh than stands: %+v, %+v", v, sc)
				}
			})
		}
	})
}

func testLedgerRapid(t *rapid.T) *Ledger {
	l, err := NewLedger(testInstrument, nil, DefaultParams())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Fact 11: open interest counts in contracts; a price move alone, which
// changes its value in USD, opens and closes nothing.
func TestPriceMoveAloneOpensNothing(t *testing.T) {
	l := testLedger(t)
	traded(l, 1, entryPrice, 10, 10, 1000)
	traded(l, 2, entryPrice, 200, 200, 1100)
	before := placed(l, market.Short)
	traded(l, 3, entryPrice*0.997, 0, 0, 1100)
	if after := placed(l, market.Short); math.Abs(after-before) > 1e-9*before {
		t.Errorf("shorts placed %v, before the price moved %v", after, before)
	}
}

func TestOpenInterestFaults(t *testing.T) {
	l := testLedger(t)
	traded(l, 1, entryPrice, 10, 10, 1000)
	for _, q := range []market.Contracts{0, -5, market.Contracts(math.NaN()), market.Contracts(math.Inf(1))} {
		if l.OpenInterest(q) {
			t.Errorf("took an open interest of %v", q)
		}
	}
	if l.OpenInterest(100) {
		t.Error("took a fall of 90 % at once")
	}
	if !l.OpenInterest(1001) {
		t.Error("refused an ordinary observation")
	}
	if l.OpenInterest(100) || !l.OpenInterest(101) {
		t.Error("a confirmed jump must be taken at its second observation")
	}
}

// A jump over many bins sweeps all that lies between.
func TestJumpSweepsEverythingBetween(t *testing.T) {
	l := testLedger(t)
	traded(l, 1, entryPrice, 10, 10, 1000)
	traded(l, 2, entryPrice, 200, 200, 1100)
	l.Touch(market.BinOf(entryPrice * 3))
	if got := placed(l, market.Short); got > 1e-9 {
		t.Errorf("%v shorts stand after price tripled", got)
	}
}

func TestFreshFades(t *testing.T) {
	l := testLedger(t)
	traded(l, 0, entryPrice, 10, 10, 1000)
	traded(l, 1, entryPrice, 200, 200, 1000)
	fresh := func() (sum float64) {
		l.Levels(func(v Level) { sum += float64(v.Fresh) * l.Scale(v.Side, v.Group).Fresh })
		return sum
	}
	before := fresh()
	l.EndStep(1 + DefaultParams().FreshHalfLife)
	if got := fresh() / before; math.Abs(got-0.5) > 1e-9 {
		t.Errorf("after one half-life %v of the fresh view is left, want 0.5", got)
	}
}

func TestClosingFractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "groups")
		mass, hazard, f := make([]float64, n), make([]float64, n), make([]float64, n)
		var total float64
		for i := range n {
			mass[i] = rapid.Float64Range(0, 1000).Draw(t, "mass")
			hazard[i] = rapid.Float64Range(0.1, 50).Draw(t, "hazard")
			total += mass[i]
		}
		q := total * rapid.Float64Range(0, 1).Draw(t, "share")
		closingFractions(mass, hazard, q, f)
		var closed float64
		for i := range f {
			if f[i] < 0 || f[i] > 1 {
				t.Fatalf("fraction %v", f[i])
			}
			closed += f[i] * mass[i]
		}
		if math.Abs(closed-q) > 1e-9*(1+total) {
			t.Fatalf("closed %v, want %v", closed, q)
		}
	})
}

func TestSnapshotGoesOnExactly(t *testing.T) {
	run := func(l *Ledger, from, to int) {
		for i := from; i < to; i++ {
			p := market.Price(entryPrice * (1 + 0.02*math.Sin(float64(i)/7)))
			traded(l, market.UnixMilli(i)*60_000, p, market.Contracts(10+i%5), market.Contracts(8+i%7), market.Contracts(1000+i%50))
		}
	}
	whole, first := testLedger(t), testLedger(t)
	run(whole, 1, 300)
	run(first, 1, 137)
	saved, err := first.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	second := testLedger(t)
	if err := second.UnmarshalBinary(saved); err != nil {
		t.Fatal(err)
	}
	run(second, 137, 300)
	a, _ := whole.MarshalBinary()
	b, _ := second.MarshalBinary()
	if string(a) != string(b) {
		t.Error("a restored ledger went on differently")
	}
	if err := second.UnmarshalBinary(saved[:len(saved)/2]); err == nil {
		t.Error("half a snapshot was accepted")
	}
}

// Fact 7: the cost of one new event does not grow with history: after thirty
// days a step changes as many levels as after one, and allocates nothing.
func TestStepCostDoesNotGrowWithHistory(t *testing.T) {
	l := testLedger(t)
	i := 0
	step := func() (changed int) {
		p := market.Price(entryPrice * (1 + 0.03*math.Sin(float64(i)/301) + 0.001*math.Sin(float64(i))))
		traded(l, market.UnixMilli(i)*60_000, p, 10, 10, market.Contracts(1000+i%50))
		l.Drain(func(Level) { changed++ })
		i++
		return changed
	}
	run := func(steps int) (changed int) {
		for range steps {
			changed += step()
		}
		return changed
	}
	const day = 1440
	run(day)
	early := run(day)
	run(28 * day)
	late := run(day)
	if late > early*3/2 {
		t.Errorf("a day's steps changed %d levels after thirty days, %d after one", late, early)
	}
	if n := testing.AllocsPerRun(day, func() { step() }); n >= 1 {
		t.Errorf("%v allocations a step", n)
	}
}

// BenchmarkStep shows the same in nanoseconds.
func BenchmarkStep(b *testing.B) {
	for _, days := range []int{1, 30} {
		b.Run(map[int]string{1: "after1day", 30: "after30days"}[days], func(b *testing.B) {
			l := testLedger(b)
			i := 0
			step := func() {
				p := market.Price(entryPrice * (1 + 0.03*math.Sin(float64(i)/301) + 0.001*math.Sin(float64(i))))
				traded(l, market.UnixMilli(i)*60_000, p, 10, 10, market.Contracts(1000+i%50))
				l.Drain(func(Level) {})
				i++
			}
			for range days * 1440 {
				step()
			}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				step()
			}
		})
	}
}
