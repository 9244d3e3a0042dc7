package wsconn

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// session is one websocket from handshake to loss. Two goroutines serve it:
// one reads, one greets and sends heartbeats; done is sent after both ended.
type session struct {
	ws    *websocket.Conn
	alive chan struct{} // closed with the first data
	done  chan error    // why it ended, once

	mu    sync.Mutex
	why   error     // the first reason to hang up
	since time.Time // of the first data
}

func (c *Conn) start(ws *websocket.Conn) *session {
	s := &session{ws: ws, alive: make(chan struct{}), done: make(chan error, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	var talking sync.WaitGroup
	talking.Go(func() {
		if err := c.talk(ctx, s); err != nil && ctx.Err() == nil {
			s.hangUp(err)
		}
	})
	go func() {
		err := c.listen(s)
		cancel()
		s.hangUp(err)
		talking.Wait()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.done <- s.why
	}()
	return s
}

// hangUp ends the session; the first reason given is the one that is told.
func (s *session) hangUp(why error) {
	s.mu.Lock()
	if s.why == nil {
		s.why = why
	}
	s.mu.Unlock()
	s.ws.CloseNow()
}

// settled reports whether the session has delivered for at least d.
func (s *session) settled(d time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.since.IsZero() && time.Since(s.since) >= d
}

// listen reads until the connection ends.
func (c *Conn) listen(s *session) error {
	handler := c.opt.Open()
	silence := time.AfterFunc(c.opt.Silence, func() { s.hangUp(fmt.Errorf("%w for %s", ErrSilent, c.opt.Silence)) })
	defer silence.Stop()
	var buf []byte
	for first := true; ; {
		_, r, err := s.ws.Reader(context.Background())
		if err != nil {
			return err
		}
		if buf, err = readAll(r, buf[:0]); err != nil {
			return err
		}
		recv := time.Now()
		c.count(func(st *Stats) { st.Frames++; st.Bytes += int64(len(buf)) })
		c.calls.Lock()
		data := handler.Frame(recv, buf)
		c.calls.Unlock()
		if !data {
			continue
		}
		silence.Reset(c.opt.Silence)
		if first {
			first = false
			s.mu.Lock()
			s.since = recv
			s.mu.Unlock()
			close(s.alive)
		}
	}
}

// readAll reads r to its end into buf, which it grows where needed.
func readAll(r io.Reader, buf []byte) ([]byte, error) {
	if cap(buf) == 0 {
		buf = make([]byte, 0, 4096)
	}
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return buf, err
		}
	}
}

// talk sends the greeting, then heartbeats.
func (c *Conn) talk(ctx context.Context, s *session) error {
	for i, message := range c.opt.Greet {
		if i > 0 {
			sleep(ctx, c.opt.GreetEvery)
		}
		if err := c.write(ctx, s, message); err != nil {
			return err
		}
	}
	c.calls.Lock()
	c.opt.Greeted()
	c.calls.Unlock()
	if c.opt.PingEvery <= 0 {
		return nil
	}
	ticker := time.NewTicker(c.opt.PingEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if err := c.ping(ctx, s); err != nil {
				return err
			}
		}
	}
}

func (c *Conn) ping(ctx context.Context, s *session) error {
	if c.opt.Ping != nil {
		return c.write(ctx, s, c.opt.Ping)
	}
	ctx, cancel := context.WithTimeout(ctx, c.opt.DialTimeout)
	defer cancel()
	return s.ws.Ping(ctx)
}

func (c *Conn) write(ctx context.Context, s *session, message []byte) error {
	ctx, cancel := context.WithTimeout(ctx, c.opt.DialTimeout)
	defer cancel()
	return s.ws.Write(ctx, websocket.MessageText, message)
}
