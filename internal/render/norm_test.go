package render

import (
	"math"
	"testing"

	"halcyon/heatmap"
)

// Places on the palette, computed by hand from the definitions.
func TestPlaceOnTheScale(t *testing.T) {
	n := heatmap.Norm{N: 100, Mean: 1000, SD: 500, Median: math.Log(1001), MAD: math.Ln2 / 1.4826}
	n.Quantiles = [9]float64{9, 99, 199, 499, 999, 9_999, 49_999, 99_999, 999_999}
	for _, test := range []struct {
		mode mode
		x    float64
		want float64
	}{
		{modeZ, 1000, 0.2}, {modeZ, 3000, 1}, {modeZ, 500, 0},
		{modeRobust, 1000, 0.2}, {modeRobust, 2001, 0.4},
		{modePercentile, 999, -math.Log10(0.5) / 2}, {modePercentile, 49_999, 0.5},
		// Half-way between quantiles in ln(1+x), so half-way in share.
		{modePercentile, math.Sqrt(1000*10_000) - 1, -math.Log10(1-0.625) / 2},
		{modePercentile, 1e7, 4.5},
		// The first decile is 10^2.3 and the 99th percentile 10^6.
		{modeUSD, 99, 0}, {modeUSD, 9_999, 0.5}, {modeUSD, 999_999, 1}, {modeUSD, 9, -0.25},
	} {
		s := newScale(test.mode, 0, n)
		v, ok := s.value(test.x, &n)
		if got := s.place(v); !ok || math.Abs(got-test.want) > 1e-9 {
			t.Errorf("%s of %v lies at %v (%v), want %v", test.mode, test.x, got, ok, test.want)
		}
	}
}

func TestThresholdsAreInTheUnitOfTheMode(t *testing.T) {
	n := heatmap.Norm{Quantiles: [9]float64{2: 199, 8: 999_999}}
	for _, test := range []struct {
		mode      mode
		threshold float64
		want      float64
		words     string
	}{
		{modeZ, 1.5, 0.5, "cells below z = 1.5 not shown"},
		{modeRobust, 4, 1, "cells below robust z = 4 not shown"},
		{modePercentile, 0.9, 0.5, "cells below 90 % not shown"},
		{modeUSD, 9_999, 0.5, "cells below $10.0 k not shown"},
		{modeZ, 0, math.Inf(-1), ""},
		{modeUSD, -5, -0.5, ""},
	} {
		s := newScale(test.mode, test.threshold, n)
		if !(s.threshold == test.want || math.Abs(s.threshold-test.want) < 1e-9) || s.hidden(test.threshold) != test.words {
			t.Errorf("%s %v: %v %q, want %v %q", test.mode, test.threshold, s.threshold, s.hidden(test.threshold), test.want, test.words)
		}
	}
}

func TestUndefinedValues(t *testing.T) {
	for _, m := range []mode{modeZ, modeRobust, modePercentile} {
		if _, ok := newScale(m, 0, heatmap.Norm{}).value(5, &heatmap.Norm{}); ok {
			t.Errorf("%s is defined without a population", m)
		}
	}
	if _, ok := newScale(modeUSD, 0, heatmap.Norm{}).value(5, &heatmap.Norm{}); !ok {
		t.Error("USD is undefined without a population")
	}
}
