package lake

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"

	"halcyon/market"
)

// Fingerprint returns a digest of all events stored of a UTC day: equal while
// they are the same, another when any of them changes. It reads checksums, not
// events. A day without events has one too.
func (l *Lake) Fingerprint(ctx context.Context, id market.InstrumentID, day market.UnixMilli) (string, error) {
	if err := checkDay(id, day); err != nil {
		return "", fmt.Errorf("cannot fingerprint events: %w", err)
	}
	kinds := []kind{kindTrades}
	for _, s := range series {
		kinds = append(kinds, s.kind)
	}
	sum := fnv.New128a()
	for _, k := range kinds {
		o, err := openObject(ctx, l.bucket, dayKey(k, id, day))
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, _ = sum.Write([]byte(k)) // a hash never fails to write
		_ = binary.Write(sum, binary.LittleEndian, o.sums)
		_, _ = sum.Write(o.foot)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
