package heatmap

import (
	"sort"

	"halcyon/market"
)

// Tracks is one level of a day in the order that readers want: by cell instead
// of by time. A Day says what changed in a bucket, Tracks say how each cell
// went, so that a rectangle is read without what lies around or before it. It
// is immutable and may be shared.
type Tracks struct {
	// Start is 00:00 UTC of the day, Level the index in the Ladder.
	Start market.UnixMilli
	Level int
	// Planes is the number of planes.
	Planes int
	// Columns are those of the level.
	Columns []Column

	// cells are ordered by bin and plane. The track of cells[i] ends at its end
	// and begins where that of cells[i-1] ends.
	cells      []trackCell
	at         []uint16
	all, fresh []int64

	// parts are what Sum adds up; nil for tracks of their own.
	parts []*Tracks
}

type trackCell struct {
	bin   market.BinIndex
	end   uint32
	plane Plane
}

// Track is how the raw amounts of one cell went over a day: All[i], and Fresh[i]
// of it, stand from the close of bucket At[i] until At[i+1]. Before At[0] there
// was nothing.
type Track struct {
	Plane Plane
	// Bin is in bins of the level.
	Bin market.BinIndex
	// At rises; 0 is the start of the day, n the close of its n-th bucket.
	At         []uint16
	All, Fresh []int64
}

// before returns the bucket before the first one of the day.
func (t *Tracks) before() market.BucketIndex { return t.Start.Bucket(Ladder[t.Level].Bucket) - 1 }

// Size returns about how many bytes of memory the tracks take, those of a sum
// with its parts.
func (t *Tracks) Size() int {
	const change, cell, column = 2 + 8 + 8, 12, 400
	parts := 0
	for _, p := range t.parts {
		parts += p.Size()
	}
	return parts + change*len(t.at) + cell*len(t.cells) + column*len(t.Columns)
}

// Bins returns the bins outside of which nothing stands all day, half-open.
func (t *Tracks) Bins() (lo, hi market.BinIndex) {
	if t.parts != nil {
		return t.binsOfParts()
	}
	if len(t.cells) == 0 {
		return 0, 0
	}
	return t.cells[0].bin, t.cells[len(t.cells)-1].bin + 1
}

// Each calls visit for every track in bins [lo, hi), by rising bin and plane.
func (t *Tracks) Each(lo, hi market.BinIndex, visit func(Track)) {
	cells, begin := t.within(lo, hi)
	for _, c := range cells {
		visit(Track{c.plane, c.bin, t.at[begin:c.end], t.all[begin:c.end], t.fresh[begin:c.end]})
		begin = c.end
	}
}

// within returns the cells in bins [lo, hi) and where the first one's track begins.
func (t *Tracks) within(lo, hi market.BinIndex) (cells []trackCell, begin uint32) {
	first := sort.Search(len(t.cells), func(i int) bool { return t.cells[i].bin >= lo })
	if first > 0 {
		begin = t.cells[first-1].end
	}
	n := sort.Search(len(t.cells)-first, func(i int) bool { return t.cells[first+i].bin >= hi })
	return t.cells[first : first+n], begin
}

// In returns the columns of buckets [from, to).
func (t *Tracks) In(from, to market.BucketIndex) []Column {
	first := sort.Search(len(t.Columns), func(i int) bool { return t.Columns[i].Bucket >= from })
	end := first + sort.Search(len(t.Columns)-first, func(i int) bool { return t.Columns[first+i].Bucket >= to })
	return t.Columns[first:end]
}

// Moment returns the place of a bucket's close in the terms of Track.At.
func (t *Tracks) Moment(b market.BucketIndex) uint16 { return uint16(b - t.before()) }

// Since returns the index of what stands at a moment; -1 where nothing does yet.
func (t *Track) Since(moment uint16) int { return since(t.At, moment) }

func since(at []uint16, moment uint16) int {
	lo, hi := 0, len(at)
	for lo < hi {
		if mid := (lo + hi) / 2; at[mid] <= moment {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo - 1
}
