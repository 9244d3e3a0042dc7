package heatmap

import (
	"fmt"
	"math"

	"halcyon/market"
)

// Population says which cells a column is normalised against: the non-empty
// cells within Band of price, over the columns that closed in the trailing
// Window up to and with the column itself. It is causal: nothing later than a
// column's close has a part in its colour.
type Population struct {
	// Band is the half-width around price as a fraction: 0.1 reaches from
	// price/1.1 to price·1.1. Default: the level's, see DefaultPopulation.
	Band market.Ratio
	// Window is the trailing length in ms. Default 24 h.
	Window market.UnixMilli
}

// bands holds the half-width of a level's default population: about as far
// from price as its cells are looked at.
var bands = [Levels]market.Ratio{0.03, 0.05, 0.05, 0.1, 0.2, 0.3}

// DefaultPopulation returns the population that a level is normalised against
// unless another is asked for. Much less stands in a cell near price than in
// one far from it, so a population that reaches far beyond what fine cells are
// looked at would hold all of them for small.
func DefaultPopulation(level int) Population {
	return Population{Band: bands[level], Window: 24 * market.Hour}
}

// Validate reports a field out of range; the error wraps market.ErrInvalid.
func (p Population) Validate() error {
	if !(p.Band > 0 && p.Band <= 2) {
		return fmt.Errorf("population band %v: want above 0, at most 2: %w", p.Band, market.ErrInvalid)
	}
	if p.Window <= 0 || p.Window > 90*market.Day {
		return fmt.Errorf("population window %d ms: want 1 ms to 90 days: %w", p.Window, market.ErrInvalid)
	}
	return nil
}

// String says what the population is, for people.
func (p Population) String() string {
	return fmt.Sprintf("non-empty cells within ±%g %% of price over the trailing %s of closed columns", float64(p.Band)*100, span(p.Window))
}

func span(w market.UnixMilli) string {
	if w%market.Hour == 0 {
		return fmt.Sprintf("%d h", w/market.Hour)
	}
	return fmt.Sprintf("%d min", w/market.Minute)
}

// Sampled reports whether a column of a level belongs to populations. At
// level 0 it is every fifth: columns a minute apart are nearly copies of each
// other, and a fifth of them says the same at a fifth of the cost.
func Sampled(level int, bucket market.BucketIndex) bool {
	return level > 0 || (bucket+1).Start(Ladder[0].Bucket)%Ladder[1].Bucket == 0
}

// BandOf returns the bins of a level that lie within band around price, half-open.
func BandOf(level int, price market.Price, band market.Ratio) (lo, hi market.BinIndex) {
	if price <= 0 {
		return 0, 0
	}
	shift := Ladder[level].Shift
	centre := market.BinOf(price)
	reach := market.BinIndex(math.Round(market.BinsOf(1 + float64(band))))
	return (centre - reach).Coarsen(shift), (centre + reach).Coarsen(shift) + 1
}

// ColumnStats is one column's part of the populations, one Stats a selection.
type ColumnStats struct {
	Bucket market.BucketIndex
	// Stats is nil in a column that is not Sampled.
	Stats []Stats
}

// Measure gathers the statistics of every stored column of one day and level.
func Measure(t *Tracks, sels []Selection, band market.Ratio) ([]ColumnStats, error) {
	w, ok := extent(t, band)
	if !ok {
		return nil, nil
	}
	var out []ColumnStats
	scratch := make([]float64, w.Bins())
	sampled := func(c *Column) bool { return Sampled(t.Level, c.Bucket) }
	err := walk([]*Tracks{t}, w, sampled, func(c *Column, s *State) bool {
		cs := ColumnStats{Bucket: c.Bucket}
		if sampled(c) {
			cs.Stats = make([]Stats, len(sels))
			lo, hi := BandOf(t.Level, c.Price, band)
			for i, sel := range sels {
				sel.observe(s, lo, hi, &cs.Stats[i], scratch)
			}
		}
		out = append(out, cs)
		return true
	})
	return out, err
}

// observe adds the cells of bins [lo, hi) to st. scratch is memory to use.
func (sel Selection) observe(s *State, lo, hi market.BinIndex, st *Stats, scratch []float64) {
	first, last := hi, lo
	for p := range s.all {
		if sel.Planes>>p&1 != 0 {
			if a, b := s.Occupied(Plane(p)); a < b {
				first, last = min(first, a), max(last, b)
			}
		}
	}
	first, last = max(lo, first), min(hi, last)
	if first >= last {
		return
	}
	sums := scratch[:last-first]
	sel.values(s, first, sums)
	for _, x := range sums {
		if x > 0 {
			st.Observe(x)
		}
	}
}

// extent returns the window that holds the band of every column of a day.
func extent(t *Tracks, band market.Ratio) (Window, bool) {
	cols := t.Columns
	w := Window{Level: t.Level, Lo: math.MaxInt32, Hi: math.MinInt32}
	for i := range cols {
		if lo, hi := BandOf(t.Level, cols[i].Price, band); lo < hi {
			w.Lo, w.Hi = min(w.Lo, lo), max(w.Hi, hi)
		}
	}
	if w.Lo >= w.Hi {
		return w, false
	}
	w.From, w.To = cols[0].Bucket, cols[len(cols)-1].Bucket+1
	return w, true
}

// Normalise turns columns' statistics, in order and reaching back at least
// the window and one hour before from, into the normalisation of every column
// with bucket >= from: norms[column][selection]. A column that is not Sampled
// takes the population as of the last one that was, so the result does not
// depend on where cols begin.
func Normalise(level int, cols []ColumnStats, window market.UnixMilli, from market.BucketIndex, sels int) (buckets []market.BucketIndex, norms [][]Norm) {
	width := Ladder[level].Bucket
	stride := market.BucketIndex(Ladder[min(level+1, Levels-1)].Bucket / width)
	running := make([]Stats, sels)
	current := make([]Norm, sels)
	oldest := 0
	for i := range cols {
		c := &cols[i]
		if c.Stats != nil {
			// A column counts while its close lies within (close − window, close].
			for ; oldest < i && (cols[oldest].Bucket+1).Start(width) <= (c.Bucket+1).Start(width)-window; oldest++ {
				for j := range cols[oldest].Stats {
					running[j].Sub(&cols[oldest].Stats[j])
				}
			}
			for j := range c.Stats {
				running[j].Add(&c.Stats[j])
			}
			if c.Bucket >= from-stride {
				current = make([]Norm, sels)
				for j := range running {
					current[j] = running[j].Norm()
				}
			}
		}
		if c.Bucket >= from {
			buckets, norms = append(buckets, c.Bucket), append(norms, current)
		}
	}
	return buckets, norms
}
