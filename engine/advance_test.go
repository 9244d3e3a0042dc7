package engine

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"halcyon/market"
)

// Telling an engine the time between events changes nothing but when columns
// close: the days are the same, byte for byte.
func TestAdvanceOnlyHastens(t *testing.T) {
	set := walkedMarket(11, 3_000)
	// A silence of two days: days without events are left out all the same.
	for i := 2_900; i < set.Trades.Len(); i++ {
		set.Trades.EventTime[i] += 2*market.Day + market.Hour
	}
	cut := set.Trades.EventTime[2_899]
	set.MarkPrices = slices.DeleteFunc(set.MarkPrices, func(m market.MarkPrice) bool { return m.EventTime > cut })
	set.OpenInterest = slices.DeleteFunc(set.OpenInterest, func(o market.OpenInterest) bool { return o.EventTime > cut })
	events := slices.Collect(set.Events())
	want := replay(t, events)
	rapid.Check(t, func(rt *rapid.T) {
		m := memory{}
		e, err := New(listing, Options{}, m)
		if err != nil {
			rt.Fatal(err)
		}
		for _, ev := range events {
			if rapid.IntRange(0, 9).Draw(rt, "tell") == 0 {
				if err := e.Advance(context.Background(), ev.Time()-market.UnixMilli(rapid.IntRange(0, 90_000).Draw(rt, "before"))); err != nil {
					rt.Fatal(err)
				}
			}
			if err := e.Apply(context.Background(), ev); err != nil {
				rt.Fatal(err)
			}
		}
		if err := e.Flush(context.Background()); err != nil {
			rt.Fatal(err)
		}
		if !equalMemories(m, want) {
			rt.Fatal("the map differs")
		}
	})
	e, err := New(listing, Options{}, memory{})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Advance(t.Context(), start); err != nil || e.Until() != 0 {
		t.Errorf("an engine without an event stands at %v, %v", e.Until(), err)
	}
	if err := e.Apply(t.Context(), market.MarkPrice{EventTime: start + 30, MarkPrice: 5}); err != nil {
		t.Fatal(err)
	}
	if err := e.Advance(t.Context(), start+10*market.Minute); err != nil || e.Until() != start+10*market.Minute {
		t.Errorf("told of ten minutes it stands at %v, %v", e.Until(), err)
	}
	if err := e.Advance(t.Context(), start+9*market.Day); err != nil || e.Until() != market.UnixMilli(start).Floor(market.Day)+market.Day-market.Minute {
		t.Errorf("told of days it stands at %v, %v", e.Until(), err)
	}
}
