package live

import (
	"slices"

	"halcyon/internal/eventlog"
	"halcyon/market"
)

// maxAhead is how far an event's time may lie before our clock and still tell
// the time: one that is further off is a fault, and would make all others late.
const maxAhead = 10 * market.Minute

// sequencer puts one instrument's events into the order that a replay of the
// lake has: by time, at equal times as market.Interleave says, and of events
// with one key the newest alone.
//
// It holds events back until the watermark has passed them. The watermark is
// the newest time told less the lateness allowed; trades, marks, candles, gaps
// and heartbeats tell the time. Open interest, funding, liquidations and
// lapses do not: venues are asked for them over other ways, which work while the stream
// is down, and time must stand still until what was missed is here.
//
// What it yields depends on the sequence of entries, not on how they are cut
// into messages or when release is called.
type sequencer struct {
	lateness  market.UnixMilli
	watermark market.UnixMilli
	waiting   market.EventSet
	// late counts events and trades that came after the watermark.
	late int64
}

// take takes the next entry. Where it is late it is yielded at once, after
// all that is due before it.
func (s *sequencer) take(x eventlog.Entry, yield func(market.Event) error) error {
	t, ok := x.Event.(*market.Trades)
	if !ok {
		return s.other(x, yield)
	}
	if !slices.IsSorted(t.EventTime) {
		var set market.EventSet
		set.Add(t)
		set.Sort()
		t = &set.Trades
	}
	n, _ := slices.BinarySearch(t.EventTime, s.watermark)
	if n > 0 {
		if err := s.tooLate(t.Slice(0, n), int64(n), yield); err != nil {
			return err
		}
	}
	if n < t.Len() {
		s.waiting.Add(t.Slice(n, t.Len()))
		s.tell(x.Recv, t.EventTime[t.Len()-1])
	}
	return nil
}

func (s *sequencer) other(x eventlog.Entry, yield func(market.Event) error) error {
	at := x.Event.Time()
	switch x.Event.(type) {
	case eventlog.Heartbeat:
		s.tell(x.Recv, at)
		return nil
	case market.OpenInterest, market.FundingRate, market.Liquidation, market.Lapse:
	default:
		defer s.tell(x.Recv, at)
	}
	if at < s.watermark {
		return s.tooLate(x.Event, 1, yield)
	}
	s.waiting.Add(x.Event)
	return nil
}

func (s *sequencer) tooLate(ev market.Event, n int64, yield func(market.Event) error) error {
	if err := s.release(yield); err != nil {
		return err
	}
	s.late += n
	return yield(ev)
}

// tell moves the watermark on.
func (s *sequencer) tell(recv, at market.UnixMilli) {
	if at <= recv+maxAhead {
		s.watermark = max(s.watermark, at-s.lateness)
	}
}

// known is the time before which nothing is waited for: the watermark, or where
// a gap that the watermark has not passed yet begins. Its columns must stay
// open until the gap comes in its order, to be flagged.
func (s *sequencer) known() market.UnixMilli {
	at := s.watermark
	for _, g := range s.waiting.Gaps {
		at = min(at, g.From)
	}
	return at
}

// release yields everything before the watermark. Batches of trades are valid
// during the call.
func (s *sequencer) release(yield func(market.Event) error) error {
	s.waiting.Sort()
	w, rest := s.watermark, &s.waiting
	var due, once market.EventSet
	due.OpenInterest, rest.OpenInterest = split(rest.OpenInterest, w)
	due.MarkPrices, rest.MarkPrices = split(rest.MarkPrices, w)
	due.FundingRates, rest.FundingRates = split(rest.FundingRates, w)
	due.Liquidations, rest.Liquidations = split(rest.Liquidations, w)
	due.Candles, rest.Candles = split(rest.Candles, w)
	due.Gaps, rest.Gaps = split(rest.Gaps, w)
	due.Lapses, rest.Lapses = split(rest.Lapses, w)
	// The lake keeps one event a key, the newest; so must we.
	once.Merge(&due)
	n, _ := slices.BinarySearch(rest.Trades.EventTime, w)
	once.Trades = *rest.Trades.Slice(0, n)
	for ev := range once.Events() {
		if err := yield(ev); err != nil {
			return err
		}
	}
	drop(&rest.Trades, n)
	return nil
}

// split parts events before an instant from the others, which stay in place.
func split[E market.Event](all []E, before market.UnixMilli) (due, rest []E) {
	rest = all[:0]
	for _, e := range all {
		if e.Time() < before {
			due = append(due, e)
		} else {
			rest = append(rest, e)
		}
	}
	return due, rest
}

// drop removes the first n trades and keeps the memory.
func drop(t *market.Trades, n int) {
	if n == 0 {
		return
	}
	rest := *t.Slice(n, t.Len())
	t.Reset()
	t.EventTime = append(t.EventTime, rest.EventTime...)
	t.LastPrice = append(t.LastPrice, rest.LastPrice...)
	t.Size = append(t.Size, rest.Size...)
	t.Taker = append(t.Taker, rest.Taker...)
}

// entriesOf lists a set as entries, for a checkpoint.
func entriesOf(s *market.EventSet) []eventlog.Entry {
	var out []eventlog.Entry
	if s.Trades.Len() > 0 {
		out = append(out, eventlog.Entry{Event: &s.Trades})
	}
	for _, ev := range s.Others() {
		out = append(out, eventlog.Entry{Event: ev})
	}
	return out
}
