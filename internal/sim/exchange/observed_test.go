package exchange_test

import (
	"context"
	"fmt"
	"math"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"halcyon/internal/observed"
	"halcyon/internal/sim"
	"halcyon/internal/sim/exchange"
	"halcyon/internal/venue"
	"halcyon/internal/venue/hyperliquid"
	"halcyon/market"
)

// truth is a simulated market whose every position is known.
type truth struct {
	mu     sync.Mutex
	market *sim.Market
	held   map[string]sim.Position
}

func addressOf(p sim.Party) string { return fmt.Sprintf("0x%040x", uint64(p)) }

// publish lets the market go on, and the exchange tell it, with every name.
func (h *truth) publish(x *exchange.Exchange, until market.UnixMilli) {
	for h.market.Now() < until {
		var events []market.Event
		users := map[*market.Trades][][2]string{}
		h.mu.Lock()
		for e := range h.market.Run(h.market.Now() + market.Second) {
			events = append(events, e)
			if t, ok := e.(*market.Trades); ok {
				for _, d := range h.market.Deals(t) {
					users[t] = append(users[t], [2]string{addressOf(d.Buyer), addressOf(d.Seller)})
				}
			}
		}
		h.held = map[string]sim.Position{}
		for _, p := range h.market.Positions() {
			h.held[addressOf(p.Party)] = p
		}
		h.mu.Unlock()
		for _, e := range events {
			if t, ok := e.(*market.Trades); ok {
				x.PublishDeals("BTC", t, users[t])
				continue
			}
			x.Publish("BTC", e)
		}
	}
}

// account answers what an address holds.
func (h *truth) account(user string) (market.UnixMilli, []exchange.AccountPosition) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p, ok := h.held[user]
	if !ok {
		return h.market.Now() - 1, nil
	}
	return h.market.Now() - 1, []exchange.AccountPosition{{Symbol: "BTC", Side: p.Side, Size: p.Size, EntryPrice: p.EntryPrice, LiquidationPrice: p.LiquidationPrice}}
}

// covered returns the share of open interest that is observed, both sides
// together, and fails where a position is not what it truly is.
func (h *truth) covered(t *testing.T, l *observed.Ledger) float64 {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	var seen, all float64
	for _, p := range h.held {
		all += float64(p.Size)
	}
	for _, p := range l.Positions("BTC") {
		is := h.held[p.Address.String()]
		if is.Side != p.Side || math.Abs(float64(is.Size-p.Size)) > 1e-5 {
			t.Errorf("%v: observed %v %v, truly %v %v", p.Address, p.Side, p.Size, is.Side, is.Size)
		}
		if !p.Moved && p.LiquidationPrice != is.LiquidationPrice {
			t.Errorf("%v: liquidation at %v, truly at %v", p.Address, p.LiquidationPrice, is.LiquidationPrice)
		}
		seen += float64(p.Size)
	}
	return seen / all
}

// TestObservedPositions: from trades with names and a few questions, coverage
// grows, and what is known follows the truth trade by trade, also while nobody
// is asked. The largest are known first.
func TestObservedPositions(t *testing.T) {
	const start = 20_000 * market.Day
	m, err := sim.New(sim.Options{Symbol: "BTC", Seed: 9, Start: start, Traders: 400, WarmUp: market.Hour, TradesPerSecond: 10})
	if err != nil {
		t.Fatal(err)
	}
	x, err := exchange.New("hyperliquid", []exchange.Instrument{{Symbol: "BTC", Coin: "BTC"}})
	if err != nil {
		t.Fatal(err)
	}
	h := &truth{market: m}
	x.Accounts(h.account)
	server := httptest.NewServer(x)
	defer server.Close()
	defer x.Close()
	opt := venue.FeedOptions{}.At(server.URL)
	o := hyperliquid.NewObserver(10_000, opt)
	opt.Tap = o.Frame
	feed := hyperliquid.NewFeed(opt)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan error, 1)
	go func() {
		done <- feed.Run(ctx, []market.InstrumentID{{Venue: "hyperliquid", Symbol: "BTC"}}, func(market.InstrumentID, market.UnixMilli, market.Event) {})
	}()
	// Nothing is published before somebody listens.
	waitFor(t, func() bool { return feed.State().Status == venue.FeedConnecting && x.Requests() > 0 })
	until := market.UnixMilli(start)
	advance := func(by market.UnixMilli) {
		until += by
		waitFor(t, func() bool {
			h.publish(x, until)
			newest := o.Ledger.Counts().Now
			until += market.Second
			return newest >= until-3*market.Second
		})
		time.Sleep(200 * time.Millisecond) // the last frames arrive
	}
	advance(2 * market.Minute)
	if c := o.Ledger.Counts(); c.Addresses < 20 || c.Reconciled != 0 {
		t.Fatalf("%+v, want addresses that nobody asked about", c)
	}
	if share := h.covered(t, o.Ledger); share != 0 {
		t.Fatalf("%v of open interest is observed without a word from the venue", share)
	}
	for range 3 {
		before := h.covered(t, o.Ledger)
		for _, a := range o.Ledger.Next(40) {
			account, err := o.Account(ctx, a)
			if err != nil {
				t.Fatal(err)
			}
			o.Ledger.Reconcile(a, account)
		}
		after := h.covered(t, o.Ledger)
		t.Logf("observed share of open interest %.4f, after 40 questions %.4f", before, after)
		if after <= before {
			t.Errorf("40 questions took the observed share from %v to %v", before, after)
		}
		// Nobody is asked, and what is known stays true.
		advance(5 * market.Minute)
		h.covered(t, o.Ledger)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// waitFor waits for a condition, long enough for a busy machine.
func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); {
		if time.Now().After(end) {
			t.Fatal("waited for a minute in vain")
		}
		time.Sleep(20 * time.Millisecond)
	}
}
