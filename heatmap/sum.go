package heatmap

import (
	"slices"

	"halcyon/market"
)

// Part is one of the maps that a Sum is made of.
type Part struct {
	// Tracks is the part's day at the level that is summed.
	Tracks *Tracks
	// Weights are what the part's cells are multiplied by at each column of the
	// sum: as many as there are columns; nil for 1 throughout.
	Weights []Scales
}

// sumScale is the scale of a summed cell: raw amounts are kept in 1,024ths of
// a unit of quote currency, each rounded once.
const sumScale = 1.0 / 1024

// Sum returns the tracks whose cells are the sums of the parts' cells:
//
//	x(p, b, t) = Σ_i w_i(t) · x_i(p, b, t_i)
//
// where t_i is part i's last column at or before t. So a part adds nothing
// before its first column, and after its last one it stands as it stood:
// positions do not go when a feed does. columns are those of the sum, in order;
// what they say beside the cells is the caller's business, and their Scales are
// set in a copy. parts are at least one, all of one day, level and number of
// planes.
//
// Walk, and all that is built on it, takes the result for any other. Cells are
// added up when they are walked: there are no tracks of the whole, so Each is
// for its Parts.
func Sum(columns []Column, parts []Part) *Tracks {
	t := &Tracks{Start: parts[0].Tracks.Start, Level: parts[0].Tracks.Level, Planes: parts[0].Tracks.Planes, Columns: slices.Clone(columns)}
	scales := make([]Scales, t.Planes)
	for p := range scales {
		scales[p] = Scales{sumScale, sumScale}
	}
	for i := range t.Columns {
		t.Columns[i].Scales = scales
	}
	for _, part := range parts {
		t.parts = append(t.parts, part.under(columns))
	}
	return t
}

// Parts returns what a sum adds up: tracks with the sum's columns, and with
// scales that make their cells what they bring to it. It is nil for tracks that
// are not a sum.
func (t *Tracks) Parts() []*Tracks { return t.parts }

// under returns the part's tracks under the columns of a sum.
func (p Part) under(columns []Column) *Tracks {
	view := *p.Tracks
	view.Columns = slices.Clone(columns)
	own, next := p.Tracks.Columns, 0
	scales := make([]Scales, len(columns)*view.Planes)
	for i := range view.Columns {
		for next < len(own) && own[next].Bucket <= columns[i].Bucket {
			next++
		}
		at := scales[i*view.Planes : (i+1)*view.Planes]
		view.Columns[i].Scales = at
		if next == 0 {
			continue
		}
		copy(at, own[next-1].Scales)
		for plane := range at {
			if p.Weights != nil {
				at[plane].All *= p.Weights[i].All
				at[plane].Fresh *= p.Weights[i].Fresh
			}
		}
	}
	return &view
}

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

// walkSum is Walk over one day of a sum. It returns false when visit did.
func walkSum(t *Tracks, w Window, visit func(c *Column, s *State) bool) bool {
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
		for p := range t.Planes {
			s.total(Plane(p), states, acc)
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
