package lake

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"halcyon/internal/observed"
	"halcyon/market"
)

// observedRow is a position of a snapshot. FORMAT.md describes it.
type observedRow struct {
	Time             int64   `parquet:"time,timestamp(millisecond),delta,zstd"`
	Address          string  `parquet:"address,zstd"`
	Side             string  `parquet:"side,dict"`
	Size             float64 `parquet:"size,zstd"`
	EntryPrice       float64 `parquet:"entry_price,zstd"`
	LiquidationPrice float64 `parquet:"liquidation_price,zstd"`
	ReconciledTime   int64   `parquet:"reconciled_time,timestamp(millisecond),delta,zstd"`
	Moved            bool    `parquet:"moved"`
}

const observedUnits = "time, reconciled_time: UTC milliseconds; size: contracts; entry_price, liquidation_price: quote per base, the venue's own, 0 where it told none"

// PutObserved stores the observed positions of an instrument as of an instant,
// an object of their own. Storing the same again changes nothing. The error
// wraps market.ErrInvalid where there are none.
func (l *Lake) PutObserved(ctx context.Context, id market.InstrumentID, at market.UnixMilli, positions []observed.Position) error {
	if err := id.Validate(); err != nil {
		return fmt.Errorf("cannot store observed positions: %w", err)
	}
	if at <= 0 || len(positions) == 0 {
		return fmt.Errorf("cannot store %d observed positions of %q at %d: want some, at a time: %w", len(positions), id, at, market.ErrInvalid)
	}
	w := newTableWriter[observedRow](kindObserved, observedUnits)
	err := w.group(len(positions), func(i int, r *observedRow) {
		p := positions[i]
		*r = observedRow{int64(at), p.Address.String(), p.Side.String(), float64(p.Size), float64(p.EntryPrice), float64(p.LiquidationPrice), int64(p.ReconciledAt), p.Moved}
	})
	if err == nil {
		_, err = w.finish()
	}
	if err != nil {
		return fmt.Errorf("cannot encode observed positions of %q: %w", id, err)
	}
	return l.put(ctx, observedKey(id, at), parquetType, w.draft.writeSealed)
}

func observedKey(id market.InstrumentID, at market.UnixMilli) string {
	return fmt.Sprintf("%sat-%d.parquet", dayPrefix(kindObserved, id, at.Floor(market.Day)), at)
}

// ObservedTimes returns when snapshots of an instrument were taken, rising.
func (l *Lake) ObservedTimes(ctx context.Context, id market.InstrumentID) ([]market.UnixMilli, error) {
	if err := id.Validate(); err != nil {
		return nil, fmt.Errorf("cannot list observed positions: %w", err)
	}
	names, err := l.list(ctx, prefix(kindObserved, id))
	if err != nil {
		return nil, err
	}
	var times []market.UnixMilli
	for _, name := range names {
		_, file, _ := strings.Cut(name, "/")
		number, _ := strings.CutSuffix(strings.TrimPrefix(file, "at-"), ".parquet")
		at, err := strconv.ParseInt(number, 10, 64)
		if err == nil && prefix(kindObserved, id)+name == observedKey(id, market.UnixMilli(at)) {
			times = append(times, market.UnixMilli(at))
		}
	}
	return times, nil // by day, and of equally many digits: in order as names are
}

// Observed returns the snapshot that was taken at an instant, by address; none
// if there is none.
func (l *Lake) Observed(ctx context.Context, id market.InstrumentID, at market.UnixMilli) ([]observed.Position, error) {
	if err := id.Validate(); err != nil {
		return nil, fmt.Errorf("cannot read observed positions: %w", err)
	}
	var out []observed.Position
	err := eachRow(ctx, l, observedKey(id, at), kindObserved, func(r observedRow) {
		address, err := observed.ParseAddress(r.Address)
		if err != nil {
			panic(err.Error())
		}
		if r.Time != int64(at) || !(r.Size > 0) || math.IsInf(r.Size, 0) {
			panic(fmt.Sprintf("size %v at %d, want one above 0 at %d", r.Size, r.Time, at))
		}
		out = append(out, observed.Position{Address: address, Symbol: id.Symbol, Side: sideNamed(r.Side), Size: market.Contracts(r.Size), EntryPrice: market.Price(r.EntryPrice),
			LiquidationPrice: market.Price(r.LiquidationPrice), ReconciledAt: market.UnixMilli(r.ReconciledTime), Moved: r.Moved})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
