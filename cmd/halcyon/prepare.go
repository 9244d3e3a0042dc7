package main

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"halcyon/internal/api"
	"halcyon/internal/ingest"
	"halcyon/internal/replay"
	"halcyon/internal/sim"
	"halcyon/market"
)

// preparer brings the maps of a served lake up to date, and fills an empty one
// for a demonstration. It runs beside the server, which shows its status.
type preparer struct {
	lake servedLake
	data string
	demo bool
	// live is the side that runs instruments which are left alone here, nil
	// where no venue is connected to.
	live *liveSide
	out  *output

	mu  sync.Mutex
	now api.Status
}

// status implements api.Options.Status.
func (p *preparer) status() api.Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.now.State == "":
		return api.Status{State: "preparing", Message: "starting"}
	case p.now.State == "ready" && p.live != nil:
		return p.live.standing()
	}
	return p.now
}

func (p *preparer) tell(state, message string, progress float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = api.Status{State: state, Message: message, Progress: progress}
}

// run prepares, and says how it ended.
func (p *preparer) run(ctx context.Context) {
	begin := time.Now()
	switch err := p.prepare(ctx); {
	case err == nil:
		p.tell("ready", "", 1)
		p.out.say("ready after %.1f s", time.Since(begin).Seconds())
	case ctx.Err() != nil:
	default:
		p.tell("failed", err.Error(), 0)
		fmt.Fprintf(p.out.stderr, "halcyon: %v\n", err)
	}
}

func (p *preparer) prepare(ctx context.Context) error {
	p.tell("preparing", "reading the lake", 0)
	listings, err := p.lake.Listings(ctx)
	if err != nil {
		return err
	}
	demo := p.demo
	if p.live != nil && p.answered(ctx, listings) {
		demo = false
	}
	if demo {
		if err := p.demonstrate(ctx); err != nil {
			return err
		}
		if listings, err = p.lake.Listings(ctx); err != nil {
			return err
		}
	}
	for i, l := range listings {
		p.tell("preparing", "drawing "+l.InstrumentID.String(), float64(i)/float64(len(listings)))
		if err := p.draw(ctx, l); err != nil {
			return err
		}
	}
	if len(listings) == 0 && p.live == nil {
		p.out.say("the lake is empty: import files with 'halcyon import', or start with --demo")
	}
	return nil
}

// answered waits for the first venue, and says so where none answers in time.
// What was live before counts as an answer: it is shown instead of a
// demonstration.
func (p *preparer) answered(ctx context.Context, listings []market.Listing) bool {
	p.tell("preparing", "connecting to venues", 0)
	if p.live.await(ctx) || ctx.Err() != nil {
		return true
	}
	p.out.say("no venue answers; trying again all the time")
	wasLive := slices.ContainsFunc(listings, func(l market.Listing) bool { return l.Provenance == market.Live })
	if wasLive {
		p.out.say("showing what was LIVE before")
	}
	return wasLive
}

// draw brings an instrument's map up to date. What was live is drawn by the
// runner alone, when it runs: its last state is what it left.
func (p *preparer) draw(ctx context.Context, l market.Listing) error {
	if l.Provenance == market.Live {
		return nil
	}
	return p.owned(l.InstrumentID, func() error {
		_, err := replay.Run(ctx, p.lake, l, replay.Options{Engine: engineOptions(l)})
		return err
	})
}

// owned runs do unless the live runner has taken the instrument.
func (p *preparer) owned(id market.InstrumentID, do func() error) error {
	if p.live == nil {
		return do()
	}
	return p.live.owners.draw(id, do)
}

// demoStep is one instrument of the demonstration.
type demoStep struct {
	name string
	id   market.InstrumentID
	do   func(ctx context.Context, progress func(share float64)) error
}

// demonstrate fills the lake with recorded data where there are any, otherwise
// with the simulated market. Instruments that have a map already are left
// alone: a map is begun when all of its events are in, so what was interrupted
// before is done again and what came after is taken up by the replay.
func (p *preparer) demonstrate(ctx context.Context) error {
	steps, err := p.recordedSteps()
	if err != nil {
		return err
	}
	if len(steps) == 0 {
		p.out.say("no recorded data in %q: showing the SIMULATED market", p.data)
		steps = p.simulatedSteps()
	} else {
		p.out.say("showing RECORDED data from %q", p.data)
	}
	for i, s := range steps {
		report := func(share float64) {
			p.tell("preparing", s.name, (float64(i)+share)/float64(len(steps)))
		}
		report(0)
		drawn, err := p.lake.MapDays(ctx, s.id)
		if err != nil {
			return err
		}
		if len(drawn) > 0 {
			continue
		}
		if err := p.owned(s.id, func() error { return s.do(ctx, report) }); err != nil {
			return err
		}
	}
	return nil
}

// recorded lists what the demonstration reads of a folder of recorded data, by
// instrument, in the order in which it is shown.
var recorded = []struct {
	name  string
	id    market.InstrumentID
	globs []string
	// from and to bound the days read, where that is less than the files hold.
	from, to market.UnixMilli
}{
	{"Hyperliquid BTC", market.InstrumentID{Venue: "hyperliquid", Symbol: "BTC"}, []string{"hyperliquid/recorded/trades_BTC_*", "hyperliquid/recorded/ctx_BTC_*"}, 0, math.MaxInt64},
	{"Hyperliquid ETH", market.InstrumentID{Venue: "hyperliquid", Symbol: "ETH"}, []string{"hyperliquid/recorded/trades_ETH_*", "hyperliquid/recorded/ctx_ETH_*"}, 0, math.MaxInt64},
	{"Hyperliquid SOL", market.InstrumentID{Venue: "hyperliquid", Symbol: "SOL"}, []string{"hyperliquid/recorded/trades_SOL_*", "hyperliquid/recorded/ctx_SOL_*"}, 0, math.MaxInt64},
	{"Hyperliquid DOGE", market.InstrumentID{Venue: "hyperliquid", Symbol: "DOGE"}, []string{"hyperliquid/recorded/trades_DOGE_*", "hyperliquid/recorded/ctx_DOGE_*"}, 0, math.MaxInt64},
	// Bars and open interest together span 2025-12-01 to 2026-02-18; either
	// alone draws no map worth showing.
	{"Binance BTCUSDT", market.InstrumentID{Venue: "binance", Symbol: "BTCUSDT"}, []string{"binance/open_interest_5m/BTCUSDT*", "binance/klines_5m/BTCUSDT_20241231*"}, 1764547200000, 1771459200000},
}

func (p *preparer) recordedSteps() (steps []demoStep, err error) {
	for _, r := range recorded {
		var files []string
		for _, g := range r.globs {
			found, err := filepath.Glob(filepath.Join(p.data, g))
			if err != nil {
				return nil, err
			}
			files = append(files, found...)
		}
		if len(files) < len(r.globs) {
			continue
		}
		steps = append(steps, demoStep{"reading recorded data: " + r.name, r.id, func(ctx context.Context, progress func(float64)) error {
			return p.readRecorded(ctx, span{p.lake, r.from, r.to}, files, progress)
		}})
	}
	return steps, nil
}

// readRecorded imports files and draws the maps of what they hold. A recording
// that breaks off gives what it has; the report says what was lost.
func (p *preparer) readRecorded(ctx context.Context, store ingest.Store, files []string, progress func(float64)) error {
	before := 0
	report, err := ingest.Import(ctx, store, files, ingest.Options{
		Formats: formats(), Salvage: true,
		Progress: func(file string, done, total int64) {
			if total > 0 {
				progress((float64(before) + float64(done)/float64(total)) / float64(len(files)) * 0.7)
			}
			if done == total {
				before = min(before+1, len(files))
			}
		},
	})
	if err != nil {
		return err
	}
	drawn := map[market.InstrumentID]bool{}
	for _, f := range report.Files {
		if f.Lost != "" {
			p.out.say("%s", describe(f))
		}
		if drawn[f.Instrument] {
			continue
		}
		drawn[f.Instrument] = true
		listing, err := p.lake.Listing(ctx, f.Instrument)
		if err != nil {
			return err
		}
		if _, err := replay.Run(ctx, p.lake, listing, replay.Options{
			Engine:   engineOptions(listing),
			Progress: func(done, total int) { progress(0.7 + 0.3*float64(done)/float64(total)) },
		}); err != nil {
			return err
		}
	}
	return nil
}

// span is a store that takes the days within [from, to) only.
type span struct {
	servedLake
	from, to market.UnixMilli
}

// Merge implements ingest.Store.
func (s span) Merge(ctx context.Context, id market.InstrumentID, day market.UnixMilli, set *market.EventSet) (bool, error) {
	if day < s.from || day >= s.to {
		return false, nil
	}
	return s.servedLake.Merge(ctx, id, day, set)
}

// The simulated market of a demonstration.
const (
	demoDays  = 3
	demoSeed  = 1
	demoStart = market.UnixMilli(1767571200000) // 2026-01-05 00:00 UTC
)

func (p *preparer) simulatedSteps() (steps []demoStep) {
	for _, symbol := range sim.Symbols() {
		steps = append(steps, demoStep{"simulating " + symbol, market.InstrumentID{Venue: sim.Venue, Symbol: symbol}, func(ctx context.Context, progress func(float64)) error {
			_, err := simulate(ctx, p.lake.Lake, p.lake, sim.Options{Symbol: symbol, Seed: demoSeed, Start: demoStart}, demoDays, nil,
				func(done, total int) { progress(float64(done) / float64(total)) })
			return err
		}})
	}
	return steps
}
