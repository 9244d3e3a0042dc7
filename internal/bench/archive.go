package main

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/klauspost/compress/flate"

	"halcyon/engine"
	"halcyon/heatmap"
	"halcyon/internal/ingest"
	"halcyon/internal/lake"
	"halcyon/internal/venue/binance"
	"halcyon/internal/venue/binance/binancetest"
	"halcyon/liqmodel"
	"halcyon/market"
)

// repeats is how often a timed part is run; the median counts.
const repeats = 5

// archive measures a zipped day of 2 M trades with open interest, to tiles in
// the lake, against inflating and scanning the same zip: on one core, and as it
// is run, with the inflater ahead on a second. Scanning turns rows into trades;
// counting lines alone says how much of the floor that is.
func archive(ctx context.Context, r *report, dir string, _ int) error {
	trades, metrics, err := binancetest.WriteDay(dir, binancetest.DayOptions{})
	if err != nil {
		return err
	}
	store, err := lake.Open(ctx, filepath.Join(dir, "archive"))
	if err != nil {
		return err
	}
	defer store.Close()
	var lines, floor, one, many []float64
	for range repeats {
		// Floor and whole take turns, so that a machine's moods hit both.
		l, err := onOneCore(func() error { return inflateLines(trades) })
		if err != nil {
			return err
		}
		f, err := onOneCore(func() error { return inflateAndScan(trades) })
		if err != nil {
			return err
		}
		o, err := onOneCore(func() error { return replayFiles(ctx, store, trades, metrics) })
		if err != nil {
			return err
		}
		m, err := timed(func() error { return replayFiles(ctx, store, trades, metrics) })
		if err != nil {
			return err
		}
		lines, floor, one, many = append(lines, l), append(floor, f), append(one, o/f), append(many, m)
	}
	r.add("archive day: inflate and count lines, 1 core", median(lines), "cpu s", "")
	r.add("archive day: inflate and scan rows, 1 core (floor)", median(floor), "cpu s", "")
	r.add("archive day to tiles, 1 core / floor", median(one), "ratio", "at most 1.5, aim 1.2")
	r.add("archive day to tiles, all cores, wall clock", median(many), "s", "")
	peak, err := peakHeap(func() error { return replayFiles(ctx, store, trades, metrics) })
	if err != nil {
		return err
	}
	r.add("archive day to tiles, peak memory", peak/1e6, "MB", "under 300")
	size, err := folderSize(filepath.Join(dir, "archive"), "kind=levels", "kind=columns")
	if err != nil {
		return err
	}
	r.add("lake: tiles and levels of a busy day", size/1e6, "MB", "under 3")
	return nil
}

func replayFiles(ctx context.Context, sink engine.Sink, paths ...string) error {
	var sources []*ingest.Source
	for _, p := range paths {
		s, err := ingest.Open(p, ingest.Options{Formats: binance.Formats()})
		if err != nil {
			return err
		}
		defer s.Close()
		sources = append(sources, s)
	}
	e, err := engine.New(sources[0].Instrument(), shipped(), sink)
	if err != nil {
		return err
	}
	return e.Run(ctx, ingest.Stream(sources))
}

// shipped is how maps of venues are drawn.
func shipped() engine.Options {
	p := liqmodel.LearnedParams()
	return engine.Options{Params: &p}
}

// inflateAndScan reads the trades of a zip and drops them.
func inflateAndScan(path string) error {
	s, err := ingest.Open(path, ingest.Options{Formats: binance.Formats()})
	if err != nil {
		return err
	}
	defer s.Close()
	for _, err := range ingest.Stream([]*ingest.Source{s}) {
		if err != nil {
			return err
		}
	}
	return nil
}

// inflateLines reads a zip and looks for the ends of lines.
func inflateLines(path string) error {
	z, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer z.Close()
	z.RegisterDecompressor(zip.Deflate, flate.NewReader)
	text, err := z.File[0].Open()
	if err != nil {
		return err
	}
	buf := make([]byte, 256<<10)
	lines := 0
	for {
		n, err := text.Read(buf)
		lines += bytes.Count(buf[:n], []byte("\n"))
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// timed returns how long f takes by the wall clock.
func timed(f func() error) (seconds float64, err error) {
	begin := time.Now()
	err = f()
	return time.Since(begin).Seconds(), err
}

// onOneCore returns the processor time that f takes when confined to one core.
// Unlike the wall clock it does not count what else the machine is doing.
func onOneCore(f func() error) (seconds float64, err error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	runtime.GC()
	begin := processorTime()
	err = f()
	return processorTime() - begin, err
}

func processorTime() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic("BUG: " + err.Error())
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

// peakHeap runs f and returns the most memory (bytes) that the Go runtime held
// from the system meanwhile, less what it had given back.
func peakHeap(f func() error) (float64, error) {
	runtime.GC()
	var peak atomic.Uint64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.Sys-m.HeapReleased))
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	err := f()
	close(stop)
	<-stopped
	return float64(peak.Load()), err
}

// discard is a sink that keeps nothing.
type discard struct{}

// PutMap implements engine.Sink.
func (discard) PutMap(context.Context, market.InstrumentID, *heatmap.Day) error { return nil }
