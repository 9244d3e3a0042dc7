package backfill

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"halcyon/internal/venue"
	"halcyon/market"
)

// Store is where events are kept, by UTC day; internal/lake satisfies it.
type Store interface {
	Days(ctx context.Context, id market.InstrumentID) ([]market.UnixMilli, error)
	Scan(ctx context.Context, id market.InstrumentID, day market.UnixMilli) iter.Seq2[market.Event, error]
	Merge(ctx context.Context, id market.InstrumentID, day market.UnixMilli, set *market.EventSet) (changed bool, err error)
}

// Span is how far back Fill goes unless told otherwise: what every venue with
// open interest of the past keeps.
const Span = 30 * market.Day

// Report tells what came of Fill.
type Report struct {
	// From is where what was stored begins, 0 where nothing was.
	From market.UnixMilli
	// Bars and OpenInterest are the numbers of candles and observations stored.
	Bars, OpenInterest int
	// NoOpenInterest says that the venue keeps none of the past. Without it
	// the map of that time shows no levels.
	NoOpenInterest bool
}

// Fill stores what a venue tells of the days before an instant, at which the
// first event of the instrument's own stream happened: span before it, or as
// much as the store does not have yet. The whole minutes before are covered by
// candles, and what is left up to the instant is a Gap, so that live events
// can be added behind without overlap. Days that have any event are left as
// they are, but for the one that the instant lies in or behind.
//
// An error, which may wrap venue.ErrRateLimited, leaves days without events
// behind the last stored one: calling again goes on there.
func Fill(ctx context.Context, store Store, h venue.History, id market.InstrumentID, before, span market.UnixMilli) (Report, error) {
	var report Report
	from, err := known(ctx, store, id, before, span)
	if err != nil {
		return report, fmt.Errorf("cannot fill the past of %q: %w", id.String(), err)
	}
	to := before.Floor(market.Minute)
	if from >= to {
		return report, nil
	}
	var set market.EventSet
	set.Candles, err = h.Bars(ctx, id, from, to)
	if errors.Is(err, venue.ErrNoHistory) {
		return report, nil
	}
	if err == nil {
		set.OpenInterest, err = h.OpenInterest(ctx, id, from, to)
		if errors.Is(err, venue.ErrNoHistory) {
			report.NoOpenInterest, err = true, nil
		}
	}
	if err != nil {
		return report, err
	}
	if len(set.Candles) == 0 {
		return report, nil
	}
	if end := set.Candles[len(set.Candles)-1].CloseTime; end < before {
		set.Gaps = append(set.Gaps, market.Gap{From: end, To: before, Reason: "before the first live event"})
	}
	report.From, report.Bars, report.OpenInterest = set.Candles[0].OpenTime, len(set.Candles), len(set.OpenInterest)
	for _, d := range byDay(&set) {
		// Oldest first, so that what was stopped can go on.
		if _, err := store.Merge(ctx, id, d.start, d.set); err != nil {
			return report, fmt.Errorf("cannot fill %s of %q: %w", d.start.Date(), id.String(), err)
		}
	}
	return report, nil
}

// known returns from where on the store has nothing: behind its newest event
// before an instant, but not longer ago than span.
func known(ctx context.Context, store Store, id market.InstrumentID, before, span market.UnixMilli) (market.UnixMilli, error) {
	from := (before - span).Floor(market.Day)
	days, err := store.Days(ctx, id)
	if err != nil {
		return 0, err
	}
	for _, day := range slices.Backward(days) {
		if day > before || day < from {
			continue
		}
		newest := day
		for ev, err := range store.Scan(ctx, id, day) {
			if err != nil {
				return 0, err
			}
			at := ev.Time()
			if t, ok := ev.(*market.Trades); ok {
				n, _ := slices.BinarySearch(t.EventTime, before)
				if n == 0 {
					continue
				}
				at = t.EventTime[n-1]
			}
			if at < before {
				newest = max(newest, at+1)
			}
		}
		// Candles cover whole minutes.
		if newest > day {
			return max(from, (newest + market.Minute - 1).Floor(market.Minute)), nil
		}
	}
	return from, nil
}

// dayOf is a UTC day with events.
type dayOf struct {
	start market.UnixMilli
	set   *market.EventSet
}

// byDay parts a set by the UTC day of each event's Time, rising.
func byDay(set *market.EventSet) (days []dayOf) {
	set.Sort()
	for _, ev := range set.Others() {
		start := ev.Time().Floor(market.Day)
		i, found := slices.BinarySearchFunc(days, start, func(d dayOf, at market.UnixMilli) int { return int((d.start - at) / market.Day) })
		if !found {
			days = slices.Insert(days, i, dayOf{start, &market.EventSet{}})
		}
		days[i].set.Add(ev)
	}
	return days
}
