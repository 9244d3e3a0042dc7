package api

import (
	"math"
	"sync"

	"halcyon/heatmap"
	"halcyon/internal/tilewire"
	"halcyon/market"
)

// sums adds up the amounts of half a tile before they are quantised: by plane
// of the wire, bin and column. All are zero while it lies in the pool.
type sums struct {
	amounts []float64
	// touched tells, a plane and bin, whether anything was added.
	touched []bool
}

// sumBins is the most bins that sums has room for.
const sumBins = tilewire.Side / 2

var sumsPool sync.Pool

func newSums(planes int) *sums {
	if s, ok := sumsPool.Get().(*sums); ok && len(s.touched) == planes*sumBins {
		return s
	}
	return &sums{make([]float64, planes*sumBins*tilewire.Side), make([]bool, planes*sumBins)}
}

// gatherSum is gather for a sum: it adds up what the parts bring, and rounds
// it as heatmap.Sum does.
func (p *planes) gatherSum(day *heatmap.Tracks, from market.BucketIndex, lo, hi market.BinIndex) {
	columns := day.In(from, from+tilewire.Side)
	if len(columns) == 0 {
		return
	}
	s := newSums(len(p.cells))
	for _, part := range day.Parts() {
		r := newRows(p, part, from, part.In(from, from+tilewire.Side))
		part.Each(lo, hi, func(t heatmap.Track) { s.add(r, &t, lo) })
	}
	first, n := int(columns[0].Bucket-from), int(columns[len(columns)-1].Bucket-columns[0].Bucket)+1
	s.put(p, lo, first, n)
	sumsPool.Put(s)
}

// add adds one track of a part whose scales are r's.
func (s *sums) add(r *rows, t *heatmap.Track, lo market.BinIndex) {
	side, n := int(t.Plane)/r.groups*(r.groups+1), len(r.cells)
	row := int(t.Bin - lo)
	all, fresh := s.row(side+int(t.Plane)%r.groups, row), s.row(side+r.groups, row)
	scales, freshScales := r.all[t.Plane], r.fresh[t.Plane]
	now := t.Since(r.moment)
	for k := 0; k < n; now++ {
		end := n
		if now+1 < len(t.At) {
			end = min(n, int(t.At[now+1]-r.moment))
		}
		if now >= 0 && t.All[now] != 0 {
			x, y := float64(t.All[now]), float64(t.Fresh[now])
			for i := k; i < end; i++ {
				all[i] += float64(x * scales[i])
				fresh[i] += float64(y * freshScales[i])
			}
		}
		k = end
	}
}

// row returns the amounts of a plane's bin, to be added to.
func (s *sums) row(plane, row int) []float64 {
	k := plane*sumBins + row
	s.touched[k] = true
	return s.amounts[k*tilewire.Side : (k+1)*tilewire.Side]
}

// put quantises what was added up, and empties s. The first of n columns is
// column first of the tile.
func (s *sums) put(p *planes, lo market.BinIndex, first, n int) {
	cells := make([]uint16, n)
	for k, touched := range s.touched {
		if !touched {
			continue
		}
		s.touched[k] = false
		amounts := s.amounts[k*tilewire.Side:][:n]
		var filled uint16
		for i, x := range amounts {
			q := tilewire.Quantise(math.Floor(x*1024+.5) / 1024)
			cells[i] = q
			filled |= q
		}
		clear(amounts)
		if filled != 0 {
			p.put(k/sumBins, lo+market.BinIndex(k%sumBins), first, cells)
		}
	}
}
