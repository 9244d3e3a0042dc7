package exchange_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"halcyon/internal/venue"
	"halcyon/market"
)

// TestThirtyDaysWithinAMinute: the limits that a feed keeps allow 30 days of an
// instrument within a minute, and what comes is what was traded, without
// overlap, the newest of it by the minute.
func TestThirtyDaysWithinAMinute(t *testing.T) {
	each(t, func(t *testing.T, f feedUnderTest) {
		connected(t, f, conditions{lasts: time.Second}, func(r *rig) {
			h, id := r.feed.(venue.History), r.listings[0].InstrumentID
			now := r.x.Now()
			var past market.EventSet
			for at := (now - 31*market.Day).Floor(market.Day); at < now.Floor(market.Minute); at += market.Minute {
				p := market.Price(50_000 + 1000*math.Sin(float64(at)/1e8))
				past.Add(market.Candle{OpenTime: at, CloseTime: at + market.Minute, Open: p, High: p + 5, Low: p - 5, Close: p + 1, Volume: 3, TakerBuyVolume: 1})
				if at%(5*market.Minute) == 0 {
					past.Add(market.OpenInterest{EventTime: at, Contracts: 1000 + market.Contracts(at/market.Minute%97)})
				}
			}
			r.x.Remember(id.Symbol, &past)
			to := now.Floor(market.Minute)
			from := to.Floor(market.Day) - 29*market.Day
			begin := time.Now()
			bars, err := h.Bars(r.t.Context(), id, from, to)
			if err != nil || len(bars) == 0 {
				t.Fatalf("%d candles, %v", len(bars), err)
			}
			open, err := h.OpenInterest(r.t.Context(), id, from, to)
			if err != nil && !errors.Is(err, venue.ErrNoHistory) {
				t.Fatal(err)
			}
			if took := time.Since(begin); took > time.Minute {
				t.Errorf("%s, want a minute at most", took)
			}
			var covered market.UnixMilli
			for i, c := range bars {
				covered += c.CloseTime - c.OpenTime
				if i > 0 && c.OpenTime != bars[i-1].CloseTime {
					t.Fatalf("candle %d opens at %s, the one before closed at %s", i, c.OpenTime, bars[i-1].CloseTime)
				}
			}
			if last := bars[len(bars)-1]; covered != to-from || last.CloseTime != to || last.CloseTime-last.OpenTime != market.Minute {
				t.Errorf("candles cover %d min of %d, the last %+v", covered/market.Minute, (to-from)/market.Minute, last)
			}
			if len(open) > 0 && (open[0].EventTime > from+2*market.Day || open[len(open)-1].EventTime < to-10*market.Minute) {
				t.Errorf("open interest from %s to %s", open[0].EventTime, open[len(open)-1].EventTime)
			}
			t.Logf("%d candles, %d observations of open interest in %s", len(bars), len(open), time.Since(begin))
		})
	})
}
