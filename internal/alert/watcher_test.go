package alert_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"halcyon/engine"
	"halcyon/internal/alert"
	"halcyon/internal/atlas"
	"halcyon/internal/lake"
	"halcyon/liqmodel"
	"halcyon/market"
)

const start = market.UnixMilli(20_000) * market.Day

var listing = market.Listing{
	Instrument: market.Instrument{
		InstrumentID: market.InstrumentID{Venue: "test", Symbol: "BTC"}, Coin: "BTC", Quote: "USD", ContractSize: 1, TickSize: 0.1,
	},
	Provenance: market.Live,
}

// TestWatcherTellsOfWhatAMapDoes runs a market through an engine into a lake and
// watches it from beside: price falls through what its longs left.
func TestWatcherTellsOfWhatAMapDoes(t *testing.T) {
	ctx := context.Background()
	l, err := lake.Open(ctx, "mem://")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := l.PutListing(ctx, listing); err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(listing, engine.Options{}, l)
	if err != nil {
		t.Fatal(err)
	}
	a := atlas.New(l, liqmodel.DefaultParams().Groups)
	r, price := rand.New(rand.NewPCG(1, 2)), 60_000.0
	now := start
	trade := func(hours float64, drift float64) {
		var set market.EventSet
		for range int(hours * 3600) {
			now += market.Second
			price *= math.Exp(r.NormFloat64()*0.0001 + drift)
			set.Trades.Append(now, market.Price(math.Round(price*10)/10), market.Contracts(r.Float64()), market.TakerSide(r.IntN(2)))
			if now%market.Minute == 0 {
				set.OpenInterest = append(set.OpenInterest, market.OpenInterest{EventTime: now, Contracts: 30_000})
			}
		}
		for ev := range set.Events() {
			if err := e.Apply(ctx, ev); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		a.Changed(listing.InstrumentID, now.Floor(market.Day))
	}
	book, err := alert.OpenBook(ctx, l)
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range []alert.Rule{
		{Kind: alert.Near, Within: 0.05, USD: 1, Side: "long"}, {Kind: alert.Swept, USD: 1, Side: "long"}, {Kind: alert.Stale, Stale: market.Hour},
		{Kind: alert.Liquidation, USD: 1},
	} {
		rule.Venue, rule.Symbol = "test", "BTC"
		if _, err := book.Add(ctx, rule); err != nil {
			t.Fatal(err)
		}
	}
	fired := make(chan alert.Firing, 100)
	watch := func(clock market.UnixMilli) (kinds map[alert.Kind]int) {
		kinds = map[alert.Kind]int{}
		ctx, stop := context.WithTimeout(ctx, time.Second)
		defer stop()
		w := &alert.Watcher{
			Book: book, Atlas: a, Deliver: func(f alert.Firing) { fired <- f }, Failed: func(err error) { t.Error(err) },
			Every: 100 * time.Millisecond, Now: func() time.Time { return time.UnixMilli(int64(clock)) },
		}
		w.Run(ctx)
		for len(fired) > 0 {
			kinds[(<-fired).Kind]++
		}
		return kinds
	}
	trade(5, 0)
	if got := watch(now); got[alert.Near] != 1 || len(got) != 1 {
		t.Errorf("at first %v, want price near a zone, once", got)
	}
	trade(1, -0.00002) // 7 % down
	if got := watch(now); got[alert.Swept] != 1 || got[alert.Stale] != 0 {
		t.Errorf("after the fall %v, want a zone swept", got)
	}
	if got := watch(now + 2*market.Hour); got[alert.Stale] != 1 {
		t.Errorf("two hours later %v, want stale", got)
	}
	again, err := alert.OpenBook(ctx, l)
	if err != nil || len(again.Rules()) != 4 || len(again.Fired(0)) != 3 {
		t.Fatalf("the stored book: %d rules, %d firings, %v", len(again.Rules()), len(again.Fired(0)), err)
	}
	if newest := again.Fired(0)[0]; newest.Kind != alert.Stale || len(again.Fired(newest.ID)) != 0 || newest.Title != "BTC on test: stale" {
		t.Errorf("newest %+v", newest)
	}
}
