package engine

import (
	"bytes"
	"encoding/gob"
	"fmt"

	"halcyon/heatmap"
	"halcyon/market"
)

// checkpointVersion changes whenever what a checkpoint holds does. A
// checkpoint of another version is refused, and the replay starts anew.
const checkpointVersion = 1

// checkpoint is all that changes in an Engine, as it is encoded.
type checkpoint struct {
	Version int
	ID      market.InstrumentID
	Ledger  []byte
	Day     *heatmap.Day

	Column       heatmap.Column
	End          market.UnixMilli
	Bin          market.BinIndex
	Volume       [2]market.Contracts
	Last, Sweep  market.Price
	MarkUntil    market.UnixMilli
	OpenInterest market.Contracts
	GapUntil     market.UnixMilli
	Late         int64
	// Lapsed is by stream; nil in checkpoints from before lapses.
	Lapsed []market.UnixMilli
}

// Checkpoint encodes the engine's whole state between two events. An engine
// restored from it goes on exactly as this one would.
func (e *Engine) Checkpoint() ([]byte, error) {
	ledger, err := e.ledger.MarshalBinary()
	if err != nil {
		return nil, err
	}
	c := checkpoint{
		Version: checkpointVersion, ID: e.listing.InstrumentID, Ledger: ledger, Column: e.column, End: e.end,
		Bin: e.bin, Volume: e.volume, Last: e.last, Sweep: e.sweepPrice, MarkUntil: e.markUntil,
		OpenInterest: e.openInt, GapUntil: e.gapUntil, Late: e.late, Lapsed: e.lapsed[:],
	}
	if e.started {
		c.Day = e.builder.Day()
	}
	var buf bytes.Buffer
	if err := gob.NewEncoder(&buf).Encode(c); err != nil {
		return nil, fmt.Errorf("cannot save a checkpoint of %q: %w", e.listing.InstrumentID.String(), err)
	}
	return buf.Bytes(), nil
}

// Restore makes a new engine go on from a checkpoint. The engine must have
// been made with the same listing and options. On error it must not be used.
func (e *Engine) Restore(data []byte) error {
	var c checkpoint
	fail := func(err error) error {
		return fmt.Errorf("cannot restore %q from a checkpoint: %w", e.listing.InstrumentID.String(), err)
	}
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&c); err != nil {
		return fail(err)
	}
	if c.Version != checkpointVersion || c.ID != e.listing.InstrumentID {
		return fail(fmt.Errorf("version %d of %q: %w", c.Version, c.ID.String(), market.ErrInvalid))
	}
	if err := e.ledger.UnmarshalBinary(c.Ledger); err != nil {
		return fail(err)
	}
	e.column, e.end, e.bin, e.volume, e.last, e.sweepPrice = c.Column, c.End, c.Bin, c.Volume, c.Last, c.Sweep
	e.markUntil, e.openInt, e.gapUntil, e.late = c.MarkUntil, c.OpenInterest, c.GapUntil, c.Late
	copy(e.lapsed[:], c.Lapsed)
	if c.Day == nil {
		return nil
	}
	b, err := heatmap.Resume(c.Day)
	if err != nil {
		return fail(err)
	}
	e.builder, e.started = b, true
	return nil
}

// Until returns the end of the last closed column; events before it have been
// applied. It is 0 before the first event.
func (e *Engine) Until() market.UnixMilli {
	if !e.started {
		return 0
	}
	return e.end - heatmap.BaseBucket
}
