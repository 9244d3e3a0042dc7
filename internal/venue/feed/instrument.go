package feed

import (
	"cmp"
	"fmt"
	"slices"

	"halcyon/internal/venue"
	"halcyon/market"
)

const (
	// holdTime is how long trades behind a hole wait for those that belong in
	// it, before the hole is called a gap.
	holdTime = market.UnixMilli(500)
	// unsureTime is how much longer a gap is made where its end is told by an
	// event that is no trade: trades of that moment may have come before it.
	unsureTime = market.Second
	// assumeTime is how long an event without a time waits for a trade that
	// shows the venue's clock.
	assumeTime = 5 * market.Second
	// remembered is how many ids of trades, and how many other events, are
	// kept to find duplicates.
	rememberedTrades = 8192
	rememberedEvents = 512
	// rememberedAnswers is how many answers wait for the websocket, at most.
	rememberedAnswers = 64
)

// heldTick is a trade that waits to be emitted.
type heldTick struct {
	venue.Tick
	recv market.UnixMilli
}

// answer is an event that was asked for and waits to be emitted.
type answer struct {
	event market.Event
	recv  market.UnixMilli
}

// instrument keeps the order and the gaps of one instrument. It belongs to a
// run and is used under its lock.
type instrument struct {
	id       market.InstrumentID
	numbered bool
	// liquidations are streamed, and cannot be asked for; open interest is
	// either streamed or polled.
	liquidations, polled bool
	emit                 venue.Emit
	counts               *venue.FeedCounts

	pending []heldTick
	answers []answer
	lastID  int64            // of the last trade emitted; numbered venues
	last    market.UnixMilli // EventTime of the last trade emitted
	trades  recent[int64]
	events  recent[market.Event]
	funding market.Ratio
	funded  bool

	newest   market.UnixMilli // latest EventTime emitted
	latest   market.UnixMilli // EventTime of the last item that arrived
	seen     market.UnixMilli // latest EventTime that arrived by websocket
	seenRecv market.UnixMilli // our clock then
	offset   market.UnixMilli // our clock less the venue's, latency included
	offsetOK bool
	assumeOK bool             // no trade has come for long: offset counts as 0
	undated  []answer         // events without a time, until the offset is known
	stamped  market.UnixMilli // last time given to an event without one

	// ask begins to ask for missed trades, and ends with catchUp; nil where the
	// venue cannot tell. asking is the one under way, askedAfter the last id
	// before trades that were asked for already.
	ask        func(Missed)
	asking     *ask
	askedAfter int64

	known      market.UnixMilli // what is as old was kept by an earlier run
	subscribed bool             // to everything, on the connection that stands
	down       bool             // it was lost by an earlier run, and nothing is known of the time since
	answered   market.UnixMilli // our clock when open interest was polled last, or first asked for
	unanswered market.UnixMilli // end of the lapse told since
	broken     bool             // the connection was lost, and not everything is back
	resumed    bool             // no trade arrived since it came back
	resumeAt   market.UnixMilli
}

// resumeFrom makes the instrument one that was lost at a moment: that of the last
// trade which an earlier run told.
func (in *instrument) resumeFrom(at market.UnixMilli) {
	in.known, in.newest = at, at
	in.last, in.seen = at+1, at+1
	in.broken, in.down, in.asking = true, true, &ask{reason: "Halcyon was not running"}
}

// addTick takes a trade from a websocket.
func (in *instrument) addTick(t venue.Tick, recv market.UnixMilli) {
	in.latest = t.EventTime
	t.Symbol = nil
	if in.asking != nil && !t.Recent {
		in.keepTick(t, recv)
		return
	}
	if t.Recent && (t.EventTime < in.newest-venue.FeedReorder || t.EventTime <= in.known) {
		return // too late to be put in order, as it lies in a gap or before the beginning; or known
	}
	if !in.numbered && !in.trades.add(t.LastID, rememberedTrades) {
		in.counts.Duplicates++
		return
	}
	if !t.Recent {
		in.offset, in.offsetOK = recv-t.EventTime, true
		in.date()
		in.see(t.EventTime, recv)
	}
	in.pending = append(in.pending, heldTick{t, recv})
}

// addEvent takes any other event from a websocket.
func (in *instrument) addEvent(e market.Event, unstamped bool, recv market.UnixMilli) {
	if unstamped {
		if !in.offsetOK && !in.assumeOK {
			in.undated = append(in.undated, answer{e, recv})
			return
		}
		e = restamp(e, in.venueTime(recv))
	}
	in.latest = e.Time()
	if in.asking != nil {
		in.keepEvent(e, recv)
		return
	}
	if !in.wanted(e) {
		return
	}
	if !unstamped || in.offsetOK {
		in.see(e.Time(), recv)
	}
	if len(in.pending) > 0 && in.pending[0].EventTime < e.Time()-unsureTime {
		in.flush(recv, true) // what a venue repeats may be of long ago
	}
	in.counts.Events++
	in.hand(recv, in.inTime(e))
}

// addAnswer takes an event that was asked for. It waits until the websocket
// has come as far, which may lag behind.
func (in *instrument) addAnswer(e market.Event, recv market.UnixMilli) {
	if !in.wanted(e) {
		return
	}
	in.answers = append(in.answers, answer{e, recv})
	in.answers = slices.Delete(in.answers, 0, max(0, len(in.answers)-rememberedAnswers))
	in.releaseDue()
}

// releaseDue emits the answers that the stream has come as far as.
func (in *instrument) releaseDue() {
	if !in.broken && in.asking == nil {
		in.release(in.newest + unsureTime)
	}
}

// behind reports whether the instrument's time stands still: its stream was lost
// or waits for what was missed, or has not come as far as an answer held back.
func (in *instrument) behind() bool {
	return in.broken || in.asking != nil || in.seen > 0 && len(in.answers) > 0
}

// release emits the answers up to a time.
func (in *instrument) release(until market.UnixMilli) {
	for len(in.answers) > 0 && in.answers[0].event.Time() <= until {
		a := in.answers[0]
		in.answers = slices.Delete(in.answers, 0, 1)
		in.counts.Events++
		in.hand(a.recv, in.inTime(a.event))
	}
}

// inTime dates what is late beyond FeedReorder at that bound: an open interest
// or a rate that was asked for still holds when it is learned.
func (in *instrument) inTime(e market.Event) market.Event {
	bound := in.newest - venue.FeedReorder
	switch e.(type) {
	case market.OpenInterest, market.FundingRate:
		if e.Time() < bound {
			return restamp(e, bound)
		}
	}
	return e
}

// hand emits an event, and before it the answers from before it.
func (in *instrument) hand(recv market.UnixMilli, e market.Event) {
	if !in.broken {
		in.release(e.Time() - 1)
	}
	at := e.Time()
	if t, ok := e.(*market.Trades); ok {
		at = t.EventTime[t.Len()-1]
	}
	in.newest = max(in.newest, at)
	in.emit(in.id, recv, e)
}

// wanted drops what was seen before and what says nothing.
func (in *instrument) wanted(e market.Event) bool {
	if !in.events.add(e, rememberedEvents) {
		in.counts.Duplicates++
		return false
	}
	switch e := e.(type) {
	case market.FundingRate:
		// Venues repeat the rate with every mark price.
		if in.funded && e.Rate == in.funding {
			return false
		}
		in.funding, in.funded = e.Rate, true
	case market.OpenInterest:
		return e.Contracts > 0
	}
	return true
}

func (in *instrument) see(at, recv market.UnixMilli) {
	in.seenRecv = recv
	if !in.broken { // or else the gap would begin too late
		in.seen = max(in.seen, at)
	}
}

// lose notes that the connection is gone.
func (in *instrument) lose(reason string, now market.UnixMilli) {
	if in.asking != nil {
		if in.asking.begun {
			in.asking.inputs = append(in.asking.inputs, func() { in.lose(reason, now) })
		}
		in.subscribed = false
		return
	}
	in.flush(now, true)
	in.subscribed = false
	if in.seen > 0 {
		in.broken, in.asking = true, &ask{reason: reason}
	}
}

// greet notes that everything is subscribed to.
func (in *instrument) greet() {
	if a := in.asking; a != nil && a.begun {
		a.inputs = append(a.inputs, in.greet)
	}
	in.subscribed = true
	in.beginLost()
}

// lost returns the span that a lost connection left before an event.
func (in *instrument) lost(at market.UnixMilli, trade bool) (from, to market.UnixMilli) {
	if !trade && !in.numbered {
		at += unsureTime
	}
	// A trade may travel a little behind other events of its moment.
	return min(in.seen, max(in.last, in.seen-unsureTime)), max(at, in.seen+1)
}

func (in *instrument) gap(g market.Gap, recv market.UnixMilli) {
	in.counts.Gaps++
	in.hand(recv, g)
}

// flush emits pending trades in order. Behind a hole they wait for holdTime,
// unless all must go.
func (in *instrument) flush(now market.UnixMilli, all bool) {
	if len(in.pending) == 0 || in.asking != nil {
		return
	}
	if in.numbered {
		slices.SortStableFunc(in.pending, func(a, b heldTick) int { return cmp.Compare(a.FirstID, b.FirstID) })
	} else {
		slices.SortStableFunc(in.pending, func(a, b heldTick) int { return cmp.Compare(a.EventTime, b.EventTime) })
	}
	var batch *market.Trades
	var recv market.UnixMilli
	n := 0
	for _, t := range in.pending {
		if in.numbered && in.lastID != 0 {
			if t.LastID <= in.lastID {
				if t.EventTime <= in.last+venue.FeedReorder {
					in.counts.Duplicates++
					n++
					continue
				}
				in.send(batch, recv)
				batch = nil
				in.renumber(t)
			} else if t.FirstID > in.lastID+1 {
				if !all && now < t.recv+holdTime {
					break
				}
				if !all && in.ask != nil && in.askedAfter != in.lastID {
					in.begin(&ask{Missed: Missed{AfterID: in.lastID, BeforeID: t.FirstID, From: in.last, To: t.EventTime}, firstID: t.FirstID})
					break
				}
				in.send(batch, recv)
				batch = nil
				in.hole(t)
			}
		}
		due := len(in.answers) > 0 && in.answers[0].event.Time() < t.EventTime
		if batch != nil && (due || t.EventTime < in.last || batch.Len() == venue.BatchRows) {
			in.send(batch, recv)
			batch = nil
		}
		if batch == nil {
			batch = &market.Trades{}
		}
		batch.Append(t.EventTime, t.LastPrice, t.Size, t.Taker)
		in.lastID, in.last, in.resumed = t.LastID, t.EventTime, false
		recv = t.recv
		n++
	}
	in.send(batch, recv)
	in.pending = slices.Delete(in.pending, 0, n)
}

// renumber begins anew where ids fall while time goes on, as after a restart of
// the venue's machines: what was missed meanwhile cannot be counted.
func (in *instrument) renumber(t heldTick) {
	if !in.resumed { // or else the gap is told already
		in.gap(market.Gap{From: in.last, To: t.EventTime, Reason: "trades were numbered anew"}, t.recv)
	}
}

// hole emits the gap before a trade whose id says that others are missing.
func (in *instrument) hole(t heldTick) {
	missing := t.FirstID - in.lastID - 1
	in.counts.Missing += missing
	from := in.last
	if in.resumed {
		// A gap up to resumeAt is told already.
		from = in.resumeAt
		if t.EventTime <= from {
			return
		}
	}
	in.gap(market.Gap{From: from, To: max(t.EventTime, from+1), Reason: fmt.Sprintf("%d trades were never sent", missing)}, t.recv)
}

func (in *instrument) send(batch *market.Trades, recv market.UnixMilli) {
	if batch == nil {
		return
	}
	in.counts.Trades += int64(batch.Len())
	in.hand(recv, batch)
}
