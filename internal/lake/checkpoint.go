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
	return l.putCheckpoint(ctx, id, checkpointName, data)
}

// Checkpoint returns what PutCheckpoint stored last, or ErrNotFound.
func (l *Lake) Checkpoint(ctx context.Context, id market.InstrumentID) ([]byte, error) {
	return l.checkpoint(ctx, id, checkpointName)
}

// PutLiveCheckpoint is PutCheckpoint for the runner of live feeds, whose state
// stands beside the one of replays.
func (l *Lake) PutLiveCheckpoint(ctx context.Context, id market.InstrumentID, data []byte) error {
	return l.putCheckpoint(ctx, id, liveCheckpointName, data)
}

// LiveCheckpoint returns what PutLiveCheckpoint stored last, or ErrNotFound.
func (l *Lake) LiveCheckpoint(ctx context.Context, id market.InstrumentID) ([]byte, error) {
	return l.checkpoint(ctx, id, liveCheckpointName)
}

// PutArchived is PutCheckpoint for the record of what has been fetched from an
// archive.
func (l *Lake) PutArchived(ctx context.Context, id market.InstrumentID, data []byte) error {
	return l.putCheckpoint(ctx, id, archivedName, data)
}

// Archived returns what PutArchived stored last, or ErrNotFound.
func (l *Lake) Archived(ctx context.Context, id market.InstrumentID) ([]byte, error) {
	return l.checkpoint(ctx, id, archivedName)
}

func (l *Lake) putCheckpoint(ctx context.Context, id market.InstrumentID, name string, data []byte) error {
	if err := id.Validate(); err != nil {
		return fmt.Errorf("cannot store checkpoint: %w", err)
	}
	head := binary.LittleEndian.AppendUint32([]byte(checkpointMagic), checksum(data))
	return l.put(ctx, prefix(kindCheckpoint, id)+name, "application/octet-stream", func(w io.Writer) error {
		if _, err := w.Write(head); err != nil {
			return err
		}
		_, err := w.Write(data)
		return err
	})
}

func (l *Lake) checkpoint(ctx context.Context, id market.InstrumentID, name string) ([]byte, error) {
	if err := id.Validate(); err != nil {
		return nil, fmt.Errorf("cannot read checkpoint: %w", err)
	}
	key := prefix(kindCheckpoint, id) + name
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
