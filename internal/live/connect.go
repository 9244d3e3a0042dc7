package live

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"halcyon/internal/venue"
	"halcyon/market"
)

// Venue is a feed that can say what it trades; every venue.Feed is one.
type Venue interface {
	Feed
	Instruments(ctx context.Context) ([]market.Listing, error)
}

// Choose picks, of a venue's instruments, those to run, as they are to be run:
// it may look up what is missing and store what it chose. An error has the
// venue asked again.
type Choose func(ctx context.Context, all []market.Listing) ([]market.Listing, error)

// How long a venue that did not list its instruments is left alone: the n-th
// failure in a row waits a random part of connectMin·2ⁿ, at most connectMax,
// at least a tenth of connectMin. A venue that asks for patience gets it.
const (
	connectMin = time.Second
	connectMax = time.Minute
)

// connecting is the state of a feed before it is attached.
type connecting struct {
	mu      sync.Mutex
	pending bool
	since   market.UnixMilli
	retryAt market.UnixMilli
	err     string
}

// overlay puts the state over that of a feed that does not run yet.
func (c *connecting) overlay(s *venue.FeedState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.pending {
		return
	}
	s.Status, s.Since, s.RetryAt, s.Err = venue.FeedConnecting, c.since, c.retryAt, c.err
	if c.retryAt != 0 {
		s.Status = venue.FeedWaiting
	}
}

// failed notes why an attempt failed, and when the next one is made.
func (c *connecting) failed(err error, wait time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.retryAt == 0 {
		c.since = nowMilli()
	}
	c.err, c.retryAt = err.Error(), nowMilli()+market.UnixMilli(wait.Milliseconds())
}

func (c *connecting) done() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending = false
}

func nowMilli() market.UnixMilli { return market.UnixMilli(time.Now().UnixMilli()) }

// Connect brings a venue in: it asks for the instruments, again and again until
// the venue answers and choose has its pick, starts them, and attaches the feed
// until ctx is done or the runner closes. Trouble never ends it; it is shown by
// Feeds. The error is Attach's.
func (r *Runner) Connect(ctx context.Context, v Venue, choose Choose) error {
	a := r.announce(v)
	if a == nil {
		return nil
	}
	defer r.feeds.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(r.feedCtx, cancel)()
	for attempt := 0; ; attempt++ {
		ids, err := r.bring(ctx, v, choose)
		if err == nil {
			a.connecting.done()
			return r.attach(ctx, a, ids)
		}
		wait := backOff(attempt, err, v)
		a.connecting.failed(err, wait)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// bring lists a venue's instruments and starts those that are chosen.
func (r *Runner) bring(ctx context.Context, v Venue, choose Choose) (ids []market.InstrumentID, err error) {
	all, err := v.Instruments(ctx)
	if err != nil {
		return nil, err
	}
	chosen, err := choose(ctx, all)
	if err != nil {
		return nil, err
	}
	for _, l := range chosen {
		if err := r.Start(ctx, l); err != nil {
			return nil, err
		}
		ids = append(ids, l.InstrumentID)
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("cannot run %s: it trades none of the instruments asked for: %w", v.Name(), market.ErrInvalid)
	}
	return ids, nil
}

// backOff is how long to wait after an attempt that failed.
func backOff(attempt int, err error, v Venue) time.Duration {
	wait := time.Duration(rand.Float64() * float64(min(connectMin<<min(attempt, 10), connectMax)))
	wait = max(wait, connectMin/10)
	if errors.Is(err, venue.ErrRateLimited) {
		wait = max(wait, time.Until(v.State().LimitedUntil.Time()))
	}
	return wait
}
