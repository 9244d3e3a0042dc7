package exchange

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// client is one websocket. topics is guarded by the Exchange's lock.
type client struct {
	x      *Exchange
	id     string
	ws     *websocket.Conn
	raw    net.Conn
	topics map[string]bool
	queue  chan outgoing
	cut    context.CancelFunc
	rules  rules
	path   string
	alive  sync.WaitGroup
}

type outgoing struct {
	frame []byte
	data  bool
}

// rules are what a venue asks of a connection; zero for nothing.
type rules struct {
	// pingEvery is how often the server pings, by the websocket protocol, and
	// hangs up when there is no pong within pongWithin.
	pingEvery, pongWithin time.Duration
	// hear is the longest time without a word or a ping from the client.
	hear time.Duration
	// age is how old a connection gets.
	age time.Duration
}

// accept serves a websocket until it ends.
func (x *Exchange) accept(w http.ResponseWriter, r *http.Request, rules rules) {
	heard := make(chan struct{}, 1)
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{CompressionMode: websocket.CompressionContextTakeover,
		OnPingReceived: func(context.Context, []byte) bool { note(heard); return true }})
	if err != nil {
		return
	}
	ctx, cut := context.WithCancel(context.Background())
	c := &client{x: x, ws: ws, topics: map[string]bool{}, queue: make(chan outgoing, 1<<15), cut: cut, rules: rules, path: r.URL.RequestURI()}
	c.raw, _ = r.Context().Value(rawConn{}).(net.Conn)
	x.mu.Lock()
	x.names++
	c.id = fmt.Sprintf("conn-%d", x.names)
	x.clients[c] = true
	x.talks.Add(1)
	x.dialect.hello(x, c)
	x.mu.Unlock()
	c.alive.Go(func() { c.write(ctx) })
	c.alive.Go(func() { c.watch(ctx, heard) })
	c.read(heard)
	cut()
	ws.CloseNow()
	c.alive.Wait()
	x.mu.Lock()
	delete(x.clients, c)
	x.mu.Unlock()
	x.talks.Done()
}

// cutAll ends every websocket; the lock is held.
func (x *Exchange) cutAll() {
	for c := range x.clients {
		c.cut()
	}
}

// read hears the client out.
func (c *client) read(heard chan<- struct{}) {
	for {
		_, b, err := c.ws.Read(context.Background())
		if err != nil {
			return
		}
		note(heard)
		c.x.mu.Lock()
		c.x.dialect.heard(c.x, c, b)
		c.x.mu.Unlock()
	}
}

// note notes that a client was heard, if that is not noted already.
func note(heard chan<- struct{}) {
	select {
	case heard <- struct{}{}:
	default:
	}
}

// watch holds the client to the rules, and hangs up when ctx ends.
func (c *client) watch(ctx context.Context, heard <-chan struct{}) {
	defer c.ws.CloseNow()
	never := 1000 * time.Hour
	age := time.NewTimer(choose(c.rules.age > 0, c.rules.age, never))
	quiet := time.NewTimer(choose(c.rules.hear > 0, c.rules.hear, never))
	ping := time.NewTicker(choose(c.rules.pingEvery > 0, c.rules.pingEvery, never))
	defer age.Stop()
	defer quiet.Stop()
	defer ping.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-age.C:
			return
		case <-quiet.C:
			return
		case <-heard:
			quiet.Reset(choose(c.rules.hear > 0, c.rules.hear, never))
		case <-ping.C:
			pong, cancel := context.WithTimeout(ctx, c.rules.pongWithin)
			err := c.ws.Ping(pong)
			cancel()
			if err != nil {
				return
			}
		}
	}
}

// send queues a frame; a client that does not keep up is hung up on.
func (c *client) send(frame []byte, data bool) {
	select {
	case c.queue <- outgoing{frame, data}:
	default:
		c.cut()
	}
}

// reply queues an answer.
func (c *client) reply(v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	c.send(b, false)
}

// write sends what is queued, and lets faults happen to it.
func (c *client) write(ctx context.Context) {
	var late []byte
	for n := 0; ; n++ {
		var o outgoing
		select {
		case <-ctx.Done():
			return
		case o = <-c.queue:
		}
		var f fate
		if o.data {
			f = c.x.decide()
		}
		if f.delay > 0 {
			time.Sleep(f.delay)
		}
		if f.lost {
			continue
		}
		if f.later && late == nil {
			late = o.frame
			continue
		}
		if f.half && c.raw != nil {
			// A text frame of 400 bytes, of which 20 come.
			c.raw.SetWriteDeadline(time.Now().Add(pause))
			c.raw.Write(append([]byte{0x81, 126, 1, 144}, `{"stream":"btcusdt@a`...))
			c.raw.Close()
			c.cut()
			return
		}
		frames := [][]byte{o.frame}
		if f.twice {
			frames = append(frames, o.frame)
		}
		if f.garbage {
			frames = append(frames, []byte(nonsense[n%len(nonsense)]))
		}
		if o.data && late != nil {
			frames, late = append(frames, late), nil
		}
		for _, b := range frames {
			if c.put(ctx, b) != nil {
				c.cut()
				return
			}
		}
	}
}

func (c *client) put(ctx context.Context, b []byte) error {
	ctx, cancel := context.WithTimeout(ctx, pause)
	defer cancel()
	return c.ws.Write(ctx, websocket.MessageText, b)
}
