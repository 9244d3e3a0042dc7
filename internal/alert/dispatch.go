package alert

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"halcyon/market"
)

// Message is a firing with a picture of its map.
type Message struct {
	Firing
	// Picture is a PNG; nil where none could be drawn.
	Picture []byte
}

// Channel is a way to somebody who is not on the page. Send returns nil once
// the message was taken. The error wraps ErrRefused where trying again is no
// use, or is a *RetryError that says when to; it names no address and no token.
type Channel interface {
	Name() string
	Send(ctx context.Context, m Message) error
}

// ErrRefused: the receiver will not take this message.
var ErrRefused = errors.New("refused")

// RetryError asks to try again after a while.
type RetryError struct {
	After time.Duration
}

// Error implements error.
func (e *RetryError) Error() string { return fmt.Sprintf("asked to try again in %v", e.After) }

// How deliveries are tried.
const (
	queueLength  = 64
	mostAttempts = 6
	sendTimeout  = 20 * time.Second
	longestWait  = 5 * time.Minute
)

// DispatchOptions configure a Dispatcher.
type DispatchOptions struct {
	Channels []Channel
	// Picture draws the map of an instrument as PNG. Default: no picture.
	Picture func(ctx context.Context, id market.InstrumentID) ([]byte, error)
	// Failed is told of what was not delivered. Required.
	Failed func(error)
	// FirstWait is the wait before the second attempt; it doubles. Default 1 s.
	FirstWait time.Duration
}

// Dispatcher delivers firings through channels, each at its own pace.
type Dispatcher struct {
	opt    DispatchOptions
	intake chan Firing
	queues []chan Message
}

// NewDispatcher returns a dispatcher; Run delivers.
func NewDispatcher(opt DispatchOptions) *Dispatcher {
	if opt.FirstWait == 0 {
		opt.FirstWait = time.Second
	}
	d := &Dispatcher{opt: opt, intake: make(chan Firing, queueLength)}
	for range opt.Channels {
		d.queues = append(d.queues, make(chan Message, queueLength))
	}
	return d
}

// Channels returns the names of the channels.
func (d *Dispatcher) Channels() []string {
	names := []string{}
	for _, c := range d.opt.Channels {
		names = append(names, c.Name())
	}
	return names
}

// Deliver takes a firing and returns at once. Where too many wait, it is told
// as failed instead.
func (d *Dispatcher) Deliver(f Firing) {
	if len(d.opt.Channels) == 0 {
		return
	}
	select {
	case d.intake <- f:
	default:
		d.opt.Failed(fmt.Errorf("alert %q was not delivered: %d are waiting already", f.Title, queueLength))
	}
}

// Run delivers until ctx is done.
func (d *Dispatcher) Run(ctx context.Context) {
	var group sync.WaitGroup
	defer group.Wait()
	for i, c := range d.opt.Channels {
		group.Go(func() { d.drain(ctx, c, d.queues[i]) })
	}
	for {
		select {
		case <-ctx.Done():
			return
		case f := <-d.intake:
			d.spread(ctx, f)
		}
	}
}

// spread draws the picture once, and queues the message for every channel.
func (d *Dispatcher) spread(ctx context.Context, f Firing) {
	m := Message{Firing: f}
	if d.opt.Picture != nil {
		picture, err := d.opt.Picture(ctx, market.InstrumentID{Venue: market.Venue(f.Venue), Symbol: f.Symbol})
		if err != nil {
			d.opt.Failed(fmt.Errorf("cannot draw the picture of alert %q: %w", f.Title, err))
		}
		m.Picture = picture
	}
	for i, q := range d.queues {
		select {
		case q <- m:
		default:
			d.opt.Failed(fmt.Errorf("alert %q was not delivered by %s: %d are waiting already", f.Title, d.opt.Channels[i].Name(), queueLength))
		}
	}
}

func (d *Dispatcher) drain(ctx context.Context, c Channel, queue <-chan Message) {
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-queue:
			if err := d.send(ctx, c, m); err != nil && ctx.Err() == nil {
				d.opt.Failed(fmt.Errorf("alert %q was not delivered by %s: %w", m.Title, c.Name(), err))
			}
		}
	}
}

// send tries until the message is taken or refused, or often enough.
func (d *Dispatcher) send(ctx context.Context, c Channel, m Message) error {
	wait := d.opt.FirstWait
	for attempt := 1; ; attempt++ {
		err := d.attempt(ctx, c, m)
		if err == nil || errors.Is(err, ErrRefused) || attempt == mostAttempts {
			return err
		}
		pause := wait
		var retry *RetryError
		if errors.As(err, &retry) {
			pause = max(wait, retry.After)
		}
		wait *= 2
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(pause, longestWait)):
		}
	}
}

func (d *Dispatcher) attempt(ctx context.Context, c Channel, m Message) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	err := c.Send(ctx, m)
	// net/http names the address in its errors, and tokens are part of addresses.
	var named *url.Error
	if errors.As(err, &named) {
		return named.Err
	}
	return err
}
