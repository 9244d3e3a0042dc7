package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"halcyon/internal/eventlog"
	"halcyon/internal/venue"
	"halcyon/market"
)

// Runner runs instruments. Use New, Start the instruments, Attach the feeds,
// and Close it before the log and the lake. It is safe for concurrent use.
type Runner struct {
	opt     Options
	session string

	// Feeds stop first, then publishers, then instruments.
	publish, run             context.Context
	stopPublish, stopRun     context.CancelFunc
	feeds, publishers, reads sync.WaitGroup
	stopFeeds                context.CancelFunc
	feedCtx                  context.Context

	mu       sync.Mutex
	closed   bool
	running  map[market.InstrumentID]*running
	attached []*attached
}

// running is one instrument under way.
type running struct {
	listing   market.Listing
	publisher *publisher
	status    status
	forming   forming

	// again takes requests to draw the map anew; the answer is the outcome.
	again chan chan error

	mu sync.Mutex
	// feed is what tells about the instrument, nil if nothing does.
	feed Feed
}

// attached is a feed and the instruments it was asked for.
type attached struct {
	feed       Feed
	ids        []market.InstrumentID // guarded by the Runner
	connecting connecting
}

// New returns a runner of nothing yet.
func New(opt Options) (*Runner, error) {
	if err := opt.Validate(); err != nil {
		return nil, err
	}
	r := &Runner{
		opt: opt.withDefaults(), session: strconv.FormatInt(time.Now().UnixNano(), 36),
		running: map[market.InstrumentID]*running{},
	}
	r.feedCtx, r.stopFeeds = context.WithCancel(context.Background())
	r.publish, r.stopPublish = context.WithCancel(context.Background())
	r.run, r.stopRun = context.WithCancel(context.Background())
	return r, nil
}

// Start runs an instrument: it takes up what the log holds of it, at once and
// whether or not a feed is attached. An instrument that runs is left alone.
func (r *Runner) Start(ctx context.Context, listing market.Listing) error {
	id := listing.InstrumentID
	if err := listing.Validate(); err != nil {
		return fmt.Errorf("cannot start %q: %w", id.String(), err)
	}
	last, logged, err := r.opt.Log.Last(ctx, id)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || r.running[id] != nil {
		return nil
	}
	x := &running{listing: listing, again: make(chan chan error)}
	x.publisher = &publisher{id: id, log: r.opt.Log, opt: &r.opt, name: r.session, alive: x.alive(r.opt.Silence), wake: make(chan struct{}, 1)}
	if logged {
		x.publisher.newest, x.publisher.traded = newestTime(last)
		x.publisher.away = !r.opt.Gapless
	}
	in, err := newInstrument(listing, &r.opt, &x.status)
	if err != nil {
		return err
	}
	in.again = x.again
	r.running[id] = x
	r.publishers.Go(func() { x.publisher.run(r.publish) })
	r.reads.Go(func() { r.keep(in, x) })
	return nil
}

// How long an instrument that failed is left alone, at first and at most.
const (
	againMin = 2 * time.Second
	againMax = time.Minute
)

// keep runs an instrument until the runner closes. What fails is begun anew
// from the last checkpoint, which is still good: a disk that was full for an
// hour costs that hour's delay and nothing else.
func (r *Runner) keep(in *instrument, x *running) {
	for wait := againMin; ; wait = min(2*wait, againMax) {
		err := in.run(r.run)
		if err == nil {
			return
		}
		x.status.failed(err)
		if errors.Is(err, eventlog.ErrInUse) {
			return
		}
		select {
		case <-r.run.Done():
			return
		case <-time.After(wait):
		}
		if in, err = newInstrument(x.listing, &r.opt, &x.status); err != nil {
			x.status.failed(err)
			return
		}
		in.again = x.again
	}
}

// Redraw draws the map of an instrument anew from what the store holds, because
// events of before have changed there, and returns when it is drawn. Live events
// wait in the log meanwhile. An instrument that does not run is an error.
func (r *Runner) Redraw(ctx context.Context, id market.InstrumentID) error {
	r.mu.Lock()
	x := r.running[id]
	r.mu.Unlock()
	if x == nil {
		return fmt.Errorf("cannot redraw %q: it has not been started: %w", id.String(), market.ErrInvalid)
	}
	drawn := make(chan error, 1)
	select {
	case x.again <- drawn:
	case <-ctx.Done():
		return ctx.Err()
	case <-r.run.Done():
		return context.Canceled
	}
	select {
	case err := <-drawn:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// newestTime is the latest time that a message tells, and the latest one of a trade.
func newestTime(m eventlog.Message) (at, traded market.UnixMilli) {
	for _, x := range m.Entries {
		if _, beat := x.Event.(eventlog.Heartbeat); beat || tellsTime(x.Event) {
			at = max(at, lastTime(x.Event))
		}
		if t, ok := x.Event.(*market.Trades); ok {
			traded = max(traded, lastTime(t))
		}
	}
	return at, traded
}

// alive reports whether the instrument's feed receives, whatever about, and
// holds nothing back.
func (x *running) alive(silence time.Duration) func() bool {
	return func() bool {
		x.mu.Lock()
		feed := x.feed
		x.mu.Unlock()
		if feed == nil {
			return false
		}
		s := feed.State()
		return s.Status == venue.FeedLive && s.Behind == 0 && time.Since(s.LastRecv.Time()) < silence
	}
}

// Attach runs a feed for instruments that have been started, until ctx is done
// or the runner closes. The error is the feed's, or says which instrument has
// not been started.
func (r *Runner) Attach(ctx context.Context, feed Feed, ids []market.InstrumentID) error {
	a := r.announce(feed)
	if a == nil {
		return nil
	}
	defer r.feeds.Done()
	a.connecting.done()
	return r.attach(ctx, a, ids)
}

// announce notes a feed that is about to run, for Feeds and for Close to wait
// for; nil where the runner is closed. The caller ends it with r.feeds.Done.
func (r *Runner) announce(feed Feed) *attached {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	a := &attached{feed: feed, connecting: connecting{pending: true, since: nowMilli()}}
	r.attached = append(r.attached, a)
	r.feeds.Add(1)
	return a
}

// attach runs an announced feed.
func (r *Runner) attach(ctx context.Context, a *attached, ids []market.InstrumentID) error {
	to := map[market.InstrumentID]*running{}
	r.mu.Lock()
	for _, id := range ids {
		x := r.running[id]
		if x == nil {
			r.mu.Unlock()
			return fmt.Errorf("cannot attach %q: %q has not been started: %w", a.feed.Name(), id.String(), market.ErrInvalid)
		}
		to[id] = x
	}
	a.ids = slices.Clone(ids)
	r.mu.Unlock()
	known := map[market.InstrumentID]market.UnixMilli{}
	feed, resumes := a.feed.(Resumer)
	for id, x := range to {
		x.mu.Lock()
		x.feed = a.feed
		x.mu.Unlock()
		if resumes {
			known[id] = x.publisher.resume()
		}
	}
	if resumes {
		feed.Resume(known)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(r.feedCtx, cancel)()
	return a.feed.Run(ctx, ids, func(id market.InstrumentID, recv market.UnixMilli, ev market.Event) {
		x := to[id]
		if x == nil {
			return
		}
		x.forming.add(recv, ev)
		x.publisher.emit(recv, ev)
	})
}

// Close stops feeds, sees what they told into the log, saves every instrument
// and returns when nothing is written any more. What it could not save is
// still in the log.
func (r *Runner) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.stopFeeds()
	r.feeds.Wait()
	r.stopPublish()
	r.publishers.Wait()
	r.stopRun()
	r.reads.Wait()
}
