package live

import (
	"cmp"
	"context"
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

	mu sync.Mutex
	// feed is what tells about the instrument, nil if nothing does.
	feed Feed
}

// attached is a feed and the instruments it was asked for.
type attached struct {
	feed Feed
	ids  []market.InstrumentID
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
	x := &running{listing: listing}
	x.publisher = &publisher{id: id, log: r.opt.Log, opt: &r.opt, name: r.session, alive: x.alive(r.opt.Silence), wake: make(chan struct{}, 1)}
	if logged {
		x.publisher.newest, x.publisher.away = newestTime(last), !r.opt.Gapless
	}
	in, err := newInstrument(listing, &r.opt, &x.status)
	if err != nil {
		return err
	}
	r.running[id] = x
	r.publishers.Go(func() { x.publisher.run(r.publish) })
	r.reads.Go(func() {
		if err := in.run(r.run); err != nil {
			x.status.ended(err)
		}
	})
	return nil
}

// newestTime is the latest time that a message tells.
func newestTime(m eventlog.Message) (at market.UnixMilli) {
	for _, x := range m.Entries {
		if _, beat := x.Event.(eventlog.Heartbeat); beat || tellsTime(x.Event) {
			at = max(at, lastTime(x.Event))
		}
	}
	return at
}

// alive reports whether the instrument's feed receives, whatever about.
func (x *running) alive(silence time.Duration) func() bool {
	return func() bool {
		x.mu.Lock()
		feed := x.feed
		x.mu.Unlock()
		if feed == nil {
			return false
		}
		s := feed.State()
		return s.Status == venue.FeedLive && time.Since(s.LastRecv.Time()) < silence
	}
}

// Attach runs a feed for instruments that have been started, until ctx is done
// or the runner closes. The error is the feed's, or says which instrument has
// not been started.
func (r *Runner) Attach(ctx context.Context, feed Feed, ids []market.InstrumentID) error {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return nil
	}
	to := map[market.InstrumentID]*running{}
	for _, id := range ids {
		x := r.running[id]
		if x == nil {
			r.mu.Unlock()
			return fmt.Errorf("cannot attach %q: %q has not been started: %w", feed.Name(), id.String(), market.ErrInvalid)
		}
		to[id] = x
	}
	a := &attached{feed, slices.Clone(ids)}
	r.attached = append(r.attached, a)
	r.feeds.Add(1)
	r.mu.Unlock()
	defer r.feeds.Done()
	for _, x := range to {
		x.mu.Lock()
		x.feed = feed
		x.mu.Unlock()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(r.feedCtx, cancel)()
	return feed.Run(ctx, ids, func(id market.InstrumentID, recv market.UnixMilli, ev market.Event) {
		x := to[id]
		if x == nil {
			return
		}
		x.forming.add(ev)
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

// Instruments returns how every instrument is doing, by venue and symbol.
func (r *Runner) Instruments() []InstrumentStatus {
	var out []InstrumentStatus
	for _, x := range r.all() {
		out = append(out, x.status.report(x.publisher))
	}
	return out
}

// all returns what runs, by venue and symbol.
func (r *Runner) all() []*running {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]*running, 0, len(r.running))
	for _, x := range r.running {
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b *running) int {
		return cmp.Or(cmp.Compare(a.publisher.id.Venue, b.publisher.id.Venue), cmp.Compare(a.publisher.id.Symbol, b.publisher.id.Symbol))
	})
	return out
}

// Forming calls visit with the candle under way of every instrument that has
// one, by venue and symbol.
func (r *Runner) Forming(visit func(id market.InstrumentID, c Forming)) {
	for _, x := range r.all() {
		if c, ok := x.forming.now(); ok {
			visit(x.publisher.id, c)
		}
	}
}

// FeedStatus is how a feed is doing, with what it feeds.
type FeedStatus struct {
	venue.FeedState
	Instruments []InstrumentStatus
}

// Feeds returns how every feed is doing, in the order in which they were attached.
func (r *Runner) Feeds() []FeedStatus {
	r.mu.Lock()
	feeds := slices.Clone(r.attached)
	r.mu.Unlock()
	out := make([]FeedStatus, len(feeds))
	for i, a := range feeds {
		out[i].FeedState = a.feed.State()
		for _, id := range a.ids {
			r.mu.Lock()
			x := r.running[id]
			r.mu.Unlock()
			out[i].Instruments = append(out[i].Instruments, x.status.report(x.publisher))
		}
	}
	return out
}
