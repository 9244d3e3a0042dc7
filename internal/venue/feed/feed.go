package feed

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"halcyon/internal/venue"
	"halcyon/market"
)

// Feed is a venue.Feed made of a Protocol.
type Feed struct {
	p    Protocol
	opt  venue.FeedOptions
	rest *REST

	mu       sync.Mutex // guards the following
	run      *run
	past     venue.FeedCounts // of runs that have ended
	listings map[string]market.Listing
	known    map[market.InstrumentID]market.UnixMilli // for the next run
}

// New returns a feed that is not running. Options are as documented; zero
// fields take their defaults.
func New(p Protocol, opt venue.FeedOptions) *Feed {
	if opt.RESTURL == "" {
		opt.RESTURL = p.RESTURL
	}
	if opt.StreamURL == "" {
		opt.StreamURL = p.StreamURL
	}
	if p.SymbolsPerConn <= 0 {
		p.SymbolsPerConn = 50
	}
	opt.RESTURL, opt.StreamURL = strings.TrimRight(opt.RESTURL, "/"), strings.TrimRight(opt.StreamURL, "/")
	if opt.HTTP == nil {
		opt.HTTP = &http.Client{}
	}
	if opt.BatchTime <= 0 {
		opt.BatchTime = 50 * time.Millisecond
	}
	if opt.PollEvery <= 0 {
		opt.PollEvery = 10 * time.Second
	}
	return &Feed{p: p, opt: opt, rest: NewREST(opt.RESTURL, opt.HTTP, p.Limits)}
}

// Name implements venue.Feed.
func (f *Feed) Name() string { return f.p.Name }

// Instruments implements venue.Feed.
func (f *Feed) Instruments(ctx context.Context) ([]market.Listing, error) {
	listings, err := f.p.Instruments(ctx, f.rest)
	if err != nil {
		return nil, fmt.Errorf("cannot list instruments of %s: %w", f.p.Name, err)
	}
	slices.SortFunc(listings, func(a, b market.Listing) int { return strings.Compare(a.Symbol, b.Symbol) })
	known := make(map[string]market.Listing, len(listings))
	for i := range listings {
		listings[i].Venue, listings[i].Provenance = f.p.Venue, market.Live
		known[listings[i].Symbol] = listings[i]
	}
	f.mu.Lock()
	f.listings = known
	f.mu.Unlock()
	return listings, nil
}

// Tiers implements venue.Feed.
func (f *Feed) Tiers(ctx context.Context, id market.InstrumentID, mark market.Price) (market.MarginTiers, error) {
	l, err := f.listing(ctx, id)
	if err != nil {
		return nil, err
	}
	if mark == 0 && f.p.Mark != nil {
		if mark, err = f.p.Mark(ctx, f.rest, l); err == nil && !market.ValidPrice(mark) {
			err = fmt.Errorf("mark price %v: want one > 0: %w", mark, market.ErrInvalid)
		}
		if err != nil {
			return nil, fmt.Errorf("cannot get the mark price of %q: %w", id, err)
		}
	}
	tiers, err := f.p.Tiers(ctx, f.rest, l, mark)
	if err != nil {
		return nil, fmt.Errorf("cannot get margin tiers of %q: %w", id, err)
	}
	return tiers, nil
}

// listing returns what the venue said of an instrument, and asks if it has not.
func (f *Feed) listing(ctx context.Context, id market.InstrumentID) (market.Listing, error) {
	known := func() (market.Listing, bool) {
		f.mu.Lock()
		defer f.mu.Unlock()
		l, ok := f.listings[id.Symbol]
		return l, ok
	}
	l, ok := known()
	if !ok {
		if _, err := f.Instruments(ctx); err != nil {
			return l, err
		}
		l, ok = known()
	}
	if !ok || id.Venue != f.p.Venue {
		return l, fmt.Errorf("cannot find %q at %s: %w", id, f.p.Name, market.ErrInvalid)
	}
	return l, nil
}

// Run implements venue.Feed.
func (f *Feed) Run(ctx context.Context, ids []market.InstrumentID, emit venue.Emit) error {
	if len(ids) == 0 {
		return fmt.Errorf("cannot run %s: no instruments: %w", f.p.Name, market.ErrInvalid)
	}
	for _, id := range ids {
		if err := id.Validate(); err != nil || id.Venue != f.p.Venue {
			return fmt.Errorf("cannot run %s: instrument %q: want one of venue %s: %w", f.p.Name, id, f.p.Venue, errors.Join(err, market.ErrInvalid))
		}
	}
	r := newRun(f, ids, emit)
	f.mu.Lock()
	if f.run != nil {
		f.mu.Unlock()
		return fmt.Errorf("cannot run %s: it runs already: %w", f.p.Name, market.ErrInvalid)
	}
	f.run = r
	for _, in := range r.symbols {
		if at := f.known[in.id]; at > 0 {
			in.resumeFrom(at)
		}
	}
	f.known = nil
	f.mu.Unlock()
	r.work(ctx)
	f.mu.Lock()
	f.past = add(f.past, r.total())
	f.run = nil
	f.mu.Unlock()
	return nil
}

// Resume implements venue.Feed.
func (f *Feed) Resume(known map[market.InstrumentID]market.UnixMilli) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known = known
}

// State implements venue.Feed.
func (f *Feed) State() venue.FeedState {
	f.mu.Lock()
	r, past := f.run, f.past
	f.mu.Unlock()
	s := venue.FeedState{Name: f.p.Name, Status: venue.FeedIdle, Counts: past}
	if r != nil {
		r.state(&s)
	}
	if until := f.rest.LimitedUntil(); !until.IsZero() {
		s.LimitedUntil = milli(until)
	}
	s.Counts.Limited = f.rest.Limited()
	return s
}

func milli(t time.Time) market.UnixMilli { return market.UnixMilli(t.UnixMilli()) }

func add(a, b venue.FeedCounts) venue.FeedCounts {
	return venue.FeedCounts{
		Frames: a.Frames + b.Frames, Bytes: a.Bytes + b.Bytes, Trades: a.Trades + b.Trades, Events: a.Events + b.Events,
		Malformed: a.Malformed + b.Malformed, Foreign: a.Foreign + b.Foreign, Refused: a.Refused + b.Refused,
		Duplicates: a.Duplicates + b.Duplicates, Missing: a.Missing + b.Missing, Recovered: a.Recovered + b.Recovered, Gaps: a.Gaps + b.Gaps,
		Connects: a.Connects + b.Connects, Disconnects: a.Disconnects + b.Disconnects, Renewals: a.Renewals + b.Renewals,
		Polls: a.Polls + b.Polls, PollFailures: a.PollFailures + b.PollFailures,
	}
}
