package score

import (
	"halcyon/liqmodel"
	"halcyon/market"
	"halcyon/scorecard"
)

// ablations returns the map with one part changed at a time, each learned anew
// from the same lesson and judged on the same hours.
func (j judged) ablations(positions []snapshot) ([]scorecard.AblationRow, error) {
	r := j.base
	learnOn := func(f feed, p liqmodel.Params, with []snapshot) (liqmodel.Params, error) {
		d := j.set
		d.feed = f
		return d.lessonUntil(j.split, with).learn(p, "ablation", "")
	}
	changed := func(change func(*liqmodel.Params)) liqmodel.Params {
		p := startParams()
		p.Groups = append([]liqmodel.Group(nil), p.Groups...)
		change(&p)
		return p
	}
	settings := liqmodel.PriorParams()
	cases := []struct {
		name   string
		feed   feed
		start  liqmodel.Params
		learn  bool
		with   []snapshot
		scaled bool
	}{
		{"whole model", j.feed, j.params, false, nil, true},
		{"without rescaling", j.feed, j.params, false, nil, false},
		{"without learning: prior weights", j.feed, liqmodel.PriorParams(), false, nil, true},
		{"leverage bounded by the venue's settings", j.feed, settings, true, nil, true},
		{"without true positions", j.feed, startParams(), true, nil, true},
		{"without open interest", j.feed.withoutOpenInterest(), startParams(), true, nil, true},
		{"bar range for volume, no open interest (placebo)", j.feed.placebo(j.split), j.placebo, false, nil, true},
		{"hourly bars", j.feed.hourly(), startParams(), true, nil, true},
		{"one closing hazard for all", j.feed, changed(func(p *liqmodel.Params) {
			for g := range p.Groups {
				p.Groups[g].Hazard = 1
			}
		}), true, nil, true},
		{"stickiness 0.05", j.feed, changed(func(p *liqmodel.Params) { p.Stickiness = 0.05 }), true, nil, true},
		{"stickiness 1", j.feed, changed(func(p *liqmodel.Params) { p.Stickiness = 1 }), true, nil, true},
	}
	var all []series
	for _, c := range cases {
		p := c.start
		if c.learn {
			var err error
			if p, err = learnOn(c.feed, p, c.with); err != nil {
				return nil, err
			}
		}
		usd, err := c.feed.live(p, j.begin, r.start, j.baseWidth)
		if err != nil {
			return nil, err
		}
		if c.scaled {
			usd = rescaled(usd, r.usd, r.start, j.baseWidth)
		}
		all = append(all, series{name: c.name, usd: usd})
	}
	var rows []scorecard.AblationRow
	for s := range market.PositionSide(market.Sides) {
		q := j.question(r, j.baseWidth, s)
		q.Placebo = all[0].name // what all others are measured against
		for _, c := range all {
			q.Candidates = append(q.Candidates, scorecard.Candidate{Name: c.name, Model: true, Compare: true, USD: c.usd[s]})
		}
		judged, err := q.Judge()
		if err != nil {
			return nil, err
		}
		for _, row := range judged {
			if !row.Model {
				continue
			}
			out := scorecard.AblationRow{Name: row.Name, Side: row.Side, Spearman: row.Spearman, R2: row.R2}
			if row.OverPlacebo != nil {
				out.Versus = *row.OverPlacebo
			}
			rows = append(rows, out)
		}
	}
	return rows, nil
}
