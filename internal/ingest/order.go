package ingest

import (
	"io"
	"slices"
	"sort"

	"halcyon/internal/venue"
	"halcyon/market"
)

// orderer puts the events of a reader in order of time. It holds back the
// last venue.Tolerance of them, which is as far as an ordered reader may step
// back, so what it lets go can no longer be preceded.
type orderer struct {
	next   func() (market.Event, error)
	held   market.EventSet // sorted
	gone   int             // trades at the front of held that have been let go
	latest market.UnixMilli
	ready  []market.Event
	err    error
}

// Next returns the next event in order.
func (o *orderer) Next() (market.Event, error) {
	for len(o.ready) == 0 {
		if o.err != nil {
			return nil, o.err
		}
		o.drop()
		o.read()
	}
	e := o.ready[0]
	o.ready = o.ready[1:]
	return e, nil
}

// drop forgets the trades that have been let go.
func (o *orderer) drop() {
	t := &o.held.Trades
	rest := t.Slice(o.gone, t.Len())
	t.Reset()
	appendTrades(t, rest, 0, rest.Len())
	o.gone = 0
}

func (o *orderer) read() {
	e, err := o.next()
	if err != nil {
		o.err = err
		if err == io.EOF {
			o.release(1<<63 - 1)
		}
		return
	}
	sorted := addEvent(&o.held, e)
	if !sorted {
		o.held.Sort()
	}
	last := e.Time()
	if t, ok := e.(*market.Trades); ok {
		last = t.EventTime[t.Len()-1]
	}
	o.latest = max(o.latest, last)
	o.release(o.latest - venue.Tolerance)
}

// release lets go of everything before a time.
func (o *orderer) release(before market.UnixMilli) {
	h := &o.held
	o.gone, _ = slices.BinarySearch(h.Trades.EventTime, before)
	out := market.EventSet{
		Trades:       *h.Trades.Slice(0, o.gone),
		OpenInterest: take(&h.OpenInterest, before),
		MarkPrices:   take(&h.MarkPrices, before),
		FundingRates: take(&h.FundingRates, before),
		Liquidations: take(&h.Liquidations, before),
		Candles:      take(&h.Candles, before),
		Gaps:         take(&h.Gaps, before),
		Lapses:       take(&h.Lapses, before),
	}
	o.ready = o.ready[:0]
	for e := range out.Events() {
		o.ready = append(o.ready, e)
	}
}

// take cuts what lies before a time off the front of s.
func take[E market.Event](s *[]E, before market.UnixMilli) []E {
	n := sort.Search(len(*s), func(i int) bool { return (*s)[i].Time() >= before })
	out := (*s)[:n:n]
	*s = (*s)[n:]
	return out
}

// addEvent appends an event to a set and reports whether the set is still
// sorted if it was.
func addEvent(s *market.EventSet, e market.Event) (sorted bool) {
	switch e := e.(type) {
	case *market.Trades:
		n := s.Trades.Len()
		appendTrades(&s.Trades, e, 0, e.Len())
		return n == 0 || s.Trades.EventTime[n-1] <= s.Trades.EventTime[n]
	case market.OpenInterest:
		return push(&s.OpenInterest, e)
	case market.MarkPrice:
		return push(&s.MarkPrices, e)
	case market.FundingRate:
		return push(&s.FundingRates, e)
	case market.Liquidation:
		return push(&s.Liquidations, e)
	case market.Candle:
		return push(&s.Candles, e)
	case market.Gap:
		return push(&s.Gaps, e)
	case market.Lapse:
		return push(&s.Lapses, e)
	}
	panic("BUG: unknown kind of event")
}

func push[E market.Event](s *[]E, e E) (sorted bool) {
	*s = append(*s, e)
	n := len(*s)
	return n == 1 || (*s)[n-2].Time() <= e.Time()
}

// appendTrades adds trades [from, to) of a batch column by column.
func appendTrades(into, t *market.Trades, from, to int) {
	into.EventTime = append(into.EventTime, t.EventTime[from:to]...)
	into.LastPrice = append(into.LastPrice, t.LastPrice[from:to]...)
	into.Size = append(into.Size, t.Size[from:to]...)
	into.Taker = append(into.Taker, t.Taker[from:to]...)
}
