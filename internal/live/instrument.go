package live

import (
	"context"
	"fmt"
	"time"

	"halcyon/engine"
	"halcyon/heatmap"
	"halcyon/internal/eventlog"
	"halcyon/market"
)

// instrument is all that one instrument is made of behind the log. Its run
// goroutine owns it.
type instrument struct {
	listing market.Listing
	id      market.InstrumentID
	opt     *Options
	model   string
	status  *status

	engine *engine.Engine
	order  sequencer
	// seq is the last message taken in.
	seq uint64
	// replaced tells that the checkpoint is of another log, and nothing has come
	// of this one yet: what lies between is lost.
	replaced bool
	// cut, unsaved and known: see checkpoint.
	cut     market.UnixMilli
	unsaved market.EventSet
	known   market.UnixMilli
	// full are finished days that are not stored yet, newest the last snapshot
	// of the day under way, with columns up to until.
	full   []*heatmap.Day
	newest *heatmap.Day
	until  market.UnixMilli
	// again takes requests to draw anew.
	again chan chan error
	// direct makes days go to the store at once; it is set while history is
	// drawn, which would fill memory otherwise.
	direct bool
}

func newInstrument(listing market.Listing, opt *Options, st *status) (*instrument, error) {
	model, err := modelOf(listing, opt.Engine(listing))
	if err != nil {
		return nil, err
	}
	in := &instrument{listing: listing, id: listing.InstrumentID, opt: opt, model: model, status: st}
	in.order.lateness = opt.Lateness
	in.engine, err = engine.New(listing, opt.Engine(listing), in)
	return in, err
}

// PutMap implements engine.Sink: it keeps a day for the saver and shows it.
func (in *instrument) PutMap(ctx context.Context, id market.InstrumentID, d *heatmap.Day) error {
	if in.direct {
		return in.opt.Store.PutMap(ctx, id, d)
	}
	in.opt.Maps.put(id, d)
	view := *d
	if n := len(d.Levels[0].Columns); n > 0 && (d.Levels[0].Columns[n-1].Bucket+1).Start(heatmap.BaseBucket) == d.Start+market.Day {
		in.full, in.newest = append(in.full, &view), nil
		return nil
	}
	in.newest = &view
	return nil
}

// apply gives the engine the next event in order, and keeps it for the lake.
func (in *instrument) apply(ctx context.Context) func(market.Event) error {
	return func(ev market.Event) error {
		in.unsaved.Add(ev)
		return in.engine.Apply(ctx, ev)
	}
}

// message takes in the next message of the log.
func (in *instrument) message(ctx context.Context, m eventlog.Message) error {
	if in.seq > 0 && m.Prev > in.seq || in.replaced {
		m.Entries = append(in.lostBefore(m), m.Entries...)
		in.replaced = false
	}
	apply := in.apply(ctx)
	for _, x := range m.Entries {
		if x, ok := in.unknown(x); ok {
			if err := in.order.take(x, apply); err != nil {
				return err
			}
		}
	}
	if err := in.order.release(apply); err != nil {
		return err
	}
	if err := in.engine.Advance(ctx, in.order.known()); err != nil {
		return err
	}
	in.seq = m.Seq
	if in.engine.Until() != in.until {
		in.until = in.engine.Until()
		if err := in.engine.Flush(ctx); err != nil {
			return err
		}
		in.opt.OnColumn(in.id, in.until)
	}
	in.status.took(m, in.until, in.order.late)
	return nil
}

// unknown returns the part of an entry that the engine has not been given from
// the lake; ok is false where that is nothing. The rest goes to the lake alone,
// which knows most of it, for its last writing may have broken off.
func (in *instrument) unknown(x eventlog.Entry) (rest eventlog.Entry, ok bool) {
	if x.Event.Time() >= in.known {
		return x, true
	}
	t, ok := x.Event.(*market.Trades)
	if !ok {
		in.unsaved.Add(x.Event)
		return x, false
	}
	var old, young market.Trades
	for i, at := range t.EventTime {
		to := &young
		if at < in.known {
			to = &old
		}
		to.Append(at, t.LastPrice[i], t.Size[i], t.Taker[i])
	}
	in.unsaved.Add(&old)
	return eventlog.Entry{Recv: x.Recv, Event: &young}, young.Len() > 0
}

// lostBefore is the gap that the log left between what the checkpoint holds
// and message m.
func (in *instrument) lostBefore(m eventlog.Message) []eventlog.Entry {
	for _, x := range m.Entries {
		if tellsTime(x.Event) && in.until > 0 && x.Event.Time() > in.order.watermark {
			return []eventlog.Entry{{Recv: x.Recv, Event: market.Gap{
				From: max(in.until, in.order.watermark), To: x.Event.Time(), Reason: "the event log no longer held it"}}}
		}
	}
	return nil
}

// saveGrace is how long the last save may take once the runner is stopped.
const saveGrace = time.Minute

// run takes in messages and saves now and then, until ctx is done; then it
// saves all it has. On an error it saves nothing more: the last checkpoint is
// still good.
func (in *instrument) run(ctx context.Context) error {
	if err := in.restore(ctx); err != nil {
		return fmt.Errorf("cannot restore %q: %w", in.id.String(), err)
	}
	in.status.restored(in.until)
	messages := make(chan eventlog.Message)
	follow, stop := context.WithCancel(ctx)
	defer stop()
	followed := make(chan error, 1)
	go func() {
		followed <- in.opt.Log.Follow(follow, in.id, in.seq, func(m eventlog.Message) error {
			select {
			case messages <- m:
			case <-follow.Done():
			}
			return nil
		})
	}()
	s := newSaver(in)
	defer s.stop()
	for {
		select {
		case m := <-messages:
			if err := in.message(ctx, m); err != nil {
				return fmt.Errorf("cannot run %q: %w", in.id.String(), err)
			}
			if len(in.full) > 0 {
				s.hurry()
			}
		case drawn := <-in.again:
			err := in.drawAnew(ctx, s)
			drawn <- err
			if err != nil {
				return fmt.Errorf("cannot redraw %q: %w", in.id.String(), err)
			}
		case <-s.due():
			if err := s.begin(ctx); err != nil {
				return err
			}
		case err := <-s.done:
			s.finished(err)
		case err := <-followed:
			if err != nil {
				return err
			}
			// ctx is done. A message that was handed over but not taken in is
			// still in the log.
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveGrace)
			defer cancel()
			return s.last(last)
		}
	}
}
