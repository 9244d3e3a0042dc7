package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"halcyon/engine"
	"halcyon/internal/api"
	"halcyon/internal/eventlog"
	"halcyon/internal/lake"
	"halcyon/internal/live"
	"halcyon/internal/venue"
	"halcyon/market"
)

// liveFlags say which venues are connected to, and how.
type liveFlags struct {
	Live     []string          `placeholder:"NAMES" help:"Connect to venues: all, none, or some of ${feeds}. Default: none."`
	Coins    []string          `default:"BTC,ETH,SOL" placeholder:"COINS" help:"Coins to follow on every venue. Default: ${default}."`
	VenueURL map[string]string `name:"venue-url" placeholder:"NAME=URL" help:"Reach a venue of --live elsewhere, such as at 'halcyon exchange'; may be repeated. all=URL is URL/NAME for every venue."`
	Backfill int               `default:"30" placeholder:"DAYS" help:"Days before an instrument's first live event that are drawn from its venue's candles; 0 for none. Default: ${default}."`
	NATS     string            `name:"nats" env:"HALCYON_NATS" placeholder:"URL" help:"NATS servers (with JetStream) that keep the event log. Default: one within this process, without a port, in the folder of the lake."`
}

// feeds opens the feeds asked for; none is no mistake.
func (f liveFlags) feeds(samples *live.Samples, seen *observer) ([]venue.Feed, error) {
	if f.Backfill < 0 || f.Backfill > 365 {
		return nil, mistake("--backfill %d: want 0 to 365 days", f.Backfill)
	}
	names := f.Live
	if slices.Equal(names, []string{"none"}) {
		names = nil
	}
	if len(names) == 0 && f.NATS != "" {
		return nil, mistake("--nats %q keeps the events of live venues: name some with --live", f.NATS)
	}
	return feedsNamed(names, f.VenueURL, samples.Of, seen)
}

// logOptions says where the event log is kept.
func (f liveFlags) logOptions(lakeAt string) (eventlog.Options, error) {
	if f.NATS != "" {
		return eventlog.Options{URL: f.NATS}, nil
	}
	if strings.Contains(lakeAt, "://") {
		return eventlog.Options{}, mistake("--lake %q is no local folder, so the event log has no place: name NATS servers with --nats", lakeAt)
	}
	return eventlog.Options{Dir: filepath.Join(lakeAt, "eventlog")}, nil
}

// liveSide is everything of a server that is about live venues.
type liveSide struct {
	lake   servedLake
	maps   *live.Maps
	log    *eventlog.Log
	runner *live.Runner
	hub    *api.Hub
	feeds  []venue.Feed
	coins  []string
	owners *owners
	pasts  *pasts
	out    *output

	connects sync.WaitGroup
}

// openLive opens the event log and makes a runner over it. Close it before the
// lake.
func openLive(ctx context.Context, f liveFlags, feeds []venue.Feed, maps *live.Maps, to servedLake, at string, hub *api.Hub, out *output) (*liveSide, error) {
	opt, err := f.logOptions(at)
	if err != nil {
		return nil, err
	}
	s := &liveSide{lake: to, maps: maps, hub: hub, feeds: feeds, coins: f.Coins, owners: newOwners(), out: out,
		pasts: newPasts(to, f.Backfill, out)}
	if s.log, err = eventlog.Open(ctx, opt); err != nil {
		if errors.Is(err, eventlog.ErrInUse) {
			return nil, mistake("%v: stop the other halcyon on this lake, or name another with --lake", err)
		}
		return nil, err
	}
	s.runner, err = live.New(live.Options{
		Log: s.log, Store: to, Maps: maps,
		Engine:   func(l market.Listing) engine.Options { return engineOptions(l) },
		OnColumn: s.hub.Column,
		Prepare:  s.pasts.fill,
	})
	if err != nil {
		return nil, errors.Join(err, s.log.Close())
	}
	return s, nil
}

// start takes up what the log holds of the instruments known from before, and
// connects to every venue. It returns at once.
func (s *liveSide) start(ctx context.Context) {
	for _, f := range s.feeds {
		s.connects.Go(func() {
			if err := s.runner.Connect(ctx, f, s.choose(f)); err != nil {
				s.out.warn("%s: %v", f.Name(), err)
			}
		})
	}
	s.connects.Go(func() {
		if err := s.resume(ctx); err != nil && ctx.Err() == nil {
			s.out.warn("%v", err)
		}
	})
}

// resume starts the instruments that were live before: their maps go on from
// the log even where their venue does not answer.
func (s *liveSide) resume(ctx context.Context) error {
	listings, err := s.lake.Listings(ctx)
	if err != nil {
		return err
	}
	for _, l := range listings {
		followed := slices.ContainsFunc(s.feeds, func(f venue.Feed) bool { return venueNamed(f.Name()) == l.Venue }) &&
			slices.ContainsFunc(s.coins, func(c string) bool { return strings.EqualFold(c, l.Coin) })
		if l.Provenance != market.Live || !followed {
			continue
		}
		s.owners.take(l.InstrumentID)
		if err := s.runner.Start(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

// choose picks a venue's instruments of the coins followed, and stores them.
func (s *liveSide) choose(f venue.Feed) live.Choose {
	return func(ctx context.Context, all []market.Listing) ([]market.Listing, error) {
		chosen := pick(all, s.coins)
		if len(chosen) == 0 {
			return nil, fmt.Errorf("%s trades none of %s: %w", f.Name(), strings.Join(s.coins, ", "), market.ErrInvalid)
		}
		var symbols []string
		for i := range chosen {
			if err := s.admit(ctx, f, &chosen[i]); err != nil {
				return nil, err
			}
			s.pasts.from(f, chosen[i].InstrumentID)
			symbols = append(symbols, chosen[i].Symbol)
		}
		s.out.say("%s answered: following %s", f.Name(), strings.Join(symbols, ", "))
		return chosen, nil
	}
}

// admit makes a listing the runner's own. The margin tiers that its map has
// been drawn with stay: others would draw all of it anew.
func (s *liveSide) admit(ctx context.Context, f venue.Feed, l *market.Listing) error {
	s.owners.take(l.InstrumentID)
	stored, err := s.lake.Listing(ctx, l.InstrumentID)
	if err != nil && !errors.Is(err, lake.ErrNotFound) {
		return err
	}
	if len(stored.Tiers) > 0 {
		l.Tiers = stored.Tiers
	}
	if len(l.Tiers) == 0 {
		tiers, err := f.Tiers(ctx, l.InstrumentID, 0)
		if errors.Is(err, venue.ErrRateLimited) {
			return err
		}
		if err == nil {
			l.Tiers = tiers
		}
	}
	if reflect.DeepEqual(stored, *l) {
		return nil
	}
	return s.lake.PutListing(ctx, *l)
}

// venueNamed is the venue of a feed: "binance" of "binance-usdm".
func venueNamed(feed string) market.Venue {
	name, _, _ := strings.Cut(feed, "-")
	return market.Venue(name)
}

// answered reports whether any venue has listed its instruments; failed that
// each has failed to.
func (s *liveSide) answered() (answered, failed bool) {
	failed = true
	for _, f := range s.runner.Feeds() {
		answered = answered || len(f.Instruments) > 0
		failed = failed && f.Status == venue.FeedWaiting
	}
	return answered, failed && !answered
}

// firstAnswer is how long a venue may take before what is stored is shown
// instead.
const firstAnswer = 10 * time.Second

// await waits until a venue has answered; it returns false where none has
// within firstAnswer, or all have failed.
func (s *liveSide) await(ctx context.Context) bool {
	for end := time.Now().Add(firstAnswer); ctx.Err() == nil && time.Now().Before(end); {
		if answered, failed := s.answered(); answered || failed {
			return answered
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	return false
}

// close saves all instruments and closes the log. ctx of start must be done.
func (s *liveSide) close() error {
	s.runner.Close()
	s.connects.Wait()
	return s.log.Close()
}

// metrics answers for Prometheus.
func (s *liveSide) metrics() http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(s.runner.Collector(), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{})
}
