package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing/fstest"

	"halcyon/heatmap"
	"halcyon/internal/api"
	"halcyon/internal/atlas"
	"halcyon/internal/lake"
	"halcyon/internal/sim"
	"halcyon/internal/tilewire"
	"halcyon/liqmodel"
	"halcyon/market"
)

// tiles measures how long a tile takes over the simulated days: any place, any
// level, from days in memory, as it is answered to a browser, and from disk.
func tiles(ctx context.Context, r *report, dir string, days int) error {
	store, err := lake.Open(ctx, filepath.Join(dir, "history"))
	if err != nil {
		return err
	}
	defer store.Close()
	newAtlas := func() *atlas.Atlas { return atlas.New(store, liqmodel.DefaultParams().Groups) }
	a := newAtlas()
	in, ok, err := a.Instrument(ctx, market.InstrumentID{Venue: sim.Venue, Symbol: "BTC"})
	if err != nil || !ok {
		return fmt.Errorf("no simulated map: %w", err)
	}
	d := dice{rand.New(rand.NewPCG(1, 1)), in}
	// A warm server has read every day before.
	for level, l := range heatmap.Ladder {
		if _, err := a.Days(ctx, in.InstrumentID, level, in.From.Bucket(l.Bucket), in.To.Bucket(l.Bucket)+1); err != nil {
			return err
		}
	}
	over := fmt.Sprintf(" over %d days", days)
	warm, err := d.measure(100, 500, func(level int, x, y int64) error { return encodeTile(ctx, a, in.InstrumentID, level, x, y) })
	if err != nil {
		return err
	}
	r.add("tile, warm, median"+over, quantile(warm, 0.5), "ms", "")
	r.add("tile, warm, p99"+over, quantile(warm, 0.99), "ms", "under 10")
	get, err := browser(a)
	if err != nil {
		return err
	}
	answered, err := d.measure(100, 500, func(level int, x, y int64) error {
		return get(fmt.Sprintf("/api/v1/tiles/%s/%s/%d/%d/%d", in.Venue, in.Symbol, level, x, y))
	})
	if err != nil {
		return err
	}
	r.add("tile, warm, answered in gzip, p99"+over, quantile(answered, 0.99), "ms", "under 10")
	cold, err := d.measure(0, 200, func(level int, x, y int64) error {
		return encodeTile(ctx, newAtlas(), in.InstrumentID, level, x, y)
	})
	if err != nil {
		return err
	}
	r.add("tile, cold, p99"+over, quantile(cold, 0.99), "ms", "under 50")
	return nil
}

func encodeTile(ctx context.Context, a *atlas.Atlas, id market.InstrumentID, level int, x, y int64) error {
	t, err := api.Tile(ctx, a, id, level, x, y)
	if err != nil {
		return err
	}
	_, err = t.Encode()
	return err
}

// browser returns a function that asks the API for a path, less the network.
func browser(a *atlas.Atlas) (get func(path string) error, err error) {
	site, err := api.New(api.Options{
		Atlas: a, Page: fstest.MapFS{"index.html": {}}, DefaultTiers: liqmodel.DefaultTiers(),
		Status: func() api.Status { return api.Status{State: "ready"} },
	})
	return func(path string) error {
		req := httptest.NewRequest("GET", "http://127.0.0.1"+path, nil)
		req.Header.Set("Accept-Encoding", "gzip")
		answer := httptest.NewRecorder()
		site.ServeHTTP(answer, req)
		if answer.Code != 200 {
			return fmt.Errorf("cannot get %q: status %d", path, answer.Code)
		}
		return nil
	}, err
}

// dice picks tiles of an instrument at random.
type dice struct {
	random *rand.Rand
	in     atlas.Instrument
}

// measure returns how long (ms) each of n tiles takes, after some that do not count.
func (d dice) measure(before, n int, tile func(level int, x, y int64) error) ([]float64, error) {
	var out []float64
	for i := range before + n {
		level := d.random.IntN(heatmap.Levels)
		l := heatmap.Ladder[level]
		at := d.in.From + market.UnixMilli(d.random.Int64N(int64(d.in.To-d.in.From)))
		bin := market.BinOf(95_000).Coarsen(l.Shift) + market.BinIndex(d.random.IntN(4000)-2000).Coarsen(l.Shift)
		s, err := timed(func() error {
			return tile(level, int64(at.Bucket(l.Bucket))/tilewire.Side, int64(bin)/tilewire.Side)
		})
		if err != nil {
			return nil, err
		}
		if i >= before {
			out = append(out, s*1000)
		}
	}
	return out, nil
}

func quantile(v []float64, q float64) float64 {
	slices.Sort(v)
	return v[min(int(q*float64(len(v))), len(v)-1)]
}
