package render

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"halcyon/market"
)

// A cell smaller than a pixel belongs to exactly one pixel; a larger one is
// shown by every pixel whose centre it holds.
func TestSpansShowEveryCell(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := rapid.Float64Range(-1e6, 1e6).Draw(t, "start")
		step := rapid.Float64Range(-8, 8).Filter(func(v float64) bool { return math.Abs(v) > 0.01 }).Draw(t, "cells a pixel")
		count := rapid.IntRange(1, 60).Draw(t, "pixels")
		at := func(edge int) float64 { return start + float64(edge)*step }
		shown := map[int]int{}
		for i, s := range spansOf(count, at) {
			if s.end <= s.first {
				t.Fatalf("pixel %d shows nothing", i)
			}
			if mid := (at(i) + at(i+1)) / 2; s.end-s.first == 1 && math.Abs(step) < 0.5 && (mid < float64(s.first)-0.5 || mid > float64(s.end)+0.5) {
				t.Fatalf("pixel %d around %v shows cell %d", i, mid, s.first)
			}
			for c := s.first; c < s.end; c++ {
				shown[c]++
			}
		}
		low, high := min(at(0), at(count)), max(at(0), at(count))
		for c := int(math.Ceil(low)); c+1 <= int(math.Floor(high)); c++ {
			if shown[c] == 0 || math.Abs(step) > 1.01 && shown[c] > 1 {
				t.Fatalf("cell %d is shown by %d pixels at %v cells a pixel", c, shown[c], step)
			}
		}
	})
}

func labels(ticks []tick) string {
	var out []string
	for _, t := range ticks {
		out = append(out, t.label)
	}
	return strings.Join(out, " ")
}

func TestTicksAreRound(t *testing.T) {
	day := market.UnixMilli(20_000) * market.Day
	for _, test := range []struct {
		axes        axes
		tick        market.Price
		price, time string
	}{
		{axes{w: 400, h: 200, from: day - 3*market.Hour, to: day + 9*market.Hour, low: 59_400, top: 60_700}, 0.5,
			"59,500.0 60,000.0 60,500.0", "21:00 Oct 4 03:00 06:00"},
		{axes{w: 400, h: 200, from: day, to: day + 40*market.Minute, low: 0.0995, top: 0.1012}, 0.00001,
			"0.09950 0.10000 0.10050 0.10100", "Oct 4 00:10 00:20 00:30"},
		{axes{w: 400, h: 200, from: day, to: day + 900*market.Day, low: 3, top: 12}, 1, "4 6 8 10", "2025-03-13 2026-03-08 2027-03-03"},
	} {
		if got := labels(test.axes.priceTicks(44, test.tick)); got != test.price {
			t.Errorf("prices %q, want %q", got, test.price)
		}
		if got := labels(test.axes.timeTicks(96)); got != test.time {
			t.Errorf("times %q, want %q", got, test.time)
		}
	}
}

func TestNumbersInWords(t *testing.T) {
	for x, want := range map[float64]string{0: "$0", 640: "$640", 56_230: "$56.2 k", 999_600: "$1.00 M", 318e6: "$318 M", 1.239e9: "$1.24 B"} {
		if got := usd(x); got != want {
			t.Errorf("%v is %q, want %q", x, got, want)
		}
	}
	if got := usdPower(3) + usdPower(4) + usdPower(5); got != "$1 k$10 k$100 k" {
		t.Errorf("powers of ten are %q", got)
	}
	got := fmt.Sprint(price(1234567.891, 2), " ", price(999, 0), " ", price(0.5, 1), " ", span(90*market.Minute), " ", span(market.Day), " ", span(7*market.Day))
	if want := "1,234,567.89 999 0.5 90 min 24 h 7 d"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
