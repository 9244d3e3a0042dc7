package alert

import (
	"context"
	"time"

	"halcyon/internal/atlas"
	"halcyon/market"
)

// Watcher looks at the maps that rules are about and hands on what fires.
type Watcher struct {
	// Book, Atlas and Deliver are required. Deliver must not block.
	Book    *Book
	Atlas   *atlas.Atlas
	Deliver func(Firing)
	// Failed is told of what went wrong; the watcher goes on. Required.
	Failed func(error)
	// Every is the time between two looks. Default 5 s.
	Every time.Duration
	// Now is our clock. Default time.Now.
	Now func() time.Time
}

// Run looks until ctx is done.
func (w *Watcher) Run(ctx context.Context) {
	every, now := w.Every, w.Now
	if every == 0 {
		every = 5 * time.Second
	}
	if now == nil {
		now = time.Now
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	seen := map[market.InstrumentID]market.UnixMilli{}
	for {
		w.look(ctx, seen, market.UnixMilli(now().UnixMilli()))
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// look observes every instrument that a rule is about: its newest columns
// where more have closed since, its age in any case.
func (w *Watcher) look(ctx context.Context, seen map[market.InstrumentID]market.UnixMilli, now market.UnixMilli) {
	done := map[market.InstrumentID]bool{}
	for _, r := range w.Book.Rules() {
		id := r.Instrument()
		if done[id] || r.Paused {
			continue
		}
		done[id] = true
		if err := w.observe(ctx, id, seen, now); err != nil && ctx.Err() == nil {
			w.Failed(err)
		}
	}
}

func (w *Watcher) observe(ctx context.Context, id market.InstrumentID, seen map[market.InstrumentID]market.UnixMilli, now market.UnixMilli) error {
	in, ok, err := w.Atlas.Instrument(ctx, id)
	if err != nil || !ok {
		return err
	}
	// What is recorded or simulated is not late: nothing is expected of it.
	if in.Provenance == market.Live {
		if err := w.fire(ctx, id, Observation{At: in.To, Now: now}, true); err != nil {
			return err
		}
	}
	if seen[id] == in.To && !w.fresh(id) {
		return nil
	}
	o, ok, err := Observe(ctx, w.Atlas, id, seen[id], now)
	if err != nil || !ok {
		return err
	}
	seen[id] = o.At
	return w.fire(ctx, id, o, false)
}

// fresh reports whether a rule of the instrument has never been evaluated.
func (w *Watcher) fresh(id market.InstrumentID) bool {
	w.Book.mu.Lock()
	defer w.Book.mu.Unlock()
	for _, r := range w.Book.file.Rules {
		if r.Instrument() == id && r.Kind != Stale && !r.Paused && !w.Book.file.States[r.ID].Seen {
			return true
		}
	}
	return false
}

func (w *Watcher) fire(ctx context.Context, id market.InstrumentID, o Observation, stale bool) error {
	fired, err := w.Book.Observe(ctx, id, o, stale)
	for _, f := range fired {
		w.Deliver(f)
	}
	return err
}
