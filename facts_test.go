package halcyon_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"halcyon/engine"
	"halcyon/heatmap"
	"halcyon/internal/ingest"
	"halcyon/internal/lake"
	"halcyon/internal/replay"
	"halcyon/internal/venue"
	"halcyon/internal/venue/binance"
	"halcyon/internal/venue/hyperliquid"
	"halcyon/market"
	"halcyon/scorecard"
)

// Twelve facts about liquidation maps that open peers get wrong somewhere are
// tests of this repository, each beside the code it is about; "Fact n" in a
// test's comment finds them. These two need the whole chain.

// recordedData returns a path below the folder of recorded data, and skips the
// test where there is none.
func recordedData(t *testing.T, glob string) []string {
	t.Helper()
	dir := os.Getenv("HALCYON_DATA")
	if dir == "" {
		dir = filepath.Join("..", "shared", "data")
	}
	files, err := filepath.Glob(filepath.Join(dir, glob))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skipf("no recorded data at %s: set HALCYON_DATA to the folder that holds them", filepath.Join(dir, glob))
	}
	return files
}

func formats() []venue.Format { return append(binance.Formats(), hyperliquid.Formats()...) }

// since is a store that leaves out the days before an instant.
type since struct {
	*lake.Lake
	from market.UnixMilli
}

func (s since) Merge(ctx context.Context, id market.InstrumentID, day market.UnixMilli, set *market.EventSet) (bool, error) {
	if day < s.from {
		return false, nil
	}
	return s.Lake.Merge(ctx, id, day, set)
}

// imported fills a lake in memory with events from an instant on.
func imported(t *testing.T, from market.UnixMilli, files []string) (*lake.Lake, []market.Listing) {
	t.Helper()
	ctx := context.Background()
	l, err := lake.Open(ctx, "mem://")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	if _, err := ingest.Import(ctx, since{l, from}, files, ingest.Options{Formats: formats(), Salvage: true}); err != nil {
		t.Fatal(err)
	}
	listings, err := l.Listings(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return l, listings
}

// draw draws the maps of what was imported into a store over it.
func draw(t *testing.T, store replay.Store, listings []market.Listing) {
	t.Helper()
	for _, listing := range listings {
		if _, err := replay.Run(context.Background(), store, listing, replay.Options{Engine: engine.Options{}}); err != nil {
			t.Fatal(err)
		}
	}
}

// hours is a lake that keeps of a map the columns of an hour alone.
type hours struct {
	*lake.Lake
	columns []heatmap.Column
}

// hourly is the level of the ladder with columns of an hour.
const hourly = 3

func (h *hours) PutMap(_ context.Context, _ market.InstrumentID, d *heatmap.Day) error {
	h.columns = append(h.columns, d.Levels[hourly].Columns...)
	return nil
}

// Fact 10: the feed is really connected end to end. A recorded day goes in as
// files and comes out as a stored map with levels on both sides of price.
func TestRecordedDayBecomesMap(t *testing.T) {
	files := append(recordedData(t, "hyperliquid/recorded/trades_DOGE_20260613*"), recordedData(t, "hyperliquid/recorded/ctx_DOGE_20260613*")...)
	l, listings := imported(t, 0, files)
	draw(t, l, listings)
	ctx := context.Background()
	days, err := l.MapDays(ctx, listings[0].InstrumentID)
	if err != nil || len(days) == 0 {
		t.Fatalf("map days %v, %v", days, err)
	}
	d, err := l.Map(ctx, listings[0].InstrumentID, days[len(days)-1])
	if err != nil {
		t.Fatal(err)
	}
	cols := d.Levels[0].Columns
	last := cols[len(cols)-1]
	var stands [market.Sides]float64
	w := heatmap.Window{From: last.Bucket, To: last.Bucket + 1, Lo: -1 << 18, Hi: 1 << 18}
	if err := heatmap.Walk([]*heatmap.Tracks{d.Tracks(0)}, w, func(c *heatmap.Column, s *heatmap.State) bool {
		price := market.BinOf(c.Price)
		for p := range heatmap.Plane(d.Planes) {
			side := int(p) * market.Sides / d.Planes
			for lo, hi := s.Occupied(p); lo < hi; lo++ {
				x := s.All(p, lo)
				stands[side] += x
				if x > 0 && (side == int(market.Long)) != (lo < price) {
					t.Errorf("%v level of %.0f in bin %d, price in %d", market.PositionSide(side), x, lo, price)
				}
			}
		}
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if stands[market.Long] <= 0 || stands[market.Short] <= 0 {
		t.Errorf("stands %v", stands)
	}
}

// Fact 12: an accuracy claim is measured on recorded liquidations. The map of
// Binance BTCUSDT, drawn causally from bars and open interest with default
// parameters, sweeps each hour what realised liquidations of that hour are
// compared with. The bounds are what was measured, less a margin; see
// docs/MODEL.md.
func TestSweptAgainstRealisedLiquidations(t *testing.T) {
	const openInterestBegins = 1764547200000 // 2025-12-01
	l, listings := imported(t, openInterestBegins, append(recordedData(t, "binance/open_interest_5m/BTCUSDT*"), recordedData(t, "binance/klines_5m/BTCUSDT_20241231*")...))
	realised := hourlyLiquidations(t, recordedData(t, "liquidations/aggregate_BTC_1h_with_price_oi*")[0])
	drawn := &hours{Lake: l}
	draw(t, drawn, listings)
	var predicted, actual [market.Sides][]float64
	for _, c := range drawn.columns {
		usd, ok := realised[c.Bucket.Start(market.Hour)]
		if !ok || c.Close == 0 {
			continue
		}
		for s := range predicted {
			predicted[s] = append(predicted[s], float64(c.Swept[s]))
			actual[s] = append(actual[s], usd[s])
		}
	}
	for s := range market.PositionSide(market.Sides) {
		rho := scorecard.Spearman(predicted[s], actual[s])
		t.Logf("%v: rank correlation of swept and realised USD over %d hours: %.3f", s, len(actual[s]), rho)
		if len(actual[s]) < 1500 || rho < 0.8 {
			t.Errorf("%v: rank correlation %.3f over %d hours, want at least 0.80 over 1,500", s, rho, len(actual[s]))
		}
	}
}

// hourlyLiquidations reads long and short USD by the start of the hour.
func hourlyLiquidations(t *testing.T, path string) map[market.UnixMilli][market.Sides]float64 {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	out := map[market.UnixMilli][market.Sides]float64{}
	lines := bufio.NewScanner(z)
	lines.Scan()
	header := strings.Split(lines.Text(), ",")
	at, long, short := slices.Index(header, "timestamp"), slices.Index(header, "liquidation_long_usd"), slices.Index(header, "liquidation_short_usd")
	number := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for lines.Scan() {
		row := strings.Split(lines.Text(), ",")
		out[market.UnixMilli(number(row[at]))] = [market.Sides]float64{number(row[long]), number(row[short])}
	}
	return out
}
