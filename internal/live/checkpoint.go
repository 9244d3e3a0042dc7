package live

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"fmt"

	"halcyon/engine"
	"halcyon/heatmap"
	"halcyon/internal/eventlog"
	"halcyon/liqmodel"
	"halcyon/market"
)

// checkpointVersion changes whenever what a checkpoint holds does. One of
// another version is ignored, and the instrument is drawn anew.
const checkpointVersion = 1

// checkpoint is an instrument between two messages, as it is encoded.
type checkpoint struct {
	Version int
	// Log is the identity of the log that Seq counts in.
	Log string
	// Seq is the last message taken in.
	Seq uint64
	// Watermark, Late and Waiting are the sequencer's.
	Watermark market.UnixMilli
	Late      int64
	Waiting   []byte
	// Cut is the time before which all that was yielded is in the lake;
	// Unsaved is what is not, in the order in which it was yielded but for
	// trades, which come first.
	Cut     market.UnixMilli
	Unsaved []byte
	// Known is the time before which the engine has its events from the lake.
	Known market.UnixMilli
	// Model is a digest of what a map depends on beside events. Engine goes on
	// only under the same one.
	Model  string
	Engine []byte
}

func (c checkpoint) encode() ([]byte, error) {
	var buf bytes.Buffer
	err := gob.NewEncoder(&buf).Encode(c)
	return buf.Bytes(), err
}

// decodeCheckpoint reads a checkpoint with its two sets; ok is false where it
// is not one of this version.
func decodeCheckpoint(data []byte) (c checkpoint, waiting, unsaved market.EventSet, ok bool) {
	if gob.NewDecoder(bytes.NewReader(data)).Decode(&c) != nil || c.Version != checkpointVersion {
		return c, waiting, unsaved, false
	}
	for _, part := range []struct {
		from []byte
		to   *market.EventSet
	}{{c.Waiting, &waiting}, {c.Unsaved, &unsaved}} {
		entries, err := eventlog.Decode(part.from)
		if err != nil {
			return c, waiting, unsaved, false
		}
		for _, x := range entries {
			part.to.Add(x.Event)
		}
	}
	return c, waiting, unsaved, true
}

// modelOf identifies everything beside the events that a map depends on.
func modelOf(listing market.Listing, opt engine.Options) (string, error) {
	params := liqmodel.DefaultParams()
	if opt.Params != nil {
		params = *opt.Params
	}
	h := sha256.New()
	enc := gob.NewEncoder(h)
	for _, part := range []any{params, listing.Tiers, listing.Instrument, opt.MarkMaxAge, heatmap.Ladder} {
		if err := enc.Encode(part); err != nil {
			return "", fmt.Errorf("cannot tell the model of %q: %w", listing.InstrumentID.String(), err)
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}
