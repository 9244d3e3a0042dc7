package heatmap

import (
	"math"
	"slices"
	"sync"

	"halcyon/market"
)

// Changes are the deltas of one level of a day, a list a field and all of one
// length: change i adds All[i] and Fresh[i] to the cell of Plane[i] and Bin[i]
// at the moment At[i], in the terms of Track.At. They are ordered by moment.
type Changes struct {
	At         []uint16
	Plane      []Plane
	Bin        []market.BinIndex // of the level
	All, Fresh []int64
}

// Resize makes c n changes long, to be set anew. It reuses memory.
func (c *Changes) Resize(n int) {
	c.At = slices.Grow(c.At[:0], n)[:n]
	c.Plane = slices.Grow(c.Plane[:0], n)[:n]
	c.Bin = slices.Grow(c.Bin[:0], n)[:n]
	c.All = slices.Grow(c.All[:0], n)[:n]
	c.Fresh = slices.Grow(c.Fresh[:0], n)[:n]
}

// Tracks turns a level of the day into its tracks.
func (d *Day) Tracks(level int) *Tracks {
	t := &Tracks{Start: d.Start, Level: level, Planes: d.Planes, Columns: d.Levels[level].Columns}
	deltas, before := d.Levels[level].Deltas, t.before()
	var c Changes
	c.Resize(len(deltas))
	for i := range deltas {
		cell := &deltas[i].Cell
		c.At[i], c.Plane[i], c.Bin[i] = uint16(deltas[i].Bucket-before), cell.Plane, cell.Bin
		c.All[i], c.Fresh[i] = cell.All, cell.Fresh
	}
	// By the merge law the base keyframe adds up to that of any level.
	t.Turn(Coarsen(d.Keyframe, Ladder[level].Shift), &c)
	return t
}

// Turn makes the tracks of t, of which all other fields are set, from the state
// at the start of the day, ordered by plane and bin, and what changed since.
// Nothing of the two is kept. The cost is three passes over them, and two of
// the three run side by side.
func (t *Tracks) Turn(keyframe []Cell, c *Changes) {
	places := t.allot(keyframe, c)
	var work sync.WaitGroup
	work.Go(func() { t.all = t.addUp(places, keyframe, func(c *Cell) int64 { return c.All }, c.All) })
	t.fresh = t.addUp(places, keyframe, func(c *Cell) int64 { return c.Fresh }, c.Fresh)
	work.Wait()
}

// allot makes the cells that hold something, sets the moments of their tracks,
// and returns where in them the keyframe's cells and then the changes go.
func (t *Tracks) allot(keyframe []Cell, c *Changes) (places []uint32) {
	lo, hi := bounds(keyframe, c.Bin)
	slot := func(bin market.BinIndex, plane Plane) int { return int(bin-lo)*t.Planes + int(plane) }
	counts := make([]uint32, int(hi-lo)*t.Planes)
	for i := range keyframe {
		counts[slot(keyframe[i].Bin, keyframe[i].Plane)]++
	}
	for i, bin := range c.Bin {
		counts[slot(bin, c.Plane[i])]++
	}
	// Counts become where tracks begin, and then where their next change goes.
	end := t.number(counts, lo)
	t.at, places = make([]uint16, end), make([]uint32, end)
	for i := range keyframe {
		next := &counts[slot(keyframe[i].Bin, keyframe[i].Plane)]
		places[i] = *next
		*next++
	}
	for i, at := range c.At {
		next := &counts[slot(c.Bin[i], c.Plane[i])]
		places[len(keyframe)+i], t.at[*next] = *next, at
		*next++
	}
	return places
}

// bounds returns the bins that hold everything, half-open.
func bounds(keyframe []Cell, bins []market.BinIndex) (lo, hi market.BinIndex) {
	lo, hi = math.MaxInt32, math.MinInt32
	for i := range keyframe {
		lo, hi = min(lo, keyframe[i].Bin), max(hi, keyframe[i].Bin)
	}
	for _, bin := range bins {
		lo, hi = min(lo, bin), max(hi, bin)
	}
	if lo > hi {
		return 0, 0
	}
	return lo, hi + 1
}

// number makes the cells from how many changes each has, by bin from lo and
// plane, and turns the counts into where their tracks begin.
func (t *Tracks) number(counts []uint32, lo market.BinIndex) (end uint32) {
	used := 0
	for _, n := range counts {
		if n > 0 {
			used++
		}
	}
	t.cells = make([]trackCell, 0, used)
	for k, n := range counts {
		counts[k] = end
		if n > 0 {
			end += n
			t.cells = append(t.cells, trackCell{lo + market.BinIndex(k/t.Planes), end, Plane(k % t.Planes)})
		}
	}
	return end
}

// addUp puts the keyframe's amounts and the changes into their places, and turns
// those of every track into what stands after them.
func (t *Tracks) addUp(places []uint32, keyframe []Cell, of func(*Cell) int64, changes []int64) []int64 {
	out := make([]int64, len(places))
	for i := range keyframe {
		out[places[i]] = of(&keyframe[i])
	}
	for i, place := range places[len(keyframe):] {
		out[place] = changes[i]
	}
	var k uint32
	for _, c := range t.cells {
		for k++; k < c.end; k++ {
			out[k] += out[k-1]
		}
	}
	return out
}

// Coarsen sums cells that are ordered by plane and bin over 2^shift bins each.
func Coarsen(cells []Cell, shift uint) []Cell {
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
