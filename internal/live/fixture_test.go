package live

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"halcyon/engine"
	"halcyon/internal/eventlog"
	"halcyon/internal/lake"
	"halcyon/internal/venue"
	"halcyon/market"
)

// begin is some minutes before a midnight.
const begin = 20_500*market.Day - 40*market.Minute

func listingOf(symbol string) market.Listing {
	return market.Listing{
		Instrument: market.Instrument{InstrumentID: market.InstrumentID{Venue: "test", Symbol: symbol}, Coin: symbol, Quote: "USD", ContractSize: 1, TickSize: 0.1},
		Provenance: market.Live,
	}
}

// arrival is an event as a feed emits it.
type arrival struct {
	recv market.UnixMilli
	ev   market.Event
}

// walk makes a random market of n frames of trades, half a second apart, with
// marks, open interest and liquidations, in the order in which a feed would
// tell: the other kinds come up to 1.5 s after their time. It ends at half past
// a minute.
func walk(seed uint64, n int) []arrival {
	r := rand.New(rand.NewPCG(seed, 9))
	var out []arrival
	price, oi, at := 60_000.0, 30_000.0, begin
	later := func(ev market.Event) {
		out = append(out, arrival{ev.Time() + market.UnixMilli(r.IntN(1500)), ev})
	}
	for i := range n {
		at += market.UnixMilli(r.IntN(1000))
		if i == n-1 {
			at = at.Floor(market.Minute) + 90*market.Second
		}
		t := &market.Trades{}
		for range 1 + r.IntN(4) {
			if r.IntN(3) > 0 {
				price *= math.Exp(r.NormFloat64() * 0.0003)
			}
			t.Append(at, market.Price(math.Round(price*10)/10), market.Contracts(1+r.IntN(5))/10, market.TakerSide(r.IntN(2)))
		}
		out = append(out, arrival{at, t})
		switch {
		case i%6 == 0:
			later(market.MarkPrice{EventTime: at - 7, MarkPrice: market.Price(math.Round(price))})
		case i%20 == 1:
			oi *= math.Exp(r.NormFloat64() * 0.001)
			later(market.OpenInterest{EventTime: at - 3, Contracts: market.Contracts(math.Round(oi))})
		case i%90 == 2:
			later(market.Liquidation{EventTime: at - 1, Side: market.PositionSide(r.IntN(2)), Size: 2, BankruptcyPrice: market.Price(math.Round(price))})
		}
	}
	slices.SortStableFunc(out, func(a, b arrival) int { return cmp.Compare(a.recv, b.recv) })
	return out
}

// setOf is what the lake should hold of a market.
func setOf(all []arrival) *market.EventSet {
	var raw, set market.EventSet
	for _, a := range all {
		raw.Add(a.ev)
	}
	raw.Sort()
	set.Merge(&raw)
	return &set
}

// ending is the time told at the end of a market, past all of it.
func ending(all []arrival) market.UnixMilli {
	var at market.UnixMilli
	for _, a := range all {
		at = max(at, lastTime(a.ev))
	}
	return at + 10*market.Second
}

// undisturbed puts the days of a market into a lake as one engine draws them
// that sees every event in order and never stops.
func undisturbed(t testing.TB, to *lake.Lake, listing market.Listing, all []arrival) {
	t.Helper()
	e, err := engine.New(listing, engine.Options{}, to)
	if err != nil {
		t.Fatal(err)
	}
	for ev := range setOf(all).Events() {
		if err := e.Apply(t.Context(), ev); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(e.Advance(t.Context(), ending(all)-venue.FeedReorder), e.Flush(t.Context())); err != nil {
		t.Fatal(err)
	}
}

// scripted is a feed that emits given events and goes on where it is told to.
type scripted struct {
	events map[market.InstrumentID][]arrival
	from   map[market.InstrumentID]int
	// pause, where set, is slept after every few events.
	pause time.Duration
	// end emits a heartbeat past the last event.
	end bool

	mu    sync.Mutex
	state venue.FeedState
}

func (f *scripted) Name() string { return "scripted" }

func (f *scripted) State() venue.FeedState {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}

func (f *scripted) Run(ctx context.Context, ids []market.InstrumentID, emit venue.Emit) error {
	longest := 0
	for _, id := range ids {
		longest = max(longest, len(f.events[id])-f.from[id])
	}
	for i := range longest {
		if f.pause > 0 && i%10 == 0 {
			time.Sleep(f.pause)
		}
		if ctx.Err() != nil {
			return nil
		}
		for _, id := range ids {
			if k := f.from[id] + i; k < len(f.events[id]) {
				emit(id, f.events[id][k].recv, f.events[id][k].ev)
			}
		}
	}
	for _, id := range ids {
		if f.end {
			at := ending(f.events[id])
			emit(id, at, eventlog.Heartbeat{EventTime: at})
		}
	}
	return nil
}

// house is a log and a lake in one folder.
type house struct {
	log  *eventlog.Log
	lake *lake.Lake
	maps *Maps
}

func openHouse(ctx context.Context, dir string) (*house, error) {
	l, err := lake.Open(ctx, filepath.Join(dir, "lake"))
	if err != nil {
		return nil, err
	}
	log, err := eventlog.Open(ctx, eventlog.Options{Dir: filepath.Join(dir, "log")})
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return &house{log, l, NewMaps(l)}, nil
}

func (h *house) close() error { return errors.Join(h.log.Close(), h.lake.Close()) }

func (h *house) options() Options {
	return Options{
		Log: h.log, Store: h.lake, Maps: h.maps, Gapless: true,
		BatchTime: 2 * time.Millisecond, MapEvery: 20 * time.Millisecond, FlushEvery: 50 * time.Millisecond,
	}
}

// settled waits until everything emitted has been taken in. What fails under
// way is tried again by the runner, and is an error where that does not mend it.
func (h *house) settled(ctx context.Context, r *Runner) error {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Minute)
	defer cancel()
	for {
		behind := ""
		for _, s := range r.Instruments() {
			last, ok, err := h.log.Last(context.WithoutCancel(ctx), s.ID)
			switch {
			case err != nil:
				return err
			case s.Err != "":
				behind = fmt.Sprintf("%v: %s", s.ID, s.Err)
			case s.Backlog > 0 || ok && s.Seq < last.Seq:
				behind = fmt.Sprintf("%v: message %d of %d, backlog %d", s.ID, s.Seq, last.Seq, s.Backlog)
			}
		}
		if behind == "" {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("behind: %s: %w", behind, ctx.Err())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// digest is the names and bytes of all files below folders.
func digest(t testing.TB, dirs ...string) string {
	t.Helper()
	var lines []string
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			// What a killed writer leaves behind is no object.
			if err != nil || d.IsDir() || strings.HasSuffix(path, ".tmp") {
				return err
			}
			data, err := os.ReadFile(path)
			lines = append(lines, fmt.Sprintf("%s %x", path[strings.Index(path, "kind="):], sha256.Sum256(data)))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return strings.Join(lines, "\n")
}

// mapsOf is the digest of the maps in a lake.
func mapsOf(t testing.TB, lake string) string {
	t.Helper()
	return digest(t, filepath.Join(lake, "kind=levels"), filepath.Join(lake, "kind=columns"))
}

// begun returns a runner of BTC alone, attached to its feed.
func begun(t *testing.T, opt Options, feed Feed) *Runner {
	t.Helper()
	r, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	listing := listingOf("BTC")
	if err := r.Start(t.Context(), listing); err != nil {
		t.Fatal(err)
	}
	if err := r.Attach(t.Context(), feed, []market.InstrumentID{listing.InstrumentID}); err != nil {
		t.Fatal(err)
	}
	return r
}
