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
	cells []trackCell
	at    []uint16
	raw   []Amounts

	// parts are what Sum adds up; nil for tracks of their own.
	parts []*Tracks
}

type trackCell struct {
	bin   market.BinIndex
	end   uint32
	plane Plane
}

// Amounts are what stands in a cell, raw as in Cell.
type Amounts struct{ All, Fresh int64 }

// Track is how the raw amounts of one cell went over a day: Raw[i] stands from
// the close of bucket At[i] until At[i+1]. Before At[0] there was nothing.
type Track struct {
	Plane Plane
	// Bin is in bins of the level.
	Bin market.BinIndex
	// At rises; 0 is the start of the day, n the close of its n-th bucket.
	At  []uint16
	Raw []Amounts
}

// Tracks turns a level of the day into its tracks. The cost is two passes over
// the level's deltas and the keyframe.
func (d *Day) Tracks(level int) *Tracks {
	t := &Tracks{Start: d.Start, Level: level, Planes: d.Planes, Columns: d.Levels[level].Columns}
	// By the merge law the base keyframe adds up to that of any level.
	keyframe := coarsen(d.Keyframe, Ladder[level].Shift)
	deltas := d.Levels[level].Deltas
	c := counter{planes: d.Planes}
	for i := range keyframe {
		c.count(&keyframe[i])
	}
	for i := range deltas {
		c.count(&deltas[i].Cell)
	}
	t.allot(&c)
	n := len(keyframe) + len(deltas)
	t.at, t.raw = make([]uint16, n), make([]Amounts, n)
	place := func(at uint16, cell *Cell) {
		next := &c.counts[c.slot(cell)]
		t.at[*next], t.raw[*next] = at, Amounts{cell.All, cell.Fresh}
		*next++
	}
	for i := range keyframe {
		place(0, &keyframe[i])
	}
	before := t.before()
	for i := range deltas {
		place(uint16(deltas[i].Bucket-before), &deltas[i].Cell)
	}
	t.addUp()
	return t
}

// before returns the bucket before the first one of the day.
func (t *Tracks) before() market.BucketIndex { return t.Start.Bucket(Ladder[t.Level].Bucket) - 1 }

// counter counts the changes of every cell, by bin from lo and plane.
type counter struct {
	planes int
	lo     market.BinIndex
	counts []uint32
}

func (c *counter) slot(cell *Cell) int { return int(cell.Bin-c.lo)*c.planes + int(cell.Plane) }

func (c *counter) count(cell *Cell) {
	k := c.slot(cell)
	if uint(k) >= uint(len(c.counts)) {
		c.reach(cell.Bin)
		k = c.slot(cell)
	}
	c.counts[k]++
}

// reach makes room for a bin.
func (c *counter) reach(bin market.BinIndex) {
	const growth = 4096
	if len(c.counts) == 0 {
		c.lo = bin
	}
	lo := min(bin-growth, c.lo)
	hi := max(bin+growth, c.lo+market.BinIndex(len(c.counts)/c.planes))
	grown := make([]uint32, int(hi-lo)*c.planes)
	copy(grown[int(c.lo-lo)*c.planes:], c.counts)
	c.lo, c.counts = lo, grown
}

// allot makes the cells that have changes, and turns their counts into where
// their tracks begin.
func (t *Tracks) allot(c *counter) {
	used := 0
	for _, n := range c.counts {
		if n > 0 {
			used++
		}
	}
	t.cells = make([]trackCell, 0, used)
	var end uint32
	for slot, n := range c.counts {
		c.counts[slot] = end
		if n > 0 {
			end += n
			t.cells = append(t.cells, trackCell{c.lo + market.BinIndex(slot/t.Planes), end, Plane(slot % t.Planes)})
		}
	}
}

// addUp turns the changes of every track into what stands after them.
func (t *Tracks) addUp() {
	var k uint32
	for _, c := range t.cells {
		for k++; k < c.end; k++ {
			t.raw[k].All += t.raw[k-1].All
			t.raw[k].Fresh += t.raw[k-1].Fresh
		}
	}
}

// coarsen sums cells that are ordered by plane and bin over 2^shift bins each.
func coarsen(cells []Cell, shift uint) []Cell {
	if shift == 0 {
		return cells
	}
	var out []Cell
	for _, c := range cells {
		c.Bin = c.Bin.Coarsen(shift)
		if n := len(out) - 1; n >= 0 && out[n].Plane == c.Plane && out[n].Bin == c.Bin {
			out[n].All += c.All
			out[n].Fresh += c.Fresh
		} else {
			out = append(out, c)
		}
	}
	return out
}

// Size returns about how many bytes of memory the tracks take, those of a sum
// with its parts.
func (t *Tracks) Size() int {
	const change, cell, column = 2 + 16, 12, 400
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
		visit(Track{c.plane, c.bin, t.at[begin:c.end], t.raw[begin:c.end]})
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
