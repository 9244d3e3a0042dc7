package ingest

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"halcyon/internal/venue"
	"halcyon/internal/venue/binance"
	"halcyon/internal/venue/bybit"
	"halcyon/internal/venue/hyperliquid"
	"halcyon/market"
)

var formats = slices.Concat(binance.Formats(), bybit.Formats(), hyperliquid.Formats())

// dataDir returns the folder of recorded data, or skips.
func dataDir(t testing.TB) string {
	dir := os.Getenv("HALCYON_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	if _, err := os.Stat(filepath.Join(dir, "hyperliquid")); err != nil {
		t.Skipf("no recorded data in %q; set HALCYON_DATA", dir)
	}
	return dir
}

func TestRecordedDataInWhole(t *testing.T) {
	dir := dataDir(t)
	store := newMemory()
	report, err := Import(t.Context(), store, []string{dir}, Options{Formats: formats})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]struct {
		format, id  string
		rows        int64
		first, last string
		skipped     int64
		gaps        int
	}{
		"binance/open_interest_5m/BTCUSDT.csv.gz":                          {"binance-open-interest", "binance:BTCUSDT", 31391, "2025-12-01T00:05:00.000Z", "2026-03-19T23:55:00.000Z", 0, 0},
		"binance/funding/WIFUSDT.csv.gz":                                   {"binance-funding", "binance:WIFUSDT", 654, "2025-12-01T00:00:00.000Z", "2026-03-19T20:00:00.000Z", 0, 0},
		"binance/klines_5m/SOLUSDT_20231101_20241230.csv.gz":               {"binance-klines", "binance:SOLUSDT", 122688, "2023-11-01T00:04:59.999Z", "2024-12-30T23:59:59.999Z", 0, 0},
		"binance/klines_1h/BTCUSDT_mark_20241231_20260219.csv.gz":          {"binance-mark-klines", "binance:BTCUSDT", 9981, "2024-12-31T00:59:59.999Z", "2026-02-19T20:59:59.999Z", 0, 0},
		"binance/klines_1h/BTCUSDT_taker_20260201_20260303.csv.gz":         {"binance-klines", "binance:BTCUSDT", 720, "2026-02-01T12:59:59.999Z", "2026-03-03T11:59:59.999Z", 0, 0},
		"binance/trades/BTCUSDT_20260511_100k.csv.gz":                      {"binance-trades", "binance:BTCUSDT", 100000, "2026-05-11T16:49:27.413Z", "2026-05-11T18:31:08.405Z", 0, 0},
		"bybit/klines_5m/BTCUSDT.csv.gz":                                   {"bybit-klines", "bybit:BTCUSDT", 19387, "2026-01-11T16:29:59.999Z", "2026-03-19T23:59:59.999Z", 0, 0},
		"liquidations/binance_BTCUSDT_forceOrder_20241204_20241206.csv.gz": {"binance-forceorders", "binance:BTCUSDT", 1844, "2024-12-04T16:46:25.584Z", "2024-12-06T18:12:09.262Z", 0, 0},
		"hyperliquid/recorded/ctx_BTC_20260612.jsonl.gz":                   {"hyperliquid-ctx", "hyperliquid:BTC", 1428, "2026-06-12T00:00:29.546Z", "2026-06-12T23:59:21.215Z", 0, 0},
		"hyperliquid/recorded/trades_BTC_20260612.jsonl.gz":                {"hyperliquid-trades", "hyperliquid:BTC", 368912, "2026-06-11T23:59:59.211Z", "2026-06-12T23:59:57.928Z", 66, 0},
		"hyperliquid/recorded/trades_DOGE_20260613.jsonl.gz":               {"hyperliquid-trades", "hyperliquid:DOGE", 12064, "2026-06-13T00:00:00.853Z", "2026-06-13T23:59:54.972Z", 0, 1},
		"hyperliquid/recorded/trades_BTC_20260613.jsonl.gz":                {"hyperliquid-trades", "hyperliquid:BTC", 205991, "2026-06-12T23:59:59.023Z", "2026-06-13T23:59:58.050Z", 0, 1},
	}
	for _, f := range report.Files {
		name, err := filepath.Rel(dir, f.File)
		if err != nil {
			t.Fatal(err)
		}
		w, ok := want[filepath.ToSlash(name)]
		if !ok {
			continue
		}
		delete(want, filepath.ToSlash(name))
		if f.Format != w.format || f.Instrument.String() != w.id || f.Rows != w.rows || f.First.String() != w.first ||
			f.Last.String() != w.last || f.Skipped() != w.skipped || f.Gaps != w.gaps || f.Lost != "" {
			t.Errorf("%s: got %+v, want %+v", name, f, w)
		}
	}
	for name := range want {
		t.Errorf("%s: not imported", name)
	}
	day := store.days[dayKey{market.InstrumentID{Venue: "hyperliquid", Symbol: "BTC"}, 1781222400000}]
	if first := day.Trades.LastPrice[0]; first != 63621 || day.OpenInterest[0].Contracts != 31801.55286 {
		t.Errorf("2026-06-12 begins with price %v, open interest %v", first, day.OpenInterest[0])
	}
	again, err := Import(t.Context(), store, []string{filepath.Join(dir, "hyperliquid", "recorded")}, Options{Formats: formats})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range again.Files {
		if f.DaysChanged != 0 {
			t.Errorf("%s: a second import changed %d days", f.File, f.DaysChanged)
		}
	}
}

// TestRecordedFileOfTwoRecordingsNeedsImport: the recorder was restarted on
// 2026-06-12 and wrote 18 minutes after those that followed them.
func TestRecordedFileOfTwoRecordingsNeedsImport(t *testing.T) {
	s, err := Open(filepath.Join(dataDir(t), "hyperliquid", "recorded", "trades_BTC_20260612.jsonl.gz"), Options{Formats: formats})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for err == nil {
		_, err = s.Next()
	}
	if fault := (*venue.InputError)(nil); !errors.As(err, &fault) || !strings.Contains(err.Error(), "halcyon import") {
		t.Errorf("got %v", err)
	}
}
