package feed

import (
	"fmt"

	"halcyon/market"
)

// venueTime returns the time that the venue would have put on an event that
// arrives now: ours, less what the last trade was behind. It never falls.
func (in *instrument) venueTime(recv market.UnixMilli) market.UnixMilli {
	if in.offsetOK {
		recv -= in.offset
	}
	in.stamped = max(in.stamped, recv)
	return in.stamped
}

func restamp(e market.Event, at market.UnixMilli) market.Event {
	switch e := e.(type) {
	case market.MarkPrice:
		e.EventTime = at
		return e
	case market.OpenInterest:
		e.EventTime = at
		return e
	case market.FundingRate:
		e.EventTime = at
		return e
	case market.Liquidation:
		e.EventTime = at
		return e
	}
	panic(fmt.Sprintf("BUG: %T without a time", e))
}

// date emits the events that came without a time before it was known how far
// the clocks are apart.
func (in *instrument) date() {
	undated := in.undated
	in.undated = nil
	for _, u := range undated {
		in.addEvent(u.event, true, u.recv)
	}
}

// assume dates events by our own clock where no trade shows the venue's for
// assumeTime.
func (in *instrument) assume(now market.UnixMilli) {
	if len(in.undated) > 0 && now > in.undated[0].recv+assumeTime {
		in.assumeOK = true
		in.date()
	}
}
