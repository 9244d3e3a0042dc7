package score

import (
	"slices"

	"halcyon/liqmodel"
	"halcyon/market"
	"halcyon/scorecard"
)

// verify rebuilds the map of some instants from what was known then alone and
// refuses to score where it is not the map that the replay used.
func (j judged) verify() error {
	events := j.feed.events()
	for _, days := range []market.UnixMilli{9, 21} {
		at := j.begin + days*market.Day + 7*market.Hour
		claimed, err := j.feed.standingAt(j.params, j.begin, at)
		if err != nil {
			return err
		}
		err = scorecard.VerifyCausal(at, claimed, events, func(known []market.Event) ([]float64, error) {
			return feedOf(j.feed.listing, known).standingAt(j.params, j.begin, at)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// standingAt returns the profile of the map that a replay of the whole feed
// has when it reaches an instant.
func (f feed) standingAt(p liqmodel.Params, begin, at market.UnixMilli) ([]float64, error) {
	e, err := f.estimates(p, begin, []snapshot{{at: at}}, false)
	if err != nil {
		return nil, err
	}
	return slices.Concat(e[0][market.Long], e[0][market.Short]), nil
}

// events returns the feed as events in the order in which they became known.
func (f feed) events() []market.Event {
	set := &market.EventSet{Candles: f.bars, OpenInterest: f.oi}
	return set.Others()
}

// feedOf is the inverse of events.
func feedOf(listing market.Listing, events []market.Event) feed {
	out := feed{listing: listing}
	for _, e := range events {
		switch e := e.(type) {
		case market.Candle:
			out.bars = append(out.bars, e)
		case market.OpenInterest:
			out.oi = append(out.oi, e)
		}
	}
	return out
}
