// Package replay draws an instrument's map from the events that a store holds,
// and goes on from a checkpoint where there is one that fits.
package replay

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/gob"
	"fmt"
	"iter"
	"time"

	"halcyon/engine"
	"halcyon/heatmap"
	"halcyon/liqmodel"
	"halcyon/market"
)

// Store is where events are read and maps are written; internal/lake satisfies it.
type Store interface {
	Events
	Checkpoints
	engine.Sink
}

// Events is stored events, by UTC day.
type Events interface {
	// Days returns the days that hold events, rising.
	Days(ctx context.Context, id market.InstrumentID) ([]market.UnixMilli, error)
	// Scan yields the events of a day in the order of market.Interleave. A
	// batch of trades is valid until the loop goes on.
	Scan(ctx context.Context, id market.InstrumentID, day market.UnixMilli) iter.Seq2[market.Event, error]
	// Fingerprint changes whenever the events of a day do.
	Fingerprint(ctx context.Context, id market.InstrumentID, day market.UnixMilli) (string, error)
}

// Checkpoints keeps one checkpoint an instrument.
type Checkpoints interface {
	PutCheckpoint(ctx context.Context, id market.InstrumentID, data []byte) error
	// Checkpoint returns the last one put, or an error if there is none.
	Checkpoint(ctx context.Context, id market.InstrumentID) ([]byte, error)
}

// Options configure a replay.
type Options struct {
	Engine engine.Options
	// Fresh ignores any checkpoint.
	Fresh bool
	// Progress, if set, is called after every day with the days done and all.
	Progress func(done, total int)
}

// Report says what a replay did.
type Report struct {
	// Days is how many days the store holds, Replayed how many were drawn anew.
	Days, Replayed int
	// Events counts trades and other events applied.
	Events int64
	// Late counts trades that came after their column had closed.
	Late int64
}

// saved is a checkpoint as it is encoded: the engine's, and what it rests on.
type saved struct {
	// Model is a digest of the parameters in force.
	Model string
	// Applied are the days whose events are in Engine, in order.
	Applied []applied
	Engine  []byte
	// Complete is Applied with the newest day added, once its map is stored:
	// the state in which a replay has nothing to do.
	Complete []applied
}

type applied struct {
	Day         market.UnixMilli
	Fingerprint string
}

// saveEvery is how much work may be lost when a replay is stopped.
const saveEvery = 5 * time.Second

// Run draws the map of one instrument. It is idempotent: with no new events it
// does nothing, with new ones it goes on from the last day that is still the
// same. The newest day is always drawn anew when it changes, because it may
// have grown.
func Run(ctx context.Context, store Store, listing market.Listing, opt Options) (Report, error) {
	r := &run{ctx: ctx, store: store, listing: listing, opt: opt}
	if err := r.plan(); err != nil {
		return r.report, fmt.Errorf("cannot replay %q: %w", listing.InstrumentID.String(), err)
	}
	if err := r.draw(); err != nil {
		return r.report, fmt.Errorf("cannot replay %q: %w", listing.InstrumentID.String(), err)
	}
	return r.report, nil
}

type run struct {
	ctx     context.Context
	store   Store
	listing market.Listing
	opt     Options
	report  Report

	engine *engine.Engine
	model  string
	days   []applied
	// next is the index of the first day to draw; len(days) if none.
	next int
}

// plan finds out where to start.
func (r *run) plan() error {
	id := r.listing.InstrumentID
	stored, err := r.store.Days(r.ctx, id)
	if err != nil {
		return err
	}
	for _, day := range stored {
		f, err := r.store.Fingerprint(r.ctx, id, day)
		if err != nil {
			return err
		}
		r.days = append(r.days, applied{day, f})
	}
	r.report.Days = len(r.days)
	if r.model, err = r.digest(); err != nil {
		return err
	}
	if r.engine, err = engine.New(r.listing, r.opt.Engine, r.store); err != nil {
		return err
	}
	if r.opt.Fresh {
		return nil
	}
	// Without a checkpoint, or with one that cannot be read, there is nothing
	// to go on from; the events are all still there.
	data, err := r.store.Checkpoint(r.ctx, id)
	if err != nil {
		return r.ctx.Err()
	}
	var s saved
	if gob.NewDecoder(bytes.NewReader(data)).Decode(&s) != nil || s.Model != r.model {
		return nil
	}
	if len(r.days) > 0 && equal(s.Complete, r.days) {
		r.next = len(r.days)
		return nil
	}
	if len(s.Applied) == 0 || len(s.Applied) > len(r.days) || !equal(s.Applied, r.days[:len(s.Applied)]) {
		return nil
	}
	restored, err := engine.New(r.listing, r.opt.Engine, r.store)
	if err != nil {
		return err
	}
	if restored.Restore(s.Engine) == nil {
		r.engine, r.next = restored, len(s.Applied)
	}
	return nil
}

func equal(a, b []applied) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// digest identifies everything beside the events that a map depends on.
func (r *run) digest() (string, error) {
	params := liqmodel.DefaultParams()
	if r.opt.Engine.Params != nil {
		params = *r.opt.Engine.Params
	}
	h := sha256.New()
	enc := gob.NewEncoder(h)
	if err := enc.Encode(params); err != nil {
		return "", err
	}
	if err := enc.Encode(r.listing.Tiers); err != nil {
		return "", err
	}
	if err := enc.Encode(r.opt.Engine.MarkMaxAge); err != nil {
		return "", err
	}
	if err := enc.Encode(heatmap.Ladder); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

func (r *run) draw() error {
	lastSave := time.Now()
	var before []byte // the engine before the newest day
	for i := r.next; i < len(r.days); i++ {
		newest := i == len(r.days)-1
		if i > 0 && (newest || time.Since(lastSave) > saveEvery) {
			state, err := r.engine.Checkpoint()
			if err != nil {
				return err
			}
			if err := r.save(saved{Model: r.model, Applied: r.days[:i], Engine: state}); err != nil {
				return err
			}
			before, lastSave = state, time.Now()
		}
		if err := r.day(r.days[i].Day); err != nil {
			return err
		}
		r.report.Replayed++
		if r.opt.Progress != nil {
			r.opt.Progress(i+1, len(r.days))
		}
	}
	if r.report.Replayed == 0 {
		return nil
	}
	if err := r.engine.Flush(r.ctx); err != nil {
		return err
	}
	r.report.Late = r.engine.Late()
	s := saved{Model: r.model, Engine: before, Complete: r.days}
	if before != nil {
		s.Applied = r.days[:len(r.days)-1]
	}
	return r.save(s)
}

func (r *run) day(day market.UnixMilli) error {
	for ev, err := range r.store.Scan(r.ctx, r.listing.InstrumentID, day) {
		if err != nil {
			return err
		}
		if err := r.ctx.Err(); err != nil {
			return err
		}
		if t, ok := ev.(*market.Trades); ok {
			r.report.Events += int64(t.Len())
		} else {
			r.report.Events++
		}
		if err := r.engine.Apply(r.ctx, ev); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) save(s saved) error {
	var buf bytes.Buffer
	if err := gob.NewEncoder(&buf).Encode(s); err != nil {
		return err
	}
	return r.store.PutCheckpoint(r.ctx, r.listing.InstrumentID, buf.Bytes())
}
