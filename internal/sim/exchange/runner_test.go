package exchange_test

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"testing"
	"time"

	"halcyon/internal/live"
	"halcyon/internal/replay"
	"halcyon/internal/sim/exchange"
	"halcyon/internal/venue"
	"halcyon/market"
)

// household is a runner with all that it needs, in memory.
type household struct {
	store  *memoryStore
	runner *live.Runner
}

func keepHouse(t *testing.T) *household {
	t.Helper()
	h := &household{store: newMemoryStore()}
	var err error
	if h.runner, err = live.New(live.Options{Log: newMemoryLog(), Store: h.store, Maps: live.NewMaps(nil)}); err != nil {
		t.Fatal(err)
	}
	return h
}

// tapped is a feed whose events are seen on their way to the runner.
type tapped struct {
	venue.Feed
	see venue.Emit
}

func (f tapped) Run(ctx context.Context, ids []market.InstrumentID, emit venue.Emit) error {
	return f.Feed.Run(ctx, ids, func(id market.InstrumentID, recv market.UnixMilli, e market.Event) {
		f.see(id, recv, e)
		emit(id, recv, e)
	})
}

// run brings the rig's feed in and runs it until ctx is done.
func (h *household) run(ctx context.Context, r *rig) error {
	return h.runner.Connect(ctx, tapped{r.feed, r.take}, func(_ context.Context, all []market.Listing) ([]market.Listing, error) { return all, nil })
}

// judge holds what is stored against what the feed told: the same events,
// none late, and the maps that a replay of them draws.
func (h *household) judge(t *testing.T, r *rig) {
	t.Helper()
	for _, s := range h.runner.Instruments() {
		if s.Late != 0 || s.Err != "" || s.Backlog != 0 && s.Events == 0 {
			t.Errorf("%v: %d late, error %q", s.ID, s.Late, s.Err)
		}
	}
	h.runner.Close()
	for _, l := range r.listings {
		id := l.InstrumentID
		stored := h.events(id)
		until := ending(stored)
		var told, want market.EventSet
		told.Merge(r.got[id])
		for e := range told.Events() {
			if batch, ok := e.(*market.Trades); ok {
				n, _ := slices.BinarySearch(batch.EventTime, until+1)
				e = batch.Slice(0, n)
			} else if e.Time() > until {
				continue
			}
			want.Add(e)
		}
		want.Sort()
		if !reflect.DeepEqual(stored, &want) {
			t.Errorf("%v: the store holds %d trades and %d other events up to %v, the feed told %d and %d, or they differ",
				id, stored.Trades.Len(), len(stored.Others()), until, want.Trades.Len(), len(want.Others()))
		}
		if newest := ending(&told); until < newest-10*market.Second {
			t.Errorf("%v: the store ends at %v, the feed at %v", id, until, newest)
		}
		h.redraw(t, l)
	}
}

// events is all that the store holds of an instrument.
func (h *household) events(id market.InstrumentID) *market.EventSet {
	all := &market.EventSet{}
	for _, set := range h.store.events[id] {
		for e := range set.Events() {
			all.Add(e)
		}
	}
	all.Sort()
	return all
}

// ending is the time of the newest event.
func ending(s *market.EventSet) (at market.UnixMilli) {
	for e := range s.Events() {
		if t, ok := e.(*market.Trades); ok {
			at = max(at, t.EventTime[t.Len()-1])
		} else {
			at = max(at, e.Time())
		}
	}
	return at
}

// redraw holds the columns drawn live against those of a replay.
func (h *household) redraw(t *testing.T, l market.Listing) {
	t.Helper()
	before := h.store.columns(l.InstrumentID)
	if _, err := replay.Run(context.Background(), h.store, l, replay.Options{Fresh: true}); err != nil {
		t.Fatal(err)
	}
	after := h.store.columns(l.InstrumentID)
	n := min(len(before), len(after))
	if n == 0 || len(before) < len(after) || !reflect.DeepEqual(before[:n], after[:n]) {
		t.Errorf("%v: %d columns drawn live, %d by a replay, or they differ", l.InstrumentID, len(before), len(after))
	}
}

// TestFaultsThroughTheRunner lets everything go wrong that can while a runner
// keeps what a feed tells: nothing of it is lost or doubled on its way into the
// store, nothing is late, and the maps are those of a replay.
func TestFaultsThroughTheRunner(t *testing.T) {
	away := exchange.Fault{Kind: exchange.Disconnect}
	for name, faults := range map[string][]exchange.Fault{
		"drop":         {{Kind: exchange.Drop, Frames: 12}},
		"stall":        {{Kind: exchange.Stall, For: 45 * time.Second}},
		"duplicate":    {{Kind: exchange.Duplicate, Frames: 50}},
		"reorder":      {{Kind: exchange.Reorder, Frames: 20}},
		"garbage":      {{Kind: exchange.Garbage, Frames: 40}},
		"half a frame": {{Kind: exchange.HalfFrame}},
		"slow":         {{Kind: exchange.Slow, Delay: 100 * time.Millisecond, For: 20 * time.Second}},
		"disconnect":   {away},
		"away":         {{Kind: exchange.Away, For: 40 * time.Second}},
		"429":          {{Kind: exchange.Refuse, Status: http.StatusTooManyRequests, For: 29 * time.Second, After: 30 * time.Second}, away},
		"418":          {{Kind: exchange.Refuse, Status: http.StatusTeapot, For: 29 * time.Second, After: 30 * time.Second}, away},
		"maintenance":  {{Kind: exchange.Refuse, Status: http.StatusServiceUnavailable, For: 40 * time.Second}, away},
	} {
		t.Run(name, func(t *testing.T) {
			eachThat(t, feedUnderTest.ofEveryKind, func(t *testing.T, f feedUnderTest) {
				throughRunner(t, f, conditions{lasts: 137 * time.Second}, func(r *rig, _ *household) {
					time.Sleep(30*time.Second + 250*time.Millisecond)
					for _, x := range faults {
						r.x.Fault(x)
					}
					time.Sleep(110 * time.Second)
				})
			})
		})
	}
	for _, skew := range []time.Duration{time.Minute, -time.Minute} {
		t.Run(fmt.Sprint("skew ", skew), func(t *testing.T) {
			eachThat(t, feedUnderTest.ofEveryKind, func(t *testing.T, f feedUnderTest) {
				throughRunner(t, f, conditions{lasts: 2 * time.Minute, skew: skew}, func(*rig, *household) { time.Sleep(130 * time.Second) })
			})
		})
	}
}

// TestForcedDisconnectThroughTheRunner: a venue ends connections after 24 h; a
// day and an hour later nothing is missing.
func TestForcedDisconnectThroughTheRunner(t *testing.T) {
	about := func(f feedUnderTest) bool { return f.ofEveryKind() && f.ages }
	eachThat(t, about, func(t *testing.T, f feedUnderTest) {
		throughRunner(t, f, conditions{lasts: time.Second, poll: time.Hour, batch: time.Second}, func(r *rig, _ *household) {
			ctx, cancel := context.WithCancel(r.t.Context())
			defer cancel()
			for _, l := range r.listings {
				go func() {
					for i := 0; ctx.Err() == nil; i++ {
						r.x.Publish(l.Symbol, market.MarkPrice{EventTime: r.x.Now(), MarkPrice: market.Price(100 + i%7), IndexPrice: 100})
						time.Sleep(10 * time.Second)
					}
				}()
			}
			time.Sleep(25 * time.Hour)
			if s := r.feed.State(); s.Counts.Gaps != 0 || s.Counts.Renewals != 1 {
				t.Errorf("state %+v", s)
			}
		})
	})
}

// ofEveryKind holds for one feed of every kind: numbered trades and polled open
// interest, unstamped events, inverse contracts and images in full.
func (f feedUnderTest) ofEveryKind() bool {
	return slices.Contains([]string{"binance-usdm", "hyperliquid", "bitmex", "okx"}, f.name)
}

// throughRunner runs test with a runner over the feed, and judges what it kept.
func throughRunner(t *testing.T, f feedUnderTest, c conditions, test func(r *rig, h *household)) {
	t.Helper()
	var h *household
	ready := make(chan struct{})
	c.through = func(ctx context.Context, r *rig, _ []market.InstrumentID) error {
		h = keepHouse(r.t)
		close(ready)
		err := h.run(ctx, r)
		h.judge(r.t, r)
		return err
	}
	c.poll = cmp.Or(c.poll, 10*time.Second)
	connected(t, f, c, func(r *rig) {
		<-ready
		test(r, h)
		// The time of every instrument moves past what was told of it.
		for range 4 {
			for _, l := range r.listings {
				r.x.Publish(l.Symbol, market.MarkPrice{EventTime: r.x.Now(), MarkPrice: 100, IndexPrice: 100})
			}
			time.Sleep(time.Second)
		}
	})
}

// TestVenueAwayForAnHour: one venue disappears for an hour. It is shown as
// waiting since then, what it missed becomes a gap, and another venue on the
// same runner closes its columns as if nothing were.
func TestVenueAwayForAnHour(t *testing.T) {
	okx, binance := feeds[slices.IndexFunc(feeds, func(f feedUnderTest) bool { return f.name == "okx" })], feeds[0]
	throughRunner(t, okx, conditions{lasts: 75 * time.Minute}, func(r *rig, h *household) {
		network := exchange.NewNetwork()
		x, err := exchange.New(binance.name, binance.instruments)
		if err != nil {
			t.Fatal(err)
		}
		go x.Serve(network)
		ctx, cancel := context.WithCancel(r.t.Context())
		client := network.Client()
		feed := binance.make(venue.FeedOptions{HTTP: client, Jitter: func() float64 { return .5 }}.At("http://other.test"))
		ended := make(chan error, 1)
		go func() {
			ended <- h.runner.Connect(ctx, feed, func(_ context.Context, all []market.Listing) ([]market.Listing, error) { return all, nil })
		}()
		for i, in := range binance.instruments {
			go x.Play(ctx, in.Symbol, simulated(r.t, i, begin.Add(2*time.Second), 75*time.Minute))
		}
		time.Sleep(3*time.Minute + 30*time.Second)
		r.patient = true
		left := market.UnixMilli(time.Now().UnixMilli())
		r.x.Fault(exchange.Fault{Kind: exchange.Away, For: time.Hour})
		for minute := range 60 {
			time.Sleep(time.Minute)
			now := market.UnixMilli(time.Now().UnixMilli())
			for _, s := range h.runner.Feeds() {
				switch {
				case s.Name == okx.name && minute < 59:
					if s.Status != venue.FeedWaiting || s.Since < left || s.Since > left+5*market.Second || s.Err == "" || s.RetryAt > now+2*market.Minute {
						t.Fatalf("minute %d: the venue that is away shows %+v", minute, s.FeedState)
					}
				case s.Name == binance.name:
					for _, in := range s.Instruments {
						if in.To < now-market.Minute-5*market.Second || in.Gaps != 0 || in.Late != 0 || s.Status != venue.FeedLive {
							t.Fatalf("minute %d: the other venue shows %+v", minute, in)
						}
					}
				}
			}
		}
		time.Sleep(5 * time.Minute)
		for _, in := range r.listings {
			covered := false
			for _, g := range r.got[in.InstrumentID].Gaps {
				// The newest minutes of it can be asked for afterwards.
				covered = covered || g.From <= left && g.To >= left+40*market.Minute
			}
			if !covered {
				t.Errorf("%v: gaps %v, want one of most of the hour from %v", in.InstrumentID, r.got[in.InstrumentID].Gaps, left)
			}
		}
		if s := r.feed.State(); s.Status != venue.FeedLive {
			t.Errorf("after its return: %+v", s)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		client.CloseIdleConnections()
		x.Close()
		network.Close()
	})
}
