package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"halcyon/internal/backfill"
	"halcyon/internal/venue"
	"halcyon/market"
)

// pasts fills the past of live instruments, each once, from the feed that it
// belongs to.
type pasts struct {
	store backfill.Store
	span  market.UnixMilli
	out   *output

	mu    sync.Mutex
	feeds map[market.InstrumentID]venue.Feed
	fails map[market.InstrumentID]int
}

// An instrument waits for its past for fillTime, mostFails times; then it
// begins without.
const (
	fillTime  = 2 * time.Minute
	mostFails = 5
)

func newPasts(store backfill.Store, days int, out *output) *pasts {
	return &pasts{store: store, span: market.UnixMilli(days) * market.Day, out: out,
		feeds: map[market.InstrumentID]venue.Feed{}, fails: map[market.InstrumentID]int{}}
}

// from notes which feed an instrument belongs to.
func (p *pasts) from(f venue.Feed, id market.InstrumentID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.feeds[id] = f
}

// fill implements live.Options.Prepare.
func (p *pasts) fill(ctx context.Context, l market.Listing, first market.UnixMilli) error {
	p.mu.Lock()
	history, ok := p.feeds[l.InstrumentID].(venue.History)
	p.mu.Unlock()
	if !ok || p.span == 0 {
		return nil
	}
	bounded, cancel := context.WithTimeout(ctx, fillTime)
	defer cancel()
	begin := time.Now()
	report, err := backfill.Fill(bounded, p.store, history, l.InstrumentID, first, p.span)
	if err == nil {
		p.tell(l.InstrumentID, report, time.Since(begin))
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fails[l.InstrumentID]++; p.fails[l.InstrumentID] < mostFails || ctx.Err() != nil {
		return err
	}
	p.out.warn("%v: %s begins without a past", err, l.InstrumentID)
	return nil
}

func (p *pasts) tell(id market.InstrumentID, r backfill.Report, took time.Duration) {
	if r.Bars == 0 {
		return
	}
	and := fmt.Sprintf("%d observations of open interest", r.OpenInterest)
	if r.NoOpenInterest {
		and = "no open interest, of whose past its venue publishes nothing: levels begin now"
	}
	p.out.say("%s: drawn coarsely since %s, from %d candles and %s (%.1f s)", id, r.From.Date(), r.Bars, and, took.Seconds())
}
