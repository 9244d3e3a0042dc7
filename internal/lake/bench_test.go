package lake

import (
	"math/rand"
	"os"
	"runtime"
	"testing"

	"halcyon/market"
)

// benchTrades makes a plausible day of n trades: a random walk on a tick grid,
// log-normal sizes in steps, runs of the same taker.
func benchTrades(n int) *market.EventSet {
	r := rand.New(rand.NewSource(1))
	s := new(market.EventSet)
	grow(&s.Trades, n)
	s.Trades.Reset()
	price, taker := 600_000, market.TakerBuy
	for i := range n {
		price += r.Intn(5) - 2
		if r.Intn(3) == 0 {
			taker ^= 1
		}
		at := aDay + market.UnixMilli(int64(i)*int64(market.Day)/int64(n))
		s.Trades.Append(at, market.Price(float64(price)/10), market.Contracts(float64(1+r.Intn(1<<uint(r.Intn(12))))/1000), taker)
	}
	return s
}

// openFolder opens an empty lake in a folder that goes with the benchmark.
func openFolder(b testing.TB) (*Lake, string) {
	b.Helper()
	dir := b.TempDir()
	l, err := Open(noTime, dir)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	return l, dir
}

func sizeOf(b testing.TB, path string) float64 {
	b.Helper()
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return float64(info.Size())
}

const benchDay = 2_000_000

func BenchmarkScanTrades(b *testing.B) {
	l, dir := openFolder(b)
	if _, err := l.Merge(noTime, btc, aDay, benchTrades(benchDay)); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		rows, sum := 0, market.Contracts(0)
		err := l.ScanTrades(noTime, btc, aDay, func(t *market.Trades) error {
			rows += t.Len()
			sum += t.Size[0]
			return nil
		})
		if err != nil || rows != benchDay {
			b.Fatalf("%d rows, error %v", rows, err)
		}
	}
	b.ReportMetric(float64(b.N)*benchDay/b.Elapsed().Seconds()/1e6, "Mrows/s")
	b.ReportMetric(sizeOf(b, dir+"/"+dayKey(kindTrades, btc, aDay))/benchDay, "B/row")
}

func BenchmarkEventsTrades(b *testing.B) {
	l, _ := openFolder(b)
	if _, err := l.Merge(noTime, btc, aDay, benchTrades(benchDay)); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if set, err := l.Events(noTime, btc, aDay); err != nil || set.Trades.Len() != benchDay {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*benchDay/b.Elapsed().Seconds()/1e6, "Mrows/s")
}

func BenchmarkMergeTrades(b *testing.B) {
	set := benchTrades(benchDay)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		l, _ := openFolder(b)
		b.StartTimer()
		if changed, err := l.Merge(noTime, btc, aDay, set); err != nil || !changed {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*benchDay/b.Elapsed().Seconds()/1e6, "Mrows/s")
}

// BenchmarkMergeIntoBusyDay unites 4 M trades with a stored day of 4 M others
// and reports the most memory that the process ever took from the system; the
// set that is merged is 100 MB of it.
func BenchmarkMergeIntoBusyDay(b *testing.B) {
	const n = 4_000_000
	set := benchTrades(n)
	for b.Loop() {
		b.StopTimer()
		l, _ := openFolder(b)
		if _, err := l.Merge(noTime, btc, aDay, set); err != nil {
			b.Fatal(err)
		}
		set.Trades.LastPrice[n/2]++
		b.StartTimer()
		if changed, err := l.Merge(noTime, btc, aDay, set); err != nil || !changed {
			b.Fatal(err)
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/1e6, "peak-MB")
	b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds()/1e6, "Mrows/s")
}
