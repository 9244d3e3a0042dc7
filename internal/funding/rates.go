// Package funding tells which funding rate stood when, from the rates that
// venues told: by column, over the days that a window touches, and as one mean
// where a coin trades on several instruments.
//
//	rates := funding.New(lake)
//	at, err := rates.Closes(ctx, funding.Part{ID: id, From: from, To: to}, first, last, width)
//
// It knows neither maps nor HTTP. Rates are safe for concurrent use.
package funding

import (
	"context"
	"fmt"
	"math"
	"sync"

	"halcyon/market"
)

// Hold is how long a rate stands at most. Venues repeat a rate that has not
// changed, and a repetition is not stored, so that a rate may well be days old.
const Hold = 7 * market.Day

// rememberedDays bounds what is kept in memory: all of it is forgotten beyond.
const rememberedDays = 8192

// Store is where rates are read from; internal/lake satisfies it.
type Store interface {
	// FundingRates returns the rates of a UTC day, rising; none is no error.
	FundingRates(ctx context.Context, id market.InstrumentID, day market.UnixMilli) ([]market.FundingRate, error)
}

// Part is an instrument and the time it is known over, half-open.
type Part struct {
	ID       market.InstrumentID
	From, To market.UnixMilli
}

// Rates reads days of rates and remembers them until they change. Use New.
type Rates struct {
	store Store

	mu      sync.Mutex
	days    map[dayOf][]market.FundingRate
	changes int
}

type dayOf struct {
	id  market.InstrumentID
	day market.UnixMilli
}

// New returns the rates of a store.
func New(store Store) *Rates {
	return &Rates{store: store, days: map[dayOf][]market.FundingRate{}}
}

// Changed states that events of a day have been stored.
func (r *Rates) Changed(id market.InstrumentID, day market.UnixMilli) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changes++
	delete(r.days, dayOf{id, day})
}

// Closes returns, for the buckets [first, last) of a width, the rate that stood
// when each closed: the last one told before that instant, as the venue states
// it, per Interval. It is NaN in a bucket that does not close within the part's
// time, and where nothing was told within Hold.
func (r *Rates) Closes(ctx context.Context, p Part, first, last market.BucketIndex, width market.UnixMilli) ([]market.Ratio, error) {
	out := make([]market.Ratio, last-first)
	for i := range out {
		out[i] = market.Ratio(math.NaN())
	}
	from, to := max(first.Start(width), p.From), min(last.Start(width), p.To)
	if from >= to {
		return out, nil
	}
	told, err := r.told(ctx, p.ID, from, to)
	if err != nil {
		return nil, err
	}
	n := 0
	for i := range out {
		end := (first + market.BucketIndex(i) + 1).Start(width)
		for n < len(told) && told[n].EventTime < end {
			n++
		}
		if end > from && end <= to && n > 0 && end-told[n-1].EventTime <= Hold {
			out[i] = told[n-1].Rate
		}
	}
	return out, nil
}

// told returns the rates of the days of [from, to), and before them those of
// the newest earlier day within Hold that has any.
func (r *Rates) told(ctx context.Context, id market.InstrumentID, from, to market.UnixMilli) ([]market.FundingRate, error) {
	var out []market.FundingRate
	start := from.Floor(market.Day)
	for day := start - market.Day; day >= start-Hold && len(out) == 0; day -= market.Day {
		rates, err := r.day(ctx, id, day)
		if err != nil {
			return nil, err
		}
		out = append(out, rates...)
	}
	for day := start; day < to; day += market.Day {
		rates, err := r.day(ctx, id, day)
		if err != nil {
			return nil, err
		}
		out = append(out, rates...)
	}
	return out, nil
}

// day returns the last rate of each minute of a day, which is all that the
// finest column shows.
func (r *Rates) day(ctx context.Context, id market.InstrumentID, day market.UnixMilli) ([]market.FundingRate, error) {
	key := dayOf{id, day}
	r.mu.Lock()
	known, ok := r.days[key]
	before := r.changes
	r.mu.Unlock()
	if ok {
		return known, nil
	}
	all, err := r.store.FundingRates(ctx, id, day)
	if err != nil {
		return nil, fmt.Errorf("cannot read funding rates of %q: %w", id.String(), err)
	}
	var kept []market.FundingRate
	for i, e := range all {
		if i+1 == len(all) || all[i+1].EventTime.Floor(market.Minute) > e.EventTime.Floor(market.Minute) {
			kept = append(kept, e)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	// What was stored while this was read may be missing in it.
	if r.changes == before {
		if len(r.days) >= rememberedDays {
			clear(r.days)
		}
		r.days[key] = kept
	}
	return kept, nil
}
