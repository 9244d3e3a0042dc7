package exchange_test

import (
	"slices"
	"testing"
	"time"

	"halcyon/market"
)

// TestQuietInstrumentThroughTheRunner: one instrument says nothing for half a
// minute while the other goes on, and its open interest is asked for all the
// time. The runner must not tell its time on past answers that the feed holds
// back until the stream has come as far.
func TestQuietInstrumentThroughTheRunner(t *testing.T) {
	f := feeds[slices.IndexFunc(feeds, func(f feedUnderTest) bool { return f.name == "binance-usdm" })]
	throughRunner(t, f, conditions{lasts: 30 * time.Second, poll: 4 * time.Second}, func(r *rig, h *household) {
		time.Sleep(33 * time.Second)
		loud := r.listings[1]
		for range 30 {
			r.x.Publish(loud.Symbol, market.MarkPrice{EventTime: r.x.Now(), MarkPrice: 100, IndexPrice: 100})
			time.Sleep(time.Second)
		}
	})
}
