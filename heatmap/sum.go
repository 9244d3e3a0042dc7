package heatmap

import (
	"slices"

	"halcyon/market"
)

// Part is one of the maps that a Sum is made of.
type Part struct {
	// Tracks is the part's day at the level that is summed.
	Tracks *Tracks
	// Columns are the sum's, made by Under.
	Columns []Column
}

// sumScale is the scale of a summed cell: raw amounts are kept in 1,024ths of
// a unit of quote currency, each rounded once.
const sumScale = 1.0 / 1024

// Sum returns the tracks whose cells are the sums of the parts' cells:
//
//	x(p, b, t) = Σ_i w_i(t) · x_i(p, b, t_i)
//
// where t_i is part i's last column at or before t, and w_i the weights given to
// Under. So a part adds nothing before its first column, and after its last one
// it stands as it stood: positions do not go when a feed does. parts are at
// least one, all of one day, level and number of planes.
//
// Walk, and all that is built on it, takes the result for any other. Cells are
// added up when they are walked: there are no tracks of the whole, so Each is
// for its Parts. Summing costs nothing but a few allocations.
func Sum(columns SumColumns, parts []Part) *Tracks {
	first := parts[0].Tracks
	t := &Tracks{Start: first.Start, Level: first.Level, Planes: first.Planes, Columns: columns}
	for _, part := range parts {
		view := *part.Tracks
		view.Columns = part.Columns
		t.parts = append(t.parts, &view)
	}
	return t
}

// SumColumns are the columns of a sum, with the scales of summed cells.
type SumColumns []Column

// NewSumColumns returns the columns of a sum, in order. What they say beside the
// cells is the caller's business; their Scales are set in a copy.
func NewSumColumns(columns []Column, planes int) SumColumns {
	scales := make([]Scales, planes)
	for p := range scales {
		scales[p] = Scales{sumScale, sumScale}
	}
	out := slices.Clone(columns)
	for i := range out {
		out[i].Scales = scales
	}
	return out
}

// Under returns a sum's columns with the scales that make the cells of t what
// they bring to it. weights multiply them, a column each; nil for 1 throughout.
func (t *Tracks) Under(columns SumColumns, weights []Scales) []Column {
	out := slices.Clone(columns)
	scales, next := make([]Scales, len(out)*t.Planes), 0
	for i := range out {
		for next < len(t.Columns) && t.Columns[next].Bucket <= out[i].Bucket {
			next++
		}
		out[i].Scales = scales[i*t.Planes : (i+1)*t.Planes]
		if next == 0 {
			continue
		}
		copy(out[i].Scales, t.Columns[next-1].Scales)
		if weights == nil {
			continue
		}
		for p := range out[i].Scales {
			out[i].Scales[p].All *= weights[i].All
			out[i].Scales[p].Fresh *= weights[i].Fresh
		}
	}
	return out
}

// Parts returns what a sum adds up: tracks with the sum's columns, and with
// scales that make their cells what they bring to it. It is nil for tracks that
// are not a sum.
func (t *Tracks) Parts() []*Tracks { return t.parts }

// binsOfParts is Bins of a sum.
func (t *Tracks) binsOfParts() (lo, hi market.BinIndex) {
	for _, part := range t.parts {
		from, to := part.Bins()
		if from < to && lo == hi {
			lo, hi = from, to
		} else if from < to {
			lo, hi = min(lo, from), max(hi, to)
		}
	}
	return lo, hi
}

// walkSum is walk over one day of a sum. It returns false when visit did.
func walkSum(t *Tracks, w Window, read func(*Column) bool, visit func(c *Column, s *State) bool) bool {
	columns := t.In(w.From, w.To)
	if len(columns) == 0 {
		return true
	}
	states, changes := make([]*State, len(t.parts)), make([]*agenda, len(t.parts))
	own := make([][]Column, len(t.parts))
	for i, part := range t.parts {
		states[i], own[i] = newState(part.Planes, w), part.In(w.From, w.To)
		changes[i] = newAgenda(part, states[i], w, own[i])
	}
	s, acc := newState(t.Planes, w), make([]float64, 2*w.Bins())
	for i := range columns {
		s.column = &columns[i]
		for k := range changes {
			states[k].column = &own[k][i]
			changes[k].until(t.Moment(columns[i].Bucket))
		}
		if read(s.column) {
			for p := range t.Planes {
				s.total(Plane(p), states, acc)
			}
		}
		if !visit(s.column, s) {
			return false
		}
	}
	return true
}

// total makes plane p the sum of other states'. acc is room for two amounts a
// bin, all zero before and after.
func (s *State) total(p Plane, others []*State, acc []float64) {
	o := &s.occupied[p]
	clear(s.all[p][o[0]:o[1]])
	clear(s.fresh[p][o[0]:o[1]])
	*o = [2]int{}
	for _, other := range others {
		lo, hi := other.occupied[p][0], other.occupied[p][1]
		if lo == hi {
			continue
		}
		scale, all, fresh := other.column.Scales[p], other.all[p], other.fresh[p]
		for bin := lo; bin < hi; bin++ {
			acc[2*bin] += float64(float64(all[bin]) * scale.All)
			acc[2*bin+1] += float64(float64(fresh[bin]) * scale.Fresh)
		}
		if o[0] == o[1] {
			*o = [2]int{lo, hi}
		}
		o[0], o[1] = min(o[0], lo), max(o[1], hi)
	}
	for bin := o[0]; bin < o[1]; bin++ {
		s.all[p][bin], s.fresh[p][bin] = int64(acc[2*bin]/sumScale+.5), int64(acc[2*bin+1]/sumScale+.5)
	}
	clear(acc[2*o[0] : 2*o[1]])
}
