package score

import (
	"fmt"
	"slices"

	"halcyon/liqmodel"
	"halcyon/market"
	"halcyon/scorecard"
)

// Names of what true positions say of themselves: how far truth can be met by
// who knows the positions of before, and by who knows those of afterwards.
const (
	namePrevious  = "true positions of the moment before"
	nameBefore    = "profile of the days before the test"
	nameYesterday = "profile of the last 24 h"
	nameHindsight = "one profile for all, in hindsight"
	nameDaily     = "learned anew each day"
)

// truthDetail is how many cells, to 10 % from price, detail is compared over.
const truthDetail = 20

// splitTruth is where true positions stop being learned from, half-way through
// the sightings; only parameters that are learned anew each day go on.
var splitTruth = utc("2026-02-09") + 8*market.Hour

// estimate is what one candidate lets stand at each moment judged.
type estimate struct {
	name     string
	model    bool
	profiles []profile
}

// truthTables holds estimates against true positions after an instant, with
// parameters from before it: against all that is known of the accounts followed,
// and against what was told at the very moment.
func truthTables(d set, sightings []sighting) (p part, learned liqmodel.Params, err error) {
	carried := snapshots(sightings, carryFor)
	estimates, learned, err := d.truthEstimates(carried)
	if err != nil {
		return p, learned, err
	}
	for _, v := range []struct {
		name string
		all  []snapshot
	}{{nameAccounts + ", accounts known for a day", carried}, {nameAccounts + ", accounts as listed", snapshots(sightings, 0)}} {
		rows, curves, err := judgeTruth(v.name, d.feed.ofOpenInterest(v.all), splitTruth, estimates)
		if err != nil {
			return p, learned, err
		}
		p.truth = append(p.truth, rows...)
		if p.curves == nil { // the others differ in the truth alone
			p.curves = curves
		}
	}
	return p, learned, nil
}

// truthEstimates replays every candidate over the moments after splitTruth.
func (d set) truthEstimates(positions []snapshot) (out []estimate, learned liqmodel.Params, err error) {
	learned, err = d.lessonUntil(splitTruth, positions).learn(startParams(), "truth", "first half of the true positions, and liquidations up to then")
	if err != nil {
		return nil, learned, err
	}
	blind, err := d.lessonUntil(splitTruth, nil).learn(startParams(), "blind", "liquidations alone")
	if err != nil {
		return nil, learned, err
	}
	fake := d
	fake.feed = d.feed.placebo(splitTruth)
	lesson := fake.lessonUntil(splitTruth, positions)
	lesson.oiFrom = &d.feed // the placebo knows none
	placebo, err := lesson.learn(startParams(), "placebo", "the range-mass placebo of the same lesson")
	if err != nil {
		return nil, learned, err
	}
	_, after := parted(positions, splitTruth)
	out, err = estimatesOf(d.begin, after, []truthMap{
		{namePeers, false, d.feed.withoutOpenInterest(), peerParams(), false},
		{namePrior, false, d.feed, liqmodel.PriorParams(), false},
		{"learned without positions", true, d.feed, blind, false},
		{namePlaceboMap, false, fake.feed, placebo, false},
		{nameLearned, true, d.feed, learned, false},
		{nameBlurred, true, d.feed, learned, true},
	})
	if err != nil {
		return nil, learned, err
	}
	daily, err := d.daily(learned, positions, splitTruth)
	return append(out, estimate{nameDaily, true, daily}), learned, err
}

// truthMap is a map that is held against true positions; with drift every level
// is as wide as it may have wandered.
type truthMap struct {
	name   string
	model  bool
	feed   feed
	params liqmodel.Params
	drift  bool
}

// estimatesOf replays maps over moments.
func estimatesOf(begin market.UnixMilli, moments []snapshot, of []truthMap) (out []estimate, err error) {
	for _, c := range of {
		profiles, err := c.feed.estimates(c.params, begin, moments, c.drift)
		if err != nil {
			return nil, err
		}
		out = append(out, estimate{c.name, c.model, profiles})
	}
	return out, nil
}

// parted separates the snapshots before an instant from the others.
func parted(of []snapshot, at market.UnixMilli) (before, after []snapshot) {
	i := slices.IndexFunc(of, func(s snapshot) bool { return s.at >= at })
	if i < 0 {
		return of, nil
	}
	return of[:i:i], of[i:]
}

// daily returns what stands at the moments from an instant on, each drawn with
// parameters learned at the beginning of its day: the far tiers follow all true
// positions from before it, those of the day before counting twice those of
// another day earlier, side by side and unsmoothed, because most are still there.
func (d set) daily(p liqmodel.Params, positions []snapshot, from market.UnixMilli) (out []profile, err error) {
	_, after := parted(positions, from)
	for len(after) > 0 {
		day := after[0].at.Floor(market.Day)
		today, later := parted(after, day+market.Day)
		c := d.lessonUntil(max(day, from), positions)
		c.halfLife = market.Day
		if p, err = c.standing(p, liqmodel.StandingOptions{Below: nearLeverage, Rounds: 2, Steps: 5, Apart: true}); err != nil {
			return nil, err
		}
		profiles, err := d.feed.estimates(p, d.begin, today, false)
		if err != nil {
			return nil, err
		}
		out, after = append(out, profiles...), later
	}
	return out, nil
}

// ofOpenInterest returns snapshots with profiles scaled from a side's total to
// the open interest: what would stand if all positions were like those known.
func (f feed) ofOpenInterest(all []snapshot) []snapshot {
	out := make([]snapshot, len(all))
	for i, p := range all {
		out[i] = snapshot{at: p.at, true: newProfile(), total: p.total}
		notional := f.notionalAt(p.at)
		for s := range p.true {
			for k, x := range p.true[s] {
				if out[i].true[s][k] = x; x > 0 && notional > 0 {
					out[i].true[s][k] = x / p.total[s] * notional
				}
			}
		}
	}
	return out
}

// judgeTruth holds estimates, of the moments from an instant on, against true
// positions, beside what those of before say.
func judgeTruth(set string, all []snapshot, from market.UnixMilli, estimates []estimate) (rows []scorecard.TruthRow, curves []scorecard.Curve, err error) {
	before, after := parted(all, from)
	if len(before) < 2 || len(after) < 2 {
		return nil, nil, fmt.Errorf("cannot judge truth of %q: %d moments before %v and %d from then on, want 2 each: %w", set, len(before), from, len(after), market.ErrInvalid)
	}
	estimates = append(pastPositions(before, after), estimates...)
	for s := range market.PositionSide(market.Sides) {
		q := scorecard.Truth{Set: set, Side: s, Detail: truthDetail, Seed: seed}
		for _, p := range after {
			q.At, q.True = append(q.At, p.at), append(q.True, p.true[s])
		}
		for _, e := range estimates {
			cells := make([][]float64, len(e.profiles))
			for i := range e.profiles {
				cells[i] = e.profiles[i][s]
			}
			q.Names, q.Model, q.Estimates = append(q.Names, e.name), append(q.Model, e.model), append(q.Estimates, cells)
			if e.name == nameDaily || e.name == nameBlurred {
				curves = append(curves, scorecard.Curve{Name: e.name, Side: s.String(), Width: truthCell, Estimated: share(cells), True: share(q.True)})
			}
		}
		judged, err := q.Judge()
		if err != nil {
			return nil, nil, err
		}
		rows = append(rows, judged...)
	}
	return rows, curves, nil
}

// pastPositions are the estimates that need no map.
func pastPositions(before, after []snapshot) []estimate {
	out := []estimate{{name: namePrevious}, {name: nameYesterday}, {name: nameBefore}, {name: nameHindsight}}
	known := slices.Clone(before)
	for _, p := range after {
		for i, of := range [][]snapshot{known[len(known)-1:], known, before, after} {
			if out[i].name == nameYesterday {
				if _, recent := parted(of, p.at-market.Day); len(recent) > 0 {
					of = recent
				}
			}
			out[i].profiles = append(out[i].profiles, meanProfile(of))
		}
		known = append(known, p)
	}
	return out
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
