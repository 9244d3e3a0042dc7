package lake

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"

	"halcyon/market"
)

// checkpointMagic opens a checkpoint object; the CRC-32C of the rest follows it.
const checkpointMagic = "HALCKPT1"

// PutCheckpoint replaces the engine state kept for an instrument. The bytes
// are the engine's own business.
func (l *Lake) PutCheckpoint(ctx context.Context, id market.InstrumentID, data []byte) error {
	if err := id.Validate(); err != nil {
		return fmt.Errorf("cannot store checkpoint: %w", err)
	}
	head := binary.LittleEndian.AppendUint32([]byte(checkpointMagic), checksum(data))
	return l.put(ctx, prefix(kindCheckpoint, id)+checkpointName, "application/octet-stream", func(w io.Writer) error {
		if _, err := w.Write(head); err != nil {
			return err
		}
		_, err := w.Write(data)
		return err
	})
}

// Checkpoint returns what PutCheckpoint stored last, or ErrNotFound.
func (l *Lake) Checkpoint(ctx context.Context, id market.InstrumentID) ([]byte, error) {
	if err := id.Validate(); err != nil {
		return nil, fmt.Errorf("cannot read checkpoint: %w", err)
	}
	key := prefix(kindCheckpoint, id) + checkpointName
	data, err := l.get(ctx, key)
	if err != nil {
		return nil, err
	}
	rest, ok := bytes.CutPrefix(data, []byte(checkpointMagic))
	if !ok || len(rest) < 4 {
		return nil, corrupt(key, "not a checkpoint")
	}
	if checksum(rest[4:]) != binary.LittleEndian.Uint32(rest) {
		return nil, corrupt(key, "checksum mismatch")
	}
	return rest[4:], nil
}
