package lake

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/parquet-go/parquet-go"

	"halcyon/market"
)

// Merge unites the events of one UTC day with what the lake holds of it, by
// the rules of market.EventSet.Merge, and reports whether anything changed. It
// is idempotent. Only kinds that change are written, each replaced whole or
// not at all; if writing fails between two kinds the error says so, what was
// stored is still good, and merging the same set again completes it.
//
// set need not be sorted and is not changed. Every event of it must have a
// Time within the day; otherwise the error wraps market.ErrInvalid and nothing
// is written. Trades cost memory of about twice their size on disk (17 bytes
// each) beside the set.
func (l *Lake) Merge(ctx context.Context, id market.InstrumentID, day market.UnixMilli, set *market.EventSet) (changed bool, err error) {
	if err := checkDay(id, day); err != nil {
		return false, fmt.Errorf("cannot merge events: %w", err)
	}
	in := sorted(set)
	if err := checkWithin(in, day); err != nil {
		return false, fmt.Errorf("cannot merge events of %q: %w", id, err)
	}
	defer l.lock(id)()
	changed, err = l.mergeTrades(ctx, id, day, &in.Trades)
	if err != nil {
		return changed, err
	}
	for _, s := range series {
		c, err := s.merge(ctx, l, id, day, in)
		changed = changed || c
		if err != nil {
			return changed, err
		}
	}
	return changed, nil
}

// Days returns the UTC days that hold any events of an instrument, rising.
func (l *Lake) Days(ctx context.Context, id market.InstrumentID) ([]market.UnixMilli, error) {
	kinds := []kind{kindTrades}
	for _, s := range series {
		kinds = append(kinds, s.kind)
	}
	days, err := l.days(ctx, id, kinds...)
	if err != nil {
		return nil, fmt.Errorf("cannot list days: %w", err)
	}
	return days, nil
}

// Events returns everything that is stored of a UTC day, sorted. A day that
// holds nothing is an empty set, not an error.
func (l *Lake) Events(ctx context.Context, id market.InstrumentID, day market.UnixMilli) (*market.EventSet, error) {
	if err := checkDay(id, day); err != nil {
		return nil, fmt.Errorf("cannot read events: %w", err)
	}
	set := new(market.EventSet)
	t, err := l.openTrades(ctx, id, day)
	switch {
	case err == nil:
		grow(&set.Trades, int(t.file.NumRows()))
		set.Trades.Reset()
		for i := range t.file.RowGroups() {
			if err := t.appendTrades(&set.Trades, i); err != nil {
				return nil, err
			}
		}
	case !errors.Is(err, ErrNotFound):
		return nil, err
	}
	for _, s := range series {
		if err := s.read(ctx, l, id, day, set); err != nil {
			return nil, err
		}
	}
	return set, nil
}

// FundingRates returns the funding rates of a UTC day, rising. A day that holds
// none is no error.
func (l *Lake) FundingRates(ctx context.Context, id market.InstrumentID, day market.UnixMilli) ([]market.FundingRate, error) {
	if err := checkDay(id, day); err != nil {
		return nil, fmt.Errorf("cannot read funding rates: %w", err)
	}
	var set market.EventSet
	of := slices.IndexFunc(series, func(s aSeries) bool { return s.kind == kindFunding })
	err := series[of].read(ctx, l, id, day, &set)
	return set.FundingRates, err
}

// Liquidations returns the published liquidations of a UTC day, rising. A day
// that holds none is no error.
func (l *Lake) Liquidations(ctx context.Context, id market.InstrumentID, day market.UnixMilli) ([]market.Liquidation, error) {
	if err := checkDay(id, day); err != nil {
		return nil, fmt.Errorf("cannot read liquidations: %w", err)
	}
	var set market.EventSet
	of := slices.IndexFunc(series, func(s aSeries) bool { return s.kind == kindLiquidations })
	err := series[of].read(ctx, l, id, day, &set)
	return set.Liquidations, err
}

// Scan yields the events of a UTC day in the order of market.Interleave, an
// hour of trades in memory at a time. A batch is valid until the loop goes on.
// An error ends it. A day that holds nothing yields nothing.
func (l *Lake) Scan(ctx context.Context, id market.InstrumentID, day market.UnixMilli) iter.Seq2[market.Event, error] {
	return func(yield func(market.Event, error) bool) {
		if err := checkDay(id, day); err != nil {
			yield(nil, fmt.Errorf("cannot read events: %w", err))
			return
		}
		others := new(market.EventSet)
		for _, s := range series {
			if err := s.read(ctx, l, id, day, others); err != nil {
				yield(nil, err)
				return
			}
		}
		stopped := errors.New("the consumer stopped")
		batches := func(yield func(*market.Trades, error) bool) {
			err := l.ScanTrades(ctx, id, day, func(t *market.Trades) error {
				if !yield(t, nil) {
					return stopped
				}
				return nil
			})
			if err != nil && err != stopped {
				yield(nil, err)
			}
		}
		for ev, err := range market.Interleave(others.Others(), batches) {
			if !yield(ev, err) {
				return
			}
		}
	}
}

// sorted returns set in order of time, leaving set itself alone.
func sorted(set *market.EventSet) *market.EventSet {
	in := &market.EventSet{
		Trades:       set.Trades, // Sort makes new columns where it moves anything
		OpenInterest: slices.Clone(set.OpenInterest),
		MarkPrices:   slices.Clone(set.MarkPrices),
		FundingRates: slices.Clone(set.FundingRates),
		Liquidations: slices.Clone(set.Liquidations),
		Candles:      slices.Clone(set.Candles),
		Gaps:         slices.Clone(set.Gaps),
		Lapses:       slices.Clone(set.Lapses),
	}
	in.Sort()
	return in
}

// checkWithin validates that every event lies in the day; set is sorted.
func checkWithin(set *market.EventSet, day market.UnixMilli) error {
	if n := set.Trades.Len(); n > 0 {
		for _, at := range []market.UnixMilli{set.Trades.EventTime[0], set.Trades.EventTime[n-1]} {
			if at.Floor(market.Day) != day {
				return fmt.Errorf("trade at %s: want a time on %s: %w", at, day.Date(), market.ErrInvalid)
			}
		}
	}
	for _, s := range series {
		if err := s.within(set, day); err != nil {
			return err
		}
	}
	return nil
}

// aSeries stores one kind of event other than trades, one row an event.
type aSeries struct {
	kind   kind
	merge  func(context.Context, *Lake, market.InstrumentID, market.UnixMilli, *market.EventSet) (bool, error)
	read   func(context.Context, *Lake, market.InstrumentID, market.UnixMilli, *market.EventSet) error
	within func(*market.EventSet, market.UnixMilli) error
}

// seriesOf describes a kind by the slice of an EventSet that holds it and the
// row R that an event E is stored as.
func seriesOf[E market.Event, R any](k kind, units string, in func(*market.EventSet) *[]E, toRow func(E) R, toEvent func(R) E) aSeries {
	read := func(ctx context.Context, l *Lake, id market.InstrumentID, day market.UnixMilli, set *market.EventSet) error {
		return eachRow(ctx, l, dayKey(k, id, day), k, func(r R) { *in(set) = append(*in(set), toEvent(r)) })
	}
	merge := func(ctx context.Context, l *Lake, id market.InstrumentID, day market.UnixMilli, set *market.EventSet) (bool, error) {
		var stored, only market.EventSet
		*in(&only) = *in(set)
		if only.Empty() {
			return false, nil
		}
		if err := read(ctx, l, id, day, &stored); err != nil || !stored.Merge(&only) {
			return false, err
		}
		events := *in(&stored)
		w := newTableWriter[R](k, units)
		err := w.group(len(events), func(i int, r *R) { *r = toRow(events[i]) })
		if err == nil {
			_, err = w.finish()
		}
		if err != nil {
			return false, fmt.Errorf("cannot encode %s of %s %s: %w", k, id, day.Date(), err)
		}
		return true, l.put(ctx, dayKey(k, id, day), parquetType, w.draft.writeSealed)
	}
	within := func(set *market.EventSet, day market.UnixMilli) error {
		for _, e := range *in(set) {
			if at := e.Time(); at.Floor(market.Day) != day {
				return fmt.Errorf("%s event at %s: want a time on %s: %w", k, at, day.Date(), market.ErrInvalid)
			}
		}
		return nil
	}
	return aSeries{k, merge, read, within}
}

// eachRow calls add with every row of a small table; with none if it does not
// exist. What add panics with is what is wrong with the row.
func eachRow[R any](ctx context.Context, l *Lake, key string, k kind, add func(R)) error {
	t, err := openTable[R](ctx, l, key, k)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	defer t.release()
	if err := t.load(span{0, t.data}); err != nil {
		return err
	}
	return guard(key, func() error {
		rows := make([]R, t.file.NumRows())
		r := parquet.NewGenericReader[R](t.file)
		defer r.Close()
		for done := 0; done < len(rows); {
			n, err := r.Read(rows[done:])
			done += n
			if n == 0 {
				return fmt.Errorf("%d rows, want %d: %v", done, len(rows), err)
			}
		}
		for _, row := range rows {
			add(row)
		}
		return nil
	})
}
