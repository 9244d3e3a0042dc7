package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"halcyon/internal/lake"
	"halcyon/internal/observed"
	"halcyon/internal/venue"
	"halcyon/internal/venue/hyperliquid"
	"halcyon/market"
)

// observedAddresses bounds the memory of observed positions, at about 300 bytes
// an address.
const observedAddresses = 300_000

// snapshotEvery is the time between two snapshots of observed positions in the
// lake; the last is taken at the end.
const snapshotEvery = 5 * time.Minute

// oldestSnapshot is how old a snapshot may be to be taken up: later, most of it
// is not so any more.
const oldestSnapshot = 24 * time.Hour

// observer keeps positions of venues that tell them.
type observer struct {
	hyperliquid *hyperliquid.Observer
	runs        sync.WaitGroup
}

// tap lets the observer see what a feed receives, where that names addresses.
func (o *observer) tap(feed string, opt venue.FeedOptions) venue.FeedOptions {
	if feed == hyperliquid.Venue {
		o.hyperliquid = hyperliquid.NewObserver(observedAddresses, opt)
		opt.Tap = o.hyperliquid.Frame
	}
	return opt
}

// start asks the venue about accounts, and stores what is known, until ctx is
// done; wait after that.
func (o *observer) start(ctx context.Context, l *lake.Lake, out *output) {
	if o.hyperliquid == nil {
		return
	}
	var once sync.Once
	o.runs.Go(func() {
		if err := o.keep(ctx, l); err != nil {
			out.warn("%v", err)
		}
	})
	o.runs.Go(func() {
		o.hyperliquid.Run(ctx, func(err error) {
			once.Do(func() { out.warn("observed positions: %v; trying again, quietly", err) })
		})
	})
}

// instruments are those of the lake whose positions are observed.
func (o *observer) instruments(ctx context.Context, l *lake.Lake) (ids []market.InstrumentID, err error) {
	listings, err := l.Listings(ctx)
	for _, in := range listings {
		if in.Venue == hyperliquid.Venue && in.Provenance == market.Live {
			ids = append(ids, in.InstrumentID)
		}
	}
	return ids, err
}

// restore takes up the newest snapshots of the lake, where they are not too old.
func (o *observer) restore(ctx context.Context, l *lake.Lake, out *output) error {
	if o.hyperliquid == nil {
		return nil
	}
	ids, err := o.instruments(ctx, l)
	for _, id := range ids {
		times, failed := l.ObservedTimes(ctx, id)
		if failed != nil || len(times) == 0 {
			err = errors.Join(err, failed)
			continue
		}
		at := times[len(times)-1]
		age := time.Since(at.Time())
		if age > oldestSnapshot {
			continue
		}
		positions, failed := l.Observed(ctx, id, at)
		if failed != nil {
			err = errors.Join(err, failed)
			continue
		}
		o.hyperliquid.Ledger.Restore(at, positions)
		out.say("%s: %d observed positions as of %v ago, to be asked for again", id, len(positions), age.Round(time.Second))
	}
	return err
}

// keep stores snapshots until ctx is done, and one then.
func (o *observer) keep(ctx context.Context, l *lake.Lake) (err error) {
	tick := time.NewTicker(snapshotEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
		// What is known is worth storing at the end too; and a store that failed
		// is tried again at the next tick.
		err = o.snapshot(context.WithoutCancel(ctx), l)
	}
	return err
}

// snapshot stores the positions of every instrument.
func (o *observer) snapshot(ctx context.Context, l *lake.Lake) error {
	ids, err := o.instruments(ctx, l)
	for _, id := range ids {
		positions, now := o.hyperliquid.Ledger.Positions(id.Symbol), o.hyperliquid.Ledger.Counts().Now
		if len(positions) > 0 {
			err = errors.Join(err, l.PutObserved(ctx, id, now, positions))
		}
	}
	return err
}

// book implements api.Options.Observed.
func (o *observer) book(in market.Instrument) (observed.Book, bool) {
	if o.hyperliquid == nil || in.Venue != hyperliquid.Venue {
		return observed.Book{}, false
	}
	return o.hyperliquid.Ledger.Book(in), true
}
