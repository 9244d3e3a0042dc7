package frame

import "halcyon/internal/venue"

// Firsts are the instruments whose first trades have come on a connection, for
// venues that repeat recent trades on subscribing.
type Firsts map[string]bool

// Mark marks trades as Recent where they are an instrument's first.
func (f Firsts) Mark(out *venue.Parsed) {
	for i := range out.Ticks {
		out.Ticks[i].Recent = !f[string(out.Ticks[i].Symbol)]
	}
	for _, t := range out.Ticks {
		if t.Recent {
			f[string(t.Symbol)] = true
		}
	}
}
