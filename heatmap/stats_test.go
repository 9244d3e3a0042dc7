package heatmap

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"halcyon/market"
)

func population(t *rapid.T, name string) []float64 {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 {
		return math.Round(math.Exp(rapid.Float64Range(0, 22).Draw(t, "ln")))
	}), 0, 200).Draw(t, name)
}

func statsOf(xs []float64) *Stats {
	s := &Stats{}
	for _, x := range xs {
		s.Observe(x)
	}
	return s
}

func TestStatsAgainstTheirDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs := population(t, "amounts")
		s := statsOf(xs)
		if s.N != int64(len(xs)) {
			t.Fatalf("n = %d of %d", s.N, len(xs))
		}
		if len(xs) < 2 {
			return
		}
		var mean, variance float64
		for _, x := range xs {
			mean += x / float64(len(xs))
		}
		for _, x := range xs {
			variance += (x - mean) * (x - mean) / float64(len(xs))
		}
		gotMean, gotSD, ok := s.MeanSD()
		if math.Abs(gotMean-mean) > 1e-9*mean {
			t.Fatalf("mean %v, want %v", gotMean, mean)
		}
		if ok && math.Abs(gotSD-math.Sqrt(variance)) > 1e-5*mean {
			t.Fatalf("sd %v, want %v", gotSD, math.Sqrt(variance))
		}
		// Quantiles are exact to the width of a histogram bucket.
		logs := make([]float64, len(xs))
		for i, x := range xs {
			logs[i] = math.Log1p(x)
		}
		slices.Sort(logs)
		n := s.Norm()
		lo, hi := logs[(len(logs)-1)/2], logs[len(logs)/2]
		if n.Median < lo-0.13 || n.Median > hi+0.13 {
			t.Fatalf("median %v, want within [%v, %v]", n.Median, lo, hi)
		}
		if !slices.IsSorted(n.Quantiles[:]) {
			t.Fatalf("quantiles fall: %v", n.Quantiles)
		}
	})
}

// Populations add and subtract exactly, so a window's statistics do not
// depend on where its reading began.
func TestStatsAddAndSubtractExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := population(t, "a"), population(t, "b")
		sum := statsOf(a)
		sum.Add(statsOf(b))
		if *sum != *statsOf(append(slices.Clone(a), b...)) {
			t.Fatal("a + b differs from the union")
		}
		sum.Sub(statsOf(b))
		if *sum != *statsOf(a) {
			t.Fatal("a + b − b differs from a")
		}
	})
}

func TestUndefinedNorms(t *testing.T) {
	for name, xs := range map[string][]float64{"empty": nil, "one": {5}, "alike": {7, 7, 7}} {
		if _, ok := statsOf(xs).Norm().Z(7); ok {
			t.Errorf("%s: z is defined", name)
		}
	}
	if _, ok := statsOf([]float64{1, 3}).Norm().Z(2); !ok {
		t.Error("z of two different cells is undefined")
	}
	var s Stats
	s.Observe(0.4)
	s.Observe(0)
	if s.N != 0 {
		t.Error("an empty cell was counted")
	}
}

func TestMAD(t *testing.T) {
	var xs []float64
	for i := range 1001 {
		xs = append(xs, math.Round(math.Exp(5+float64(i)/100)))
	}
	n := statsOf(xs).Norm()
	if math.Abs(n.Median-10) > 0.05 || math.Abs(n.MAD-2.5) > 0.05 {
		t.Errorf("median %v, MAD %v; want 10, 2.5", n.Median, n.MAD)
	}
}

// Facts 8 and the causal half of normalisation: what comes later changes no
// earlier column, and the result does not depend on where reading began.
func TestNormaliseIsCausal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 60).Draw(t, "columns")
		cols := make([]ColumnStats, n)
		for i := range cols {
			cols[i].Bucket = market.BucketIndex(1000 + i)
			if Sampled(0, cols[i].Bucket) {
				cols[i].Stats = []Stats{*statsOf(population(t, "cells"))}
			}
		}
		cut := rapid.IntRange(1, n).Draw(t, "cut")
		const window = 15 * market.Minute
		_, whole := Normalise(0, cols, window, 0, 1)
		_, early := Normalise(0, cols[:cut], window, 0, 1)
		for i := range early {
			if early[i][0] != whole[i][0] {
				t.Fatalf("column %d changed when later columns came", i)
			}
		}
		from := cols[cut-1].Bucket
		back := max(0, cut-1-int(window/market.Minute)-10)
		_, late := Normalise(0, cols[back:], window, from, 1)
		if late[0][0] != whole[cut-1][0] {
			t.Fatalf("column %d depends on where reading began", cut-1)
		}
	})
}
