package exchange_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"halcyon/internal/sim/exchange"
	"halcyon/internal/venue"
	"halcyon/market"
)

// forget makes an exchange tell nothing of the past as long as a test lasts.
var forget = exchange.Fault{Kind: exchange.Forget, For: 24 * time.Hour}

// TestFaults lets everything go wrong that can, half a minute into a market of
// venues that tell nothing of the past, and asks that events equal those
// published except for reported gaps.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault exchange.Fault
		// gap: the fault loses something, which must be told.
		gap bool
		// seen is what the feed's state must show for it.
		seen func(venue.FeedState) bool
	}{
		{"drop", exchange.Fault{Kind: exchange.Drop, Frames: 12}, true, nil},
		{"stall", exchange.Fault{Kind: exchange.Stall, For: 45 * time.Second}, true, func(s venue.FeedState) bool { return s.Counts.Disconnects > 0 }},
		{"duplicate", exchange.Fault{Kind: exchange.Duplicate, Frames: 50}, false, func(s venue.FeedState) bool { return s.Counts.Duplicates > 0 }},
		{"reorder", exchange.Fault{Kind: exchange.Reorder, Frames: 20}, false, nil},
		{"garbage", exchange.Fault{Kind: exchange.Garbage, Frames: 40}, false, func(s venue.FeedState) bool { return s.Counts.Malformed > 10 }},
		{"half a frame", exchange.Fault{Kind: exchange.HalfFrame}, true, func(s venue.FeedState) bool { return s.Counts.Disconnects == 1 }},
		{"slow", exchange.Fault{Kind: exchange.Slow, Delay: 100 * time.Millisecond, For: 20 * time.Second}, false, nil},
		{"disconnect", exchange.Fault{Kind: exchange.Disconnect}, true, func(s venue.FeedState) bool { return s.Counts.Disconnects == 1 }},
		{"away", exchange.Fault{Kind: exchange.Away, For: 40 * time.Second}, true, func(s venue.FeedState) bool { return s.Counts.Disconnects == 1 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, f feedUnderTest) {
				connected(t, f, conditions{lasts: 137 * time.Second}, func(r *rig) {
					r.x.Fault(forget)
					time.Sleep(30*time.Second + 250*time.Millisecond)
					r.x.Fault(c.fault)
					time.Sleep(110 * time.Second)
					if c.fault.Kind == exchange.Drop && !f.numbered {
						r.lossless = true // nobody can know
					}
					gaps := r.compare()
					if (len(gaps) > 0) != c.gap && !r.lossless {
						t.Errorf("gaps %v, want some: %v", gaps, c.gap)
					}
					for _, g := range gaps {
						if g.To <= g.From || g.Reason == "" || g.To-g.From > 80*market.Second {
							t.Errorf("gap %+v", g)
						}
					}
					s := r.feed.State()
					if s.Status != venue.FeedLive || (c.seen != nil && !c.seen(s)) {
						t.Errorf("state %+v", s)
					}
				})
			})
		})
	}
}

// TestDropIsCounted: numbered trades that are lost are counted one by one.
func TestDropIsCounted(t *testing.T) {
	eachThat(t, func(f feedUnderTest) bool { return f.numbered }, func(t *testing.T, f feedUnderTest) {
		connected(t, f, conditions{lasts: time.Minute}, func(r *rig) {
			r.x.Fault(forget)
			time.Sleep(30*time.Second + 250*time.Millisecond)
			r.x.Fault(exchange.Fault{Kind: exchange.Drop, Frames: 12})
			time.Sleep(40 * time.Second)
			lost := int64(0)
			for id, got := range r.got {
				lost += int64(r.x.Published(id.Symbol).Trades.Len() - got.Trades.Len())
			}
			if s := r.feed.State(); lost == 0 || s.Counts.Missing != lost {
				t.Errorf("%d trades were lost, %d counted", lost, s.Counts.Missing)
			}
		})
	})
}

// TestSkewedClock: the venue's clock is a minute off. Events carry its time,
// recv ours.
func TestSkewedClock(t *testing.T) {
	each(t, func(t *testing.T, f feedUnderTest) {
		for _, skew := range []time.Duration{time.Minute, -time.Minute} {
			connected(t, f, conditions{lasts: time.Minute, skew: skew}, func(r *rig) {
				time.Sleep(70 * time.Second)
				r.compare()
				s := r.feed.State()
				if off := time.Duration(s.LastEvent-s.LastRecv) * time.Millisecond; off < skew-5*time.Second || off > skew+5*time.Second {
					t.Errorf("the last event is %s from our clock, want about %s", off, skew)
				}
			})
		}
	})
}

// TestAgeLimit: connections end after 24 h; the feed is ahead of it, and loses
// nothing.
func TestAgeLimit(t *testing.T) {
	eachThat(t, func(f feedUnderTest) bool { return f.ages }, func(t *testing.T, f feedUnderTest) {
		connected(t, f, conditions{lasts: time.Second, poll: time.Hour, batch: time.Second}, func(r *rig) {
			id := r.listings[0].InstrumentID
			ctx, cancel := context.WithCancel(r.t.Context())
			defer cancel()
			for _, l := range r.listings {
				go func() {
					for i := 0; ctx.Err() == nil; i++ {
						r.x.Publish(l.Symbol, market.MarkPrice{EventTime: r.x.Now(), MarkPrice: market.Price(100 + i%7), IndexPrice: 100})
						time.Sleep(5 * time.Second)
					}
				}()
			}
			time.Sleep(25 * time.Hour)
			s := r.feed.State()
			if s.Counts.Gaps != 0 || s.Counts.Disconnects != 0 || s.Counts.Renewals != 1 {
				t.Errorf("state %+v", s)
			}
			synctest.Wait() // what is under way arrives
			got, from := map[market.MarkPrice]bool{}, r.got[id].MarkPrices[0].EventTime
			for _, m := range r.got[id].MarkPrices {
				got[m] = true
			}
			for _, m := range r.x.Published(id.Symbol).MarkPrices {
				// Before the first to arrive nobody had subscribed.
				if m.EventTime >= from && !got[m] {
					t.Errorf("mark price %+v did not arrive", m)
				}
			}
		})
	})
}

// TestRateLimits: 429 and 418 are heeded and shown, not hammered.
func TestRateLimits(t *testing.T) {
	each(t, func(t *testing.T, f feedUnderTest) {
		for _, status := range []int{http.StatusTooManyRequests, http.StatusTeapot} {
			connected(t, f, conditions{lasts: 2 * time.Minute, poll: time.Second}, func(r *rig) {
				time.Sleep(10*time.Second + 123*time.Millisecond)
				r.x.Fault(exchange.Fault{Kind: exchange.Refuse, Status: status, For: 50 * time.Second, After: 60 * time.Second})
				if _, err := r.feed.Instruments(r.t.Context()); !errors.Is(err, venue.ErrRateLimited) {
					t.Errorf("instruments while refused: %v", err)
				}
				before := r.x.Requests()
				s := r.feed.State()
				if left := s.LimitedUntil - market.UnixMilli(time.Now().UnixMilli()); left < 59_000 || left > 60_000 || s.Counts.Limited == 0 {
					t.Errorf("limited for %d ms more; state %+v", left, s)
				}
				time.Sleep(55 * time.Second)
				if _, err := r.feed.Instruments(r.t.Context()); !errors.Is(err, venue.ErrRateLimited) {
					t.Errorf("instruments before the time: %v", err)
				}
				if n := r.x.Requests(); n != before {
					t.Errorf("%d requests while asked to wait", n-before)
				}
				time.Sleep(10 * time.Second)
				if _, err := r.feed.Instruments(r.t.Context()); err != nil {
					t.Errorf("instruments after the time: %v", err)
				}
				r.compare()
			})
		}
	})
}

// TestRefusedHandshake: a websocket that is refused with Retry-After is not
// tried again before.
func TestRefusedHandshake(t *testing.T) {
	each(t, func(t *testing.T, f feedUnderTest) {
		connected(t, f, conditions{lasts: 2 * time.Minute, poll: time.Hour}, func(r *rig) {
			r.x.Fault(forget)
			time.Sleep(10 * time.Second)
			r.x.Fault(exchange.Fault{Kind: exchange.Refuse, Status: http.StatusTooManyRequests, For: 29 * time.Second, After: 30 * time.Second})
			r.x.Fault(exchange.Fault{Kind: exchange.Disconnect})
			before := r.x.Requests()
			time.Sleep(20 * time.Second)
			synctest.Wait()
			s := r.feed.State()
			if s.Status != venue.FeedWaiting || !strings.Contains(s.Err, "429") || s.RetryAt <= market.UnixMilli(time.Now().UnixMilli()) {
				t.Errorf("state %+v", s)
			}
			if n := r.x.Requests() - before; n != 1 {
				t.Errorf("%d attempts within the time", n)
			}
			time.Sleep(30 * time.Second)
			if s := r.feed.State(); s.Status != venue.FeedLive {
				t.Errorf("state after the time %+v", s)
			}
			r.compare()
		})
	})
}

// TestDarkInstrument: one instrument falls silent while others go on.
func TestDarkInstrument(t *testing.T) {
	each(t, func(t *testing.T, f feedUnderTest) {
		connected(t, f, conditions{lasts: time.Second}, func(r *rig) {
			quiet, loud := r.listings[0], r.listings[1]
			ctx, cancel := context.WithCancel(r.t.Context())
			defer cancel()
			r.x.Publish(quiet.Symbol, market.MarkPrice{EventTime: r.x.Now(), MarkPrice: 100, IndexPrice: 100})
			go func() {
				for ctx.Err() == nil {
					r.x.Publish(loud.Symbol, market.MarkPrice{EventTime: r.x.Now(), MarkPrice: 100, IndexPrice: 100})
					time.Sleep(time.Second)
				}
			}()
			time.Sleep(50 * time.Second)
			if s := r.feed.State(); s.Counts.Disconnects != 0 {
				t.Errorf("too soon: %+v", s)
			}
			time.Sleep(10 * time.Minute)
			if n := r.feed.State().Counts.Disconnects; n < 2 || n > 4 {
				t.Errorf("subscribed anew %d times in ten minutes of darkness, want a few", n)
			}
		})
	})
}

func TestRunRefusesWhatIsNotItsOwn(t *testing.T) {
	each(t, func(t *testing.T, f feedUnderTest) {
		feed := f.make(venue.FeedOptions{})
		emit := func(market.InstrumentID, market.UnixMilli, market.Event) {}
		for _, ids := range [][]market.InstrumentID{nil, {{Venue: "elsewhere", Symbol: "BTC"}}, {{}}} {
			if err := feed.Run(t.Context(), ids, emit); !errors.Is(err, market.ErrInvalid) {
				t.Errorf("ids %v: %v", ids, err)
			}
		}
		if s := feed.State(); s.Name != f.name || s.Status != venue.FeedIdle {
			t.Errorf("state %+v", s)
		}
	})
}
