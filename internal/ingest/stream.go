package ingest

import (
	"fmt"
	"io"
	"iter"
	"slices"

	"halcyon/market"
)

// Stream merges sources of one instrument by time into one stream for a
// direct replay. Each source must be in order, as those of Open are. A batch
// of trades is cut only where an event of another source lies between. At
// equal times the order is that of market.EventSet.Events, then that of the
// sources. A batch is valid until the loop goes on. After an error the stream
// ends. The caller closes the sources.
func Stream(sources []*Source) iter.Seq2[market.Event, error] {
	return func(yield func(market.Event, error) bool) {
		heads := make([]market.Event, len(sources))
		for i, s := range sources {
			if s.report.Instrument != sources[0].report.Instrument {
				yield(nil, fmt.Errorf("cannot stream %q with %q: %s is not %s: %w", s.file.path, sources[0].file.path,
					s.report.Instrument, sources[0].report.Instrument, market.ErrInvalid))
				return
			}
			if err := advance(s, &heads[i]); err != nil {
				yield(nil, err)
				return
			}
		}
		for {
			i := earliest(heads, -1)
			if i < 0 {
				return
			}
			e, rest := cutBefore(heads, i)
			if !yield(e, nil) {
				return
			}
			if rest != nil {
				heads[i] = rest
			} else if err := advance(sources[i], &heads[i]); err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// advance moves a head on; nil at the end of its source.
func advance(s *Source, head *market.Event) error {
	e, err := s.Next()
	if err != nil && err != io.EOF {
		return err
	}
	*head = e
	return nil
}

// earliest returns the head that comes first, but for one; -1 for none.
func earliest(heads []market.Event, without int) int {
	best := -1
	for i, e := range heads {
		if e == nil || i == without {
			continue
		}
		if best < 0 || e.Time() < heads[best].Time() ||
			(e.Time() == heads[best].Time() && rank(e) < rank(heads[best])) {
			best = i
		}
	}
	return best
}

// cutBefore returns the first head, if it is a batch of trades cut before the
// next head's time, and the rest of it.
func cutBefore(heads []market.Event, first int) (e, rest market.Event) {
	t, ok := heads[first].(*market.Trades)
	if !ok {
		return heads[first], nil
	}
	second := earliest(heads, first)
	if second < 0 {
		return t, nil
	}
	until := heads[second].Time()
	n, _ := slices.BinarySearch(t.EventTime, until)
	if n == 0 {
		// Two sources trade in one millisecond: this one first.
		n, _ = slices.BinarySearch(t.EventTime, until+1)
	}
	if n == t.Len() {
		return t, nil
	}
	return t.Slice(0, n), t.Slice(n, t.Len())
}

// rank is the place of a kind of event among those of one time.
func rank(e market.Event) int {
	switch e.(type) {
	case market.Gap, market.Lapse:
		return 0
	case market.Candle:
		return 1
	case market.MarkPrice:
		return 2
	case market.OpenInterest:
		return 3
	case market.FundingRate:
		return 4
	case market.Liquidation:
		return 5
	}
	return 6
}
