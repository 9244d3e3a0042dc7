package live

import (
	"testing"

	"halcyon/internal/eventlog"
	"halcyon/market"
)

// While a gap waits for its order, nothing from its beginning on is settled:
// the columns in it must stay open for its flag.
func TestNothingIsSettledBehindAWaitingGap(t *testing.T) {
	s := sequencer{lateness: 2 * market.Second}
	gap := market.Gap{From: begin + 30*market.Second, To: begin + 61*market.Second, Reason: "connection lost"}
	var order []market.Event
	take := func(ev market.Event) {
		t.Helper()
		yield := func(ev market.Event) error { order = append(order, ev); return nil }
		if err := s.take(eventlog.Entry{Recv: ev.Time(), Event: ev}, yield); err != nil {
			t.Fatal(err)
		}
		if err := s.release(yield); err != nil {
			t.Fatal(err)
		}
	}
	take(market.MarkPrice{EventTime: begin + 29*market.Second, MarkPrice: 1})
	take(gap)
	take(market.MarkPrice{EventTime: begin + 62500, MarkPrice: 2})
	// The watermark has passed the minute, the gap's end it has not.
	if want := gap.From; s.watermark != begin+60500 || s.known() != want || len(order) != 1 {
		t.Fatalf("watermark %v, settled up to %v, want %v; %d yielded", s.watermark, s.known(), want, len(order))
	}
	take(market.MarkPrice{EventTime: begin + 64*market.Second, MarkPrice: 3})
	if s.known() != s.watermark || len(order) != 2 || order[1] != market.Event(gap) {
		t.Errorf("settled up to %v of %v, yielded %v", s.known(), s.watermark, order)
	}
}

// Trades that were asked for after an outage come behind the lapse that says
// what else was lost in it, so that their columns are flagged.
func TestALapseComesBeforeWhatHappenedInIt(t *testing.T) {
	s := sequencer{lateness: 2 * market.Second}
	var order []market.Event
	yield := func(ev market.Event) error { order = append(order, ev); return nil }
	lapse := market.Lapse{From: begin + 30*market.Second, To: begin + 90*market.Second, Stream: market.StreamLiquidations}
	recovered := &market.Trades{}
	for at := lapse.From; at < lapse.To; at += market.Second {
		recovered.Append(at, 1, 1, market.TakerBuy)
	}
	for _, ev := range []market.Event{market.MarkPrice{EventTime: begin + 29*market.Second, MarkPrice: 1}, lapse, recovered} {
		if err := s.take(eventlog.Entry{Recv: lapse.To, Event: ev}, yield); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.release(yield); err != nil {
		t.Fatal(err)
	}
	if len(order) != 3 || order[1] != market.Event(lapse) || s.late != 0 {
		t.Errorf("yielded %v, %d late", order, s.late)
	}
}
