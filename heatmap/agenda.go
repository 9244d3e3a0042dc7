package heatmap

// agenda puts what tracks say by cell into the order of time: it takes a State
// from the close of one column to that of the next.
type agenda struct {
	tracks *Tracks
	state  *State
	// first is the moment at which the state begins, last the one it goes to.
	first, last uint16
	// changes are ordered by moment; those of first+m end at ends[m].
	changes []change
	ends    []uint32
	done    uint32
}

// change says which cell of the state becomes what stands at an entry of the tracks.
type change struct {
	entry uint32
	k     int32
	plane Plane
}

// newAgenda sets the state as of the first column, and orders by counting what
// changes until the last.
func newAgenda(t *Tracks, s *State, w Window, columns []Column) *agenda {
	a := &agenda{tracks: t, state: s, first: t.Moment(columns[0].Bucket), last: t.Moment(columns[len(columns)-1].Bucket)}
	a.ends = make([]uint32, int(a.last-a.first)+1)
	a.each(w, func(moment uint16, _ change) { a.ends[moment-a.first]++ })
	// Counts become where the changes of a moment begin; placing them makes
	// that where they end.
	total := uint32(0)
	for m, n := range a.ends {
		a.ends[m] = total
		total += n
	}
	a.changes = make([]change, total)
	a.each(w, func(moment uint16, c change) {
		at := &a.ends[moment-a.first]
		a.changes[*at] = c
		*at++
	})
	return a
}

// each calls visit for every change in the window, cell by cell. What stands
// when the first column closes belongs to that column.
func (a *agenda) each(w Window, visit func(moment uint16, c change)) {
	cells, begin := a.tracks.within(w.Lo, w.Hi)
	for _, c := range cells {
		at := a.tracks.at[begin:c.end]
		k := int32(c.bin - w.Lo)
		now := since(at, a.first)
		if now >= 0 {
			visit(a.first, change{begin + uint32(now), k, c.plane})
		}
		for i := now + 1; i < len(at) && at[i] <= a.last; i++ {
			visit(at[i], change{begin + uint32(i), k, c.plane})
		}
		begin = c.end
	}
}

// until makes the changes up to and with a moment.
func (a *agenda) until(moment uint16) {
	for end := a.ends[moment-a.first]; a.done < end; a.done++ {
		c := &a.changes[a.done]
		a.state.set(c.plane, int(c.k), a.tracks.all[c.entry], a.tracks.fresh[c.entry])
	}
}
