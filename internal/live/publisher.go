package live

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"halcyon/internal/eventlog"
	"halcyon/market"
)

// maxMessage bounds a message in trades, so that whatever they are it stays
// below eventlog.MaxBatch.
const maxMessage = 16_000

// publishRetry is the pause after a failed attempt, and publishGrace how long
// the last batch may take once the runner has been stopped.
const (
	publishRetry = 250 * time.Millisecond
	publishGrace = 5 * time.Second
)

// publisher gathers one instrument's events into messages and sees each into
// the log before the next, so that order is kept. While the log is busy the
// next message grows: a slow disk costs delay and not throughput.
type publisher struct {
	id  market.InstrumentID
	log Log
	opt *Options
	// name of the session; message ids are name-1, name-2 …
	name string
	// alive tells whether the instrument's feed is well.
	alive func() bool

	mu      sync.Mutex
	waiting []eventlog.Entry
	// weight is that of waiting and of the message being published.
	weight int
	// dropped spans the events there was no room for; zero if none.
	dropped market.Gap
	// newest is the latest time told, at our clock newestAt; 0 before the first.
	newest   market.UnixMilli
	newestAt time.Time
	// traded is the latest time of a trade in the log's last message, if known.
	traded market.UnixMilli
	// away tells that the events since newest were missed. Where the feed goes on
	// from there by itself, it makes them good or books them.
	away, resumed bool
	// err is why the last attempt failed, "" if it did not.
	err    string
	lag    market.UnixMilli
	events int64
	gaps   int64

	wake chan struct{}

	// batch is the message being published, the sent-th of the session. Until
	// it is acknowledged it stays as it is: its id stands for these entries.
	// Both belong to run.
	batch []eventlog.Entry
	sent  int
}

// weigh is how many trades an event counts for.
func weigh(ev market.Event) int {
	switch ev := ev.(type) {
	case *market.Trades:
		return 1 + ev.Len()
	case market.Gap, market.Lapse:
		return 64
	default:
		return 4
	}
}

// tellsTime reports whether an event moves its instrument's time on; see sequencer.
func tellsTime(ev market.Event) bool {
	switch ev.(type) {
	case *market.Trades, market.MarkPrice, market.Candle:
		return true
	}
	return false
}

// lastTime is the event's time, of trades that of the last.
func lastTime(ev market.Event) market.UnixMilli {
	if t, ok := ev.(*market.Trades); ok && t.Len() > 0 {
		return t.EventTime[t.Len()-1]
	}
	return ev.Time()
}

// emit takes an event from the feed. It never blocks.
func (p *publisher) emit(recv market.UnixMilli, ev market.Event) {
	if t, ok := ev.(*market.Trades); ok {
		if t.Len() == 0 {
			return
		}
		for t.Len() > maxMessage {
			p.emit(recv, t.Slice(0, maxMessage))
			t = t.Slice(maxMessage, t.Len())
		}
		ev = t
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events++
	if tellsTime(ev) {
		if p.away && !p.resumed && p.newest > 0 && ev.Time() > p.newest+1 {
			p.add(recv, market.Gap{From: p.newest + 1, To: ev.Time(), Reason: "Halcyon was not running"})
		}
		p.away = false
		if at := lastTime(ev); at <= recv+maxAhead {
			p.newest, p.newestAt = max(p.newest, at), time.Now()
			p.lag = recv - at
		}
	}
	p.add(recv, ev)
}

// resume returns the time that a feed is to go on from, which then answers for
// what was missed; 0 where there is none.
func (p *publisher) resume() market.UnixMilli {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.away {
		return 0
	}
	p.resumed = true
	return cmp.Or(p.traded, p.newest)
}

// add queues an event, or books it as missing where there is no room.
func (p *publisher) add(recv market.UnixMilli, ev market.Event) {
	w := weigh(ev)
	if p.weight+w > p.opt.Backlog {
		if p.dropped.From == 0 {
			p.dropped = market.Gap{From: ev.Time(), Reason: "the event log did not keep up"}
		}
		p.dropped.From, p.dropped.To = min(p.dropped.From, ev.Time()), max(p.dropped.To, lastTime(ev)+1)
		return
	}
	if p.dropped.From != 0 {
		gap := p.dropped
		p.dropped = market.Gap{}
		p.add(recv, gap)
	}
	if _, ok := ev.(market.Gap); ok {
		p.gaps++
	}
	p.waiting = append(p.waiting, eventlog.Entry{Recv: recv, Event: ev})
	p.weight += w
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// run publishes until ctx is done and then what is left.
func (p *publisher) run(ctx context.Context) {
	pulse := time.NewTicker(max(p.opt.Silence/4, time.Millisecond))
	defer pulse.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), publishGrace)
			defer cancel()
			p.drain(last)
			return
		case <-pulse.C:
			p.beat()
			continue
		case <-p.wake:
		}
		// What arrives meanwhile goes with it.
		select {
		case <-ctx.Done():
		case <-time.After(p.opt.BatchTime):
		}
		p.drain(ctx)
	}
}

// drain publishes all that waits, in messages of bounded size.
func (p *publisher) drain(ctx context.Context) {
	for {
		if p.batch == nil {
			p.batch = p.next()
		}
		if p.batch == nil {
			return
		}
		for !p.publish(ctx, fmt.Sprintf("%s-%d", p.name, p.sent+1), p.batch) {
			select {
			case <-ctx.Done():
				return
			case <-time.After(publishRetry):
			}
		}
		p.batch, p.sent = nil, p.sent+1
	}
}

// next takes the next message's entries out of the queue, nil if there are none.
func (p *publisher) next() (batch []eventlog.Entry) {
	p.mu.Lock()
	defer p.mu.Unlock()
	weight := 0
	for len(batch) < len(p.waiting) {
		w := weigh(p.waiting[len(batch)].Event)
		if len(batch) > 0 && weight+w > maxMessage {
			break
		}
		weight += w
		batch = p.waiting[: len(batch)+1 : len(batch)+1]
	}
	p.waiting = p.waiting[len(batch):]
	if len(p.waiting) == 0 {
		p.waiting = nil
	}
	return batch
}

func (p *publisher) publish(ctx context.Context, messageID string, batch []eventlog.Entry) bool {
	_, err := p.log.Publish(ctx, p.id, messageID, batch)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.err = err.Error()
		return false
	}
	p.err = ""
	for _, x := range batch {
		p.weight -= weigh(x.Event)
	}
	return true
}

// beat tells the time of an instrument that is silent although its feed is
// well: as much later as our clock has gone on.
func (p *publisher) beat() {
	if !p.silent() || !p.alive() {
		return
	}
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.newest += market.UnixMilli(now.Sub(p.newestAt).Milliseconds())
	p.newestAt = now
	p.add(market.UnixMilli(now.UnixMilli()), eventlog.Heartbeat{EventTime: p.newest})
}

// silent reports whether the instrument has said nothing for a while.
func (p *publisher) silent() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.newest > 0 && !p.away && time.Since(p.newestAt) >= p.opt.Silence
}
