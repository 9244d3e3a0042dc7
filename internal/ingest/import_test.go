package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"halcyon/internal/venue"
	"halcyon/internal/venue/binance/binancetest"
	"halcyon/market"
)

var btc = market.InstrumentID{Venue: "binance", Symbol: "BTCUSDT"}

const dayStart market.UnixMilli = 1778457600000 // 2026-05-11

// writeFile writes a file into the test's folder and returns its path.
func writeFile(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func gz(t testing.TB, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func aggText(t testing.TB, opt binancetest.DayOptions) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := binancetest.WriteAggTrades(&b, opt); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func importAll(t *testing.T, store Store, opt Options, paths ...string) Report {
	t.Helper()
	opt.Formats = formats
	r, err := Import(context.Background(), store, paths, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestImportTwiceChangesNothing(t *testing.T) {
	trades, metrics, err := binancetest.WriteDay(t.TempDir(), binancetest.DayOptions{Trades: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	store := newMemory()
	first := importAll(t, store, Options{}, trades, metrics)
	if f := first.Files[0]; f.Rows != 10_000 || f.Format != "binance-aggtrades" || f.Instrument != btc || f.Days != 1 || f.DaysChanged != 1 {
		t.Errorf("trades: %+v", f)
	}
	// The last of the old labels is the next midnight.
	if f := first.Files[1]; f.Rows != 288 || f.Format != "binance-metrics" || f.Days != 2 || f.DaysChanged != 2 {
		t.Errorf("metrics: %+v", f)
	}
	before := fmt.Sprint(store.days[dayKey{btc, dayStart}])
	for _, f := range importAll(t, store, Options{}, filepath.Dir(trades)).Files {
		if f.DaysChanged != 0 || f.Days == 0 {
			t.Errorf("second import: %+v", f)
		}
	}
	if fmt.Sprint(store.days[dayKey{btc, dayStart}]) != before {
		t.Error("a second import changed the store")
	}
	l := store.listings[btc]
	if l.Provenance != market.Recorded || l.TickSize != 0.1 || len(l.Tiers) != 12 || l.Tiers[0].MaxLeverage != 150 {
		t.Errorf("listing %+v", l)
	}
}

// TestImportOfRowsInAnyOrder: held or read twice, sorted or not, the store
// gets the same days.
func TestImportOfRowsInAnyOrder(t *testing.T) {
	var text []byte
	for i := range market.UnixMilli(3) {
		day := aggText(t, binancetest.DayOptions{Trades: 3000, Day: dayStart + i*market.Day, Seed: uint64(i) + 1, NoHeader: true})
		// Ids go on from day to day.
		text = append(text, bytes.ReplaceAll(day, []byte("\n2701"), fmt.Appendf(nil, "\n2701%d", i))...)
	}
	lines := strings.SplitAfter(strings.TrimSuffix(string(text), "\n"), "\n")
	lines[len(lines)-1] += "\n"
	jumbled := append([]string{}, lines...)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		// Blocks of rows change places, as in some monthly files.
		a, b := rng.IntN(len(lines)-800), rng.IntN(len(lines)-800)
		for i := range 400 {
			jumbled[a+i], jumbled[b+i] = jumbled[b+i], jumbled[a+i]
		}
	}
	want := newMemory()
	importAll(t, want, Options{}, writeFile(t, "BTCUSDT-aggTrades-2026-05.csv", []byte(strings.Join(lines, ""))))
	path := writeFile(t, "BTCUSDT-aggTrades-2026-05.csv", []byte(strings.Join(jumbled, "")))
	for _, hold := range []int{1, 4000, holdTrades} {
		store := newMemory()
		im := &importer{store: store, opt: Options{Formats: formats}, hold: hold, listings: map[market.InstrumentID]listed{}}
		report, err := im.run(t.Context(), []string{path})
		if err != nil {
			t.Fatal(err)
		}
		if f := report.Files[0]; f.Rows != 9000 || f.Days != 3 || f.DaysChanged != 3 || f.Backwards == 0 {
			t.Errorf("hold %d: %+v", hold, f)
		}
		if len(store.days) != len(want.days) {
			t.Fatalf("hold %d: %d days, want %d", hold, len(store.days), len(want.days))
		}
		for key, set := range want.days {
			got := store.days[key]
			if !reflect.DeepEqual(multiset(&got.Trades), multiset(&set.Trades)) || !reflect.DeepEqual(got.Gaps, set.Gaps) {
				t.Errorf("hold %d: %s differs", hold, key.day.Date())
			}
		}
	}
}

// multiset counts equal trades.
func multiset(t *market.Trades) map[string]int {
	m := map[string]int{}
	for i := range t.Len() {
		m[fmt.Sprint(t.EventTime[i], t.LastPrice[i], t.Size[i], t.Taker[i])]++
	}
	return m
}

func TestImportOfABadFileLeavesTheStoreAsItWas(t *testing.T) {
	text := aggText(t, binancetest.DayOptions{Trades: 5000})
	bad := append(bytes.Clone(text), "2701009999,abc,1,1,1,1778518167413,true\n"...)
	for _, hold := range []int{100, holdTrades} {
		store := newMemory()
		im := &importer{store: store, opt: Options{Formats: formats}, hold: hold, listings: map[market.InstrumentID]listed{}}
		path := writeFile(t, "BTCUSDT-aggTrades-2026-05-11.csv.gz", gz(t, bad))
		_, err := im.run(t.Context(), []string{path})
		if err == nil || !strings.HasSuffix(err.Error(), ` row 5002: price "abc": want a number > 0`) {
			t.Errorf("hold %d: got %v", hold, err)
		}
		if len(store.days) != 0 || len(store.listings) != 0 {
			t.Errorf("hold %d: something was stored", hold)
		}
	}
}

func TestTruncatedGzipWithAndWithoutSalvage(t *testing.T) {
	whole := gz(t, aggText(t, binancetest.DayOptions{Trades: 20_000}))
	path := writeFile(t, "BTCUSDT-aggTrades-2026-05-11.csv.gz", whole[:len(whole)/2])
	testBroken(t, path)
}

func TestHalfAZipWithAndWithoutSalvage(t *testing.T) {
	trades, _, err := binancetest.WriteDay(t.TempDir(), binancetest.DayOptions{Trades: 20_000})
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(trades)
	if err != nil {
		t.Fatal(err)
	}
	testBroken(t, writeFile(t, "BTCUSDT-aggTrades-2026-05-11.zip", whole[:len(whole)/2]))
}

// testBroken imports the first half of a file of 20,000 trades.
func testBroken(t *testing.T, path string) {
	t.Helper()
	store := newMemory()
	_, err := Import(t.Context(), store, []string{path}, Options{Formats: formats})
	if fault := (*venue.InputError)(nil); !errors.As(err, &fault) || !strings.Contains(err.Error(), "want a whole file; --salvage takes what decodes of it") {
		t.Errorf("without salvage: %v", err)
	}
	if len(store.days) != 0 {
		t.Error("without salvage something was stored")
	}
	f := importAll(t, store, Options{Salvage: true}, path).Files[0]
	if f.Rows < 8000 || f.Rows > 12_000 || !strings.HasPrefix(f.Lost, fmt.Sprintf("breaks off after row %d, at %s: ", f.Rows, f.Last)) || f.Gaps != 1 {
		t.Errorf("with salvage: %+v", f)
	}
	set := store.days[dayKey{btc, dayStart}]
	if set == nil || int64(set.Trades.Len()) != f.Rows || len(set.Gaps) != 1 || set.Gaps[0].To != dayStart+market.Day || set.Gaps[0].From != f.Last+1 {
		t.Errorf("with salvage: a gap up to midnight is missing: %v", set.Gaps)
	}
}

func TestFlippedBitInGzipIsFound(t *testing.T) {
	whole := gz(t, aggText(t, binancetest.DayOptions{Trades: 5000}))
	whole[len(whole)-6] ^= 1 // the checksum
	store := newMemory()
	_, err := Import(t.Context(), store, []string{writeFile(t, "BTCUSDT-aggTrades-2026-05-11.csv.gz", whole)}, Options{Formats: formats})
	if fault := (*venue.InputError)(nil); !errors.As(err, &fault) || len(store.days) != 0 {
		t.Errorf("got %v, %d days stored", err, len(store.days))
	}
}

func TestImportFaults(t *testing.T) {
	twoFiles := func() []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for _, name := range []string{"a.csv", "b.csv"} {
			if _, err := w.Create(name); err != nil {
				t.Fatal(err)
			}
		}
		w.Close()
		return b.Bytes()
	}()
	for _, c := range []struct {
		name    string
		content []byte
		want    string
	}{
		{"empty.csv", nil, "want at least one row of data; the file is empty"},
		{"empty.csv.gz", gz(t, nil), "want at least one row of data; the file is empty"},
		{"notes.txt", []byte("some notes\n"), `row 1: line "some notes": want a format that is known; name it with --format`},
		{"two.zip", twoFiles, `files in the archive "2": want one`},
		{"noise.bin", make([]byte, 300_000), "want rows of text, each under 65536 bytes"},
	} {
		_, err := Import(t.Context(), newMemory(), []string{writeFile(t, c.name, c.content)}, Options{Formats: formats})
		if fault := (*venue.InputError)(nil); !errors.As(err, &fault) || !strings.HasSuffix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v\nwant ... %s", c.name, err, c.want)
		}
	}
	_, err := Import(t.Context(), newMemory(), []string{"none.csv"}, Options{Formats: formats})
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	_, err = Import(t.Context(), newMemory(), nil, Options{Formats: formats, Format: "nonsense"})
	if !errors.Is(err, market.ErrInvalid) || !strings.Contains(err.Error(), "binance-aggtrades") {
		t.Errorf("unknown format: %v", err)
	}
}

func TestFilesOfAFolderThatNobodyKnowsAreIgnored(t *testing.T) {
	trades, _, err := binancetest.WriteDay(t.TempDir(), binancetest.DayOptions{Trades: 100})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"README.md": []byte("# Notes\n"), "noise.bin": make([]byte, 300_000), ".hidden": []byte("x")} {
		if err := os.WriteFile(filepath.Join(filepath.Dir(trades), name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := importAll(t, newMemory(), Options{}, filepath.Dir(trades))
	if len(r.Files) != 2 || len(r.Ignored) != 2 {
		t.Errorf("imported %d, ignored %v; want 2 and 2", len(r.Files), r.Ignored)
	}
}

func TestStoreThatFailsIsReported(t *testing.T) {
	full := errors.New("disk full")
	trades, _, err := binancetest.WriteDay(t.TempDir(), binancetest.DayOptions{Trades: 100})
	if err != nil {
		t.Fatal(err)
	}
	_, err = Import(t.Context(), failing{newMemory(), full}, []string{trades}, Options{Formats: formats})
	if !errors.Is(err, full) || !strings.HasPrefix(err.Error(), "cannot store 2026-05-11 of ") {
		t.Errorf("got %v", err)
	}
}

type failing struct {
	*memory
	err error
}

func (f failing) Merge(context.Context, market.InstrumentID, market.UnixMilli, *market.EventSet) (bool, error) {
	return false, f.err
}

func TestImportStopsWhenTold(t *testing.T) {
	trades, _, err := binancetest.WriteDay(t.TempDir(), binancetest.DayOptions{Trades: 100})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Import(ctx, newMemory(), []string{trades}, Options{Formats: formats}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
