package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"halcyon/engine"
	"halcyon/internal/lake"
	"halcyon/internal/sim"
	"halcyon/market"
)

const simStart = market.UnixMilli(1767571200000) // 2026-01-05 00:00 UTC

// history measures what one more trade costs after a day and after many, and
// leaves the simulated days' maps in the lake for tiles.
func history(ctx context.Context, r *report, dir string, days int) error {
	store, err := lake.Open(ctx, filepath.Join(dir, "history"))
	if err != nil {
		return err
	}
	defer store.Close()
	m, err := sim.New(sim.Options{Symbol: "BTC", Seed: 1, Start: simStart})
	if err != nil {
		return err
	}
	if err := store.PutListing(ctx, m.Listing()); err != nil {
		return err
	}
	e, err := engine.New(m.Listing(), engine.Options{}, store)
	if err != nil {
		return err
	}
	var cost []float64
	for d := range days {
		var events []market.Event
		for ev := range m.Run(simStart + market.UnixMilli(d+1)*market.Day) {
			events = append(events, ev)
		}
		var trades float64
		begin := time.Now()
		for _, ev := range events {
			if t, ok := ev.(*market.Trades); ok {
				trades += float64(t.Len())
			}
			if err := e.Apply(ctx, ev); err != nil {
				return err
			}
		}
		cost = append(cost, time.Since(begin).Seconds()/trades*1e9)
	}
	if err := e.Flush(ctx); err != nil {
		return err
	}
	part := min(3, len(cost))
	early, late := median(slices.Clone(cost[:part])), median(slices.Clone(cost[len(cost)-part:]))
	r.add("one more trade, first days of history", early, "ns", "")
	r.add(fmt.Sprintf("one more trade after %d days / first days", days), late/early, "ratio", "about 1")
	return nil
}
