package heatmap

import (
	"math"
	"math/bits"

	"halcyon/market"
)

// Selection is the part of a map that is looked at: a set of planes, in full
// or in the fresh view.
type Selection struct {
	// Planes has bit p set where plane p is selected.
	Planes uint32
	// Fresh selects the age-discounted amounts instead of all.
	Fresh bool
}

// Value returns the amount (quote) that a selection shows in a bin.
func (sel Selection) Value(s *State, bin market.BinIndex) (x float64) {
	for p := range s.all {
		if sel.Planes>>p&1 == 0 {
			continue
		}
		if sel.Fresh {
			x += s.Fresh(Plane(p), bin)
		} else {
			x += s.All(Plane(p), bin)
		}
	}
	return x
}

// values writes Value of the bins from lo on, one plane after the other.
func (sel Selection) values(s *State, lo market.BinIndex, into []float64) {
	clear(into)
	from := int(lo - s.lo)
	for p := range s.all {
		if sel.Planes>>p&1 == 0 {
			continue
		}
		raw, scale := s.all[p], s.column.Scales[p].All
		if sel.Fresh {
			raw, scale = s.fresh[p], s.column.Scales[p].Fresh
		}
		for i, n := range raw[from : from+len(into)] {
			into[i] += float64(float64(n) * scale)
		}
	}
}

// Buckets of the histogram of ln(1+x): histPerOctave a doubling of 1+x, up to
// 2^40 quote. The last bucket holds what is beyond.
const (
	histPerOctave = 8
	histBuckets   = 40 * histPerOctave
)

// Stats are statistics of a population of cell amounts (quote, rounded to
// whole units, empty cells left out). Only sums and counts are kept, so
// populations add and subtract exactly. The zero value is empty.
type Stats struct {
	N   int64
	sum int64
	// squares is a 128-bit sum, high and low word.
	squaresHi, squaresLo uint64
	hist                 [histBuckets]int32
}

// Observe adds a cell; amounts that round to nothing are empty and left out.
func (s *Stats) Observe(x float64) {
	v := uint64(x + 0.5)
	if v == 0 {
		return
	}
	s.N++
	s.sum += int64(v)
	hi, lo := bits.Mul64(v, v)
	var carry uint64
	s.squaresLo, carry = bits.Add64(s.squaresLo, lo, 0)
	s.squaresHi, _ = bits.Add64(s.squaresHi, hi, carry)
	s.hist[histIndex(v)]++
}

// histIndex reads the bucket off the exponent and the leading bits of the
// mantissa of 1+v: linear within an octave, which is how histEdge inverts it.
func histIndex(v uint64) int {
	b := math.Float64bits(float64(v)+1) >> (52 - 3)
	return min(int(b)-1023*histPerOctave, histBuckets-1)
}

// histEdge returns ln(1+x) at the lower edge of bucket i.
func histEdge(i int) float64 {
	octave, part := i/histPerOctave, i%histPerOctave
	return float64(octave)*math.Ln2 + math.Log1p(float64(part)/histPerOctave)
}

// Add adds the population of o.
func (s *Stats) Add(o *Stats) {
	var carry uint64
	s.N += o.N
	s.sum += o.sum
	s.squaresLo, carry = bits.Add64(s.squaresLo, o.squaresLo, 0)
	s.squaresHi, _ = bits.Add64(s.squaresHi, o.squaresHi, carry)
	for i, n := range o.hist {
		s.hist[i] += n
	}
}

// Sub removes the population of o, which must have been added before.
func (s *Stats) Sub(o *Stats) {
	var borrow uint64
	s.N -= o.N
	s.sum -= o.sum
	s.squaresLo, borrow = bits.Sub64(s.squaresLo, o.squaresLo, 0)
	s.squaresHi, _ = bits.Sub64(s.squaresHi, o.squaresHi, borrow)
	for i, n := range o.hist {
		s.hist[i] -= n
	}
}

// MeanSD returns the mean and the population standard deviation (quote).
//
//	mean = Σx/n,  sd = sqrt(Σx²/n − mean²)
//
// ok is false where the z-score is undefined: fewer than two cells, or sd = 0.
func (s *Stats) MeanSD() (mean, sd float64, ok bool) {
	if s.N == 0 {
		return 0, 0, false
	}
	n := float64(s.N)
	mean = float64(s.sum) / n
	squares := float64(s.squaresHi)*0x1p64 + float64(s.squaresLo)
	variance := squares/n - mean*mean
	// Below the rounding of the difference the cells are all alike.
	if s.N < 2 || variance <= 1e-12*mean*mean {
		return mean, 0, false
	}
	return mean, math.Sqrt(variance), true
}

// cumulative is Stats as a distribution function of ln(1+x), for reading
// quantiles: share of cells below each bucket edge.
type cumulative struct {
	below [histBuckets + 1]int64
	n     float64
}

func (s *Stats) cumulative() *cumulative {
	c := &cumulative{n: float64(s.N)}
	for i, n := range s.hist {
		c.below[i+1] = c.below[i] + int64(n)
	}
	return c
}

// edges holds histEdge of every bucket and the end.
var edges = func() (e [histBuckets + 1]float64) {
	for i := range e {
		e[i] = histEdge(i)
	}
	return e
}()

// quantile returns ln(1+x) at share q, linear within a bucket.
func (c *cumulative) quantile(q float64) float64 {
	want := q * c.n
	lo, hi := 0, histBuckets
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; float64(c.below[mid]) <= want {
			lo = mid
		} else {
			hi = mid
		}
	}
	inside := float64(c.below[lo+1] - c.below[lo])
	if inside == 0 {
		return edges[lo]
	}
	return edges[lo] + (edges[lo+1]-edges[lo])*min(1, (want-float64(c.below[lo]))/inside)
}

// share returns the share of cells with ln(1+x) below y.
func (c *cumulative) share(y float64) float64 {
	if y <= 0 {
		return 0
	}
	octave := int(y / math.Ln2)
	i := octave*histPerOctave + int((math.Exp(y-float64(octave)*math.Ln2)-1)*histPerOctave)
	i = min(max(i, 0), histBuckets-1)
	within := min(max((y-edges[i])/(edges[i+1]-edges[i]), 0), 1)
	return (float64(c.below[i]) + within*float64(c.below[i+1]-c.below[i])) / c.n
}

// QuantilePoints are the shares at which Norm gives quantiles.
var QuantilePoints = [...]float64{0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99}

// Norm is what it takes to normalise the cells of one column; see docs/API.md.
type Norm struct {
	// N is the number of non-empty cells in the population.
	N int64
	// Mean and SD are of the amounts (quote); SD is 0 where z is undefined.
	Mean, SD float64
	// Median and MAD are of ln(1+x); MAD is 0 where robust z is undefined.
	Median, MAD float64
	// Quantiles are amounts (quote) at QuantilePoints; all 0 for an empty population.
	Quantiles [len(QuantilePoints)]float64
}

// Norm reads the normalisation off the population.
//
// Median and MAD come from the histogram and are exact to its resolution, an
// eighth of an octave, interpolated.
func (s *Stats) Norm() Norm {
	out := Norm{N: s.N}
	var ok bool
	if out.Mean, out.SD, ok = s.MeanSD(); !ok {
		out.SD = 0
	}
	if s.N == 0 {
		return out
	}
	c := s.cumulative()
	out.Median = c.quantile(0.5)
	for i, q := range QuantilePoints {
		out.Quantiles[i] = math.Expm1(c.quantile(q))
	}
	if s.N < 2 {
		return out
	}
	// The MAD is the m for which half of the cells lie within median ± m.
	lo, hi := 0.0, edges[histBuckets]
	for range 40 {
		m := (lo + hi) / 2
		if c.share(out.Median+m)-c.share(out.Median-m) < 0.5 {
			lo = m
		} else {
			hi = m
		}
	}
	out.MAD = hi
	return out
}

// Z returns (x − mean)/sd, and false where it is undefined.
func (n Norm) Z(x float64) (float64, bool) {
	if n.SD == 0 {
		return 0, false
	}
	return (x - n.Mean) / n.SD, true
}

// RobustZ returns (ln(1+x) − median)/(1.4826·MAD), and false where it is
// undefined. 1.4826 makes the MAD of a normal distribution its standard deviation.
func (n Norm) RobustZ(x float64) (float64, bool) {
	if n.MAD == 0 {
		return 0, false
	}
	return (math.Log1p(x) - n.Median) / (1.4826 * n.MAD), true
}
