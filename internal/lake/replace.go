package lake

import (
	"context"
	"fmt"

	"gocloud.dev/gcerrors"

	"halcyon/market"
)

// ReplaceTrades makes set's the trades of a UTC day, and set's gaps the day's
// gaps: what is known of the trades of a whole day takes the place of what was
// recorded of it, candles included. Other kinds of set are merged.
//
// The trades are written before candles and gaps are removed. If it fails
// between, the day holds both until it is called again.
func (l *Lake) ReplaceTrades(ctx context.Context, id market.InstrumentID, day market.UnixMilli, set *market.EventSet) error {
	if err := checkDay(id, day); err != nil {
		return fmt.Errorf("cannot replace trades: %w", err)
	}
	in := sorted(set)
	if err := checkWithin(in, day); err != nil {
		return fmt.Errorf("cannot replace trades of %q: %w", id, err)
	}
	if in.Trades.Len() == 0 {
		return fmt.Errorf("cannot replace trades of %q on %s: there are none: %w", id, day.Date(), market.ErrInvalid)
	}
	if err := l.replaceTrades(ctx, id, day, in); err != nil {
		return err
	}
	_, err := l.Merge(ctx, id, day, in)
	return err
}

func (l *Lake) replaceTrades(ctx context.Context, id market.InstrumentID, day market.UnixMilli, in *market.EventSet) error {
	defer l.lock(id)()
	if _, err := l.uniteTrades(ctx, id, day, nil, &in.Trades); err != nil {
		return err
	}
	for _, k := range []kind{kindCandles, kindGaps} {
		key := dayKey(k, id, day)
		if err := l.bucket.Delete(ctx, key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			return fmt.Errorf("cannot remove %q: %w", key, err)
		}
	}
	return nil
}
