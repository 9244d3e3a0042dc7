package wsconn

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// ErrSilent says that a connection delivered no data for Options.Silence.
var ErrSilent = errors.New("no data")

// Conn is one connection that is kept alive. It is safe for concurrent use.
type Conn struct {
	opt Options

	calls sync.Mutex // held during calls of Session.Frame, Greeted and Down

	mu      sync.Mutex // guards the following
	stats   Stats
	current *session
}

// New returns a connection that Run will open.
func New(opt Options) *Conn { return &Conn{opt: opt.withDefaults()} }

// Stats returns what has been seen so far.
func (c *Conn) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}

// Drop hangs up the connection that stands, if one does, so that Run opens
// another. Down is told the reason.
func (c *Conn) Drop(reason error) {
	c.mu.Lock()
	s := c.current
	c.mu.Unlock()
	if s != nil {
		go s.hangUp(reason)
	}
}

// Run keeps the connection until ctx is done.
func (c *Conn) Run(ctx context.Context) {
	failures := 0
	for ctx.Err() == nil {
		s, err := c.open(ctx)
		if err == nil {
			failures, err = c.keep(ctx, s, failures)
		} else {
			failures++
			c.count(func(st *Stats) { st.Failures++ })
		}
		if ctx.Err() != nil {
			return
		}
		wait := c.opt.wait(failures)
		if refused := (*RefusedError)(nil); errors.As(err, &refused) {
			wait = max(wait, refused.After)
		}
		c.calls.Lock()
		c.opt.Down(err, wait)
		c.calls.Unlock()
		sleep(ctx, wait)
	}
}

// keep serves a session and those that replace it until one is lost, and
// returns how many failures in a row that makes, and why.
func (c *Conn) keep(ctx context.Context, s *session, failures int) (int, error) {
	defer c.setCurrent(nil)
	for {
		c.setCurrent(s)
		next, err := c.attend(ctx, s)
		if next == nil {
			c.count(func(st *Stats) { st.Disconnects++ })
			if s.settled(c.opt.Settled) {
				failures = 0
			}
			return failures + 1, err
		}
		if err == nil {
			c.count(func(st *Stats) { st.Renewals++ })
		} else {
			c.count(func(st *Stats) { st.Disconnects++ })
			c.calls.Lock()
			c.opt.Down(err, 0)
			c.calls.Unlock()
		}
		s = next
	}
}

// attend waits until s is lost (next is nil) or has a successor. err says why
// s was lost; nil where it was hung up after its successor had delivered.
func (c *Conn) attend(ctx context.Context, s *session) (next *session, err error) {
	age := newTimer(c.opt.MaxAge)
	defer age.Stop()
	for attempt := 1; ; attempt++ {
		select {
		case <-ctx.Done():
			s.hangUp(ctx.Err())
			return nil, <-s.done
		case err := <-s.done:
			return nil, err
		case <-age.C:
		}
		next, err := c.open(ctx)
		if err != nil {
			c.count(func(st *Stats) { st.Failures++ })
			age.Reset(c.opt.wait(attempt) + c.opt.WaitMin)
			continue
		}
		select {
		case <-ctx.Done():
			next.hangUp(ctx.Err())
			<-next.done
			s.hangUp(ctx.Err())
			return nil, <-s.done
		case <-next.alive:
			s.hangUp(errors.New("replaced"))
			<-s.done
			return next, nil
		case err := <-s.done:
			return next, err
		case <-next.done:
			c.count(func(st *Stats) { st.Disconnects++ })
			age.Reset(c.opt.wait(attempt) + c.opt.WaitMin)
		}
	}
}

func (c *Conn) setCurrent(s *session) {
	c.mu.Lock()
	c.current = s
	c.mu.Unlock()
}

func (c *Conn) count(f func(*Stats)) {
	c.mu.Lock()
	f(&c.stats)
	c.mu.Unlock()
}

// open dials and starts a session.
func (c *Conn) open(ctx context.Context) (*session, error) {
	mode := websocket.CompressionDisabled
	if c.opt.Compress {
		mode = websocket.CompressionContextTakeover
	}
	dialCtx, cancel := context.WithTimeout(ctx, c.opt.DialTimeout)
	defer cancel()
	ws, response, err := websocket.Dial(dialCtx, c.opt.URL, &websocket.DialOptions{HTTPClient: c.opt.HTTP, CompressionMode: mode})
	if err != nil {
		if response != nil && response.StatusCode != http.StatusSwitchingProtocols {
			err = &RefusedError{Status: response.StatusCode, After: retryAfter(response.Header)}
		}
		return nil, fmt.Errorf("cannot connect to %q: %w", c.opt.URL, err)
	}
	ws.SetReadLimit(c.opt.ReadLimit)
	c.count(func(st *Stats) { st.Connects++ })
	return c.start(ws), nil
}

func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// newTimer returns a timer that, for d <= 0, never fires.
func newTimer(d time.Duration) *time.Timer {
	if d <= 0 {
		t := time.NewTimer(time.Hour)
		t.Stop()
		return t
	}
	return time.NewTimer(d)
}
