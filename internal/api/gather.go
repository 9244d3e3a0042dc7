package api

import (
	"sync/atomic"

	"halcyon/heatmap"
	"halcyon/internal/tilewire"
	"halcyon/market"
)

const tileCells = tilewire.Side * tilewire.Side

// planes are the cells of a tile by plane of the wire: the groups of each side,
// then the side's fresh part. A plane without a cell that holds anything is nil.
// Rows may be gathered by several goroutines, each row by one.
type planes struct {
	groups int
	cells  []atomic.Pointer[[tileCells]uint16]
}

func newPlanes(groups int) *planes {
	return &planes{groups: groups, cells: make([]atomic.Pointer[[tileCells]uint16], market.Sides*(groups+1))}
}

// put copies cells of one bin into a plane, from a column on.
func (p *planes) put(plane int, bin market.BinIndex, column int, cells []uint16) {
	into := p.cells[plane].Load()
	if into == nil {
		p.cells[plane].CompareAndSwap(nil, new([tileCells]uint16))
		into = p.cells[plane].Load()
	}
	row := int(uint32(bin) % tilewire.Side)
	copy(into[row*tilewire.Side+column:], cells)
}

// gather quantises the cells of a day in bins [lo, hi) of the tile that begins
// at bucket from.
func (p *planes) gather(day *heatmap.Tracks, from market.BucketIndex, lo, hi market.BinIndex) {
	if day.Parts() != nil {
		p.gatherSum(day, from, lo, hi)
		return
	}
	columns := day.In(from, from+tilewire.Side)
	if len(columns) == 0 {
		return
	}
	r := newRows(p, day, from, columns)
	day.Each(lo, hi, func(t heatmap.Track) {
		side := int(t.Plane) / p.groups
		if t.Bin != r.bin || side != r.side {
			r.putFresh()
			r.bin, r.side = t.Bin, side
		}
		r.put(&t)
	})
	r.putFresh()
}

// rows gathers one bin after the other. All of it is by column from first, the
// first one that the day has in the tile; columns that are not stored have
// scales of 0.
type rows struct {
	*planes
	first  int
	moment uint16 // of the first column
	all    [][]float64
	fresh  [][]float64

	side  int
	bin   market.BinIndex
	cells []uint16
	// sum is the fresh amounts of the side in the bin; any tells whether there
	// are some.
	sum []float64
	any bool
}

func newRows(p *planes, day *heatmap.Tracks, from market.BucketIndex, columns []heatmap.Column) *rows {
	first := columns[0].Bucket
	n := int(columns[len(columns)-1].Bucket-first) + 1
	r := &rows{
		planes: p, first: int(first - from), moment: day.Moment(first),
		cells: make([]uint16, n), sum: make([]float64, n),
	}
	scales := make([]float64, 2*day.Planes*n)
	for range day.Planes {
		r.all, r.fresh, scales = append(r.all, scales[:n]), append(r.fresh, scales[n:2*n]), scales[2*n:]
	}
	for i := range columns {
		k := columns[i].Bucket - first
		for plane, s := range columns[i].Scales {
			r.all[plane][k], r.fresh[plane][k] = s.All, s.Fresh
		}
	}
	return r
}

// put quantises one track, and adds the fresh part of what is not empty.
func (r *rows) put(t *heatmap.Track) {
	n := len(r.cells)
	now := t.Since(r.moment)
	var filled uint16
	for k := 0; k < n; now++ {
		end := n
		if now+1 < len(t.At) {
			end = min(n, int(t.At[now+1]-r.moment))
		}
		if now < 0 || t.All[now] == 0 {
			clear(r.cells[k:end])
		} else {
			filled |= r.fill(t, now, k, end)
		}
		k = end
	}
	if filled != 0 {
		r.planes.put(r.side*(r.groups+1)+int(t.Plane)%r.groups, r.bin, r.first, r.cells)
		r.any = true
	}
}

// fill quantises what stands over columns [k, end) and returns the cells or-ed
// together.
func (r *rows) fill(t *heatmap.Track, now, k, end int) (filled uint16) {
	all, fresh := float64(t.All[now]), float64(t.Fresh[now])
	cells, sum := r.cells[k:end], r.sum[k:end]
	scales, freshScales := r.all[t.Plane][k:end], r.fresh[t.Plane][k:end]
	for i := range cells {
		q := tilewire.Quantise(all * scales[i])
		cells[i] = q
		filled |= q
		if q != 0 {
			sum[i] += float64(fresh * freshScales[i])
		}
	}
	return filled
}

// putFresh quantises what has been summed up, and begins anew.
func (r *rows) putFresh() {
	if !r.any {
		return
	}
	var filled uint16
	for i, x := range r.sum {
		q := tilewire.Quantise(x)
		r.cells[i] = q
		filled |= q
	}
	if filled != 0 {
		r.planes.put(r.side*(r.groups+1)+r.groups, r.bin, r.first, r.cells)
	}
	clear(r.sum)
	r.any = false
}
