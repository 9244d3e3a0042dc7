package main

import (
	"context"
	"fmt"

	"halcyon/engine"
	"halcyon/heatmap"
	"halcyon/internal/atlas"
	"halcyon/internal/funding"
	"halcyon/internal/lake"
	"halcyon/market"
)

// mistake is an error about what the user gave.
func mistake(format string, args ...any) error {
	return mistakeError(fmt.Sprintf(format, args...))
}

type mistakeError string

func (e mistakeError) Error() string { return string(e) }
func (mistakeError) Unwrap() error   { return market.ErrInvalid }

// countingSink remembers which days passed through it.
type countingSink struct {
	engine.Sink
	seen map[market.UnixMilli]bool
}

// PutMap implements engine.Sink.
func (s *countingSink) PutMap(ctx context.Context, id market.InstrumentID, d *heatmap.Day) error {
	s.seen[d.Start] = true
	return s.Sink.PutMap(ctx, id, d)
}

// servedLake is a lake that tells those who show it what changes.
type servedLake struct {
	*lake.Lake
	atlas   *atlas.Atlas
	funding *funding.Rates
}

// Merge is the lake's.
func (l servedLake) Merge(ctx context.Context, id market.InstrumentID, day market.UnixMilli, set *market.EventSet) (bool, error) {
	changed, err := l.Lake.Merge(ctx, id, day, set)
	if changed && len(set.FundingRates) > 0 {
		l.funding.Changed(id, day)
	}
	return changed, err
}

// PutMap implements engine.Sink.
func (l servedLake) PutMap(ctx context.Context, id market.InstrumentID, d *heatmap.Day) error {
	if err := l.Lake.PutMap(ctx, id, d); err != nil {
		return err
	}
	l.atlas.Changed(id, d.Start)
	return nil
}
