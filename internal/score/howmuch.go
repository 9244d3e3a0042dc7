package score

import (
	"halcyon/liqmodel"
	"halcyon/market"
	"halcyon/scorecard"
)

// Names in the tables.
const (
	nameLearned  = "learned map"
	nameRescaled = "learned map, rescaled"
	nameStood    = "learned map, frozen, standing alone"
	nameFrozen   = "learned map, frozen"
	namePlacebo  = "range-mass placebo, rescaled"
	// namePlaceboMap is the placebo where nothing is rescaled.
	namePlaceboMap = "range-mass placebo"
	namePrior      = "prior map, nothing learned"
	namePeers      = "fixed-leverage map (peers)"
	nameDistance   = "volume at log-normal distances"
)

// judged is a set with what its tables need.
type judged struct {
	set
	params  liqmodel.Params // learned, from before the test
	placebo liqmodel.Params // the same, learned on the placebo's feed
	// lines, if set, are calibrations carried over from another set by name and side.
	lines map[string][market.Sides]scorecard.Line
	// swept, if set, is what replayed returned before.
	swept []series
}

// series is predictions of one name.
type series struct {
	name      string
	usd       [market.Sides][]float64
	model     bool
	priced    bool
	increment bool
	// scaled, if set, is what the same is called when rescaled.
	scaled string
}

// replayed returns what every candidate sweeps in the set's own periods.
func (j judged) replayed() ([]series, error) {
	out := []series{
		{name: nameLearned, model: true, priced: true, scaled: nameRescaled},
		{name: namePlaceboMap, scaled: namePlacebo},
		{name: namePrior}, {name: namePeers}, {name: nameDistance},
	}
	for i, c := range []struct {
		feed   feed
		params liqmodel.Params
	}{
		{j.feed, j.params}, {j.feed.placebo(j.split), j.placebo}, {j.feed, liqmodel.PriorParams()},
		{j.feed.withoutOpenInterest(), peerParams()}, {j.feed.withoutOpenInterest(), distanceParams()},
	} {
		var err error
		if out[i].usd, err = c.feed.live(c.params, j.begin, j.base.start, j.baseWidth); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// predictions returns every candidate's predictions for periods of a width.
func (j judged) predictions(width market.UnixMilli) (out []series, err error) {
	swept := j.swept
	if swept == nil {
		if swept, err = j.replayed(); err != nil {
			return nil, err
		}
	}
	r := j.widened(width)
	for _, c := range swept {
		d := j.set
		d.base.usd = c.usd
		c.usd = d.widened(width).usd
		if c.name != namePlaceboMap { // judged rescaled only
			out = append(out, c)
		}
		if c.scaled != "" {
			out = append(out, series{name: c.scaled, usd: rescaled(c.usd, r.usd, r.start, width), model: c.model, priced: c.model, increment: true})
		}
	}
	return out, nil
}

// tables judges all candidates of a set at one width, both sides, live; with
// large also apart for the tenth of periods with the widest range.
func (j judged) tables(width market.UnixMilli, large bool) ([]scorecard.HowMuchRow, error) {
	r := j.widened(width)
	all, err := j.predictions(width)
	if err != nil {
		return nil, err
	}
	var rows []scorecard.HowMuchRow
	for s := range market.PositionSide(market.Sides) {
		q := j.question(r, width, s)
		q.Horizon, q.Placebo = horizon(width)+" live", namePlacebo
		for _, c := range all {
			q.Candidates = append(q.Candidates, scorecard.Candidate{
				Name: c.name, Model: c.model, USD: c.usd[s], Priced: c.priced, Line: j.line(c.name, s),
				Increment: c.increment && j.lines == nil, Compare: c.increment && c.model,
			})
		}
		if large {
			limit := quantileOf(q.Features, q.Train, 0.9)
			q.Subsets = []scorecard.Subset{{Name: ", large moves", Has: func(i int) bool { return q.Features.Simple[i][2] >= limit }}}
		}
		judgedRows, err := q.Judge()
		if err != nil {
			return nil, err
		}
		rows = append(rows, judgedRows...)
	}
	return rows, nil
}

// frozenTables judges the map of the periods' starts.
func (j judged) frozenTables(width market.UnixMilli) ([]scorecard.HowMuchRow, error) {
	r := j.widened(width)
	stood, learned, err := j.feed.frozen(j.params, j.begin, r.start, width)
	if err != nil {
		return nil, err
	}
	scaled := rescaled(learned, r.usd, r.start, width)
	_, placebo, err := j.feed.placebo(j.split).frozen(j.placebo, j.begin, r.start, width)
	if err != nil {
		return nil, err
	}
	placebo = rescaled(placebo, r.usd, r.start, width)
	var rows []scorecard.HowMuchRow
	for s := range market.PositionSide(market.Sides) {
		q := j.question(r, width, s)
		q.Horizon, q.Placebo = horizon(width)+" frozen", namePlacebo
		q.Candidates = []scorecard.Candidate{
			{Name: nameStood, Model: true, USD: stood[s]},
			{Name: nameFrozen, Model: true, USD: learned[s]},
			{Name: nameFrozen + ", rescaled", Model: true, USD: scaled[s], Increment: true, Compare: true},
			{Name: namePlacebo, USD: placebo[s]},
		}
		judgedRows, err := q.Judge()
		if err != nil {
			return nil, err
		}
		rows = append(rows, judgedRows...)
	}
	return rows, nil
}

// question is what all tables of a set have in common.
func (j judged) question(r realised, width market.UnixMilli, side market.PositionSide) scorecard.HowMuch {
	f := scorecard.NewFeatures(scorecard.FeatureInput{
		Bars: j.feed.bars, OpenInterest: j.feed.oi, Start: r.start, Width: width, Realised: r.usd,
	}, side)
	return scorecard.HowMuch{
		Set: j.name, Side: side, Start: r.start, Train: r.before(j.split), Realised: r.usd[side], Censored: j.censored, Features: f, Seed: seed,
	}
}

func (j judged) line(name string, side market.PositionSide) *scorecard.Line {
	if lines, ok := j.lines[name]; ok {
		return &lines[side]
	}
	return nil
}

// linesOf fits the calibration of every candidate on the training periods of a
// set, to be carried over to another.
func (j judged) linesOf(width market.UnixMilli) (map[string][market.Sides]scorecard.Line, error) {
	r := j.widened(width)
	all, err := j.predictions(width)
	if err != nil {
		return nil, err
	}
	n := r.before(j.split)
	out := map[string][market.Sides]scorecard.Line{}
	for _, c := range all {
		var lines [market.Sides]scorecard.Line
		for s := range lines {
			lines[s] = scorecard.FitLine(logsOf(c.usd[s][:n]), logsOf(r.usd[s][:n]))
		}
		out[c.name] = lines
	}
	return out, nil
}

func logsOf(v []float64) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = scorecard.LogUSD(x)
	}
	return out
}

// quantileOf returns the q-quantile of the range of the training periods.
func quantileOf(f scorecard.Features, train int, q float64) float64 {
	span := make([]float64, train)
	for i := range span {
		span[i] = f.Simple[i][2]
	}
	return scorecard.Quantile(span, q)
}

func horizon(width market.UnixMilli) string {
	if width%market.Hour != 0 {
		return itoa(width/market.Minute) + " min"
	}
	return itoa(width/market.Hour) + " h"
}

// seed draws every bootstrap: the date on which the protocol was fixed.
const seed = 20261122

func itoa(v market.UnixMilli) string {
	if v < 10 {
		return string(rune('0' + v))
	}
	return itoa(v/10) + itoa(v%10)
}
