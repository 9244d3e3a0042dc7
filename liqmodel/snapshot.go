package liqmodel

import (
	"bytes"
	"encoding/gob"
	"fmt"

	"halcyon/market"
)

// snapshot is all that changes in a Ledger, as it is encoded.
type snapshot struct {
	Lo     market.BinIndex
	Bins   int
	Planes []planeSnapshot
	State  state
}

type planeSnapshot struct {
	// At, All and Fresh are the non-empty bins and their raw amounts; Dirty
	// the bins that changed since the last Drain.
	At, Dirty                   []int32
	All, Fresh                  []float64
	Total, ScaleAll, ScaleFresh float64
}

// MarshalBinary encodes the ledger's state, exactly. Parameters and instrument
// are not part of it.
func (l *Ledger) MarshalBinary() ([]byte, error) {
	s := snapshot{Lo: l.book.lo, Bins: len(l.book.unit), State: l.st}
	for i := range l.book.planes {
		p := &l.book.planes[i]
		ps := planeSnapshot{Total: p.total, ScaleAll: p.scaleAll, ScaleFresh: p.scaleFresh}
		for k, raw := range p.bins {
			if raw.all != 0 {
				ps.At, ps.All, ps.Fresh = append(ps.At, int32(k)), append(ps.All, raw.all), append(ps.Fresh, raw.fresh)
			}
		}
		p.eachDirty(func(k int) { ps.Dirty = append(ps.Dirty, int32(k)) })
		s.Planes = append(s.Planes, ps)
	}
	var buf bytes.Buffer
	if err := gob.NewEncoder(&buf).Encode(s); err != nil {
		return nil, fmt.Errorf("cannot save the ledger of %q: %w", l.inst.InstrumentID.String(), err)
	}
	return buf.Bytes(), nil
}

// UnmarshalBinary restores the state of a ledger that was made for the same
// instrument and parameters. On error the ledger is unusable.
func (l *Ledger) UnmarshalBinary(data []byte) error {
	var s snapshot
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&s); err != nil {
		return fmt.Errorf("cannot restore the ledger of %q: %w", l.inst.InstrumentID.String(), err)
	}
	if len(s.Planes) != len(l.book.planes) {
		return fmt.Errorf("cannot restore the ledger of %q: %d planes, want %d: %w", l.inst.InstrumentID.String(), len(s.Planes), len(l.book.planes), market.ErrInvalid)
	}
	l.book = newBook(l.inst, len(l.params.Groups))
	l.st = s.State
	if s.Bins == 0 {
		return nil
	}
	l.book.resize(s.Lo, s.Bins)
	for i, ps := range s.Planes {
		p := &l.book.planes[i]
		for j, k := range ps.At {
			if int(k) < 0 || int(k) >= s.Bins {
				return fmt.Errorf("cannot restore the ledger of %q: bin %d of %d: %w", l.inst.InstrumentID.String(), k, s.Bins, market.ErrInvalid)
			}
			p.bins[k] = stock{ps.All[j], ps.Fresh[j]}
		}
		for _, k := range ps.Dirty {
			if int(k) < 0 || int(k) >= s.Bins {
				return fmt.Errorf("cannot restore the ledger of %q: bin %d of %d: %w", l.inst.InstrumentID.String(), k, s.Bins, market.ErrInvalid)
			}
			p.mark(int(k))
		}
		p.total, p.scaleAll, p.scaleFresh = ps.Total, ps.ScaleAll, ps.ScaleFresh
	}
	return nil
}
