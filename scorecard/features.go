package scorecard

import (
	"math"

	"halcyon/market"
)

// Features are what price alone, its volume and past liquidations say about
// the liquidations of a period: the input of the price-only baselines. One row
// a period; everything in it is known when the period has ended except its
// liquidations, as it is for a live map.
type Features struct {
	// Simple has excursion, range, return, the last period's liquidations of
	// the side and the level of open interest.
	Simple [][]float64
	// Plus adds the path within the period, how far it went beyond the extremes
	// of the last 1 to 72 hours, volume, lags of both sides and the hour.
	Plus [][]float64
}

// FeatureInput is what Features are made from.
type FeatureInput struct {
	// Bars are the candles (5 minutes, say) that cover the periods and at least
	// three days before the first, by time.
	Bars []market.Candle
	// OpenInterest is observations by time; only what was observed before a
	// period's end is used.
	OpenInterest []market.OpenInterest
	// Start is the start of each period, Width the length of all.
	Start []market.UnixMilli
	Width market.UnixMilli
	// Realised is the liquidations (quote) of each period, by side; a row uses
	// those of earlier periods only.
	Realised [market.Sides][]float64
}

// lookbacks are the hours over which extremes, ranges and volumes are taken.
var lookbacks = []market.UnixMilli{1, 4, 12, 24, 72}

// NewFeatures computes the rows of one side.
func NewFeatures(in FeatureInput, side market.PositionSide) Features {
	var f Features
	openInterest, first := in.OpenInterest, 0
	var level, before float64
	for i, start := range in.Start {
		for first < len(in.Bars) && in.Bars[first].OpenTime < start {
			first++
		}
		end := first
		for end < len(in.Bars) && in.Bars[end].OpenTime < start+in.Width {
			end++
		}
		for before = level; len(openInterest) > 0 && openInterest[0].EventTime < start+in.Width; openInterest = openInterest[1:] {
			level = float64(openInterest[0].Contracts)
		}
		p := pathOf(in.Bars[first:end], side)
		lag := lags(in.Realised, side, i)
		simple := []float64{p.adverse, math.Sqrt(p.adverse), p.span, p.change, lag[0], math.Log1p(level)}
		f.Simple = append(f.Simple, simple)
		plus := append([]float64{}, simple...)
		plus = append(plus, p.favourable, math.Sqrt(p.span), math.Log(p.adverse+1e-4), math.Log(p.span+1e-4), math.Abs(p.change),
			p.worst, p.length, p.roughness, math.Log1p(p.volume), math.Log1p(p.peak), math.Log1p(p.volume)*p.adverse)
		plus = append(plus, beyond(in.Bars[:first], p, side, start)...)
		plus = append(plus, lag[1:]...)
		hour := 2 * math.Pi * float64(start%market.Day) / float64(market.Day)
		change := 0.0
		if before > 0 {
			change = math.Log(level / before)
		}
		weekend := 0.0
		if d := start.Time().Weekday(); d == 0 || d == 6 {
			weekend = 1
		}
		f.Plus = append(f.Plus, append(plus, math.Sin(hour), math.Cos(hour), weekend, change))
	}
	return f
}

// path is what a period's bars look like to one side; distances are log ratios.
type path struct {
	low, high                                   float64 // log prices
	adverse, favourable, span, change           float64
	worst, length, roughness, volume, peak, end float64
}

// pathOf measures bars as the side sees them: adverse is down for longs.
func pathOf(bars []market.Candle, side market.PositionSide) (p path) {
	if len(bars) == 0 {
		return p
	}
	open := math.Log(float64(bars[0].Open))
	p.low, p.high = math.Inf(1), math.Inf(-1)
	for _, b := range bars {
		lo, hi := math.Log(float64(b.Low)), math.Log(float64(b.High))
		p.low, p.high = min(p.low, lo), max(p.high, hi)
		step := math.Log(float64(b.Close / b.Open))
		p.length += math.Abs(step)
		p.roughness += step * step
		p.worst = max(p.worst, -step*side.Sign())
		p.volume += float64(b.Volume)
		p.peak = max(p.peak, float64(b.Volume))
	}
	p.roughness = math.Sqrt(p.roughness)
	p.end = math.Log(float64(bars[len(bars)-1].Close))
	p.change, p.span = (p.end-open)*side.Sign(), p.high-p.low
	p.adverse, p.favourable = open-p.low, p.high-open
	if side == market.Short {
		p.adverse, p.favourable = p.favourable, p.adverse
	}
	return p
}

// beyond returns, a lookback, how far the period went past the adverse extreme
// before it, how far it ended from the favourable one, and volume and range before.
func beyond(bars []market.Candle, p path, side market.PositionSide, start market.UnixMilli) (out []float64) {
	low, high, volume := math.Inf(1), math.Inf(-1), 0.0
	i := len(bars)
	for _, hours := range lookbacks {
		for i > 0 && bars[i-1].OpenTime >= start-hours*market.Hour {
			i--
			low, high = min(low, math.Log(float64(bars[i].Low))), max(high, math.Log(float64(bars[i].High)))
			volume += float64(bars[i].Volume)
		}
		past, drawdown := low-p.low, high-p.low
		if side == market.Short {
			past, drawdown = p.high-high, p.high-low
		}
		if math.IsInf(low, 0) {
			past, drawdown = 0, 0
		}
		out = append(out, max(0, past), drawdown, math.Log1p(volume))
	}
	return append(out, math.Sqrt(out[0]), math.Sqrt(out[9]))
}

// lags returns logs of earlier liquidations of the side and the other one.
func lags(realised [market.Sides][]float64, side market.PositionSide, i int) (out []float64) {
	for _, s := range []market.PositionSide{side, side.Opposite()} {
		for _, span := range [][2]int{{1, 1}, {2, 2}, {3, 3}, {1, 6}, {1, 24}, {1, 168}} {
			var sum, n float64
			for k := span[0]; k <= span[1] && i-k >= 0; k++ {
				sum, n = sum+LogUSD(realised[s][i-k]), n+1
			}
			if n == 0 {
				sum, n = math.Log(LogOffset), 1
			}
			out = append(out, sum/n)
		}
	}
	return out
}
