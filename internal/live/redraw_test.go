package live

import (
	"path/filepath"
	"testing"

	"halcyon/engine"
	"halcyon/internal/lake"
	"halcyon/internal/venue"
	"halcyon/market"
)

// TestRedraw: after events of a day before have changed in the store, the maps
// of a running instrument are those of a run that saw them from the beginning,
// and so are those of a restart.
func TestRedraw(t *testing.T) {
	dir := t.TempDir()
	h, err := openHouse(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	r, err := New(h.options())
	if err != nil {
		t.Fatal(err)
	}
	l, all := listingOf("BTC"), walk(3, 8000)
	if err := r.Redraw(t.Context(), l.InstrumentID); err == nil {
		t.Error("redrew what does not run")
	}
	feed := &scripted{events: map[market.InstrumentID][]arrival{l.InstrumentID: all}, from: map[market.InstrumentID]int{}, end: true}
	if err := r.Start(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	if err := r.Attach(t.Context(), feed, []market.InstrumentID{l.InstrumentID}); err != nil {
		t.Fatal(err)
	}
	if err := h.settled(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	var before market.EventSet
	at := begin - market.Day
	before.Add(market.OpenInterest{EventTime: at, Contracts: 40_000})
	before.Trades.Append(at+1, 60_000, 500, market.TakerBuy)
	before.Trades.Append(at+2*market.Minute, 60_100, 500, market.TakerSell)
	if _, err := h.lake.Merge(t.Context(), l.InstrumentID, at.Floor(market.Day), &before); err != nil {
		t.Fatal(err)
	}
	if err := r.Redraw(t.Context(), l.InstrumentID); err != nil {
		t.Fatal(err)
	}
	r.Close()

	want := filepath.Join(t.TempDir(), "want")
	reference, err := lake.Open(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	defer reference.Close()
	e, err := engine.New(l, engine.Options{}, reference)
	if err != nil {
		t.Fatal(err)
	}
	before.Sort()
	whole := setOf(all)
	for _, set := range []*market.EventSet{&before, whole} {
		for ev := range set.Events() {
			if err := e.Apply(t.Context(), ev); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := e.Advance(t.Context(), ending(all)-venue.FeedReorder); err != nil {
		t.Fatal(err)
	}
	if err := e.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := mapsOf(t, filepath.Join(dir, "lake")), mapsOf(t, want); got != want {
		t.Errorf("the maps differ:\n%s\nwant\n%s", got, want)
	}
}
