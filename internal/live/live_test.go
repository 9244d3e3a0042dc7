package live

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"halcyon/internal/lake"
	"halcyon/internal/replay"
	"halcyon/market"
)

// check compares a lake with what an undisturbed run makes of the same markets:
// events, and days byte for byte.
func check(t *testing.T, dir string, markets map[market.InstrumentID][]arrival) {
	t.Helper()
	want := filepath.Join(t.TempDir(), "want")
	reference, err := lake.Open(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	defer reference.Close()
	got, err := lake.Open(t.Context(), filepath.Join(dir, "lake"))
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	for id, all := range markets {
		undisturbed(t, reference, listingOf(id.Symbol), all)
		for day, set := range byDay(setOf(all)) {
			stored, err := got.Events(t.Context(), id, day)
			if err != nil {
				t.Fatal(err)
			}
			set.Sort()
			if !reflect.DeepEqual(stored, set) {
				t.Errorf("%v %s: the lake holds %d trades and %d other events, want %d and %d, or they differ",
					id, day.Date(), stored.Trades.Len(), len(stored.Others()), set.Trades.Len(), len(set.Others()))
			}
		}
	}
	live := mapsOf(t, filepath.Join(dir, "lake"))
	if undisturbed := mapsOf(t, want); live != undisturbed {
		t.Errorf("the maps differ from those of an undisturbed run:\n%s\nwant\n%s", live, undisturbed)
	}
	// An archive replay enters behind the log: the same engine, the same days.
	for id := range markets {
		if _, err := replay.Run(t.Context(), got, listingOf(id.Symbol), replay.Options{Fresh: true}); err != nil {
			t.Fatal(err)
		}
	}
	if mapsOf(t, filepath.Join(dir, "lake")) != live {
		t.Error("a replay of the lake draws other maps")
	}
}

func TestLiveEqualsReplay(t *testing.T) {
	dir := t.TempDir()
	h, err := openHouse(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	markets := map[market.InstrumentID][]arrival{}
	var ids []market.InstrumentID
	r, err := New(h.options())
	if err != nil {
		t.Fatal(err)
	}
	for i, symbol := range []string{"BTC", "ETH.X"} {
		l := listingOf(symbol)
		markets[l.InstrumentID], ids = walk(uint64(i), 6_000), append(ids, l.InstrumentID)
		if err := r.Start(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Attach(t.Context(), &scripted{events: markets, end: true}, ids); err != nil {
		t.Fatal(err)
	}
	if err := h.settled(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	// The newest columns can be read before they are stored.
	for _, s := range r.Instruments() {
		days, err := h.maps.MapDays(t.Context(), s.ID)
		if err != nil || len(days) != 2 {
			t.Fatalf("%v has days %v, %v; want 2", s.ID, days, err)
		}
		d, err := h.maps.MapTracks(t.Context(), s.ID, days[1], 0)
		if err != nil {
			t.Fatal(err)
		}
		cols := d.Columns
		if to := (cols[len(cols)-1].Bucket + 1).Start(market.Minute); to != s.To || s.To < ending(markets[s.ID])-2*market.Minute {
			t.Errorf("%v: columns up to %v in memory, %v told, the market ended at %v", s.ID, to, s.To, ending(markets[s.ID]))
		}
		if s.Late != 0 || s.Gaps != 0 {
			t.Errorf("%v: %d late, %d gaps", s.ID, s.Late, s.Gaps)
		}
	}
	r.Close()
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
	check(t, dir, markets)
}

// A log that is gone, with all that it held, leaves a gap behind what the
// checkpoint knows.
func TestLostLogLeavesAGap(t *testing.T) {
	dir := t.TempDir()
	id := listingOf("BTC").InstrumentID
	all := walk(9, 3_000)
	half := len(all) / 2
	// The second half comes ten minutes later than it would have.
	const away = 10 * market.Minute
	var ended market.UnixMilli
	for part, events := range [][]arrival{all[:half], postponed(all[half:], away)} {
		h, err := openHouse(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		opt := h.options()
		opt.Gapless = false
		r := begun(t, opt, &scripted{events: map[market.InstrumentID][]arrival{id: events}, end: true})
		if err := h.settled(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if part == 0 {
			ended = r.Instruments()[0].To
		}
		r.Close()
		if err := h.close(); err != nil {
			t.Fatal(err)
		}
		if part == 0 {
			if err := os.RemoveAll(filepath.Join(dir, "log")); err != nil {
				t.Fatal(err)
			}
		}
	}
	l, err := lake.Open(t.Context(), filepath.Join(dir, "lake"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	days, err := l.Days(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var gaps []market.Gap
	for _, day := range days {
		set, err := l.Events(t.Context(), id, day)
		if err != nil {
			t.Fatal(err)
		}
		gaps = append(gaps, set.Gaps...)
	}
	if len(gaps) != 1 || gaps[0].From < ended || gaps[0].From > ended+market.Minute || gaps[0].To-gaps[0].From < away-2*market.Minute {
		t.Errorf("gaps %v, want one of some ten minutes from %v", gaps, ended)
	}
}

// postponed moves a market on in time.
func postponed(all []arrival, by market.UnixMilli) (out []arrival) {
	for _, a := range all {
		switch ev := a.ev.(type) {
		case *market.Trades:
			moved := &market.Trades{}
			for i, at := range ev.EventTime {
				moved.Append(at+by, ev.LastPrice[i], ev.Size[i], ev.Taker[i])
			}
			a.ev = moved
		case market.MarkPrice:
			ev.EventTime += by
			a.ev = ev
		case market.OpenInterest:
			ev.EventTime += by
			a.ev = ev
		case market.Liquidation:
			ev.EventTime += by
			a.ev = ev
		}
		a.recv += by
		out = append(out, a)
	}
	return out
}

// resuming is a feed that answers for what was missed.
type resuming struct {
	*scripted
	known map[market.InstrumentID]market.UnixMilli
}

func (f *resuming) Resume(known map[market.InstrumentID]market.UnixMilli) { f.known = known }

// A feed that can make good what was missed is told where the log ends, and
// nothing is booked as missing in its place.
func TestFeedsResumeWhereTheLogEnds(t *testing.T) {
	dir := t.TempDir()
	id := listingOf("BTC").InstrumentID
	all := walk(9, 3_000)
	half := len(all) / 2
	for part, events := range [][]arrival{all[:half], postponed(all[half:], 10*market.Minute)} {
		h, err := openHouse(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		opt := h.options()
		opt.Gapless = false
		feed := &resuming{scripted: &scripted{events: map[market.InstrumentID][]arrival{id: events}}}
		r := begun(t, opt, feed)
		if err := h.settled(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		status := r.Instruments()[0]
		r.Close()
		if err := h.close(); err != nil {
			t.Fatal(err)
		}
		if part == 0 {
			if feed.known[id] != 0 {
				t.Errorf("known before anything was told: %v", feed.known[id])
			}
			continue
		}
		var newest market.UnixMilli
		for _, a := range all[:half] {
			if tellsTime(a.ev) {
				newest = max(newest, lastTime(a.ev))
			}
		}
		if at := feed.known[id]; at > newest || at < newest-market.Second {
			t.Errorf("resumed from %v, the log ends at %v", at, newest)
		}
		if status.Gaps != 0 {
			t.Errorf("%d gaps", status.Gaps)
		}
	}
}
