package market

import (
	"cmp"
	"iter"
	"slices"
)

// Provenance tells where an instrument's events come from. It is stored with
// them and shown wherever they are shown.
type Provenance string

// The kinds of provenance.
const (
	// Recorded events were captured earlier from a real venue.
	Recorded Provenance = "RECORDED"
	// Simulated events come from Halcyon's own agent market.
	Simulated Provenance = "SIMULATED"
	// Live events arrive from a venue now.
	Live Provenance = "LIVE"
)

// EventSet is everything known about one instrument over some span of time,
// one column set or slice a kind. After Sort each of them is ordered by time.
// The zero value is empty and ready to use.
type EventSet struct {
	Trades       Trades
	OpenInterest []OpenInterest
	MarkPrices   []MarkPrice
	FundingRates []FundingRate
	Liquidations []Liquidation
	Candles      []Candle
	Gaps         []Gap
	Lapses       []Lapse
}

// Empty reports whether the set holds no event at all.
func (s *EventSet) Empty() bool {
	return s.Trades.Len() == 0 && len(s.OpenInterest) == 0 && len(s.MarkPrices) == 0 &&
		len(s.FundingRates) == 0 && len(s.Liquidations) == 0 && len(s.Candles) == 0 &&
		len(s.Gaps) == 0 && len(s.Lapses) == 0
}

// Sort orders every kind by time and, at equal times, keeps the order of
// arrival for trades, so that a trade sequence within one millisecond stands.
func (s *EventSet) Sort() {
	s.Trades.sort()
	slices.SortStableFunc(s.OpenInterest, byTime[OpenInterest])
	slices.SortStableFunc(s.MarkPrices, byTime[MarkPrice])
	slices.SortStableFunc(s.FundingRates, byTime[FundingRate])
	slices.SortStableFunc(s.Liquidations, byTime[Liquidation])
	slices.SortStableFunc(s.Candles, func(a, b Candle) int {
		return cmp.Or(cmp.Compare(a.OpenTime, b.OpenTime), cmp.Compare(a.CloseTime, b.CloseTime))
	})
	slices.SortStableFunc(s.Gaps, func(a, b Gap) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	slices.SortStableFunc(s.Lapses, func(a, b Lapse) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Stream, b.Stream))
	})
}

func byTime[E Event](a, b E) int { return cmp.Compare(a.Time(), b.Time()) }

// sort orders trades by time, stable. Sorted input, the usual case, costs one pass.
func (t *Trades) sort() {
	if slices.IsSorted(t.EventTime) {
		return
	}
	order := make([]int32, t.Len())
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(t.EventTime[a], t.EventTime[b]) })
	var out Trades
	for _, i := range order {
		out.Append(t.EventTime[i], t.LastPrice[i], t.Size[i], t.Taker[i])
	}
	*t = out
}

// Events yields the set in order of time, as Interleave does. The set must be
// sorted. Batches share memory with the set.
func (s *EventSet) Events() iter.Seq[Event] {
	all := Interleave(s.Others(), func(yield func(*Trades, error) bool) { yield(&s.Trades, nil) })
	return func(yield func(Event) bool) {
		for ev := range all { // trades in memory cannot fail
			if !yield(ev) {
				return
			}
		}
	}
}

// Others returns every event but trades, in the order that Interleave wants.
func (s *EventSet) Others() []Event {
	var others []Event
	others = appendEvents(others, s.Gaps)
	others = appendEvents(others, s.Lapses)
	others = appendEvents(others, s.Candles)
	others = appendEvents(others, s.MarkPrices)
	others = appendEvents(others, s.OpenInterest)
	others = appendEvents(others, s.FundingRates)
	others = appendEvents(others, s.Liquidations)
	slices.SortStableFunc(others, func(a, b Event) int { return cmp.Compare(a.Time(), b.Time()) })
	return others
}

// Interleave yields other events and batches of trades in the order that a
// consumer with no foresight must see them: a batch is cut wherever another
// event lies within it. At equal times what is known about the past comes
// first: gaps, lapses, candles, then marks, open interest, funding and
// liquidations, and trades last. Both inputs are in order of time. The batches yielded share
// memory with those given. An error ends it.
func Interleave(others []Event, batches iter.Seq2[*Trades, error]) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for t, err := range batches {
			if err != nil {
				yield(nil, err)
				return
			}
			done := 0
			for done < t.Len() {
				end := t.Len()
				due := len(others) > 0 && others[0].Time() <= t.EventTime[end-1]
				if due {
					end, _ = slices.BinarySearch(t.EventTime, others[0].Time())
				}
				if end > done && !yield(t.Slice(done, end), nil) {
					return
				}
				done = max(done, end)
				if due {
					if !yield(others[0], nil) {
						return
					}
					others = others[1:]
				}
			}
		}
		for _, e := range others {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func appendEvents[E Event](to []Event, from []E) []Event {
	for _, e := range from {
		to = append(to, e)
	}
	return to
}

// Add appends an event; trades are copied. The set is not sorted by it.
func (s *EventSet) Add(e Event) {
	switch e := e.(type) {
	case *Trades:
		s.Trades.EventTime = append(s.Trades.EventTime, e.EventTime...)
		s.Trades.LastPrice = append(s.Trades.LastPrice, e.LastPrice...)
		s.Trades.Size = append(s.Trades.Size, e.Size...)
		s.Trades.Taker = append(s.Trades.Taker, e.Taker...)
	case OpenInterest:
		s.OpenInterest = append(s.OpenInterest, e)
	case MarkPrice:
		s.MarkPrices = append(s.MarkPrices, e)
	case FundingRate:
		s.FundingRates = append(s.FundingRates, e)
	case Liquidation:
		s.Liquidations = append(s.Liquidations, e)
	case Candle:
		s.Candles = append(s.Candles, e)
	case Gap:
		s.Gaps = append(s.Gaps, e)
	case Lapse:
		s.Lapses = append(s.Lapses, e)
	}
}
