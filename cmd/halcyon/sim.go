package main

import (
	"context"
	"fmt"
	"time"

	"halcyon/internal/lake"
	"halcyon/internal/replay"
	"halcyon/internal/sim"
	"halcyon/market"
)

type simCommand struct {
	lakeFlag
	Symbols []string `default:"BTC,ETH,SOL" help:"Instruments to simulate. Default: ${default}."`
	Days    int      `default:"3" help:"Days to simulate. Default: ${default}."`
	Start   string   `default:"2026-01-05" help:"First day, UTC. Default: ${default}."`
	Seed    uint64   `default:"1" help:"Seed: the same one gives the same market, byte for byte. Default: ${default}."`
	JSON    bool     `name:"json" help:"Print the report as JSON."`
}

func (simCommand) Help() string {
	return `The simulated market knows every position, so it shows what the estimate is worth.

Example:
  halcyon sim --lake demo --symbols BTC --days 7
  halcyon serve --lake demo`
}

func (c simCommand) Run(ctx context.Context, out *output) error {
	l, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	start, err := time.Parse(time.DateOnly, c.Start)
	if err != nil {
		return fmt.Errorf("--start %q: want a day such as 2026-01-05: %w", c.Start, market.ErrInvalid)
	}
	if c.Days < 1 || c.Days > 3660 {
		return fmt.Errorf("--days %d: want 1 to 3660: %w", c.Days, market.ErrInvalid)
	}
	progress := out.progress()
	var reports []simReport
	for _, symbol := range c.Symbols {
		r, err := simulate(ctx, l, l, sim.Options{Symbol: symbol, Seed: c.Seed, Start: market.UnixMilli(start.UnixMilli())}, c.Days,
			func(done, total int) { progress("simulating "+symbol, int64(done), int64(total)) })
		if err != nil {
			return err
		}
		reports = append(reports, r)
		if !c.JSON {
			out.say("sim:%s: %d days, %d events", symbol, c.Days, r.Events)
		}
	}
	if c.JSON {
		return out.json(reports)
	}
	return nil
}

type simReport struct {
	Symbol string `json:"symbol"`
	Days   int    `json:"days"`
	Events int64  `json:"events"`
}

// simulate runs one simulated instrument into the lake, a day at a time, and
// draws its map. maps is where the map is written, usually the lake itself.
func simulate(ctx context.Context, l *lake.Lake, maps replay.Store, opt sim.Options, days int, progress func(done, total int)) (simReport, error) {
	report := simReport{Symbol: opt.Symbol, Days: days}
	m, err := sim.New(opt)
	if err != nil {
		return report, fmt.Errorf("cannot simulate %q: %w", opt.Symbol, err)
	}
	listing := m.Listing()
	if err := l.PutListing(ctx, listing); err != nil {
		return report, err
	}
	for d := range days {
		day := opt.Start.Floor(market.Day) + market.UnixMilli(d)*market.Day
		set, err := collect(ctx, m, day+market.Day)
		if err != nil {
			return report, err
		}
		if _, err := l.Merge(ctx, listing.InstrumentID, day, set); err != nil {
			return report, err
		}
		progress(d+1, days)
	}
	r, err := replay.Run(ctx, maps, listing, replay.Options{Engine: engineOptions(listing)})
	report.Events = r.Events
	return report, err
}

// collect gathers the simulated events up to an instant.
func collect(ctx context.Context, m *sim.Market, until market.UnixMilli) (*market.EventSet, error) {
	set := &market.EventSet{}
	for ev := range m.Run(until) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		set.Add(ev)
	}
	set.Sort()
	return set, nil
}
