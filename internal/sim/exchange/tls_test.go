package exchange_test

import (
	"context"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"halcyon/internal/sim/exchange"
	"halcyon/internal/venue"
	"halcyon/market"
)

// TestOverTLS connects over the machine's own network and clock, encrypted:
// the same code, without the network and the clock of the other tests.
func TestOverTLS(t *testing.T) {
	each(t, func(t *testing.T, f feedUnderTest) {
		t.Parallel()
		x, err := exchange.New(f.name, f.instruments)
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewTLSServer(x)
		defer server.Close()
		defer x.Close()
		feed := f.make(venue.FeedOptions{HTTP: server.Client(), PollEvery: 100 * time.Millisecond}.At(server.URL))
		listings, err := feed.Instruments(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		var mu sync.Mutex
		seen := map[string]bool{}
		id := listings[0].InstrumentID
		emit := func(_ market.InstrumentID, _ market.UnixMilli, e market.Event) {
			mu.Lock()
			defer mu.Unlock()
			switch e := e.(type) {
			case *market.Trades:
				seen["trades"] = true
			case market.MarkPrice:
				seen["mark"] = true
			case market.OpenInterest:
				seen["open interest"] = true
			case market.Gap:
				t.Errorf("gap %v", e)
			}
			if len(seen) == 3 {
				cancel()
			}
		}
		go func() {
			for i := 0; ctx.Err() == nil; i++ {
				now := x.Now()
				x.Publish(id.Symbol, market.OpenInterest{EventTime: now, Contracts: market.Contracts(1000 + i)})
				x.Publish(id.Symbol, market.MarkPrice{EventTime: now, MarkPrice: 50_000, IndexPrice: 50_001})
				x.Publish(id.Symbol, &market.Trades{EventTime: []market.UnixMilli{now}, LastPrice: []market.Price{50_000}, Size: []market.Contracts{.5}, Taker: []market.TakerSide{market.TakerSell}})
				time.Sleep(20 * time.Millisecond)
			}
		}()
		if err := feed.Run(ctx, []market.InstrumentID{id}, emit); err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		defer mu.Unlock()
		if len(seen) != 3 {
			t.Errorf("in 30 s only %v arrived; state %+v", seen, feed.State())
		}
	})
}

// TestTiersAreAskedFor: every venue that publishes margin tiers gives them,
// in quote currency.
func TestTiersAreAskedFor(t *testing.T) {
	second := map[string]market.Notional{ // floor of the second tier at a mark of 60,000
		"binance-usdm": 300_000, "binance-coinm": 0, "hyperliquid": 150_000_000, "bybit-linear": 2_000_000, "bybit-inverse": 150 * 60_000,
		"okx": 501 * .01 * 60_000, "bitmex": 200 * 60_000, "bitget": 150_000, "gate": 500_000, "deribit": 0, "kraken": 500_000,
	}
	each(t, func(t *testing.T, f feedUnderTest) {
		connected(t, f, conditions{lasts: time.Second}, func(r *rig) {
			id := market.InstrumentID{Venue: r.listings[0].Venue, Symbol: f.instruments[0].Symbol}
			tiers, err := r.feed.Tiers(r.t.Context(), id, 60_000)
			if want := second[f.name]; want == 0 {
				if err == nil {
					t.Errorf("tiers from nowhere: %v", tiers)
				}
			} else if err != nil || len(tiers) < 2 || tiers[1].NotionalFloor != want {
				t.Errorf("%v, %v; want a second tier from %v", tiers, err, want)
			}
		})
	})
}
