package exchange_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"halcyon/market"
)

// TestTiersAreAskedWithoutAMark: tiers in coins or contracts are turned into
// quote currency at the venue's own mark price.
func TestTiersAreAskedWithoutAMark(t *testing.T) {
	inCoins := func(f feedUnderTest) bool {
		return slices.Contains([]string{"okx", "bybit-linear", "bybit-inverse", "bitmex"}, f.name)
	}
	eachThat(t, inCoins, func(t *testing.T, f feedUnderTest) {
		connected(t, f, conditions{lasts: time.Second}, func(r *rig) {
			l := r.listings[0]
			const mark = 50_000
			r.x.Publish(l.Symbol, market.MarkPrice{EventTime: r.x.Now(), MarkPrice: mark, IndexPrice: mark})
			got, err := r.feed.Tiers(r.t.Context(), l.InstrumentID, 0)
			want, err2 := r.feed.Tiers(r.t.Context(), l.InstrumentID, mark)
			if err != nil || err2 != nil || len(got) < 2 || len(got) != len(want) {
				t.Fatalf("%+v, %v; want %+v, %v", got, err, want, err2)
			}
			for i := range got {
				if math.Abs(float64(got[i].NotionalFloor/want[i].NotionalFloor)-1) > 1e-9 && got[i].NotionalFloor != want[i].NotionalFloor {
					t.Errorf("tier %d: %+v, want %+v", i, got[i], want[i])
				}
			}
		})
	})
}
