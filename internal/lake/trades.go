package lake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"sync"

	"github.com/parquet-go/parquet-go"

	"halcyon/market"
)

// tradeGroup is the span of time of a row group of trades. Groups aligned to
// the clock make the file independent of how the day was put together, and let
// Merge hold one hour at a time.
const tradeGroup = market.Hour

const tradeUnits = "time: UTC milliseconds; last_price: quote per base; size: contracts; taker_sell: true if the taker sold"

// tradeRow is stored for speed of reading, not for size: prices and sizes are
// plain, so that reading them is copying them.
type tradeRow struct {
	Time      int64   `parquet:"time,timestamp(millisecond),delta"`
	LastPrice float64 `parquet:"last_price,plain"`
	Size      float64 `parquet:"size,plain"`
	TakerSell bool    `parquet:"taker_sell,plain"`
}

// ScanTrades calls visit with the trades of a UTC day in order, an hour at a
// time at most. The batch is only valid during the call; its memory is used
// again. It is the fast way to read trades: nothing is allocated per trade. A
// day without trades calls nothing. An error of visit ends the scan.
func (l *Lake) ScanTrades(ctx context.Context, id market.InstrumentID, day market.UnixMilli, visit func(*market.Trades) error) error {
	if err := checkDay(id, day); err != nil {
		return fmt.Errorf("cannot read trades: %w", err)
	}
	t, err := l.openTrades(ctx, id, day)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	defer t.release()
	batch := batches.Get().(*market.Trades)
	defer batches.Put(batch)
	for i := range t.file.RowGroups() {
		batch.Reset()
		if err := t.appendTrades(batch, i); err != nil {
			return err
		}
		if err := visit(batch); err != nil {
			return err
		}
	}
	return nil
}

// batches is memory for the trades of an hour, for the same reason as slabs.
var batches = sync.Pool{New: func() any { return new(market.Trades) }}

func (l *Lake) openTrades(ctx context.Context, id market.InstrumentID, day market.UnixMilli) (*table, error) {
	return openTable[tradeRow](ctx, l, dayKey(kindTrades, id, day), kindTrades)
}

// appendTrades adds the trades of row group i to batch.
func (t *table) appendTrades(batch *market.Trades, i int) error {
	groups, err := t.groups(i)
	if err != nil {
		return err
	}
	g := groups[0]
	return guard(t.key, func() error {
		from, n := batch.Len(), int(g.NumRows())
		grow(batch, n)
		return errors.Join(
			readNumbers[int64](t.column(g, "time"), batch.EventTime[from:]),
			readNumbers[float64](t.column(g, "last_price"), batch.LastPrice[from:]),
			readNumbers[float64](t.column(g, "size"), batch.Size[from:]),
			readTakers(t.column(g, "taker_sell"), batch.Taker[from:]),
		)
	})
}

// grow lengthens batch by n trades of any content.
func grow(batch *market.Trades, n int) {
	to := batch.Len() + n
	batch.EventTime = slices.Grow(batch.EventTime, n)[:to]
	batch.LastPrice = slices.Grow(batch.LastPrice, n)[:to]
	batch.Size = slices.Grow(batch.Size, n)[:to]
	batch.Taker = slices.Grow(batch.Taker, n)[:to]
}

// readTakers unpacks a column of bits.
func readTakers(c parquet.ColumnChunk, dst []market.TakerSide) error {
	pages := c.Pages()
	defer pages.Close()
	for len(dst) > 0 {
		p, err := pages.ReadPage()
		if err != nil {
			return fmt.Errorf("a column is shorter than its row group: %w", err)
		}
		values, n := p.Data(), min(int(p.NumValues()), len(dst))
		bits, out := values.Boolean(), dst[:n]
		for i := range out {
			out[i] = market.TakerSide(bits[i/8] >> (i % 8) & 1)
		}
		dst = dst[n:]
		parquet.Release(p)
	}
	return nil
}

// hourOf returns the part of sorted trades that lies in the given hour of day.
func hourOf(t *market.Trades, day market.UnixMilli, hour int) *market.Trades {
	start := day + market.UnixMilli(hour)*tradeGroup
	edge := func(at market.UnixMilli) int {
		return sort.Search(t.Len(), func(i int) bool { return t.EventTime[i] >= at })
	}
	return t.Slice(edge(start), edge(start+tradeGroup))
}

const tradeGroups = int(market.Day / tradeGroup)

// storedTrades reads a day's trades hour by hour, in rising order.
type storedTrades struct {
	table *table // nil if nothing is stored
	day   market.UnixMilli
	group int            // the next row group
	held  *market.Trades // the one before it, if its hour is still to come
}

// hour returns the stored trades of an hour, none if there are none. Hours
// must be asked for in rising order.
func (s *storedTrades) hour(hour int) (*market.Trades, error) {
	if s.held == nil && s.table != nil && s.group < len(s.table.file.RowGroups()) {
		s.held = new(market.Trades)
		if err := s.table.appendTrades(s.held, s.group); err != nil {
			return nil, err
		}
		s.group++
	}
	if s.held == nil {
		return new(market.Trades), nil
	}
	first, last := s.held.EventTime[0], s.held.EventTime[s.held.Len()-1]
	at := int((first.Floor(tradeGroup) - s.day) / tradeGroup)
	if first.Floor(tradeGroup) != last.Floor(tradeGroup) || at < hour || at >= tradeGroups {
		return nil, corrupt(s.table.key, "row group %d is not an hour of the day in its turn", s.group-1)
	}
	if at > hour {
		return new(market.Trades), nil
	}
	out := s.held
	s.held = nil
	return out, nil
}

// mergeTrades unites the stored trades of a day with in, which is sorted and
// of that day, an hour at a time.
func (l *Lake) mergeTrades(ctx context.Context, id market.InstrumentID, day market.UnixMilli, in *market.Trades) (changed bool, err error) {
	if in.Len() == 0 {
		return false, nil
	}
	t, err := l.openTrades(ctx, id, day)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return false, err
	}
	return l.uniteTrades(ctx, id, day, t, in)
}

// uniteTrades stores the trades of t, nil for none, with in.
func (l *Lake) uniteTrades(ctx context.Context, id market.InstrumentID, day market.UnixMilli, t *table, in *market.Trades) (changed bool, err error) {
	stored := &storedTrades{table: t, day: day}
	var out *tableWriter[tradeRow]
	for hour := range tradeGroups {
		have, err := stored.hour(hour)
		if err != nil {
			return false, err
		}
		set := market.EventSet{Trades: *have}
		if set.Merge(&market.EventSet{Trades: *hourOf(in, day, hour)}) && out == nil {
			if out, err = l.copyTrades(t, day, hour); err != nil {
				return false, err
			}
		}
		if out != nil {
			if err := writeTrades(out, &set.Trades); err != nil {
				return false, fmt.Errorf("cannot encode trades of %s %s: %w", id, day.Date(), err)
			}
		}
	}
	if out == nil {
		return false, nil
	}
	d, err := out.finish()
	if err != nil {
		return false, fmt.Errorf("cannot encode trades of %s %s: %w", id, day.Date(), err)
	}
	return true, l.put(ctx, dayKey(kindTrades, id, day), parquetType, d.writeSealed)
}

// copyTrades begins a new file with the stored hours before the given one.
func (l *Lake) copyTrades(t *table, day market.UnixMilli, before int) (*tableWriter[tradeRow], error) {
	out := newTableWriter[tradeRow](kindTrades, tradeUnits)
	stored := &storedTrades{table: t, day: day}
	for hour := range before {
		have, err := stored.hour(hour)
		if err != nil {
			return nil, err
		}
		if err := writeTrades(out, have); err != nil {
			return nil, fmt.Errorf("cannot encode trades of %s: %w", day.Date(), err)
		}
	}
	return out, nil
}

// writeTrades adds one row group.
func writeTrades(to *tableWriter[tradeRow], t *market.Trades) error {
	return to.group(t.Len(), func(i int, r *tradeRow) {
		*r = tradeRow{int64(t.EventTime[i]), float64(t.LastPrice[i]), float64(t.Size[i]), t.Taker[i] == market.TakerSell}
	})
}
