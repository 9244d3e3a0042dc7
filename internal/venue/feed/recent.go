package feed

// recent is the set of the last values added.
type recent[T comparable] struct {
	set  map[T]struct{}
	ring []T
	at   int
}

// add enters v and reports whether it was not there.
func (r *recent[T]) add(v T, most int) bool {
	if r.set == nil {
		r.set = make(map[T]struct{}, most)
	}
	if _, known := r.set[v]; known {
		return false
	}
	if len(r.ring) < most {
		r.ring = append(r.ring, v)
	} else {
		delete(r.set, r.ring[r.at])
		r.ring[r.at] = v
		r.at = (r.at + 1) % most
	}
	r.set[v] = struct{}{}
	return true
}
