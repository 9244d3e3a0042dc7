package exchange

import (
	"slices"

	"halcyon/market"
)

// state returns what a ticker in full says beside a mark price, dated as it is,
// and all that it shows.
func (in *instrument) state(mark market.MarkPrice) (open market.OpenInterest, funding market.FundingRate, shows []market.Event) {
	open, funding = in.open, in.funding
	open.EventTime, funding.EventTime = mark.EventTime, mark.EventTime
	shows = []market.Event{mark, funding}
	if open.Contracts > 0 {
		shows = append(shows, open)
	}
	return open, funding, shows
}

// image sends the last ticker with the time of now, as on subscribing to it.
func (x *Exchange) image(c *client, in *instrument) {
	if in.mark.MarkPrice == 0 {
		return
	}
	mark := in.mark
	mark.EventTime = x.now()
	for _, m := range x.dialect.encode(in, mark) {
		for _, shown := range m.shows {
			in.published.Add(shown)
		}
		c.send(m.frame, true)
	}
}

// keep remembers the last items of a feed that repeats them on subscribing.
func (in *instrument) keep(items []string, most int) {
	in.recent = append(in.recent, items...)
	in.recent = slices.Delete(in.recent, 0, max(0, len(in.recent)-most))
}

// forced returns a liquidation as the trade that it is on venues that mark
// such trades, and as what the mark tells: nothing of a bankruptcy price.
func forced(e market.Liquidation) (*market.Trades, market.Liquidation) {
	e.BankruptcyPrice = 0
	var t market.Trades
	t.Append(e.EventTime, e.AvgFillPrice, e.Size, choose(e.Side == market.Long, market.TakerSell, market.TakerBuy))
	return &t, e
}
