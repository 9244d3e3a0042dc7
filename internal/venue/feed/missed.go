package feed

import (
	"cmp"
	"context"
	"slices"
	"time"

	"halcyon/internal/venue"
	"halcyon/market"
)

const (
	// catchUpTime bounds how long an instrument waits for missed trades.
	catchUpTime = 20 * time.Second
	// settleTime passes before they are asked for: what can be asked for may lag
	// behind what is streamed.
	settleTime = time.Second
)

// Missed is what the stream did not bring of one instrument.
type Missed struct {
	Symbol string
	// AfterID is the id of the last trade that came, 0 where it is not known, as
	// after a restart; BeforeID that of the first one behind, 0 where none has
	// come. They count on venues that number trades; otherwise time alone does.
	AfterID, BeforeID int64
	// From and To bound the time in which trades are missing, both included.
	From, To market.UnixMilli
}

// Found is what a venue told of what was missed.
type Found struct {
	// Ticks are trades, in any order; some may be known, or lie elsewhere.
	Ticks []venue.Tick
	// From and To bound the time of which every trade is among Ticks, both
	// included; To before From where that is nothing.
	From, To market.UnixMilli
}

// ask is one asking for missed trades. While it lasts its instrument waits:
// after a lost connection from the loss on, or else from when a hole between
// ids was found.
type ask struct {
	Missed
	reason string
	// begun: the venue has been asked.
	begun bool
	// firstID is the lowest id that came meanwhile, 0 for none.
	firstID int64
	// inputs is what came meanwhile, in order; the last of them at lastAt, a
	// trade or not.
	inputs    []func()
	lastAt    market.UnixMilli
	lastTrade bool
}

// keepTick keeps a trade for later, while others are missing.
func (in *instrument) keepTick(t venue.Tick, recv market.UnixMilli) {
	if a := in.asking; a.firstID == 0 || t.FirstID < a.firstID {
		a.firstID = t.FirstID
	}
	in.keep(t.EventTime, recv, true, func() { in.addTick(t, recv) })
}

// keepEvent keeps another event for later, while trades are missing.
func (in *instrument) keepEvent(e market.Event, recv market.UnixMilli) {
	in.keep(e.Time(), recv, false, func() { in.addEvent(e, false, recv) })
}

func (in *instrument) keep(at, recv market.UnixMilli, trade bool, input func()) {
	a := in.asking
	in.seenRecv = recv
	a.inputs = append(a.inputs, input)
	a.lastAt, a.lastTrade = at, trade
	in.beginLost()
}

// beginLost asks for what a lost connection left, once everything is
// subscribed to again and something has come.
func (in *instrument) beginLost() {
	if a := in.asking; a != nil && !a.begun && in.subscribed && len(a.inputs) > 0 {
		a.AfterID = in.lastID
		a.From, a.To = in.lost(a.lastAt, a.lastTrade)
		in.begin(a)
	}
}

func (in *instrument) begin(a *ask) {
	a.Symbol, a.begun = in.id.Symbol, true
	in.asking = a
	if in.ask == nil {
		in.catchUp(Found{}, in.seenRecv)
	} else {
		in.ask(a.Missed)
	}
}

// catchUp takes what was found, tells what was not, and goes on with what came
// meanwhile.
func (in *instrument) catchUp(f Found, recv market.UnixMilli) {
	a, broken := in.asking, in.broken
	in.asking, in.broken = nil, false
	f.From = max(f.From, a.From, in.newest-venue.FeedReorder) // what is older cannot be put in order any more
	if f.To < f.From {
		f = Found{From: a.To, To: a.To}
	}
	if broken && f.From < f.To {
		in.lapse(a, recv)
	}
	in.down = false
	if broken && f.From > a.From {
		// What the venue repeated by itself may lie in it, or behind.
		slices.SortStableFunc(in.pending, func(a, b heldTick) int { return cmp.Compare(a.EventTime, b.EventTime) })
		n, _ := slices.BinarySearchFunc(in.pending, f.From, func(t heldTick, at market.UnixMilli) int { return cmp.Compare(t.EventTime, at) })
		behind := slices.Clone(in.pending[n:])
		in.pending = in.pending[:n]
		in.flush(recv, true)
		in.resumed, in.resumeAt = true, f.From
		in.gap(market.Gap{From: a.From, To: f.From, Reason: a.reason}, recv)
		in.pending = append(in.pending, behind...)
	}
	for _, t := range f.Ticks {
		if t.EventTime >= f.From && in.lacks(t, a) {
			t.Symbol, t.Recent = nil, false
			in.pending = append(in.pending, heldTick{t, recv})
			in.counts.Recovered++
		}
	}
	in.flush(recv, true)
	if broken && f.To < a.To {
		in.resumed, in.resumeAt = true, a.To
		in.gap(market.Gap{From: f.To, To: a.To, Reason: a.reason}, recv)
	}
	in.askedAfter = in.lastID
	for _, input := range a.inputs {
		input() // which may find that more is missing, and keep those behind it
	}
}

// lacks reports whether a trade that was found did not come by itself.
func (in *instrument) lacks(t venue.Tick, a *ask) bool {
	if !in.numbered {
		return t.EventTime <= a.To && in.trades.add(t.LastID, rememberedTrades)
	}
	if a.firstID > 0 {
		return t.LastID > in.lastID && t.LastID < a.firstID
	}
	return t.LastID > in.lastID && t.EventTime <= a.To
}

// seek asks the venue for what an instrument missed.
func (r *run) seek(ctx context.Context, in *instrument, m Missed) {
	ctx, cancel := context.WithTimeout(ctx, catchUpTime)
	defer cancel()
	var found Found
	var err error
	if sleep(ctx, settleTime) {
		found, err = r.feed.p.Missed(ctx, r.feed.rest, m)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.counts.PollFailures++
	}
	in.catchUp(found, milli(time.Now()))
}

// Newest is what the newest trades of an instrument, most of them at a time,
// tell of what was missed: all, where they reach behind its beginning or are
// fewer than most.
func Newest(ticks []venue.Tick, most int, m Missed) Found {
	f := Found{Ticks: ticks, From: m.To + 1, To: m.To}
	if len(ticks) < most {
		f.From = m.From
	}
	for _, t := range ticks {
		// Others of its moment may be cut off.
		f.From = min(f.From, t.EventTime+1)
	}
	return f
}
