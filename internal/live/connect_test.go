package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"halcyon/internal/venue"
	"halcyon/market"
)

// shy is a venue that does not answer at first.
type shy struct {
	scripted
	refusals int
	limited  market.UnixMilli

	mu    sync.Mutex
	asked []time.Time
}

func (v *shy) Instruments(context.Context) ([]market.Listing, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asked = append(v.asked, time.Now())
	if len(v.asked) <= v.refusals {
		if v.limited > 0 {
			return nil, fmt.Errorf("too often: %w", venue.ErrRateLimited)
		}
		return nil, errors.New("nobody there")
	}
	return []market.Listing{listingOf("BTC"), listingOf("ETH")}, nil
}

// A venue that does not answer is shown as waiting, asked again, and runs as
// soon as it does.
func TestConnectTriesAgain(t *testing.T) {
	h, err := openHouse(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	r, err := New(h.options())
	if err != nil {
		t.Fatal(err)
	}
	id := listingOf("BTC").InstrumentID
	v := &shy{refusals: 2, scripted: scripted{events: map[market.InstrumentID][]arrival{id: walk(1, 400)}, end: true}}
	saw := make(chan struct{})
	var once sync.Once
	go func() {
		for {
			for _, f := range r.Feeds() {
				if f.Status == venue.FeedWaiting && strings.Contains(f.Err, "nobody there") && f.RetryAt > f.Since && len(f.Instruments) == 0 {
					once.Do(func() { close(saw) })
					return
				}
			}
			time.Sleep(time.Millisecond)
		}
	}()
	err = r.Connect(t.Context(), v, func(_ context.Context, all []market.Listing) ([]market.Listing, error) {
		return all[:1], nil
	})
	if err != nil {
		t.Fatal(err)
	}
	<-saw
	if err := h.settled(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	f := r.Feeds()
	if len(f) != 1 || len(f[0].Instruments) != 1 || f[0].Instruments[0].ID != id || f[0].Instruments[0].To == 0 || f[0].Err != "" {
		t.Errorf("feeds %+v", f)
	}
	for i, at := range v.asked[1:] {
		if wait := at.Sub(v.asked[i]); wait < connectMin/10 {
			t.Errorf("asked again after %v, want at least %v", wait, connectMin/10)
		}
	}
	r.Close()
}

// A venue that asks for patience is given it, and the runner closes meanwhile.
func TestConnectHeedsLimits(t *testing.T) {
	h, err := openHouse(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	r, err := New(h.options())
	if err != nil {
		t.Fatal(err)
	}
	until := nowMilli() + market.Hour
	v := &shy{refusals: 100, limited: until}
	v.state.LimitedUntil = until
	ended := make(chan error, 1)
	go func() { ended <- r.Connect(t.Context(), v, nil) }()
	for {
		f := r.Feeds()
		if len(f) == 1 && f[0].Status == venue.FeedWaiting {
			if f[0].RetryAt < until-market.Second {
				t.Errorf("asked again at %v, although limited until %v", f[0].RetryAt, until)
			}
			break
		}
		time.Sleep(time.Millisecond)
	}
	r.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// An instrument whose store fails is begun anew from its checkpoint, and ends
// with the same days.
func TestFailedInstrumentIsBegunAnew(t *testing.T) {
	dir := t.TempDir()
	h, err := openHouse(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	opt := h.options()
	failing := &failingPrepare{again: make(chan struct{}), seen: make(chan struct{})}
	opt.Prepare = failing.prepare
	r, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	id := listingOf("BTC").InstrumentID
	markets := map[market.InstrumentID][]arrival{id: walk(5, 2_000)}
	if err := r.Start(t.Context(), listingOf("BTC")); err != nil {
		t.Fatal(err)
	}
	if err := r.Attach(t.Context(), &scripted{events: markets, end: true}, []market.InstrumentID{id}); err != nil {
		t.Fatal(err)
	}
	<-failing.again
	if got := r.Instruments()[0].Err; !strings.Contains(got, "the past is out of reach") {
		t.Errorf("error %q", got)
	}
	close(failing.seen)
	if err := h.settled(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	r.Close()
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
	if failing.calls != 2 {
		t.Errorf("prepared %d times, want 2", failing.calls)
	}
	check(t, dir, markets)
}

// failingPrepare fails the first time. The second time it closes again, and
// goes on once it has been seen what is shown meanwhile.
type failingPrepare struct {
	calls       int
	again, seen chan struct{}
}

func (f *failingPrepare) prepare(context.Context, market.Listing, market.UnixMilli) error {
	if f.calls++; f.calls == 1 {
		return errors.New("the past is out of reach")
	}
	if f.calls == 2 {
		close(f.again)
	}
	<-f.seen
	return nil
}

func TestBackOffGrowsAndIsBounded(t *testing.T) {
	v := &shy{}
	var longest []time.Duration
	for attempt := range 12 {
		var waits []time.Duration
		for range 200 {
			waits = append(waits, backOff(attempt, errors.New("x"), v))
		}
		if slices.Min(waits) < connectMin/10 || slices.Max(waits) > connectMax {
			t.Errorf("attempt %d waits %v to %v", attempt, slices.Min(waits), slices.Max(waits))
		}
		longest = append(longest, slices.Max(waits))
	}
	if longest[0] > connectMin || longest[4] < 5*connectMin || longest[11] < connectMax/2 {
		t.Errorf("longest waits by attempt: %v", longest)
	}
}
