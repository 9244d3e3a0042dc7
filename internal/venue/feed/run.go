package feed

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"halcyon/internal/venue"
	"halcyon/internal/wsconn"
	"halcyon/market"
)

// run is one call of Feed.Run.
type run struct {
	feed    *Feed
	workers sync.WaitGroup

	mu        sync.Mutex // guards the following, and calls of emit
	symbols   map[string]*instrument
	links     []*link
	counts    venue.FeedCounts
	lastRecv  market.UnixMilli
	lastEvent market.UnixMilli
}

// link is one websocket and its instruments.
type link struct {
	run         *run
	conn        *wsconn.Conn
	instruments []*instrument
	status      venue.FeedStatus
	since       market.UnixMilli
	retryAt     market.UnixMilli
	err         string
	darkAfter   map[*instrument]market.UnixMilli
}

// darkTime is how long one instrument may be without an event while others on
// its connection have some, before it is subscribed to anew; doubled each
// time in vain, up to an hour.
const darkTime = market.Minute

func newRun(f *Feed, ids []market.InstrumentID, emit venue.Emit) *run {
	r := &run{feed: f, symbols: map[string]*instrument{}}
	var symbols []string
	for _, id := range ids {
		if r.symbols[id.Symbol] != nil {
			continue
		}
		r.symbols[id.Symbol] = &instrument{id: id, numbered: f.p.Numbered, liquidations: f.p.Liquidations, polled: f.p.Poll.Path != nil, emit: emit, counts: &r.counts}
		symbols = append(symbols, id.Symbol)
	}
	for len(symbols) > 0 {
		n := min(len(symbols), f.p.SymbolsPerConn)
		r.links = append(r.links, r.newLink(symbols[:n]))
		symbols = symbols[n:]
	}
	return r
}

func (r *run) newLink(symbols []string) *link {
	p, opt := r.feed.p, r.feed.opt
	l := &link{run: r, status: venue.FeedConnecting, since: milli(time.Now()), darkAfter: map[*instrument]market.UnixMilli{}}
	for _, s := range symbols {
		l.instruments = append(l.instruments, r.symbols[s])
	}
	path, greet := p.Connect(symbols)
	l.conn = wsconn.New(wsconn.Options{
		URL: opt.StreamURL + path, HTTP: opt.HTTP, Compress: p.Compress, Greet: greet, GreetEvery: p.GreetEvery,
		Ping: p.Ping, PingEvery: p.PingEvery, Silence: p.Silence, MaxAge: p.MaxAge, Jitter: opt.Jitter,
		Open: l.open, Greeted: l.greeted, Down: l.down,
	})
	return l
}

// work runs until ctx is done.
func (r *run) work(ctx context.Context) {
	if r.feed.p.Missed != nil {
		for _, in := range r.symbols {
			in.ask = func(m Missed) { r.workers.Go(func() { r.seek(ctx, in, m) }) }
		}
	}
	for _, l := range r.links {
		r.workers.Go(func() { l.conn.Run(ctx) })
	}
	r.workers.Go(func() { r.tick(ctx) })
	if r.feed.p.Poll.Path != nil {
		r.workers.Go(func() { r.poll(ctx) })
	}
	r.workers.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, in := range r.symbols {
		in.flush(milli(time.Now()), true)
		in.release(in.newest + unsureTime)
	}
}

// tick emits what has been gathered, and looks for instruments gone dark.
func (r *run) tick(ctx context.Context) {
	ticker := time.NewTicker(r.feed.opt.BatchTime)
	defer ticker.Stop()
	var looked market.UnixMilli
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := milli(time.Now())
		r.mu.Lock()
		for _, l := range r.links {
			for _, in := range l.instruments {
				in.flush(now, false)
				in.assume(now)
				in.releaseDue()
			}
			if now >= looked+market.Second {
				l.lookForDark(now)
			}
		}
		r.mu.Unlock()
		if now >= looked+market.Second {
			looked = now
		}
	}
}

func (l *link) lookForDark(now market.UnixMilli) {
	if l.status != venue.FeedLive {
		return
	}
	for _, in := range l.instruments {
		limit := max(darkTime, l.darkAfter[in])
		if now < max(in.seenRecv, l.since)+limit {
			continue
		}
		l.darkAfter[in] = min(2*limit, market.Hour)
		l.conn.Drop(fmt.Errorf("%s sent nothing for %s", in.id.Symbol, time.Duration(limit)*time.Millisecond))
		return
	}
}

// session is what takes the frames of one connection.
type session struct {
	link   *link
	parser venue.FrameParser
	parsed venue.Parsed
}

func (l *link) open() wsconn.Session {
	l.run.mu.Lock()
	defer l.run.mu.Unlock()
	if l.status != venue.FeedLive {
		l.enter(venue.FeedConnecting)
	}
	return &session{link: l, parser: l.run.feed.p.NewParser()}
}

// greeted notes that everything is subscribed to: from now on an event shows
// that its instrument is whole again.
func (l *link) greeted() {
	l.run.mu.Lock()
	defer l.run.mu.Unlock()
	for _, in := range l.instruments {
		in.greet()
	}
}

func (l *link) enter(status venue.FeedStatus) {
	if l.status != status {
		l.status, l.since = status, milli(time.Now())
	}
	l.retryAt = 0
}

func (l *link) down(err error, wait time.Duration) {
	l.run.mu.Lock()
	defer l.run.mu.Unlock()
	now := time.Now()
	for _, in := range l.instruments {
		in.lose(reasonOf(err), milli(now))
	}
	l.err = err.Error()
	l.enter(venue.FeedWaiting)
	l.retryAt = milli(now.Add(wait))
}

// reasonOf says in a few words why a connection was lost.
func reasonOf(err error) string {
	if errors.Is(err, wsconn.ErrSilent) {
		return "feed stalled"
	}
	return "connection lost"
}

// Frame implements wsconn.Session.
func (s *session) Frame(recv time.Time, frame []byte) (data bool) {
	r := s.link.run
	at := milli(recv)
	r.mu.Lock()
	defer r.mu.Unlock()
	if tap := r.feed.opt.Tap; tap != nil {
		tap(frame)
	}
	if err := s.parser.Parse(frame, at, &s.parsed); err != nil {
		r.counts.Malformed++
		if hook := r.feed.opt.Malformed; hook != nil {
			hook(frame, err)
		}
		return false
	}
	if s.parsed.Refused != "" {
		r.counts.Refused++
		s.link.err = "the venue refused: " + s.parsed.Refused
	}
	if !r.deliver(&s.parsed, at, true) {
		return false
	}
	if s.link.status != venue.FeedLive {
		s.link.enter(venue.FeedLive)
	}
	r.lastRecv = at
	return true
}

// deliver hands items to their instruments and reports whether any had one.
func (r *run) deliver(p *venue.Parsed, recv market.UnixMilli, streamed bool) (any bool) {
	r.counts.Foreign += int64(p.Foreign)
	for _, t := range p.Ticks {
		if in := r.symbols[string(t.Symbol)]; in != nil {
			any = true
			in.addTick(t, recv)
			r.lastEvent = in.latest
		} else {
			r.counts.Foreign++
		}
	}
	for _, e := range p.Events {
		if in := r.symbols[string(e.Symbol)]; in != nil {
			any = true
			if !streamed {
				in.addAnswer(e.Event, recv)
				continue
			}
			in.addEvent(e.Event, e.Unstamped, recv)
			r.lastEvent = in.latest
		} else {
			r.counts.Foreign++
		}
	}
	return any
}

// poll asks for every instrument in turn, evenly over PollEvery.
func (r *run) poll(ctx context.Context) {
	p := r.feed.p.Poll
	var order []*instrument
	for _, l := range r.links {
		order = append(order, l.instruments...)
	}
	pause := r.feed.opt.PollEvery / time.Duration(len(order))
	var parsed venue.Parsed
	for i := 0; ; i = (i + 1) % len(order) {
		symbol := order[i].id.Symbol
		body, err := r.feed.rest.Get(ctx, p.Path(symbol), p.Weight)
		now := milli(time.Now())
		if err == nil {
			err = p.Parse(symbol, body, now, &parsed)
		}
		r.mu.Lock()
		if err == nil {
			r.counts.Polls++
			order[i].answered = now
			r.deliver(&parsed, now, false)
		} else if ctx.Err() == nil {
			r.counts.PollFailures++
			order[i].unpolled(now)
		}
		r.mu.Unlock()
		if !sleep(ctx, max(pause, time.Until(r.feed.rest.LimitedUntil()))) {
			return
		}
	}
}

// total returns the counts of the run so far.
func (r *run) total() venue.FeedCounts {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.counts
	for _, l := range r.links {
		st := l.conn.Stats()
		c.Frames += st.Frames
		c.Bytes += st.Bytes
		c.Connects += st.Connects
		c.Disconnects += st.Disconnects
		c.Renewals += st.Renewals
	}
	return c
}

// state fills in what the run knows: the worst of its connections.
func (r *run) state(s *venue.FeedState) {
	s.Counts = add(s.Counts, r.total())
	r.mu.Lock()
	defer r.mu.Unlock()
	s.LastRecv, s.LastEvent = r.lastRecv, r.lastEvent
	rank := map[venue.FeedStatus]int{venue.FeedLive: 1, venue.FeedCatchingUp: 2, venue.FeedConnecting: 3, venue.FeedWaiting: 4}
	for _, l := range r.links {
		for _, in := range l.instruments {
			if in.behind() {
				s.Behind++
			}
		}
		status := l.status
		if status == venue.FeedLive && slices.ContainsFunc(l.instruments, func(in *instrument) bool { return in.asking != nil && in.asking.begun }) {
			status = venue.FeedCatchingUp
		}
		if rank[status] > rank[s.Status] {
			s.Status, s.Since, s.RetryAt, s.Err = status, l.since, l.retryAt, l.err
		}
	}
}
