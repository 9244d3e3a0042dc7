package exchange_test

import (
	"testing"
	"time"

	"halcyon/internal/venue"
	"halcyon/market"
)

// TestThePastIsTold: candles of 26 hours come whole, each made of just the
// minutes that it covers, in pages and resolutions of the venue's own.
func TestThePastIsTold(t *testing.T) {
	each(t, func(t *testing.T, f feedUnderTest) {
		connected(t, f, conditions{lasts: time.Second, poll: time.Hour, batch: time.Minute}, func(r *rig) {
			to := market.UnixMilli(begin.UnixMilli())
			from := to - 26*market.Hour
			minutes := minutesOf(from, to)
			r.x.Remember(f.instruments[0].Symbol, &market.EventSet{Candles: minutes})
			id := market.InstrumentID{Venue: r.listings[0].Venue, Symbol: f.instruments[0].Symbol}
			bars, err := r.feed.(venue.History).Bars(r.t.Context(), id, from, to)
			if err != nil {
				t.Fatal(err)
			}
			at := from
			for _, c := range bars {
				if c.OpenTime != at {
					t.Fatalf("a candle of %s, want one of %s", c.OpenTime, at)
				}
				parts := minutes[(c.OpenTime-from)/market.Minute : (c.CloseTime-from)/market.Minute]
				first, last := parts[0], parts[len(parts)-1]
				if c.Open != first.Open || c.Close != last.Close || c.Low != first.Low || c.High != last.High || !(c.Volume > 0) {
					t.Fatalf("%+v, made of %+v to %+v", c, first, last)
				}
				at = c.CloseTime
			}
			if at != to {
				t.Errorf("%d candles up to %s, want all up to %s", len(bars), at, to)
			}
		})
	})
}

// minutesOf returns candles of a minute, each a step above the one before.
func minutesOf(from, to market.UnixMilli) (out []market.Candle) {
	for at := from; at < to; at += market.Minute {
		p := 50_000 + market.Price((at-from)/market.Minute)
		out = append(out, market.Candle{OpenTime: at, CloseTime: at + market.Minute, Open: p, High: p + 1, Low: p - 1, Close: p + .5, Volume: 2, TakerBuyVolume: 1})
	}
	return out
}
