package live

import (
	"cmp"
	"slices"

	"halcyon/internal/venue"
	"halcyon/market"
)

// Instruments returns how every instrument is doing, by venue and symbol.
func (r *Runner) Instruments() []InstrumentStatus {
	var out []InstrumentStatus
	for _, x := range r.all() {
		out = append(out, x.status.report(x.publisher))
	}
	return out
}

// all returns what runs, by venue and symbol.
func (r *Runner) all() []*running {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]*running, 0, len(r.running))
	for _, x := range r.running {
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b *running) int {
		return cmp.Or(cmp.Compare(a.publisher.id.Venue, b.publisher.id.Venue), cmp.Compare(a.publisher.id.Symbol, b.publisher.id.Symbol))
	})
	return out
}

// Forming calls visit with the candle under way of every instrument that has
// one, by venue and symbol.
func (r *Runner) Forming(visit func(id market.InstrumentID, c Forming)) {
	for _, x := range r.all() {
		if c, ok := x.forming.now(); ok {
			visit(x.publisher.id, c)
		}
	}
}

// FeedStatus is how a feed is doing, with what it feeds.
type FeedStatus struct {
	venue.FeedState
	Instruments []InstrumentStatus
}

// Feeds returns how every feed is doing, in the order in which they came.
func (r *Runner) Feeds() []FeedStatus {
	r.mu.Lock()
	feeds := slices.Clone(r.attached)
	r.mu.Unlock()
	out := make([]FeedStatus, len(feeds))
	for i, a := range feeds {
		out[i].FeedState = a.feed.State()
		a.connecting.overlay(&out[i].FeedState)
		for _, x := range r.fedBy(a) {
			out[i].Instruments = append(out[i].Instruments, x.status.report(x.publisher))
		}
	}
	return out
}

// fedBy returns what a feed feeds; nothing before it is attached.
func (r *Runner) fedBy(a *attached) (out []*running) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range a.ids {
		out = append(out, r.running[id])
	}
	return out
}
