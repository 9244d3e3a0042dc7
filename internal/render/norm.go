package render

import (
	"fmt"
	"math"
	"strings"

	"halcyon/heatmap"
)

// mode is what colour stands for.
type mode string

const (
	modeZ          mode = "z"
	modeRobust     mode = "robust"
	modePercentile mode = "percentile"
	modeUSD        mode = "usd"
)

var modes = []mode{modeZ, modeRobust, modePercentile, modeUSD}

func joinModes() string {
	names := make([]string, len(modes))
	for i, m := range modes {
		names[i] = string(m)
	}
	return strings.Join(names, ", ")
}

// scale turns a cell's amount into a place on the palette.
//
//	z           (x − mean) / sd
//	robust      (ln(1+x) − median) / (1.4826 · MAD), both of ln(1+x)
//	percentile  share of the population at or below x
//	usd         log10(1 + x)
//
// low and high bound what the palette spans: z and robust −1 to 4;
// percentiles are spread by their tail, −log10(1 − share), 0 to 2, so that
// 90 % is half-way and 99 % the end. They are the page's.
type scale struct {
	mode      mode
	low, high float64
	// threshold is the place below which cells sink into the ground; -Inf for none.
	threshold float64
}

// scales are what palettes span a mode; USD has this one until statistics are known.
var scales = map[mode]scale{
	modeZ:          {mode: modeZ, low: -1, high: 4},
	modeRobust:     {mode: modeRobust, low: -1, high: 4},
	modePercentile: {mode: modePercentile, low: 0, high: 2},
	modeUSD:        {mode: modeUSD, low: 3, high: 7},
}

// newScale returns the scale of a mode with a threshold in its unit, 0 for
// none. newest is the normalisation of the last column: USD spans whole powers
// of ten from its first decile to its 99th percentile.
func newScale(m mode, threshold float64, newest heatmap.Norm) scale {
	s := scales[m]
	if q := newest.Quantiles; m == modeUSD && q[8] > q[2] {
		s.high = math.Ceil(math.Log10(1 + q[8]))
		s.low = min(s.high-2, math.Floor(math.Log10(1+q[2])))
	}
	s.threshold = math.Inf(-1)
	if threshold != 0 {
		if m == modeUSD {
			threshold = math.Log10(1 + max(threshold, 0))
		}
		s.threshold = s.place(threshold)
	}
	return s
}

// value normalises an amount (quote, > 0); ok is false where that is undefined.
func (s scale) value(x float64, n *heatmap.Norm) (v float64, ok bool) {
	switch s.mode {
	case modeRobust:
		return n.RobustZ(x)
	case modePercentile:
		return share(x, n), n.N > 0
	case modeUSD:
		return math.Log10(1 + x), true
	}
	return n.Z(x)
}

// share interpolates between quantiles in ln(1+x); it is 1 beyond the last.
func share(x float64, n *heatmap.Norm) float64 {
	at, below, belowShare := math.Log1p(x), 0.0, 0.0
	for i, q := range n.Quantiles {
		upTo := math.Log1p(q)
		if at < upTo {
			return belowShare + (heatmap.QuantilePoints[i]-belowShare)*(at-below)/max(upTo-below, 1e-6)
		}
		below, belowShare = upTo, heatmap.QuantilePoints[i]
	}
	return 1
}

// place returns where a normalised value lies on the palette: 0..1 within the
// scale, not clamped.
func (s scale) place(v float64) float64 {
	if s.mode == modePercentile {
		v = -math.Log10(max(1e-9, 1-v))
	}
	return (v - s.low) / (s.high - s.low)
}

// tick is a labelled place on an axis or the colour bar.
type tick struct {
	at    float64
	label string
}

// ticks returns the ticks of the colour bar, at 0..1.
func (s scale) ticks() []tick {
	var out []tick
	if s.mode == modePercentile {
		for _, p := range []float64{0, 0.5, 0.75, 0.9, 0.95, 0.99} {
			out = append(out, tick{s.place(p), fmt.Sprintf("%.0f %%", 100*p)})
		}
		out[len(out)-1].label = "≥99 %"
		return out
	}
	for v := math.Ceil(s.low); v <= s.high; v++ {
		label := strings.Replace(fmt.Sprint(int(v)), "-", "−", 1)
		if s.mode == modeUSD {
			label = usdPower(int(v))
		}
		out = append(out, tick{s.place(v), label})
	}
	return out
}

// title names the scale above the colour bar.
func (s scale) title() string {
	return map[mode]string{
		modeZ: "z-score: standard deviations above the mean", modeRobust: "robust z of log USD: median and MAD",
		modePercentile: "percentile: share of cells that hold no more", modeUSD: "estimated USD per cell, logarithmic",
	}[s.mode]
}

// short names the scale within a sentence.
func (s scale) short() string {
	if s.mode == modeRobust {
		return "robust z"
	}
	return string(s.mode)
}

// hidden says in words what the threshold hides; empty if nothing.
func (s scale) hidden(threshold float64) string {
	if s.threshold <= 0 {
		return ""
	}
	switch s.mode {
	case modePercentile:
		return fmt.Sprintf("cells below %.4g %% not shown", 100*threshold)
	case modeUSD:
		return "cells below " + usd(threshold) + " not shown"
	}
	return strings.Replace(fmt.Sprintf("cells below %s = %.4g not shown", s.short(), threshold), "-", "−", 1)
}
