package score

import (
	"fmt"

	"halcyon/liqmodel"
	"halcyon/market"
	"halcyon/scorecard"
)

// Names of what no map can know, to tell how far truth can be met at all.
const (
	nameSnapshot  = "true positions five hours before"
	nameHindsight = "one profile for all, in hindsight"
)

// truthDetail is how many cells, to 10 % from price, detail is compared over.
const truthDetail = 20

// truthTables holds estimates against true positions after an instant, with
// parameters from before it.
func truthTables(d set, positions []snapshot) (rows []scorecard.TruthRow, curves []scorecard.Curve, learned liqmodel.Params, err error) {
	if len(positions) < 4 {
		return nil, nil, learned, fmt.Errorf("cannot judge truth: %d snapshots, want at least 4: %w", len(positions), market.ErrInvalid)
	}
	half := positions[len(positions)/2].at
	learned, err = d.lessonUntil(half, positions).learn(startParams(), "truth", "first half of the true positions, and liquidations up to then")
	if err != nil {
		return nil, nil, learned, err
	}
	blind, err := d.lessonUntil(half, nil).learn(startParams(), "blind", "liquidations alone")
	if err != nil {
		return nil, nil, learned, err
	}
	fake := d
	fake.feed = d.feed.placebo(half)
	placebo, err := fake.lessonUntil(half, positions).learnFrom(startParams(), d.feed)
	if err != nil {
		return nil, nil, learned, err
	}
	var before, after []snapshot
	for _, p := range positions {
		if p.at < half {
			before = append(before, p)
		} else {
			after = append(after, p)
		}
	}
	names := []string{nameSnapshot, nameHindsight, "profile of the days before", namePeers, namePrior, "learned without positions", namePlacebo, nameLearned, nameBlurred}
	model := []bool{false, false, false, false, false, true, false, true, true}
	estimates := make([][]profile, len(names))
	last := before[len(before)-1]
	for _, p := range after {
		estimates[0] = append(estimates[0], last.true)
		estimates[1] = append(estimates[1], meanProfile(after))
		estimates[2] = append(estimates[2], meanProfile(before))
		last = p
	}
	for i, c := range []struct {
		feed   feed
		params liqmodel.Params
		drift  bool
	}{
		{d.feed.withoutOpenInterest(), peerParams(), false}, {d.feed, liqmodel.PriorParams(), false}, {d.feed, blind, false},
		{fake.feed, placebo, false}, {d.feed, learned, false}, {d.feed, learned, true},
	} {
		if estimates[i+3], err = c.feed.estimates(c.params, d.begin, after, c.drift); err != nil {
			return nil, nil, learned, err
		}
	}
	for s := range market.PositionSide(market.Sides) {
		q := scorecard.Truth{Set: "Hyperliquid BTC, large accounts", Side: s, Names: names, Model: model, Detail: truthDetail, Seed: seed}
		for _, p := range after {
			q.At, q.True = append(q.At, p.at), append(q.True, p.true[s])
		}
		for _, e := range estimates {
			cells := make([][]float64, len(e))
			for i := range e {
				cells[i] = e[i][s]
			}
			q.Estimates = append(q.Estimates, cells)
		}
		judged, err := q.Judge()
		if err != nil {
			return nil, nil, learned, err
		}
		rows = append(rows, judged...)
		curves = append(curves, scorecard.Curve{
			Name: nameBlurred, Side: s.String(), Width: truthCell,
			Estimated: share(q.Estimates[len(names)-1]), True: share(q.True),
		})
	}
	return rows, curves, learned, nil
}

// learnFrom learns with the target taken from another feed, which knows the
// open interest.
func (c lesson) learnFrom(p liqmodel.Params, real feed) (liqmodel.Params, error) {
	c.oiFrom = &real
	return c.learn(p, "placebo", "the range-mass placebo of the same lesson")
}

// meanProfile returns the mean of true profiles.
func meanProfile(of []snapshot) profile {
	out := newProfile()
	for _, p := range of {
		for s := range out {
			for k, x := range p.true[s] {
				out[s][k] += x / float64(len(of))
			}
		}
	}
	return out
}

// share returns the mean of profiles, scaled to sum 1.
func share(profiles [][]float64) []float64 {
	out := make([]float64, len(profiles[0]))
	var total float64
	for _, p := range profiles {
		for k, x := range p {
			out[k] += x
			total += x
		}
	}
	for k := range out {
		out[k] /= total
	}
	return out
}
