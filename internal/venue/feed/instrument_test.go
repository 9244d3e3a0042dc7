package feed

import (
	"fmt"
	"strings"
	"testing"

	"halcyon/internal/venue"
	"halcyon/market"
)

const zero = market.UnixMilli(1_780_000_000_000)

// told runs steps on an instrument and returns what it emitted, times from zero.
func told(numbered bool, steps func(in *instrument)) string {
	var out []string
	in := &instrument{numbered: numbered, subscribed: true, counts: &venue.FeedCounts{}}
	in.emit = func(_ market.InstrumentID, _ market.UnixMilli, e market.Event) {
		switch e := e.(type) {
		case *market.Trades:
			var at []string
			for _, t := range e.EventTime {
				at = append(at, fmt.Sprint(int64(t-zero)))
			}
			out = append(out, "trades "+strings.Join(at, " "))
		case market.Gap:
			out = append(out, fmt.Sprintf("gap %d-%d %s", e.From-zero, e.To-zero, e.Reason))
		default:
			out = append(out, fmt.Sprintf("%T %d", e, e.Time()-zero))
		}
	}
	steps(in)
	return strings.Join(out, ", ")
}

// trade is trade id, which happens at id·10 ms and arrives at once.
func trade(in *instrument, id int64) {
	at := zero + market.UnixMilli(id*10)
	in.addTick(venue.Tick{EventTime: at, LastPrice: 1, Size: 1, FirstID: id, LastID: id}, at)
}

func TestOrderAndGaps(t *testing.T) {
	mark := func(in *instrument, at market.UnixMilli) {
		in.addEvent(market.MarkPrice{EventTime: zero + at, MarkPrice: 1}, false, zero+at)
	}
	for _, c := range []struct {
		name     string
		numbered bool
		steps    func(in *instrument)
		want     string
	}{
		{"a hole that fills within half a second is none", true, func(in *instrument) {
			trade(in, 1)
			trade(in, 3)
			in.flush(zero+50, false)
			in.flush(zero+520, false)
			trade(in, 2)
			in.flush(zero+525, false)
		}, "trades 10, trades 20 30"},
		{"ids that begin anew", true, func(in *instrument) {
			trade(in, 500)
			in.flush(zero+5000, true)
			at := zero + 9000
			for id := range int64(2) {
				in.addTick(venue.Tick{EventTime: at + market.UnixMilli(id), LastPrice: 1, Size: 1, FirstID: 7 + id, LastID: 7 + id}, at)
			}
			in.flush(zero+9005, true)
		}, "trades 5000, gap 5000-9000 trades were numbered anew, trades 9000 9001"},
		{"one that does not is a gap", true, func(in *instrument) {
			trade(in, 1)
			trade(in, 4)
			in.flush(zero+539, false)
			in.flush(zero+540, false)
		}, "trades 10, gap 10-40 2 trades were never sent, trades 40"},
		{"duplicates are dropped", true, func(in *instrument) {
			trade(in, 1)
			trade(in, 1)
			in.flush(zero+50, false)
			trade(in, 1)
			in.flush(zero+100, false)
		}, "trades 10"},
		{"unnumbered too", false, func(in *instrument) {
			trade(in, 2)
			trade(in, 1)
			trade(in, 2)
			in.flush(zero+50, false)
		}, "trades 10 20"},
		{"a lost connection is a gap up to the first event", true, func(in *instrument) {
			trade(in, 1)
			mark(in, 100)
			in.lose("connection lost", zero+200)
			in.subscribed = true
			mark(in, 5000)
			trade(in, 501)
			in.flush(zero+5050, true)
		}, "market.MarkPrice 100, trades 10, gap 10-5000 connection lost, market.MarkPrice 5000, gap 5000-5010 499 trades were never sent, trades 5010"},
		{"events before everything is subscribed neither end it nor come before it", false, func(in *instrument) {
			trade(in, 1)
			in.lose("connection lost", zero+200)
			trade(in, 100)
			in.subscribed = true
			mark(in, 2000)
			in.flush(zero+2100, true)
		}, "trades 10, gap 10-3000 connection lost, market.MarkPrice 2000, trades 1000"},
		{"answers wait for the stream", true, func(in *instrument) {
			mark(in, 1000)
			in.addAnswer(market.OpenInterest{EventTime: zero + 9000, Contracts: 1}, zero+9100)
			mark(in, 2000)
			mark(in, 9500)
		}, "market.MarkPrice 1000, market.MarkPrice 2000, market.OpenInterest 9000, market.MarkPrice 9500"},
		{"open interest asked for in vain is told after a while, and not before the stream tells the time", true, func(in *instrument) {
			for at := market.UnixMilli(0); at <= 10*market.Minute; at += 10 * market.Second {
				in.unpolled(zero + at)
			}
			mark(in, 10*market.Minute)
			for range 3 {
				in.unpolled(zero + 10*market.Minute)
			}
		}, "market.MarkPrice 600000, market.Lapse 600000"},
	} {
		if got := told(c.numbered, c.steps); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}
