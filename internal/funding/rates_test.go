package funding

import (
	"context"
	"math"
	"testing"

	"halcyon/internal/lake"
	"halcyon/market"
)

const start = market.UnixMilli(1_781_654_400_000) // 2026-06-17 00:00 UTC

var id = market.InstrumentID{Venue: "okx", Symbol: "BTC-USDT-SWAP"}

func stored(t *testing.T, events ...market.FundingRate) *lake.Lake {
	t.Helper()
	l, err := lake.Open(t.Context(), "mem://")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	for _, e := range events {
		put(t, l, e)
	}
	return l
}

func put(t *testing.T, l *lake.Lake, e market.FundingRate) {
	t.Helper()
	if _, err := l.Merge(t.Context(), id, e.EventTime.Floor(market.Day), &market.EventSet{FundingRates: []market.FundingRate{e}}); err != nil {
		t.Fatal(err)
	}
}

func same(a, b market.Ratio) bool {
	return a == b || math.IsNaN(float64(a)) && math.IsNaN(float64(b))
}

var nan = market.Ratio(math.NaN())

func TestClosesTellTheRateThatStood(t *testing.T) {
	l := stored(t,
		market.FundingRate{EventTime: start - 2*market.Day, Rate: 0.0001},
		market.FundingRate{EventTime: start + 90*market.Second, Rate: 0.0002},
		market.FundingRate{EventTime: start + 100*market.Second, Rate: 0.0003},
		market.FundingRate{EventTime: start + 3*market.Minute, Rate: -0.0004}, // of the minute it opens, not of the one it closes
	)
	first := start.Bucket(market.Minute)
	got, err := New(l).Closes(t.Context(), Part{id, start, start + 4*market.Minute}, first-1, first+6, market.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []market.Ratio{nan, 0.0001, 0.0003, 0.0003, -0.0004, nan, nan} {
		if !same(got[i], want) {
			t.Errorf("minute %d: %v, want %v", i-1, got[i], want)
		}
	}
}

func TestRatesDoNotStandForever(t *testing.T) {
	l := stored(t, market.FundingRate{EventTime: start, Rate: 0.0001})
	first := start.Bucket(market.Day)
	got, err := New(l).Closes(t.Context(), Part{id, start, start + 30*market.Day}, first, first+9, market.Day)
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range got {
		if want := i < 7; !math.IsNaN(float64(x)) != want {
			t.Errorf("day %d: %v, want a rate: %v", i, x, want)
		}
	}
}

type counting struct {
	Store
	reads int
}

func (c *counting) FundingRates(ctx context.Context, id market.InstrumentID, day market.UnixMilli) ([]market.FundingRate, error) {
	c.reads++
	return c.Store.FundingRates(ctx, id, day)
}

func TestDaysAreRememberedUntilTheyChange(t *testing.T) {
	l := stored(t, market.FundingRate{EventTime: start - market.Day, Rate: 0.0001}, market.FundingRate{EventTime: start, Rate: 0.0002})
	store := &counting{Store: l}
	r := New(store)
	last := func() market.Ratio {
		t.Helper()
		first := start.Bucket(market.Hour)
		got, err := r.Closes(t.Context(), Part{id, start, start + market.Day}, first, first+1, market.Hour)
		if err != nil {
			t.Fatal(err)
		}
		return got[0]
	}
	if x := last(); x != 0.0002 || store.reads != 2 {
		t.Fatalf("rate %v with %d reads, want 0.0002 with 2", x, store.reads)
	}
	put(t, l, market.FundingRate{EventTime: start + market.Minute, Rate: 0.0005})
	if x := last(); x != 0.0002 || store.reads != 2 {
		t.Errorf("rate %v with %d reads, want what is remembered", x, store.reads)
	}
	r.Changed(id, start)
	if x := last(); x != 0.0005 || store.reads != 3 {
		t.Errorf("rate %v with %d reads, want the changed day read again, and it alone", x, store.reads)
	}
}

func TestMeanBringsIntervalsTogether(t *testing.T) {
	parts := []Part{{ID: market.InstrumentID{Venue: "binance"}}, {ID: market.InstrumentID{Venue: "hyperliquid"}}}
	mean, of := Mean(parts, [][]market.Ratio{{0.0001, nan, nan}, {0.00002, 0.00002, nan}})
	for i, want := range []market.Ratio{(0.0001 + 0.00016) / 2, 0.00016, nan} {
		if !(math.Abs(float64(mean[i]-want)) < 1e-15 || same(mean[i], want)) || of[i] != 2-i {
			t.Errorf("bucket %d: %v of %d, want %v of %d", i, mean[i], of[i], want, 2-i)
		}
	}
}
