package ingest

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/klauspost/compress/flate"

	"halcyon/internal/venue/binance/binancetest"
	"halcyon/market"
)

// benchDay writes the generated day once for a benchmark.
func benchDay(b *testing.B) (aggTrades, metrics string) {
	aggTrades, metrics, err := binancetest.WriteDay(b.TempDir(), binancetest.DayOptions{})
	if err != nil {
		b.Fatal(err)
	}
	return aggTrades, metrics
}

// drain reads a source to its end and returns the number of trades.
func drain(b *testing.B, path string, opt Options) (trades int) {
	s, err := Open(path, opt)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for {
		e, err := s.Next()
		if err == io.EOF {
			return trades
		}
		if err != nil {
			b.Fatal(err)
		}
		if t, ok := e.(*market.Trades); ok {
			trades += t.Len()
		}
	}
}

// inflateAndScan is the floor under any reader of a zip: inflate it and look
// for the ends of lines.
func inflateAndScan(b *testing.B, path string) (lines int) {
	archive, err := zip.OpenReader(path)
	if err != nil {
		b.Fatal(err)
	}
	defer archive.Close()
	archive.RegisterDecompressor(zip.Deflate, flate.NewReader)
	text, err := archive.File[0].Open()
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 256<<10)
	for {
		n, err := text.Read(buf)
		lines += bytes.Count(buf[:n], []byte("\n"))
		if err == io.EOF {
			return lines
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkZipDay reports the time from a zipped day to ordered events, and
// its ratio to inflating and scanning the same file.
func BenchmarkZipDay(b *testing.B) {
	path, _ := benchDay(b)
	opt := Options{Formats: formats}
	var floor, parse time.Duration
	rows := 0
	b.ReportAllocs()
	for b.Loop() {
		at := time.Now()
		inflateAndScan(b, path)
		floor += time.Since(at)
		at = time.Now()
		rows += drain(b, path, opt)
		parse += time.Since(at)
	}
	b.ReportMetric(parse.Seconds()/floor.Seconds(), "ratio")
	b.ReportMetric(floor.Seconds()/float64(b.N), "floor-s")
	b.ReportMetric(float64(rows)/parse.Seconds()/1e6, "Mrows/s")
}

// BenchmarkCSVDay is BenchmarkZipDay without compression.
func BenchmarkCSVDay(b *testing.B) {
	path := filepath.Join(b.TempDir(), "BTCUSDT-aggTrades-2026-05-11.csv")
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	var text bytes.Buffer
	if err := binancetest.WriteAggTrades(&text, binancetest.DayOptions{}); err != nil {
		b.Fatal(err)
	}
	if _, err := file.Write(text.Bytes()); err != nil {
		b.Fatal(err)
	}
	file.Close()
	b.SetBytes(int64(text.Len()))
	rows := 0
	for b.Loop() {
		rows += drain(b, path, Options{Formats: formats})
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}
