package wsconn

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
)

// pipes is a network of one address inside the process, whose waits a test's
// clock can see.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.done); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.conns <- far:
		return near, nil
	case <-p.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// rig is a connection under test and what it told.
type rig struct {
	t      *testing.T
	conn   *Conn
	log    []string
	start  time.Time
	dials  atomic.Int64
	cancel context.CancelFunc
	ended  chan struct{}
}

func (r *rig) note(format string, args ...any) {
	r.log = append(r.log, fmt.Sprintf("%s ", time.Since(r.start).Round(time.Millisecond))+fmt.Sprintf(format, args...))
}

type recorder struct{ r *rig }

func (h recorder) Frame(_ time.Time, frame []byte) bool {
	if string(frame) == "pong" {
		return false
	}
	h.r.note("frame %s", frame)
	return true
}

// run serves handler, n being the number of the dial from 1, and connects to
// it until the test's function returns.
func run(t *testing.T, opt Options, handler func(n int64, ws *websocket.Conn), test func(r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t: t, start: time.Now(), ended: make(chan struct{})}
		network := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			n := r.dials.Add(1)
			if handler == nil {
				w.Header().Set("Retry-After", "17")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			ws, err := websocket.Accept(w, q, nil)
			if err != nil {
				t.Error(err)
				return
			}
			handler(n, ws)
			ws.CloseNow()
		})}
		go server.Serve(network)
		transport := &http.Transport{DialContext: network.dial}
		opt.URL, opt.HTTP = "http://venue/", &http.Client{Transport: transport}
		opt.Open = func() Session { return recorder{r} }
		opt.Down = func(err error, wait time.Duration) {
			if errors.Is(err, io.EOF) {
				err = io.EOF
			}
			r.note("down (%v) wait %s", err, wait)
		}
		if opt.Jitter == nil {
			opt.Jitter = func() float64 { return .999999 }
		}
		r.conn = New(opt)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { r.conn.Run(ctx); close(r.ended) }()
		test(r)
		cancel()
		<-r.ended
		transport.CloseIdleConnections()
		server.Close()
		time.Sleep(3 * time.Hour) // handlers find out and return
		synctest.Wait()
	})
}

func send(ws *websocket.Conn, text string) error {
	return ws.Write(context.Background(), websocket.MessageText, []byte(text))
}

func (r *rig) want(lines ...string) {
	r.t.Helper()
	synctest.Wait()
	if got := strings.Join(r.log, "\n"); got != strings.Join(lines, "\n") {
		r.t.Errorf("log:\n%s\nwant:\n%s", got, strings.Join(lines, "\n"))
	}
}

func TestGreetsAndPings(t *testing.T) {
	var heard []string
	opt := Options{Greet: [][]byte{[]byte("a"), []byte("b")}, GreetEvery: time.Second, Ping: []byte("ping"), PingEvery: 5 * time.Second}
	run(t, opt, func(_ int64, ws *websocket.Conn) {
		start := time.Now()
		for {
			_, b, err := ws.Read(context.Background())
			if err != nil {
				return
			}
			heard = append(heard, fmt.Sprint(time.Since(start), " ", string(b)))
			if string(b) == "ping" {
				send(ws, "pong")
			}
			send(ws, "x")
		}
	}, func(r *rig) {
		time.Sleep(12 * time.Second)
		r.want("0s frame x", "1s frame x", "6s frame x", "11s frame x")
		if got := strings.Join(heard, ", "); got != "0s a, 1s b, 6s ping, 11s ping" {
			t.Errorf("the server heard %s", got)
		}
	})
}

// TestPingsByProtocol: without a text of the venue's own the websocket
// protocol's pings are sent, and a server that never answers is dead.
func TestPingsByProtocol(t *testing.T) {
	run(t, Options{PingEvery: 5 * time.Second, DialTimeout: 2 * time.Second, Silence: time.Minute}, func(n int64, ws *websocket.Conn) {
		send(ws, fmt.Sprint(n))
		if n == 2 {
			ws.Read(context.Background()) // reading answers pings
			return
		}
		time.Sleep(time.Hour)
	}, func(r *rig) {
		time.Sleep(30 * time.Second)
		if got := r.conn.Stats(); got.Connects != 2 || got.Disconnects != 1 {
			t.Errorf("stats %+v: want the first connection dead after 7 s, the second alive", got)
		}
	})
}

func TestSilenceIsDeath(t *testing.T) {
	run(t, Options{Silence: 10 * time.Second}, func(n int64, ws *websocket.Conn) {
		send(ws, fmt.Sprint(n))
		for range 100 {
			time.Sleep(3 * time.Second)
			if send(ws, "pong") != nil { // alive, but no data
				return
			}
		}
	}, func(r *rig) {
		time.Sleep(15 * time.Second)
		r.want("0s frame 1", "10s down (no data for 10s) wait 999.999ms", "11s frame 2")
		if st := r.conn.Stats(); st.Connects != 2 || st.Disconnects != 1 {
			t.Errorf("stats %+v", st)
		}
	})
}

// TestWaitsGrowAndAreCapped: attempts in a row wait up to twice as long each.
func TestWaitsGrowAndAreCapped(t *testing.T) {
	opt := Options{}.withDefaults()
	opt.Jitter = func() float64 { return .5 }
	for n, want := range map[int]time.Duration{1: 500 * time.Millisecond, 2: time.Second, 6: 16 * time.Second, 7: 30 * time.Second, 40: 30 * time.Second, 1000: 30 * time.Second} {
		if got := opt.wait(n); got != want {
			t.Errorf("wait(%d) = %s, want %s", n, got, want)
		}
	}
	opt.Jitter = func() float64 { return 0 }
	if got := opt.wait(1); got != 100*time.Millisecond {
		t.Errorf("the least wait is %s, want 100ms", got)
	}
}

// TestFlappingBacksOff: a connection that is lost at once counts as a failure
// although it stood; one that had settled starts over.
func TestFlappingBacksOff(t *testing.T) {
	run(t, Options{Settled: 20 * time.Second}, func(n int64, ws *websocket.Conn) {
		send(ws, fmt.Sprint(n))
		if n == 3 {
			time.Sleep(25 * time.Second)
		}
	}, func(r *rig) {
		time.Sleep(30 * time.Second)
		synctest.Wait()
		var waits []string
		for _, l := range r.log {
			if _, w, ok := strings.Cut(l, "wait "); ok {
				waits = append(waits, w)
			}
		}
		if got := strings.Join(waits, " "); !strings.HasPrefix(got, "999.999ms 1.999998s 999.999ms") {
			t.Errorf("waits %s", got)
		}
	})
}

func TestRefusalIsHonoured(t *testing.T) {
	run(t, Options{}, nil, func(r *rig) {
		time.Sleep(16 * time.Second)
		r.want(`0s down (cannot connect to "http://venue/": the server answered 429 Too Many Requests, retry after 17s) wait 17s`)
		if n := r.dials.Load(); n != 1 {
			t.Errorf("%d dials within the time that was asked for", n)
		}
	})
}

// TestRenewalLosesNothing: the old connection delivers until the new one does.
func TestRenewalLosesNothing(t *testing.T) {
	run(t, Options{MaxAge: time.Minute}, func(n int64, ws *websocket.Conn) {
		if n == 2 {
			time.Sleep(1500 * time.Millisecond) // slow to begin
		}
		for i := 0; ; i++ {
			if send(ws, fmt.Sprint(n, "/", i)) != nil {
				return
			}
			time.Sleep(25 * time.Second)
		}
	}, func(r *rig) {
		time.Sleep(80 * time.Second)
		r.want("0s frame 1/0", "25s frame 1/1", "50s frame 1/2", "1m1.5s frame 2/0")
		if st := r.conn.Stats(); st.Renewals != 1 || st.Disconnects != 0 {
			t.Errorf("stats %+v", st)
		}
	})
}

// TestLossDuringRenewalIsTold: the old connection dies before the new one has
// delivered, so that something is missing.
func TestLossDuringRenewalIsTold(t *testing.T) {
	run(t, Options{MaxAge: time.Minute, Silence: time.Hour}, func(n int64, ws *websocket.Conn) {
		if n == 1 {
			send(ws, "1")
			time.Sleep(65 * time.Second)
			return
		}
		time.Sleep(10 * time.Second)
		send(ws, "2")
		time.Sleep(time.Hour)
	}, func(r *rig) {
		time.Sleep(80 * time.Second)
		synctest.Wait()
		if len(r.log) != 3 || !strings.Contains(r.log[1], "1m5s down") || r.log[2] != "1m10s frame 2" {
			t.Errorf("log %q", r.log)
		}
	})
}

func TestDropReconnects(t *testing.T) {
	run(t, Options{}, func(n int64, ws *websocket.Conn) {
		send(ws, fmt.Sprint(n))
		time.Sleep(time.Hour)
	}, func(r *rig) {
		time.Sleep(time.Second)
		r.conn.Drop(errors.New("a stream is dark"))
		time.Sleep(2 * time.Second)
		r.want("0s frame 1", "1s down (a stream is dark) wait 999.999ms", "2s frame 2")
	})
}
