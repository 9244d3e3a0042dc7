package sim

import (
	"fmt"
	"hash/fnv"
	"slices"
	"testing"

	"halcyon/market"

	"pgregory.net/rapid"
)

// flat collects events with trades one by one, so that batches do not show.
func flat(m *Market, until market.UnixMilli) (out []string) {
	for e := range m.Run(until) {
		out = appendFlat(out, e)
	}
	return out
}

func appendFlat(out []string, e market.Event) []string {
	b, ok := e.(*market.Trades)
	if !ok {
		return append(out, fmt.Sprintf("%T%v", e, e))
	}
	for i := range b.Len() {
		out = append(out, fmt.Sprint(b.EventTime[i], b.LastPrice[i], b.Size[i], b.Taker[i]))
	}
	return out
}

func TestSameSeedSameEventsHoweverAsked(t *testing.T) {
	const span = 20 * market.Minute
	want := flat(mustNew(t, small(9)), testStart+span)
	rapid.Check(t, func(t *rapid.T) {
		opt := small(9)
		opt.BatchTrades = rapid.IntRange(0, 5).Draw(t, "batch")
		m, err := New(opt)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for m.Now() < testStart+span {
			until := min(testStart+span, m.Now()+market.UnixMilli(rapid.IntRange(1, 600_000).Draw(t, "ms")))
			leaveAfter := rapid.IntRange(0, 50).Draw(t, "leave after")
			n := 0
			for e := range m.Run(until) {
				got = appendFlat(got, e)
				if n++; n == leaveAfter {
					break
				}
			}
		}
		got = append(got, flat(m, testStart+span)...)
		if !slices.Equal(got, want) {
			t.Fatalf("%d events, want the same %d", len(got), len(want))
		}
	})
}

func TestOtherSeedOtherEvents(t *testing.T) {
	seen := map[uint64]string{}
	for _, symbol := range []string{"BTC", "ETH"} {
		for seed := range uint64(3) {
			opt := small(seed)
			opt.Symbol, opt.StartPrice, opt.OpenInterest, opt.DailyVolatility = symbol, 1000, 1e6, .02
			h := fnv.New64a()
			for _, s := range flat(mustNew(t, opt), testStart+market.Minute) {
				fmt.Fprintln(h, s)
			}
			name := fmt.Sprint(symbol, " seed ", seed)
			if other, dup := seen[h.Sum64()]; dup {
				t.Errorf("%s and %s give the same events", name, other)
			}
			seen[h.Sum64()] = name
		}
	}
}

// TestEventsAreOrderedAndComplete: time never falls, what a venue publishes
// by the clock is there, and a set made of the events replays them alike.
func TestEventsAreOrderedAndComplete(t *testing.T) {
	opt := small(2)
	opt.DailyVolatility = .08
	m := mustNew(t, opt)
	var set market.EventSet
	var got []string
	last := testStart
	for e := range m.Run(testStart + market.Hour) {
		if e.Time() < last {
			t.Fatalf("%T at %v after %v", e, e.Time(), last)
		}
		last = e.Time()
		got = appendFlat(got, e)
		switch e := e.(type) {
		case *market.Trades:
			for i := range e.Len() {
				last = max(last, e.EventTime[i])
				set.Trades.Append(e.EventTime[i], e.LastPrice[i], e.Size[i], e.Taker[i])
			}
		case market.MarkPrice:
			set.MarkPrices = append(set.MarkPrices, e)
		case market.OpenInterest:
			set.OpenInterest = append(set.OpenInterest, e)
		case market.FundingRate:
			set.FundingRates = append(set.FundingRates, e)
		case market.Liquidation:
			set.Liquidations = append(set.Liquidations, e)
		}
	}
	if n := len(set.MarkPrices); n != 3600 {
		t.Errorf("%d mark prices in an hour, want 3600", n)
	}
	if n := len(set.OpenInterest); n != 360 {
		t.Errorf("%d observations of open interest in an hour, want 360", n)
	}
	if n := len(set.FundingRates); n != 1 {
		t.Errorf("%d funding rates, want the one at 00:00", n)
	}
	if len(set.Liquidations) == 0 {
		t.Error("no liquidation: the order of liquidations is not tested")
	}
	var sum [market.Sides]market.Notional
	for _, l := range set.Liquidations {
		sum[l.Side] += m.Listing().NotionalOf(l.AvgFillPrice, l.Size)
	}
	for side, got := range m.Liquidated() {
		if diff := float64(got - sum[side]); diff > 1e-3 || diff < -1e-3 {
			t.Errorf("liquidated %v: %v, events say %v", market.PositionSide(side), got, sum[side])
		}
	}
	set.Sort()
	var again []string
	for e := range set.Events() {
		again = appendFlat(again, e)
	}
	if !slices.Equal(got, again) {
		t.Error("a set of the events replays them in another order")
	}
}

func TestLevelsHoldEveryPosition(t *testing.T) {
	m := mustNew(t, small(5))
	for range m.Run(testStart + market.Hour) {
	}
	levels := m.TrueLevels()
	var placed, unplaced [market.Sides]float64
	for _, p := range m.Positions() {
		if p.LiquidationPrice == 0 {
			unplaced[p.Side] += float64(p.Size) * float64(m.MarkPrice())
		} else {
			placed[p.Side] += float64(p.Size) * float64(p.LiquidationPrice)
		}
	}
	for side := range market.PositionSide(market.Sides) {
		sum := 0.0
		for bin, n := range levels.At[side] {
			sum += float64(n)
			if long := bin < market.BinOf(m.MarkPrice()); long != (side == market.Long) && bin != market.BinOf(m.MarkPrice()) {
				t.Fatalf("%v level on the wrong side of the mark: bin %d", side, bin)
			}
		}
		if sum < .9999*placed[side] || sum > 1.0001*placed[side] {
			t.Errorf("%v: levels hold %v, positions %v", side, sum, placed[side])
		}
		if got := float64(levels.Unplaced[side]); got < .9999*unplaced[side] || got > 1.0001*unplaced[side] || got == 0 {
			t.Errorf("%v: unplaced %v, want %v", side, got, unplaced[side])
		}
	}
}
