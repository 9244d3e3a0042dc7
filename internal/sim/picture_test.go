package sim

import (
	"math"
	"slices"
	"testing"

	"halcyon/market"
)

// day is what a chart of one simulated day shows.
type day struct {
	span       float64 // high over low - 1
	oiChange   float64 // last over first - 1
	liquidated float64 // share of open interest, mean of the sides
	trades     int
	turnover   float64 // volume over open interest
	bought     float64 // share of volume
	worst      float64 // largest return of a minute
}

// observe runs a market for some days and returns what each looked like, and
// the minutes' log returns of the mark.
func observe(m *Market, count int) (days []day, minutes []float64) {
	for range count {
		d, low, high := day{}, math.Inf(1), 0.0
		volume, bought, liquidated := 0.0, 0.0, 0.0
		first, previous := m.book.open[market.Long].float(), math.Log(float64(m.MarkPrice()))
		for e := range m.Run(m.Now() + market.Day) {
			switch e := e.(type) {
			case *market.Trades:
				d.trades += e.Len()
				for i, q := range e.Size {
					volume += float64(q)
					if e.Taker[i] == market.TakerBuy {
						bought += float64(q)
					}
				}
			case market.Liquidation:
				liquidated += float64(e.Size)
			case market.MarkPrice:
				low, high = min(low, float64(e.MarkPrice)), max(high, float64(e.MarkPrice))
				if e.EventTime%market.Minute == 0 {
					at := math.Log(float64(e.MarkPrice))
					minutes = append(minutes, at-previous)
					d.worst = max(d.worst, math.Abs(at-previous))
					previous = at
				}
			}
		}
		d.span, d.oiChange = high/low-1, m.book.open[market.Long].float()/first-1
		d.liquidated, d.turnover, d.bought = liquidated/market.Sides/first, volume/first, bought/volume
		days = append(days, d)
	}
	return days, minutes
}

// quantile returns the q-quantile of one figure over the days.
func quantile(days []day, q float64, figure func(day) float64) float64 {
	var x []float64
	for _, d := range days {
		x = append(x, figure(d))
	}
	slices.Sort(x)
	return x[int(q*float64(len(x)-1)+.5)]
}

func kurtosis(x []float64) float64 {
	var two, four float64
	for _, v := range x {
		two += v * v
		four += v * v * v * v
	}
	return four * float64(len(x)) / (two * two)
}

// clustering is the correlation of one interval's absolute return with the
// next one's.
func clustering(x []float64) float64 {
	mean := 0.0
	for _, v := range x {
		mean += math.Abs(v) / float64(len(x))
	}
	var with, of float64
	for i := range len(x) - 1 {
		a, b := math.Abs(x[i])-mean, math.Abs(x[i+1])-mean
		with += a * b
		of += a * a
	}
	return with / of
}

// TestPictureOfThirtyDays holds the market to what real ones look like. The
// seed fixes the figures on one machine; the bounds leave room for another.
func TestPictureOfThirtyDays(t *testing.T) {
	if testing.Short() {
		t.Skip("simulates thirty days")
	}
	m := mustNew(t, Options{Symbol: "BTC", Seed: 7, Start: testStart, Traders: 6000, TradesPerSecond: 1.5})
	days, minutes := observe(m, 30)
	check := func(name string, got, low, high float64) {
		t.Helper()
		t.Logf("%-40s %.4f", name, got)
		if !(got >= low && got <= high) {
			t.Errorf("%s: %.4f, want %v to %v", name, got, low, high)
		}
	}
	span := func(d day) float64 { return d.span }
	oi := func(d day) float64 { return d.oiChange }
	liquidated := func(d day) float64 { return d.liquidated }
	check("median daily range", quantile(days, .5, span), .02, .05)
	check("narrowest daily range", quantile(days, 0, span), .005, .025)
	check("widest daily range", quantile(days, 1, span), .04, .20)
	check("kurtosis of minutes", kurtosis(minutes), 8, 200)
	check("clustering of minutes", clustering(minutes), .1, .7)
	check("worst minute", quantile(days, 1, func(d day) float64 { return d.worst }), .004, .05)
	check("largest fall of open interest in a day", quantile(days, 0, oi), -.25, -.03)
	check("largest rise of open interest in a day", quantile(days, 1, oi), .03, .25)
	check("open interest at the end", float64(m.book.open[market.Long].contracts()), 13_000, 28_000)
	check("median liquidated share", quantile(days, .5, liquidated), .001, .015)
	check("liquidated share of a volatile day", quantile(days, .9, liquidated), .006, .05)
	check("trades a day", quantile(days, .5, func(d day) float64 { return float64(d.trades) }), 90_000, 190_000)
	check("volume over open interest", quantile(days, .5, func(d day) float64 { return d.turnover }), 3, 9)
	check("least bought share of a day", quantile(days, 0, func(d day) float64 { return d.bought }), .42, .5)
	check("price after thirty days", float64(m.MarkPrice()), 65_000, 130_000)
}

// TestTruePositionsByDistance compares with what was measured on a real
// venue's large accounts: 8 % to 13 % of a side within 10 % of price, 26 % to
// 31 % within 20 %; the flow, which those accounts lack, comes on top.
func TestTruePositionsByDistance(t *testing.T) {
	m := mustNew(t, Options{Symbol: "ETH", Seed: 3, Start: testStart})
	observe(m, 1)
	levels := m.TrueLevels()
	mark := market.BinOf(m.MarkPrice())
	for side := range market.PositionSide(market.Sides) {
		var total, near, middle float64
		for bin, n := range levels.At[side] {
			distance := math.Abs(float64(bin-mark)) / market.BinsOf(1.1)
			size := float64(n) / float64(bin.Mid())
			total += size
			if distance < 1 {
				near += size
			}
			if distance < 2 {
				middle += size
			}
		}
		total += float64(levels.Unplaced[side]) / float64(m.MarkPrice())
		if oi := m.book.open[side].float(); math.Abs(total/oi-1) > 1e-3 {
			t.Errorf("%v: levels and unplaced hold %v contracts, open interest is %v", side, total, oi)
		}
		t.Logf("%v: %.3f within 10 %%, %.3f within 20 %%", side, near/total, middle/total)
		if share := near / total; share < .07 || share > .25 {
			t.Errorf("%v: %.3f of the side within 10 %% of price, want 0.07 to 0.25", side, share)
		}
		if share := middle / total; share < .15 || share > .50 {
			t.Errorf("%v: %.3f of the side within 20 %% of price, want 0.15 to 0.50", side, share)
		}
	}
}

func BenchmarkDay(b *testing.B) {
	trades := 0
	for i := range b.N {
		b.StopTimer()
		m := mustNew(b, Options{Symbol: "BTC", Seed: uint64(i), Start: testStart})
		b.StartTimer()
		for e := range m.Run(testStart + market.Day) {
			if batch, ok := e.(*market.Trades); ok {
				trades += batch.Len()
			}
		}
	}
	b.ReportMetric(float64(trades)/b.Elapsed().Seconds(), "trades/s")
	b.ReportMetric(float64(trades)/float64(b.N), "trades/op")
}

func BenchmarkNew(b *testing.B) {
	for range b.N {
		mustNew(b, Options{Symbol: "BTC", Seed: 1, Start: testStart})
	}
}
