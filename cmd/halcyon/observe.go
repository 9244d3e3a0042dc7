package main

import (
	"context"
	"sync"

	"halcyon/internal/observed"
	"halcyon/internal/venue"
	"halcyon/internal/venue/hyperliquid"
	"halcyon/market"
)

// observedAddresses bounds the memory of observed positions, at about 300 bytes
// an address.
const observedAddresses = 300_000

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

// start asks the venue about accounts until ctx is done; wait after that.
func (o *observer) start(ctx context.Context, out *output) {
	if o.hyperliquid == nil {
		return
	}
	var once sync.Once
	o.runs.Go(func() {
		o.hyperliquid.Run(ctx, func(err error) {
			once.Do(func() { out.warn("observed positions: %v; trying again, quietly", err) })
		})
	})
}

// book implements api.Options.Observed.
func (o *observer) book(in market.Instrument) (observed.Book, bool) {
	if o.hyperliquid == nil || in.Venue != hyperliquid.Venue {
		return observed.Book{}, false
	}
	return o.hyperliquid.Ledger.Book(in), true
}
