package live

import (
	"context"
	"errors"
	"slices"

	"halcyon/engine"
	"halcyon/internal/eventlog"
	"halcyon/market"
)

// restore puts the instrument where it was left:
//
//   - with a checkpoint of this model, exactly there;
//   - with one of another model, by drawing anew what the lake holds before the
//     cut and then what the checkpoint holds of later events;
//   - without one, by drawing what the lake holds, after Options.Prepare has
//     added to it, and taking from the log what is newer.
func (in *instrument) restore(ctx context.Context) error {
	// A checkpoint that cannot be read is as good as none: the lake and the log
	// still hold everything.
	data, err := in.opt.Store.LiveCheckpoint(ctx, in.id)
	if err := ctx.Err(); err != nil {
		return err
	}
	c, waiting, unsaved, ok := decodeCheckpoint(data)
	if err != nil || !ok {
		if err := in.prepare(ctx); err != nil {
			return err
		}
		return in.fromLake(ctx)
	}
	in.order.watermark, in.order.late, in.order.waiting = c.Watermark, c.Late, waiting
	in.cut, in.unsaved, in.known = c.Cut, unsaved, c.Known
	if c.Log == in.opt.Log.Identity() {
		in.seq = c.Seq
	} else {
		in.replaced = !in.opt.Gapless
	}
	if c.Model != in.model || in.engine.Restore(c.Engine) != nil {
		if err := in.redraw(ctx); err != nil {
			return err
		}
	}
	return in.show(ctx)
}

// prepare waits for the log's first event, and calls Options.Prepare.
func (in *instrument) prepare(ctx context.Context) error {
	if in.opt.Prepare == nil {
		return nil
	}
	var first market.UnixMilli
	found := errors.New("found")
	err := in.opt.Log.Follow(ctx, in.id, 0, func(m eventlog.Message) error {
		for _, x := range m.Entries {
			if tellsTime(x.Event) {
				first = x.Event.Time()
				return found
			}
		}
		return nil
	})
	if err == nil {
		err = ctx.Err()
	}
	if err != found {
		return err
	}
	return in.opt.Prepare(ctx, in.listing, first)
}

// fromLake begins without a checkpoint, and leaves one behind. Without it, a
// kill in the middle of the first save would leave the next start a lake whose
// newest event is newer than others that the log holds and the lake does not.
func (in *instrument) fromLake(ctx context.Context) error {
	in.cut = 1<<63 - 1
	newest, err := in.draw(ctx)
	if err != nil {
		return err
	}
	in.cut = 0
	if newest > 0 {
		in.cut, in.order.watermark = newest+1, newest+1
		in.known = newest + 1
	}
	data, err := in.checkpoint()
	if err == nil {
		err = in.opt.Store.PutLiveCheckpoint(ctx, in.id, data)
	}
	if err != nil {
		return err
	}
	return in.show(ctx)
}

// redraw gives a new engine everything that was yielded so far.
func (in *instrument) redraw(ctx context.Context) (err error) {
	if in.engine, err = engine.New(in.listing, in.opt.Engine(in.listing), in); err != nil {
		return err
	}
	if _, err = in.draw(ctx); err != nil {
		return err
	}
	in.unsaved.Sort()
	for ev := range in.unsaved.Events() {
		if err := in.engine.Apply(ctx, ev); err != nil {
			return err
		}
	}
	return in.engine.Advance(ctx, in.order.known())
}

// drawAnew draws the instrument anew while it runs, because stored events have
// changed. What is being saved is waited for, and what was to be saved is drawn
// once more.
func (in *instrument) drawAnew(ctx context.Context, s *saver) error {
	for s.busy != nil {
		select {
		case err := <-s.done:
			s.finished(err)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for _, d := range in.full {
		in.opt.Maps.forget(in.id, d.Start)
	}
	in.full, in.newest = nil, nil
	if err := in.redraw(ctx); err != nil {
		return err
	}
	s.hurry()
	return in.show(ctx)
}

// draw applies the lake's events before the cut and returns the time of the
// newest, 0 if there is none. Finished days are stored as they come.
func (in *instrument) draw(ctx context.Context) (newest market.UnixMilli, err error) {
	in.direct = true
	defer func() { in.direct = false }()
	days, err := in.opt.Store.Days(ctx, in.id)
	if err != nil {
		return 0, err
	}
	for _, day := range days {
		for ev, err := range in.opt.Store.Scan(ctx, in.id, day) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return 0, err
			}
			if t, ok := ev.(*market.Trades); ok {
				n, _ := slices.BinarySearch(t.EventTime, in.cut)
				ev = t.Slice(0, n)
				if n == 0 {
					continue
				}
			} else if ev.Time() >= in.cut {
				continue
			}
			newest = max(newest, lastTime(ev))
			if err := in.engine.Apply(ctx, ev); err != nil {
				return 0, err
			}
		}
	}
	return newest, nil
}

// show publishes the columns that are there already.
func (in *instrument) show(ctx context.Context) error {
	in.until = in.engine.Until()
	if in.until == 0 {
		return nil
	}
	return in.engine.Flush(ctx)
}
