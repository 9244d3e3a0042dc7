package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"time"

	"halcyon/engine"
	"halcyon/heatmap"
	"halcyon/internal/api"
	"halcyon/internal/atlas"
	"halcyon/internal/lake"
	"halcyon/internal/sim"
	"halcyon/internal/tilewire"
	"halcyon/liqmodel"
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

// tiles measures how long a tile takes over the simulated days: any place, any
// level, warm and cold.
func tiles(ctx context.Context, r *report, dir string, days int) error {
	store, err := lake.Open(ctx, filepath.Join(dir, "history"))
	if err != nil {
		return err
	}
	defer store.Close()
	id := market.InstrumentID{Venue: sim.Venue, Symbol: "BTC"}
	a := atlas.New(store, liqmodel.DefaultParams().Groups)
	in, ok, err := a.Instrument(ctx, id)
	if err != nil || !ok {
		return fmt.Errorf("no simulated map: %w", err)
	}
	random := rand.New(rand.NewPCG(1, 1))
	one := func(a *atlas.Atlas) (float64, error) {
		level := random.IntN(heatmap.Levels)
		l := heatmap.Ladder[level]
		at := in.From + market.UnixMilli(random.Int64N(int64(in.To-in.From)))
		bin := market.BinOf(95_000).Coarsen(l.Shift) + market.BinIndex(random.IntN(4000)-2000).Coarsen(l.Shift)
		x, y := int64(at.Bucket(l.Bucket))/tilewire.Side, int64(bin)/tilewire.Side
		return timed(func() error {
			t, err := api.Tile(ctx, a, id, level, x, y)
			if err != nil {
				return err
			}
			_, err = t.Encode()
			return err
		})
	}
	// A warm server has read every day before.
	for level, l := range heatmap.Ladder {
		if _, err := a.Days(ctx, id, level, in.From.Bucket(l.Bucket), in.To.Bucket(l.Bucket)+1); err != nil {
			return err
		}
	}
	var warm, cold []float64
	for i := range 600 {
		s, err := one(a)
		if err != nil {
			return err
		}
		if i >= 100 {
			warm = append(warm, s*1000)
		}
	}
	for range 200 {
		s, err := one(atlas.New(store, liqmodel.DefaultParams().Groups))
		if err != nil {
			return err
		}
		cold = append(cold, s*1000)
	}
	over := fmt.Sprintf(" over %d days", days)
	r.add("tile, warm, median"+over, quantile(warm, 0.5), "ms", "")
	r.add("tile, warm, p99"+over, quantile(warm, 0.99), "ms", "under 10")
	r.add("tile, cold, p99"+over, quantile(cold, 0.99), "ms", "under 50")
	return nil
}

func quantile(v []float64, q float64) float64 {
	slices.Sort(v)
	return v[min(int(q*float64(len(v))), len(v)-1)]
}
