package live

import (
	"context"
	"fmt"
	"slices"
	"time"

	"halcyon/heatmap"
	"halcyon/internal/eventlog"
	"halcyon/market"
)

// settle is how much older than the watermark events are when they go to the
// lake, so that late ones of the same millisecond go together with them: the
// lake's merge takes equal trades of one millisecond from two writings for one.
const settle = market.Minute

// costShare is how many times longer than the writing the pause after it is at
// least.
const costShare = 20

// saveRetry is the pause after a failed save.
const saveRetry = 5 * time.Second

// save is one writing. Its parts are written in order, each after the one
// before: events, finished days, the newest day, and what rests on them.
type save struct {
	events     market.EventSet
	full       []*heatmap.Day
	newest     *heatmap.Day
	checkpoint []byte
}

// saver writes an instrument's events, days and checkpoints, one save at a
// time, beside the goroutine that owns the instrument.
type saver struct {
	in     *instrument
	timer  *time.Timer
	done   chan error
	cancel context.CancelFunc

	// busy is the save under way, nil if none.
	busy *save
	// flushAt is when the next save takes events and a checkpoint too.
	flushAt, begun time.Time
	urgent         bool
	// newest and seq are what the saves so far hold.
	newest *heatmap.Day
	seq    uint64
}

func newSaver(in *instrument) *saver {
	// Instruments that start together do not save together.
	var spread time.Duration
	for _, b := range []byte(in.id.String()) {
		spread = (spread*31 + time.Duration(b)) % 997
	}
	first := in.opt.MapEvery * (500 + spread) / 1000
	return &saver{
		in: in, timer: time.NewTimer(first), done: make(chan error, 1), cancel: func() {},
		flushAt: time.Now().Add(in.opt.FlushEvery * (500 + spread) / 1000),
	}
}

// due fires when it is time for begin.
func (s *saver) due() <-chan time.Time { return s.timer.C }

// hurry makes the next save begin now: a day is finished.
func (s *saver) hurry() {
	if s.busy == nil && !s.urgent {
		s.urgent = true
		s.timer.Reset(0)
	}
}

// begin starts the next save, if there is anything to write.
func (s *saver) begin(ctx context.Context) error {
	if s.busy != nil {
		return nil
	}
	flush := s.urgent || !time.Now().Before(s.flushAt)
	job, err := s.take(flush, s.in.order.watermark-settle)
	if err != nil {
		return err
	}
	s.urgent, s.begun = false, time.Now()
	if flush {
		s.flushAt = s.begun.Add(s.in.opt.FlushEvery)
	}
	s.busy = job
	// A stop waits for the save under way, for a while: see last.
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.cancel = cancel
	go func() { s.done <- s.in.write(run, job) }()
	return nil
}

// take makes a save of what there is: the newest map alone or, to flush, also
// the events before cut and a checkpoint.
func (s *saver) take(flush bool, cut market.UnixMilli) (*save, error) {
	in := s.in
	job := &save{full: in.full}
	in.full = nil
	if in.newest != s.newest {
		job.newest, s.newest = in.newest, in.newest
	}
	if !flush || in.seq == s.seq && cut <= in.cut {
		return job, nil
	}
	s.seq = in.seq
	in.cut = max(in.cut, cut)
	job.events = takeBefore(&in.unsaved, in.cut)
	var err error
	job.checkpoint, err = in.checkpoint()
	return job, err
}

// finished takes the outcome of the save under way.
func (s *saver) finished(err error) {
	s.cancel()
	cost := time.Since(s.begun)
	s.in.status.saved(err, cost)
	if err != nil {
		// Nothing of the job is lost: it is written again, whole.
		job := s.busy
		run, cancel := context.WithCancel(context.Background())
		s.cancel = cancel
		go func() {
			select {
			case <-run.Done():
				s.done <- run.Err()
				return
			case <-time.After(saveRetry):
			}
			s.done <- s.in.write(run, job)
		}()
		return
	}
	s.clear()
	s.flushAt = later(s.flushAt, s.begun.Add(costShare*cost))
	s.timer.Reset(max(s.in.opt.MapEvery, costShare*cost))
	if len(s.in.full) > 0 {
		s.hurry()
	}
}

// clear forgets the save that has been written.
func (s *saver) clear() {
	for _, d := range s.busy.full {
		s.in.opt.Maps.forget(s.in.id, d.Start)
	}
	s.busy = nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// last saves everything and returns when it is written.
func (s *saver) last(ctx context.Context) error {
	if s.busy != nil {
		select {
		case err := <-s.done:
			if err != nil {
				s.busy = nil
				return err
			}
			s.clear()
		case <-ctx.Done():
			return fmt.Errorf("cannot save %q: %w", s.in.id.String(), ctx.Err())
		}
	}
	job, err := s.take(true, s.in.order.watermark)
	if err != nil {
		return err
	}
	err = s.in.write(ctx, job)
	s.in.status.saved(err, 0)
	return err
}

// stop abandons a save under way and returns when nothing is written any more.
func (s *saver) stop() {
	s.timer.Stop()
	s.cancel()
	if s.busy != nil {
		<-s.done
	}
}

// write puts a save into the store.
func (in *instrument) write(ctx context.Context, job *save) error {
	for day, set := range byDay(&job.events) {
		if _, err := in.opt.Store.Merge(ctx, in.id, day, set); err != nil {
			return err
		}
	}
	days := job.full
	if job.newest != nil {
		days = append(slices.Clone(days), job.newest)
	}
	for _, d := range days {
		if err := in.opt.Store.PutMap(ctx, in.id, d); err != nil {
			return err
		}
	}
	if job.checkpoint == nil {
		return nil
	}
	return in.opt.Store.PutLiveCheckpoint(ctx, in.id, job.checkpoint)
}

// checkpoint encodes the instrument as it is. It claims that everything
// yielded before the cut, other than unsaved, is in the lake.
func (in *instrument) checkpoint() ([]byte, error) {
	state, err := in.engine.Checkpoint()
	if err != nil {
		return nil, err
	}
	c := checkpoint{
		Version: checkpointVersion, Log: in.opt.Log.Identity(), Seq: in.seq,
		Watermark: in.order.watermark, Late: in.order.late, Waiting: eventlog.Encode(nil, entriesOf(&in.order.waiting)),
		Cut: in.cut, Unsaved: eventlog.Encode(nil, entriesOf(&in.unsaved)), Known: in.known, Model: in.model, Engine: state,
	}
	return c.encode()
}

// takeBefore removes the events before an instant from a set and returns them.
func takeBefore(s *market.EventSet, before market.UnixMilli) (out market.EventSet) {
	var rest market.EventSet
	s.Sort()
	n, _ := slices.BinarySearch(s.Trades.EventTime, before)
	out.Add(s.Trades.Slice(0, n))
	rest.Add(s.Trades.Slice(n, s.Trades.Len()))
	for _, ev := range s.Others() {
		if ev.Time() < before {
			out.Add(ev)
		} else {
			rest.Add(ev)
		}
	}
	*s = rest
	return out
}

// byDay parts a set by the UTC day that the lake keeps an event in.
func byDay(s *market.EventSet) map[market.UnixMilli]*market.EventSet {
	days := map[market.UnixMilli]*market.EventSet{}
	of := func(at market.UnixMilli) *market.EventSet {
		day := at.Floor(market.Day)
		if days[day] == nil {
			days[day] = &market.EventSet{}
		}
		return days[day]
	}
	for i, at := range s.Trades.EventTime {
		t := &s.Trades
		of(at).Trades.Append(at, t.LastPrice[i], t.Size[i], t.Taker[i])
	}
	for _, ev := range s.Others() {
		of(ev.Time()).Add(ev)
	}
	return days
}
