package binance

import (
	"bytes"
	"io"
	"testing"

	"halcyon/internal/venue"
	"halcyon/internal/venue/binance/binancetest"
	"halcyon/market"
)

// BenchmarkAggTrades parses a generated day from memory: the parser alone, on
// one core.
func BenchmarkAggTrades(b *testing.B) {
	var text bytes.Buffer
	if err := binancetest.WriteAggTrades(&text, binancetest.DayOptions{Trades: 1_000_000}); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		file := venue.File{Path: "BTCUSDT-aggTrades-2026-05-11.csv", Name: "BTCUSDT-aggTrades-2026-05-11.csv"}
		r, err := openAggTrades(file, venue.NewLineBlocks(file.Path, bytes.NewReader(text.Bytes())), venue.Options{})
		if err != nil {
			b.Fatal(err)
		}
		for {
			e, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			rows += e.(*market.Trades).Len()
		}
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}
