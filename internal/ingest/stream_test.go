package ingest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"halcyon/internal/venue/binance/binancetest"
	"halcyon/market"
)

func openAll(t testing.TB, opt Options, paths ...string) []*Source {
	t.Helper()
	opt.Formats = formats
	var out []*Source
	for _, p := range paths {
		s, err := Open(p, opt)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		out = append(out, s)
	}
	return out
}

// flatten writes events one a line, batches taken apart.
func flatten(e market.Event) string {
	var b strings.Builder
	if t, ok := e.(*market.Trades); ok {
		for i := range t.Len() {
			fmt.Fprintln(&b, t.EventTime[i], t.LastPrice[i], t.Size[i], t.Taker[i])
		}
		return b.String()
	}
	return fmt.Sprintf("%T %+v\n", e, e)
}

// TestStreamEqualsTheEventsOfAnImport: a direct replay sees what a replay
// from a store sees, in the same order.
func TestStreamEqualsTheEventsOfAnImport(t *testing.T) {
	trades, metrics, err := binancetest.WriteDay(t.TempDir(), binancetest.DayOptions{Trades: 30_000})
	if err != nil {
		t.Fatal(err)
	}
	store := newMemory()
	importAll(t, store, Options{}, trades, metrics)
	var want, got strings.Builder
	for _, day := range []market.UnixMilli{dayStart, dayStart + market.Day} {
		for e := range store.days[dayKey{btc, day}].Events() {
			want.WriteString(flatten(e))
		}
	}
	batches := 0
	for e, err := range Stream(openAll(t, Options{}, metrics, trades)) {
		if err != nil {
			t.Fatal(err)
		}
		got.WriteString(flatten(e))
		batches++
	}
	if got.String() != want.String() {
		t.Error("the stream differs from the import")
	}
	if batches > 1000 {
		t.Errorf("%d batches: cut more often than needed", batches)
	}
}

// TestSourceMendsSmallDisorder: steps back within the tolerance come out sorted.
func TestSourceMendsSmallDisorder(t *testing.T) {
	var text strings.Builder
	for i := range 20_000 {
		at := int(dayStart) + i*50
		if i%5 == 4 {
			at -= 9000
		}
		fmt.Fprintf(&text, "%d,95000.1,0.015,6010000000,6010000001,%d,true\n", 2701000001+i, at)
	}
	path := writeFile(t, "BTCUSDT-aggTrades-2026-05-11.csv", []byte(text.String()))
	var last market.UnixMilli
	n := 0
	for e, err := range Stream(openAll(t, Options{}, path)) {
		if err != nil {
			t.Fatal(err)
		}
		trades := e.(*market.Trades)
		n += trades.Len()
		for _, at := range trades.EventTime {
			if at < last {
				t.Fatalf("%v after %v", at, last)
			}
			last = at
		}
	}
	if n != 20_000 {
		t.Errorf("%d trades, want 20000", n)
	}
}

func TestStreamOfTwoInstrumentsIsRefused(t *testing.T) {
	dir := t.TempDir()
	a, _, err := binancetest.WriteDay(dir, binancetest.DayOptions{Trades: 10})
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := binancetest.WriteDay(dir, binancetest.DayOptions{Trades: 10, Symbol: "ETHUSDT"})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range Stream(openAll(t, Options{}, a, b)) {
		if !errors.Is(err, market.ErrInvalid) {
			t.Errorf("got %v", err)
		}
	}
}

func TestSourceTellsInstrumentAndProgress(t *testing.T) {
	trades, _, err := binancetest.WriteDay(t.TempDir(), binancetest.DayOptions{Trades: 50_000})
	if err != nil {
		t.Fatal(err)
	}
	var done, total int64
	sources := openAll(t, Options{Provenance: market.Simulated, Progress: func(_ string, d, of int64) { done, total = d, of }}, trades)
	l := sources[0].Instrument()
	if l.InstrumentID != btc || l.Provenance != market.Simulated || l.Validate() != nil {
		t.Errorf("listing %+v", l)
	}
	for range Stream(sources) {
	}
	if done == 0 || done != total {
		t.Errorf("progress ended at %d of %d", done, total)
	}
	if r := sources[0].Report(); r.Rows != 50_000 || r.First < dayStart || r.Last >= dayStart+market.Day {
		t.Errorf("report %+v", r)
	}
}
