package loopback

import (
	"context"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"halcyon/internal/sim"
	"halcyon/market"
)

// What the venues trade adds up to the one market of the coin, at prices that
// differ by their basis alone.
func TestVenuesShareOneMarket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const span = 10 * time.Minute
		s, err := New(Options{Coins: []string{"BTC"}, Seed: 4})
		if err != nil {
			t.Fatal(err)
		}
		begin := market.UnixMilli(time.Now().UnixMilli()).Floor(market.Second)
		ctx, cancel := context.WithTimeout(t.Context(), span+500*time.Millisecond)
		defer cancel()
		if err := s.Run(ctx); err != nil {
			t.Fatal(err)
		}
		want, err := sim.New(sim.Options{Symbol: "BTC", Seed: 4, Start: begin, DailyVolatility: s.opt.Volatility, Traders: 2000, TradesPerSecond: 12})
		if err != nil {
			t.Fatal(err)
		}
		var trades, liquidated int
		var price market.Price
		for e := range want.Run(begin + market.UnixMilli(span.Milliseconds())) {
			switch e := e.(type) {
			case *market.Trades:
				trades += e.Len()
			case market.Liquidation:
				liquidated++
			case market.MarkPrice:
				price = e.MarkPrice
			}
		}
		var got, gotLiquidated int
		until := begin + market.UnixMilli(span.Milliseconds())
		for _, st := range s.stalls {
			p := st.Published(symbolOf(st.name, "BTC"))
			for _, at := range p.Trades.EventTime {
				if at < until {
					got++
				}
			}
			for _, l := range p.Liquidations {
				if l.EventTime < until {
					gotLiquidated++
				}
			}
			if p.Trades.Len() == 0 || len(p.MarkPrices) == 0 {
				t.Errorf("%s: %d trades, %d marks", st.name, p.Trades.Len(), len(p.MarkPrices))
				continue
			}
			if off := float64(p.MarkPrices[len(p.MarkPrices)-1].MarkPrice/price) - 1; math.Abs(off) > 0.003 {
				t.Errorf("%s: mark off by %v", st.name, off)
			}
		}
		if got != trades || trades == 0 {
			t.Errorf("%d trades on all venues, want %d", got, trades)
		}
		// Hyperliquid publishes none of its own.
		if gotLiquidated > liquidated || gotLiquidated < liquidated/2 {
			t.Errorf("%d liquidations on all venues, of %d", gotLiquidated, liquidated)
		}
		s.Close()
	})
}

// A past runs fast and meets the present, and then stays with it.
func TestPastCatchesUp(t *testing.T) {
	begin := time.UnixMilli(1_780_000_000_000)
	c := clock{begin: begin, past: time.Hour, speed: 10}
	meets := time.Hour / 9
	for _, x := range []struct{ after, behind time.Duration }{{0, time.Hour}, {meets / 2, time.Hour / 2}, {meets, 0}, {2 * meets, 0}} {
		now := begin.Add(x.after)
		if got := c.behind(now); (got - x.behind).Abs() > time.Millisecond {
			t.Errorf("%v after the beginning %v behind, want %v", x.after, got, x.behind)
		}
		at := market.UnixMilli(now.Add(-c.behind(now)).UnixMilli())
		if got := c.due(at); got.Sub(now).Abs() > 15*time.Millisecond {
			t.Errorf("what happens at %v is due at %v, want %v", at, got, now)
		}
	}
}

func TestFaultsOnDemand(t *testing.T) {
	s, err := New(Options{Venues: []string{"okx", "bitmex"}, Coins: []string{"BTC"}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	defer server.Close()
	defer s.Close()
	get := func(path string) int {
		r, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		return r.StatusCode
	}
	const okx, bitmex = "/okx/api/v5/public/instruments?instType=SWAP", "/bitmex/api/v1/instrument/active"
	if get(okx) != 200 || get(bitmex) != 200 || get("/") != 200 || get("/nobody/") != 404 {
		t.Fatal("the street is not there")
	}
	for form, want := range map[string]int{
		"venue=okx&kind=refuse&status=429&for=1h&after=30s": 204,
		"venue=okx&kind=sulk":                               422,
		"venue=nobody&kind=drop&frames=1":                   422,
		"venue=okx&kind=stall&for=soon":                     422,
	} {
		r, err := http.Post(server.URL+"/fault", "application/x-www-form-urlencoded", strings.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != want {
			t.Errorf("%s: %d, want %d", form, r.StatusCode, want)
		}
	}
	if get(okx) != 429 || get(bitmex) != 200 {
		t.Errorf("okx answers %d and bitmex %d, want 429 and 200", get(okx), get(bitmex))
	}
}
