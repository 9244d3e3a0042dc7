package feed

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"halcyon/internal/venue"
	"halcyon/market"
)

// History is what a venue tells of the past, each kind from its finest series
// to its coarsest.
type History struct {
	Bars         []Series[market.Candle]
	OpenInterest []Series[market.OpenInterest]
}

// Series is one resolution of something that a venue keeps.
type Series[E market.Event] struct {
	// Width is the time between two items.
	Width market.UnixMilli
	// Depth is how far back from now the series is asked for; the next one
	// takes over there. 0 is as far as anybody asks.
	Depth market.UnixMilli
	// Most is how many items come in one answer.
	Most int
	Ask  Ask[E]
}

// Ask asks a venue for the items of [from, to), Series.Most at most: candles
// that open and observations made in it. Order does not matter; others may be
// among them, and so may one that is not finished.
type Ask[E market.Event] func(ctx context.Context, rest *REST, l market.Listing, from, to market.UnixMilli) ([]E, error)

// Bars implements venue.History.
func (f *Feed) Bars(ctx context.Context, id market.InstrumentID, from, to market.UnixMilli) ([]market.Candle, error) {
	bars, err := past(ctx, f, id, f.p.History.Bars, from, to)
	// Where the series change, a coarse candle may reach into finer ones.
	end := from
	bars = slices.DeleteFunc(bars, func(c market.Candle) bool {
		late := c.OpenTime < end || c.CloseTime > to
		if !late {
			end = c.CloseTime
		}
		return late
	})
	if err != nil {
		return bars, fmt.Errorf("cannot get candles of %q: %w", id.String(), err)
	}
	return bars, nil
}

// OpenInterest implements venue.History.
func (f *Feed) OpenInterest(ctx context.Context, id market.InstrumentID, from, to market.UnixMilli) ([]market.OpenInterest, error) {
	observed, err := past(ctx, f, id, f.p.History.OpenInterest, from, to)
	observed = slices.DeleteFunc(observed, func(o market.OpenInterest) bool { return !(o.Contracts > 0) })
	if err != nil {
		return observed, fmt.Errorf("cannot get open interest of %q: %w", id.String(), err)
	}
	return observed, nil
}

// past asks the series one after the other, each page by page, newest first.
func past[E market.Event](ctx context.Context, f *Feed, id market.InstrumentID, series []Series[E], from, to market.UnixMilli) (all []E, err error) {
	if len(series) == 0 {
		return nil, venue.ErrNoHistory
	}
	l, err := f.listing(ctx, id)
	if err != nil {
		return nil, err
	}
	now := milli(time.Now())
	for _, s := range series {
		first := from
		if s.Depth > 0 {
			// The next series begins where one of its own items does.
			first = max(from, (now - s.Depth).Floor(market.Day/24))
		}
		for err == nil && to > first {
			page := max(first, to-market.UnixMilli(s.Most)*s.Width)
			var items []E
			if items, err = s.Ask(ctx, f.rest, l, page, to); err == nil {
				all = append(all, slices.DeleteFunc(items, func(e E) bool { return startOf(e) < page || startOf(e) >= to || e.Time() >= now })...)
				to = page
			}
		}
	}
	slices.SortStableFunc(all, func(a, b E) int { return cmp.Compare(startOf(a), startOf(b)) })
	all = slices.CompactFunc(all, func(a, b E) bool { return startOf(a) == startOf(b) })
	return all, err
}

// startOf is the time by which a series is asked for.
func startOf(e market.Event) market.UnixMilli {
	if c, ok := e.(market.Candle); ok {
		return c.OpenTime
	}
	return e.Time()
}
