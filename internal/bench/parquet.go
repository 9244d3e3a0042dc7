package main

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"halcyon/engine"
	"halcyon/internal/ingest"
	"halcyon/internal/lake"
	"halcyon/internal/venue/binance"
	"halcyon/market"
)

// parquet measures the lake's own day of 2 M trades: read by column, and read,
// through model and map, on one core. The day that archive wrote is imported.
func parquet(ctx context.Context, r *report, dir string, _ int) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.zip"))
	if err != nil {
		return err
	}
	store, err := lake.Open(ctx, filepath.Join(dir, "parquet"))
	if err != nil {
		return err
	}
	defer store.Close()
	if _, err := ingest.Import(ctx, store, files, ingest.Options{Formats: binance.Formats()}); err != nil {
		return err
	}
	listings, err := store.Listings(ctx)
	if err != nil {
		return err
	}
	id := listings[0].InstrumentID
	days, err := store.Days(ctx, id)
	if err != nil {
		return err
	}
	var trades float64
	var read, whole []float64
	for range repeats {
		trades = 0
		s, err := onOneCore(func() error {
			return store.ScanTrades(ctx, id, days[0], func(t *market.Trades) error {
				trades += float64(t.Len())
				return nil
			})
		})
		if err != nil {
			return err
		}
		w, err := onOneCore(func() error { return replayDay(ctx, store, listings[0], days[0], discard{}) })
		if err != nil {
			return err
		}
		read, whole = append(read, s), append(whole, w)
	}
	r.add("lake: read trades by column, 1 core (floor)", trades/median(read)/1e6, "M trades/s", "")
	r.add("lake to model and tiles, 1 core", trades/median(whole)/1e6, "M trades/s", "at least 20, aim 40")
	return nil
}

// replayDay applies a stored day's events to a new engine.
func replayDay(ctx context.Context, store *lake.Lake, listing market.Listing, day market.UnixMilli, sink engine.Sink) error {
	e, err := engine.New(listing, shipped(), sink)
	if err != nil {
		return err
	}
	for ev, err := range store.Scan(ctx, listing.InstrumentID, day) {
		if err != nil {
			return err
		}
		if err := e.Apply(ctx, ev); err != nil {
			return err
		}
	}
	return e.Flush(ctx)
}

// folderSize returns the bytes of all files below root whose path has one of
// the parts.
func folderSize(root string, parts ...string) (bytes float64, err error) {
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		for _, part := range parts {
			if strings.Contains(path, part) {
				info, err := os.Stat(path)
				if err != nil {
					return err
				}
				bytes += float64(info.Size())
			}
		}
		return nil
	})
	return bytes, err
}
