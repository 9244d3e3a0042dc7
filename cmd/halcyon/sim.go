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
	Venues  int      `default:"1" help:"Venues that trade the same market, 1 to 4: each at a premium of its own, the second in inverse contracts. Default: ${default}."`
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
	if c.Venues < 1 || c.Venues > 1+len(mirrors("BTC")) {
		return fmt.Errorf("--venues %d: want 1 to %d: %w", c.Venues, 1+len(mirrors("BTC")), market.ErrInvalid)
	}
	progress := out.progress()
	var reports []simReport
	for _, symbol := range c.Symbols {
		r, err := simulate(ctx, l, l, sim.Options{Symbol: symbol, Seed: c.Seed, Start: market.UnixMilli(start.UnixMilli())}, c.Days, mirrors(symbol)[:c.Venues-1],
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

// mirrors are the venues that can show a simulated market beside the first.
func mirrors(symbol string) []sim.Mirror {
	on := func(venue market.Venue, name string, s market.Settlement, size float64) market.Instrument {
		return market.Instrument{InstrumentID: market.InstrumentID{Venue: sim.Venue + venue, Symbol: name}, Coin: symbol, Quote: "USD",
			Settlement: s, ContractSize: size, TickSize: .01}
	}
	return []sim.Mirror{
		{Instrument: on("-b", symbol+"USD", market.Inverse, 10), Premium: .0004, Swing: .0002, Share: .5},
		{Instrument: on("-c", symbol+"-SWAP", market.Linear, .01), Premium: -.0003, Swing: .0001, Share: .7},
		{Instrument: on("-d", symbol, market.Linear, 1), Premium: .0001, Swing: .0005, Share: .2},
	}
}

// simulate runs one simulated instrument into the lake, a day at a time, and
// draws its map, and those of the venues that mirror it. maps is where maps are
// written, usually the lake itself.
func simulate(ctx context.Context, l *lake.Lake, maps replay.Store, opt sim.Options, days int, others []sim.Mirror, progress func(done, total int)) (simReport, error) {
	report := simReport{Symbol: opt.Symbol, Days: days}
	m, err := sim.New(opt)
	if err != nil {
		return report, fmt.Errorf("cannot simulate %q: %w", opt.Symbol, err)
	}
	listings := []market.Listing{m.Listing()}
	for _, o := range others {
		listings = append(listings, market.Listing{Instrument: o.Instrument, Provenance: market.Simulated, Tiers: listings[0].Tiers})
	}
	for _, listing := range listings {
		if err := l.PutListing(ctx, listing); err != nil {
			return report, err
		}
	}
	for d := range days {
		day := opt.Start.Floor(market.Day) + market.UnixMilli(d)*market.Day
		set, err := collect(ctx, m, day+market.Day)
		if err != nil {
			return report, err
		}
		for i, listing := range listings {
			seen := set
			if i > 0 {
				seen = mirrored(others[i-1], set)
			}
			if _, err := l.Merge(ctx, listing.InstrumentID, day, seen); err != nil {
				return report, err
			}
		}
		progress(d+1, days)
	}
	for _, listing := range listings {
		r, err := replay.Run(ctx, maps, listing, replay.Options{Engine: engineOptions(listing)})
		report.Events += r.Events
		if err != nil {
			return report, err
		}
	}
	return report, nil
}

// mirrored is a day's events as another venue tells them.
func mirrored(o sim.Mirror, set *market.EventSet) *market.EventSet {
	out := &market.EventSet{}
	var mark market.Price
	if len(set.MarkPrices) > 0 {
		mark = set.MarkPrices[0].MarkPrice
	}
	for ev := range set.Events() {
		out.Add(o.Event(ev, mark))
		if m, ok := ev.(market.MarkPrice); ok {
			mark = m.MarkPrice
		}
	}
	out.Sort()
	return out
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
