package heatmap

import (
	"fmt"
	"math/bits"

	"halcyon/market"
)

// Builder builds the Days of one instrument, base column by base column, at
// all levels of the ladder at once. Coarser levels are fed by the deltas of
// the next finer one, which is the merge law at work.
//
// Its state is a function of the Day under construction, so a saved Day is
// all it takes to resume. It is not safe for concurrent use.
type Builder struct {
	day *Day
	// state is the raw amounts at level 0 after the last commit, by plane.
	state []field
	// pending is, a level above 0 and plane, the deltas of the bucket that is
	// still open there.
	pending [Levels][]field
	// precision is the significant bits of a stored change.
	precision int
	// open is the column being merged at each level above 0.
	open [Levels]*Column
}

// NewBuilder starts a day from the state at its start: cells of level 0
// ordered by plane and bin, as a Keyframe. start must be 00:00 UTC.
func NewBuilder(start market.UnixMilli, planes int, keyframe []Cell) (*Builder, error) {
	if planes < 1 || planes > MaxPlanes {
		return nil, fmt.Errorf("cannot build a map of %d planes: want 1 to %d: %w", planes, MaxPlanes, market.ErrInvalid)
	}
	b := &Builder{precision: storedBits}
	b.begin(start, planes, keyframe)
	return b, nil
}

// Resume continues a day that was saved before it was complete.
func Resume(day *Day) (*Builder, error) {
	b, err := NewBuilder(day.Start, day.Planes, day.Keyframe)
	if err != nil {
		return nil, err
	}
	base := day.Levels[0]
	next := 0
	for i := range base.Columns {
		for ; next < len(base.Deltas) && base.Deltas[next].Bucket == base.Columns[i].Bucket; next++ {
			d := base.Deltas[next]
			b.state[d.Plane].add(d.Bin, d.All, d.Fresh)
			b.record(d)
		}
		b.closeColumn(base.Columns[i])
	}
	return b, nil
}

func (b *Builder) begin(start market.UnixMilli, planes int, keyframe []Cell) {
	day := &Day{Start: start, Planes: planes, Keyframe: keyframe}
	// Days of one instrument are alike: room as for the last one saves growing
	// through all sizes again. The first one is taken for busy.
	for k, n := range [Levels]int{3 << 17, 1 << 17, 1 << 15} {
		if b.day != nil {
			n = len(b.day.Levels[k].Deltas) * 9 / 8
		}
		day.Levels[k].Deltas = make([]Delta, 0, n)
	}
	b.day = day
	b.state = make([]field, planes)
	for k := range b.pending {
		b.pending[k] = make([]field, planes)
		b.open[k] = nil
	}
	for _, c := range keyframe {
		b.state[c.Plane].add(c.Bin, c.All, c.Fresh)
	}
}

// Day returns the day under construction. It is shared until Rollover.
func (b *Builder) Day() *Day { return b.day }

// Rollover ends the day and starts the next one with data, whose keyframe is
// given as to NewBuilder. It returns the finished day.
func (b *Builder) Rollover(start market.UnixMilli, keyframe []Cell) *Day {
	done := b.day
	b.begin(start, done.Planes, keyframe)
	return done
}

// storedBits is the precision of base cells: one part in 2^6. Changes are
// stored with so many significant bits, and one that is smaller than that part
// of what stands waits until it has grown. An estimate knows no more, and finer
// digits are noise that does not compress. What a change is rounded by is made
// up by the next one of the cell, so errors do not add up, and what is swept is
// gone whole.
const storedBits = 6

// Set states the new raw amounts of a cell of level 0 in the bucket that the
// next Commit closes. Cells must come ordered by plane and bin, each at most
// once a bucket. The amounts stored follow the ones given to within one part
// in 64.
func (b *Builder) Set(bucket market.BucketIndex, c Cell) {
	f := &b.state[c.Plane]
	stands := &f.cells[f.at(c.Bin)]
	d := Delta{bucket, Cell{c.Plane, c.Bin, b.change(stands.all, c.All), b.change(stands.fresh, c.Fresh)}}
	if d.All != 0 || d.Fresh != 0 {
		stands.add(d.All, d.Fresh)
		b.record(d)
	}
}

// change returns the difference to store for an amount that goes from one
// value (>= 0) to another.
func (b *Builder) change(from, to int64) int64 {
	if to <= 0 {
		return -from
	}
	d := to - from
	if d <= 0 {
		return d // rare, and rounded it would be off by a part of what was, not of what is
	}
	if d < from>>b.precision {
		return 0
	}
	// Rounding by no bits at all is left to the arithmetic: amounts are of all
	// sizes, and a branch on that would be guessed wrong as often as right.
	spare := uint(max(bits.Len64(uint64(d))-b.precision, 0)) & 63
	return (d + 1<<spare>>1) >> spare << spare
}

// record adds a delta of level 0, which the state has already, to the day and
// the next level.
func (b *Builder) record(d Delta) {
	b.day.Levels[0].Deltas = append(b.day.Levels[0].Deltas, d)
	b.pass(1, d.Cell)
}

// pass adds a cell change of level-1 to the open bucket of level.
func (b *Builder) pass(level int, c Cell) {
	if level < Levels {
		b.pending[level][c.Plane].add(c.Bin.Coarsen(Ladder[level].Shift-Ladder[level-1].Shift), c.All, c.Fresh)
	}
}

// Commit closes a base column, whose cells have been Set. Columns of a day
// come without gaps, in order; c.Scales must have one entry a plane.
func (b *Builder) Commit(c Column) error {
	if n := len(b.day.Levels[0].Columns); n > 0 && c.Bucket != b.day.Levels[0].Columns[n-1].Bucket+1 {
		return fmt.Errorf("cannot commit column %d after %d: want the next: %w", c.Bucket, b.day.Levels[0].Columns[n-1].Bucket, market.ErrInvalid)
	}
	if at := c.Bucket.Start(BaseBucket); at.Floor(market.Day) != b.day.Start {
		return fmt.Errorf("cannot commit column at %v to the day from %v: %w", at, b.day.Start, market.ErrInvalid)
	}
	if len(c.Scales) != b.day.Planes {
		return fmt.Errorf("cannot commit a column with %d scales: want %d: %w", len(c.Scales), b.day.Planes, market.ErrInvalid)
	}
	b.closeColumn(c)
	return nil
}

func (b *Builder) closeColumn(c Column) {
	b.day.Levels[0].Columns = append(b.day.Levels[0].Columns, c)
	b.rise(1, &c)
}

// rise merges a closed column of level-1 into level, and closes that in turn
// when it was the last one of its bucket.
func (b *Builder) rise(level int, finer *Column) {
	if level == Levels {
		return
	}
	width := Ladder[level].Bucket
	end := (finer.Bucket + 1).Start(Ladder[level-1].Bucket)
	bucket := (end - 1).Bucket(width)
	if b.open[level] == nil {
		b.open[level] = &Column{Bucket: bucket}
	}
	b.open[level].merge(finer)
	if end%width != 0 {
		return
	}
	out := &b.day.Levels[level]
	for p := range b.pending[level] {
		b.pending[level][p].drain(func(bin market.BinIndex, all, fresh int64) {
			if all == 0 && fresh == 0 {
				return
			}
			c := Cell{Plane(p), bin, all, fresh}
			out.Deltas = append(out.Deltas, Delta{bucket, c})
			b.pass(level+1, c)
		})
	}
	closed := *b.open[level]
	b.open[level] = nil
	out.Columns = append(out.Columns, closed)
	b.rise(level+1, &closed)
}
