package render

import (
	"math"
	"time"

	"halcyon/market"
)

// cellSpan is a half-open range of cells.
type cellSpan struct{ first, end int }

// spansOf returns which cells each of count pixels shows. position returns the
// real cell position at a pixel edge; it is monotonous. A pixel shows the
// cells whose centres lie in it, and where there is none the cell that holds
// the pixel's centre, so a cell larger than a pixel is sampled nearest, and
// one that is smaller belongs to exactly one pixel.
func spansOf(count int, position func(edge int) float64) []cellSpan {
	out := make([]cellSpan, count)
	before := position(0)
	for i := range out {
		after := position(i + 1)
		low, high := min(before, after), max(before, after)
		s := cellSpan{int(math.Ceil(low - 0.5)), int(math.Ceil(high - 0.5))}
		if s.end <= s.first {
			s.first = int(math.Floor((low + high) / 2))
			s.end = s.first + 1
		}
		out[i], before = s, after
	}
	return out
}

// axes map time to x and price to y within a plot of w by h pixels: time
// linear to the right, price logarithmic upwards, as the page does.
type axes struct {
	w, h     int
	from, to market.UnixMilli
	// low and top are the prices at the lower and upper edge, 0 < low < top.
	low, top market.Price
}

// x returns the pixel position of an instant, not rounded.
func (a axes) x(t market.UnixMilli) float64 {
	return float64(t-a.from) / float64(a.to-a.from) * float64(a.w)
}

// y returns the pixel position of a price, not rounded, 0 at the top.
func (a axes) y(p market.Price) float64 {
	return market.BinsOf(float64(a.top/p)) / a.binsPerPixel()
}

// columnSpans returns the time buckets that each pixel column shows.
func (a axes) columnSpans(bucket market.UnixMilli) []cellSpan {
	start, step := float64(a.from)/float64(bucket), float64(a.to-a.from)/float64(a.w)/float64(bucket)
	return spansOf(a.w, func(edge int) float64 { return start + float64(edge)*step })
}

// rowSpans returns the bins of 2^shift base bins that each pixel row shows.
func (a axes) rowSpans(shift uint) []cellSpan {
	top, step := market.BinsOf(float64(a.top)), a.binsPerPixel()
	return spansOf(a.h, func(edge int) float64 {
		return (top - float64(edge)*step) / float64(uint(1)<<shift)
	})
}

// msPerPixel returns the length of time that a pixel spans.
func (a axes) msPerPixel() float64 { return float64(a.to-a.from) / float64(a.w) }

// binsPerPixel returns the base bins that a pixel spans.
func (a axes) binsPerPixel() float64 { return market.BinsOf(float64(a.top/a.low)) / float64(a.h) }

// priceTicks returns prices at steps of 1, 2 or 5 times a power of ten, not
// below the tick size, that lie at least gap pixels apart.
func (a axes) priceTicks(gap float64, tickSize market.Price) []tick {
	want := max(float64(a.top-a.low)*gap/float64(a.h), float64(tickSize))
	step := math.Pow(10, math.Floor(math.Log10(want)))
	for _, m := range []float64{1, 2, 5, 10} {
		if step*m >= want*(1-1e-9) {
			step *= m
			break
		}
	}
	digits := decimals(float64(tickSize))
	var out []tick
	for k := math.Ceil(float64(a.low) / step); k*step < float64(a.top); k++ {
		out = append(out, tick{a.y(market.Price(k * step)), price(k*step, digits)})
	}
	return out
}

var timeSteps = []market.UnixMilli{
	market.Minute, 2 * market.Minute, 5 * market.Minute, 10 * market.Minute, 15 * market.Minute, 30 * market.Minute,
	market.Hour, 2 * market.Hour, 3 * market.Hour, 6 * market.Hour, 12 * market.Hour,
	market.Day, 2 * market.Day, 5 * market.Day, 10 * market.Day, 30 * market.Day, 60 * market.Day, 120 * market.Day, 360 * market.Day,
}

// timeTicks returns instants at round steps from the UTC epoch that lie at
// least gap pixels apart: the time of day, and at midnight the day.
func (a axes) timeTicks(gap float64) []tick {
	step := timeSteps[len(timeSteps)-1]
	for i := len(timeSteps) - 1; i >= 0 && float64(timeSteps[i]) >= gap*a.msPerPixel(); i-- {
		step = timeSteps[i]
	}
	var out []tick
	for t := (a.from + step - 1).Floor(step); t < a.to; t += step {
		layout := "15:04"
		if t%market.Day == 0 {
			layout = "Jan 2"
		}
		if step >= 120*market.Day {
			layout = time.DateOnly
		}
		out = append(out, tick{a.x(t), t.Time().Format(layout)})
	}
	return out
}
