package exchange_test

import (
	"context"
	"testing"
	"time"

	"halcyon/internal/sim/exchange"
	"halcyon/internal/venue"
	"halcyon/market"
)

// TestMissedTradesComeLater: whatever cuts the line for less than the venue
// remembers, no trade is lost and no gap is left.
func TestMissedTradesComeLater(t *testing.T) {
	for _, fault := range []exchange.Fault{
		{Kind: exchange.Disconnect},
		{Kind: exchange.HalfFrame},
		{Kind: exchange.Away, For: 40 * time.Second},
		{Kind: exchange.Stall, For: 45 * time.Second},
		{Kind: exchange.Drop, Frames: 12},
	} {
		t.Run(fault.Kind.String(), func(t *testing.T) {
			// Hyperliquid's ten trades are too few. Where trades are not numbered
			// nobody can know that one was dropped.
			about := func(f feedUnderTest) bool {
				return (f.past == 0 || f.past > 10) && (f.numbered || fault.Kind != exchange.Drop)
			}
			eachThat(t, about, func(t *testing.T, f feedUnderTest) {
				connected(t, f, conditions{lasts: 137 * time.Second}, func(r *rig) {
					r.trades, r.dropped = true, fault.Kind == exchange.Drop
					time.Sleep(30*time.Second + 250*time.Millisecond)
					r.x.Fault(fault)
					time.Sleep(110 * time.Second)
					if gaps := r.compare(); len(gaps) > 0 {
						t.Errorf("gaps %v", gaps)
					}
					// Not dropped frames, of which nobody knows: one outage is one lapse.
					for id, got := range r.got {
						if len(got.Lapses) > 1 || (r.dropped && len(got.Lapses) > 0) {
							t.Errorf("%s: lapses %v", id, got.Lapses)
						}
					}
					if s := r.feed.State(); s.Status != venue.FeedLive || s.Counts.Recovered == 0 || s.Counts.Missing != 0 {
						t.Errorf("state %+v", s)
					}
				})
			})
		})
	}
}

// TestTradesMissedWhileDown: a feed that is run again, of a process begun anew,
// brings the trades of the time between, and tells as a gap what the venue has
// forgotten or never tells.
func TestTradesMissedWhileDown(t *testing.T) {
	eachThat(t, func(feedUnderTest) bool { return true }, func(t *testing.T, f feedUnderTest) {
		c := conditions{lasts: 137 * time.Second}
		var down, up market.UnixMilli
		c.through = func(ctx context.Context, r *rig, ids []market.InstrumentID) error {
			first, stop := context.WithTimeout(ctx, 30*time.Second+250*time.Millisecond)
			defer stop()
			if err := r.feed.Run(first, ids, r.take); err != nil {
				return err
			}
			known := map[market.InstrumentID]market.UnixMilli{}
			for id, got := range r.got {
				known[id] = got.Trades.EventTime[got.Trades.Len()-1]
			}
			down = market.UnixMilli(time.Now().UnixMilli())
			select {
			case <-ctx.Done():
			case <-time.After(40 * time.Second):
			}
			up = market.UnixMilli(time.Now().UnixMilli())
			r.feed = f.make(r.options)
			r.feed.Resume(known)
			return r.feed.Run(ctx, ids, r.take)
		}
		connected(t, f, c, func(r *rig) {
			r.trades, r.patient = true, true
			time.Sleep(145 * time.Second)
			gaps := r.compare()
			switch s := r.feed.State(); {
			case f.past == 0 || f.past > 10:
				if len(gaps) > 0 || s.Counts.Recovered == 0 || s.Status != venue.FeedLive {
					t.Errorf("gaps %v, state %+v", gaps, s)
				}
			case len(gaps) == 0:
				t.Error("no gap")
			}
			for _, g := range gaps {
				if g.Reason != "Halcyon was not running" || g.From < down-5*market.Second || g.To > up+5*market.Second {
					t.Errorf("gap %+v, down from %s to %s", g, down, up)
				}
			}
		})
	})
}

// TestAGapIsExactlyTheRest: of an outage with more trades than the venue
// remembers, what it remembers comes, and the gap ends where that begins.
func TestAGapIsExactlyTheRest(t *testing.T) {
	eachThat(t, func(f feedUnderTest) bool { return f.past > 0 }, func(t *testing.T, f feedUnderTest) {
		connected(t, f, conditions{lasts: time.Second}, func(r *rig) {
			r.trades = true
			symbol, id := f.instruments[0].Symbol, r.listings[0].InstrumentID
			publish := func(n int) {
				for range n {
					now := r.x.Now()
					r.x.Publish(symbol, &market.Trades{EventTime: []market.UnixMilli{now}, LastPrice: []market.Price{50_000}, Size: []market.Contracts{1}, Taker: []market.TakerSide{market.TakerBuy}})
					r.x.Publish(symbol, market.MarkPrice{EventTime: now, MarkPrice: 50_000, IndexPrice: 50_000})
					time.Sleep(10 * time.Millisecond)
				}
			}
			time.Sleep(10 * time.Second)
			publish(10)
			r.x.Fault(exchange.Fault{Kind: exchange.Away, For: 20 * time.Second})
			publish(2000) // of which the newest are remembered
			for range 30 {
				time.Sleep(time.Second)
				r.x.Publish(symbol, market.MarkPrice{EventTime: r.x.Now(), MarkPrice: 50_000, IndexPrice: 50_000})
			}
			publish(5)
			time.Sleep(10 * time.Second)
			r.compare()
			got := r.got[id]
			if len(got.Gaps) != 1 {
				t.Fatalf("gaps %v, want one", got.Gaps)
			}
			gap, behind := got.Gaps[0], 0
			for _, at := range got.Trades.EventTime {
				if at >= gap.To {
					behind++
				}
				if at > gap.From && at < gap.To-1 && f.past > 10 { // Hyperliquid repeats some on subscribing, too
					t.Errorf("a trade of %s arrived from within the gap %+v", at, gap)
				}
			}
			// The oldest remembered is told by its moment alone. Five were
			// published, and remembered, before they could be asked for.
			if most := f.past + 5; behind < f.past-100 || behind > most {
				t.Errorf("%d trades behind the gap, want nearly %d", behind, most)
			}
		})
	})
}

// TestOpenInterestAskedForInVain: a venue that streams and does not answer is
// told as a lapse of open interest, minute after minute, and as nothing else.
func TestOpenInterestAskedForInVain(t *testing.T) {
	eachThat(t, func(f feedUnderTest) bool { return f.polled }, func(t *testing.T, f feedUnderTest) {
		connected(t, f, conditions{lasts: 14 * time.Minute, batch: time.Second}, func(r *rig) {
			time.Sleep(time.Minute)
			silent := r.x.Now()
			r.x.Fault(exchange.Fault{Kind: exchange.Refuse, Status: 503, For: 10 * time.Minute})
			time.Sleep(12 * time.Minute)
			if gaps := r.compare(); len(gaps) > 0 {
				t.Errorf("gaps %v", gaps)
			}
			for id, got := range r.got {
				if len(got.Lapses) == 0 {
					t.Fatalf("%s: no lapse", id)
				}
				first, last := got.Lapses[0], got.Lapses[len(got.Lapses)-1]
				if first.From < silent+4*market.Minute || first.From > silent+6*market.Minute || last.To < silent+9*market.Minute || last.To > silent+11*market.Minute {
					t.Errorf("%s: from %s to %s, silent since %s", id, first.From, last.To, silent)
				}
				for i, l := range got.Lapses {
					if l.Stream != market.StreamOpenInterest || (i > 0 && (l.From < got.Lapses[i-1].To || l.From > got.Lapses[i-1].To+30*market.Second)) {
						t.Errorf("%s: lapse %d is %+v", id, i, l)
					}
				}
			}
		})
	})
}
