package feed

import "halcyon/market"

const (
	// openInterestTime is how long open interest may be missing without a word:
	// venues that publish its past do so every five minutes.
	openInterestTime = 5 * market.Minute
	// lapseTime is how far ahead polls that fail are told: the next may succeed.
	lapseTime = market.Minute
)

// lapse tells of a span whose trades were found, before any of them, which
// streams it lacks all the same.
func (in *instrument) lapse(a *ask, recv market.UnixMilli) {
	tell := func(s market.Stream) {
		in.hand(recv, market.Lapse{From: a.From, To: a.To, Stream: s, Reason: a.reason})
	}
	if in.liquidations {
		tell(market.StreamLiquidations)
	}
	if (in.down || !in.polled) && a.To-a.From > openInterestTime {
		tell(market.StreamOpenInterest)
	}
}

// unpolled notes that open interest was asked for in vain, and tells so where
// that has gone on for long. While the stream is lost or has not begun nothing
// is told: what it leaves is.
func (in *instrument) unpolled(now market.UnixMilli) {
	if in.answered == 0 {
		in.answered = now
	}
	if in.newest == 0 || in.behind() || now-in.answered <= openInterestTime || in.newest < in.unanswered {
		return
	}
	in.unanswered = in.newest + lapseTime
	in.hand(now, market.Lapse{From: in.newest, To: in.unanswered, Stream: market.StreamOpenInterest, Reason: "open interest was asked for in vain"})
}
