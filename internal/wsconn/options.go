package wsconn

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"
)

// Options describe a connection. URL and Open are required.
type Options struct {
	// URL is the address: ws, wss, http or https.
	URL string
	// HTTP opens the connection. Default: http.DefaultClient.
	HTTP *http.Client
	// Compress offers permessage-deflate. Default false.
	Compress bool
	// Greet is sent once after connecting, as text: the subscriptions.
	Greet [][]byte
	// GreetEvery is the pause between two of them, for venues that count
	// messages. Default 0.
	GreetEvery time.Duration
	// Ping is a text message sent every PingEvery, for venues that want to hear
	// from their clients; without one, a ping of the websocket protocol is sent,
	// and a pong awaited. Default of PingEvery: neither. Pings of the websocket
	// protocol are answered always.
	Ping      []byte
	PingEvery time.Duration
	// DialTimeout bounds connecting, handshake included. Default 10 s.
	DialTimeout time.Duration
	// Silence is the longest time without a frame that Session.Frame calls
	// data; then the connection is dead. Default 30 s.
	Silence time.Duration
	// MaxAge is when a connection is replaced. Default: never.
	MaxAge time.Duration
	// WaitMin and WaitMax bound the waits between attempts: the n-th in a row
	// waits a random part of WaitMin·2ⁿ, at most WaitMax, but at least a tenth
	// of WaitMin. Default 1 s and 60 s.
	WaitMin, WaitMax time.Duration
	// Settled is how long a connection must have delivered before its loss
	// counts as the first in a row. Default 30 s.
	Settled time.Duration
	// Jitter returns a number in [0, 1). Default: random.
	Jitter func() float64
	// ReadLimit is the longest message that is read, in bytes. Default 16 MiB.
	ReadLimit int64

	// Open is called when a connection stands and returns what takes its
	// frames.
	Open func() Session
	// Greeted, where set, is called when the whole of Greet has been sent.
	Greeted func()
	// Down, where set, is called when no connection stands any more, or an
	// attempt failed: why, and how long until the next attempt.
	Down func(err error, wait time.Duration)
}

// Session takes the frames of one connection.
type Session interface {
	// Frame takes one message; it is valid during the call only. recv is the
	// moment at which it was complete. data says whether it shows that the
	// feed is alive; acknowledgements and heartbeats do not.
	Frame(recv time.Time, frame []byte) (data bool)
}

func (o Options) withDefaults() Options {
	setDefault(&o.DialTimeout, 10*time.Second)
	setDefault(&o.Silence, 30*time.Second)
	setDefault(&o.WaitMin, time.Second)
	setDefault(&o.WaitMax, time.Minute)
	setDefault(&o.Settled, 30*time.Second)
	setDefault(&o.ReadLimit, 16<<20)
	if o.HTTP == nil {
		o.HTTP = http.DefaultClient
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	if o.Greeted == nil {
		o.Greeted = func() {}
	}
	if o.Down == nil {
		o.Down = func(error, time.Duration) {}
	}
	return o
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// wait returns how long to wait before the attempt after n failures in a row,
// n >= 1: full jitter, as in "Exponential Backoff and Jitter" (AWS
// Architecture Blog, 2015), with a floor so that it never hammers.
func (o Options) wait(n int) time.Duration {
	most := o.WaitMax
	if n < 32 && o.WaitMin<<(n-1) < o.WaitMax && o.WaitMin<<(n-1) > 0 {
		most = o.WaitMin << (n - 1)
	}
	return max(o.WaitMin/10, time.Duration(o.Jitter()*float64(most)))
}

// Stats is what a connection has seen since it was made.
type Stats struct {
	// Frames and Bytes count messages after decompression.
	Frames, Bytes int64
	// Connects and Disconnects count websockets that stood and that were lost;
	// Renewals those that were replaced on purpose. Failures are attempts that
	// came to nothing.
	Connects, Disconnects, Renewals, Failures int64
}

// RefusedError is a handshake that the server answered with something else.
type RefusedError struct {
	// Status is the HTTP status.
	Status int
	// After is how long the server asks to wait, 0 where it does not say.
	After time.Duration
}

// Error implements error.
func (e *RefusedError) Error() string {
	s := fmt.Sprintf("the server answered %d %s", e.Status, http.StatusText(e.Status))
	if e.After > 0 {
		s += fmt.Sprintf(", retry after %s", e.After)
	}
	return s
}
