package heatmap

import (
	"fmt"
	"slices"

	"halcyon/market"
)

// Window is a rectangle of a map at one level, half-open in both directions.
type Window struct {
	Level    int
	From, To market.BucketIndex
	Lo, Hi   market.BinIndex
}

// Bins returns the number of bins of the window.
func (w Window) Bins() int { return int(w.Hi - w.Lo) }

// State is the book at the close of a column, within a window's bins.
type State struct {
	lo         market.BinIndex
	all, fresh [][]int64
	// occupied bounds, a plane, the bins that may be non-zero, half-open.
	occupied [][2]int
	column   *Column
}

// All returns the amount (quote) in bin of plane p at the close of the column.
func (s *State) All(p Plane, bin market.BinIndex) float64 {
	return float64(s.all[p][bin-s.lo]) * s.column.Scales[p].All
}

// Fresh returns the age-discounted part of All.
func (s *State) Fresh(p Plane, bin market.BinIndex) float64 {
	return float64(s.fresh[p][bin-s.lo]) * s.column.Scales[p].Fresh
}

// Occupied returns the bins of plane p outside of which nothing stands.
func (s *State) Occupied(p Plane) (lo, hi market.BinIndex) {
	return s.lo + market.BinIndex(s.occupied[p][0]), s.lo + market.BinIndex(s.occupied[p][1])
}

// Walk calls visit for each stored column of the window, in order, with the
// state at its close. days are those that the window touches, rising, at the
// window's level. The state passed is valid during the call. Walk stops early
// when visit returns false.
//
// The cost is that of the changes within the window and one look at every
// track that crosses it, whatever lies before, above or below.
func Walk(days []*Tracks, w Window, visit func(c *Column, s *State) bool) error {
	return walk(days, w, func(*Column) bool { return true }, visit)
}

// walk is Walk where visit reads the state only of the columns that read tells:
// sums need not be made at the others.
func walk(days []*Tracks, w Window, read func(*Column) bool, visit func(c *Column, s *State) bool) error {
	if w.Level < 0 || w.Level >= Levels || w.Lo > w.Hi {
		return fmt.Errorf("cannot walk window %+v: %w", w, market.ErrInvalid)
	}
	for _, t := range days {
		if t.Level != w.Level {
			return fmt.Errorf("cannot walk window %+v of a day at level %d: %w", w, t.Level, market.ErrInvalid)
		}
		if t.parts != nil {
			if !walkSum(t, w, read, visit) {
				return nil
			}
			continue
		}
		columns := t.In(w.From, w.To)
		if len(columns) == 0 {
			continue
		}
		s := newState(t.Planes, w)
		changes := newAgenda(t, s, w, columns)
		for i := range columns {
			s.column = &columns[i]
			changes.until(t.Moment(columns[i].Bucket))
			if !visit(s.column, s) {
				return nil
			}
		}
	}
	return nil
}

func newState(planes int, w Window) *State {
	s := &State{lo: w.Lo, all: make([][]int64, planes), fresh: make([][]int64, planes), occupied: make([][2]int, planes)}
	for p := range s.all {
		s.all[p], s.fresh[p] = make([]int64, w.Bins()), make([]int64, w.Bins())
	}
	return s
}

func (s *State) set(p Plane, k int, all, fresh int64) {
	s.all[p][k], s.fresh[p][k] = all, fresh
	o := &s.occupied[p]
	if o[0] == o[1] {
		*o = [2]int{k, k + 1}
	} else {
		o[0], o[1] = min(o[0], k), max(o[1], k+1)
	}
}

// Coarser builds level k of a day from its level k-1, by the merge law. It is
// how a day that lacks a level is repaired, and what tests hold Builder
// against.
func Coarser(d *Day, level int) LevelDay {
	fine, up, down := &d.Levels[level-1], Ladder[level], Ladder[level-1]
	var out LevelDay
	sums := map[Delta]*Cell{}
	var order []Delta
	for _, f := range fine.Deltas {
		bucket := f.Bucket.Start(down.Bucket).Bucket(up.Bucket)
		key := Delta{bucket, Cell{Plane: f.Plane, Bin: f.Bin.Coarsen(up.Shift - down.Shift)}}
		if sums[key] == nil {
			sums[key] = &Cell{}
			order = append(order, key)
		}
		sums[key].All += f.All
		sums[key].Fresh += f.Fresh
	}
	slices.SortFunc(order, func(a, b Delta) int {
		if a.Bucket != b.Bucket {
			return int(a.Bucket - b.Bucket)
		}
		return byPlaneAndBin(a.Cell, b.Cell)
	})
	for i := range fine.Columns {
		c := &fine.Columns[i]
		bucket := c.Bucket.Start(down.Bucket).Bucket(up.Bucket)
		if n := len(out.Columns); n == 0 || out.Columns[n-1].Bucket != bucket {
			out.Columns = append(out.Columns, Column{Bucket: bucket})
		}
		out.Columns[len(out.Columns)-1].merge(c)
	}
	// A bucket whose end has not come is not closed.
	if n := len(fine.Columns); n > 0 && (fine.Columns[n-1].Bucket+1).Start(down.Bucket)%up.Bucket != 0 {
		out.Columns = out.Columns[:len(out.Columns)-1]
	}
	for _, key := range order {
		sum := sums[key]
		closed := len(out.Columns) > 0 && key.Bucket <= out.Columns[len(out.Columns)-1].Bucket
		if closed && (sum.All != 0 || sum.Fresh != 0) {
			key.All, key.Fresh = sum.All, sum.Fresh
			out.Deltas = append(out.Deltas, key)
		}
	}
	return out
}
