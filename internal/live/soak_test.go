package live

import (
	"context"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"halcyon/internal/sim"
	"halcyon/internal/venue"
	"halcyon/market"
)

// soakHours says how many hours of simulated time the soak test runs, instead of 4.
const soakHours = "HALCYON_SOAK_HOURS"

// simulated is a feed of a simulated market that runs as fast as it is taken
// in: it never gets further ahead than a minute.
type simulated struct {
	market *sim.Market
	until  market.UnixMilli
	taken  func() market.UnixMilli
}

func (f *simulated) Name() string           { return "sim" }
func (f *simulated) State() venue.FeedState { return venue.FeedState{} }

func (f *simulated) Run(ctx context.Context, ids []market.InstrumentID, emit venue.Emit) error {
	for ev := range f.market.Run(f.until) {
		for ev.Time() > f.taken()+3*market.Minute {
			time.Sleep(200 * time.Microsecond)
			if ctx.Err() != nil {
				return nil
			}
		}
		emit(ids[0], ev.Time()+5, ev)
	}
	return nil
}

// Hours of a market at hundreds of times its speed: memory stays flat once it
// is warm, no goroutine is left over, nothing is late or missing.
func TestSoak(t *testing.T) {
	hours := 4
	if s := os.Getenv(soakHours); s != "" {
		var err error
		if hours, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	} else if testing.Short() {
		t.Skip("an hour takes seconds; -short")
	}
	before := runtime.NumGoroutine()
	h, err := openHouse(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	start := begin.Floor(market.Day) + 20*market.Hour
	m, err := sim.New(sim.Options{Symbol: "BTC", Seed: 3, Start: start, WarmUp: market.Hour})
	if err != nil {
		t.Fatal(err)
	}
	opt := h.options()
	opt.BatchTime, opt.MapEvery, opt.FlushEvery = time.Millisecond, 100*time.Millisecond, 200*time.Millisecond
	r, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(t.Context(), m.Listing()); err != nil {
		t.Fatal(err)
	}
	taken := func() market.UnixMilli { return max(start, r.Instruments()[0].To) }
	// heap is measured as the market passes each quarter of the way.
	var heap []float64
	step := market.UnixMilli(hours) * market.Hour / 4
	for i := range market.UnixMilli(4) {
		feed := &simulated{m, start + (i+1)*step, taken}
		if err := r.Attach(t.Context(), feed, []market.InstrumentID{m.Listing().InstrumentID}); err != nil {
			t.Fatal(err)
		}
		if err := h.settled(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		// What waits for a save is saved: at this speed it is hours of events.
		for saves := r.Instruments()[0].Saves; r.Instruments()[0].Saves < saves+2; {
			time.Sleep(10 * time.Millisecond)
		}
		runtime.GC()
		var ms runtime.MemStats
		runtime.ReadMemStats(&ms)
		heap = append(heap, float64(ms.HeapAlloc)/(1<<20))
		t.Logf("after %v h: heap %.1f MB, %d goroutines, saved %d times", float64((i+1)*step)/float64(market.Hour), heap[i], runtime.NumGoroutine(), r.Instruments()[0].Saves)
	}
	s := r.Instruments()[0]
	if s.Late != 0 || s.Gaps != 0 || s.Err != "" {
		t.Errorf("%d late, %d gaps, %q", s.Late, s.Gaps, s.Err)
	}
	// The day under way is in memory, and grows by some MB until midnight.
	const grace = 24
	if last := heap[3]; last > max(heap[0], heap[1])+grace {
		t.Errorf("the heap grew: %.1f MB", heap)
	}
	r.Close()
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}
