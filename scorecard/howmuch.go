package scorecard

import (
	"fmt"
	"math"

	"halcyon/market"
)

// Candidate is one model's prediction of liquidations by period.
type Candidate struct {
	// Name is what the table calls it.
	Name string
	// Model says that it is ours, not a baseline.
	Model bool
	// USD is the predicted amount (quote) of each period, >= 0, of any scale.
	USD []float64
	// Priced says that USD is meant as an amount of money and may be held
	// against realised sums, not only ranked.
	Priced bool
	// Line, if set, is the calibration carried over from elsewhere: of
	// ln(realised + LogOffset) on ln(USD + LogOffset). Default: fitted on the
	// training periods.
	Line *Line
	// Logs, if set, replaces USD and Line by calibrated logs, as regressions give.
	Logs []float64
	// Increment asks what the candidate adds to the regressions on price,
	// Compare how it does against the placebo.
	Increment, Compare bool
}

// HowMuch is the question of one table: predicted against realised amounts of
// one side. The first Train periods teach, the others judge.
type HowMuch struct {
	// Set names the data, Horizon the length and kind of forecast.
	Set, Horizon string
	Side         market.PositionSide
	Start        []market.UnixMilli
	Train        int
	// Realised is the published liquidations (quote) of each period. A
	// censored feed makes them lower bounds: ranks and shapes are judged,
	// amounts above them are not held to be wrong.
	Realised []float64
	Censored bool
	Features Features
	// Candidates are judged beside the baselines price-only, price-only+ and
	// boosted, which are fitted here. The one named Placebo is what increments
	// over the placebo are measured against.
	Candidates []Candidate
	Placebo    string
	// Subsets are parts of the test that get tables of their own.
	Subsets []Subset
	// Seed draws the bootstrap.
	Seed uint64
}

// Subset is a part of the test periods.
type Subset struct {
	// Name is added to the horizon.
	Name string
	// Has tells which periods belong to it.
	Has func(period int) bool
}

// HowMuchRow is a line of the table.
type HowMuchRow struct {
	Set      string `json:"set"`
	Horizon  string `json:"horizon"`
	Side     string `json:"side"`
	Name     string `json:"name"`
	Model    bool   `json:"model"`
	Periods  int    `json:"periods"`
	Days     int    `json:"days"`
	Censored bool   `json:"censored"`
	// Spearman is of predicted and realised; R2 of their logs, the prediction
	// calibrated by a line from the training periods.
	Spearman Interval `json:"spearman"`
	R2       Interval `json:"r2"`
	// Deviance is the gamma deviance of the calibrated prediction.
	Deviance float64 `json:"gamma_deviance"`
	// Top is the share of realised amounts in the tenth of periods with the
	// highest prediction.
	Top Interval `json:"top_tenth"`
	// Ratio is predicted over realised sums as the map has them; nil where the
	// candidate does not claim amounts. Calibrated is the same after the line
	// from the training periods, and Deciles that by tenths of the prediction.
	Ratio      *Interval   `json:"predicted_over_realised,omitempty"`
	Calibrated *Interval   `json:"calibrated_over_realised,omitempty"`
	Deciles    *[10]Decile `json:"deciles,omitempty"`
	// OverPlus and OverBoost are what the candidate adds to the R² of the
	// regression and of the boosted trees on price-only+, OverPlacebo its R²
	// less the placebo's; nil where not asked for.
	OverPlus    *Interval `json:"over_price_only_plus,omitempty"`
	OverBoost   *Interval `json:"over_boosted,omitempty"`
	OverPlacebo *Interval `json:"over_placebo,omitempty"`
}

// Names of the baselines that Judge fits itself.
const (
	PriceOnly     = "price-only"
	PriceOnlyPlus = "price-only+"
	Boosted       = "boosted price-only+"
)

// minTest is the fewest test periods worth a table.
const minTest = 20

// Judge fits the baselines on the training periods and returns a row each for
// them and for the candidates. The error wraps market.ErrInvalid where lengths
// do not agree or too few periods are left.
func (h HowMuch) Judge() ([]HowMuchRow, error) {
	if len(h.Start) != len(h.Realised) || len(h.Features.Plus) != len(h.Realised) || h.Train < 2*boostLeaf || len(h.Start)-h.Train < minTest {
		return nil, fmt.Errorf("cannot judge %q: %d periods, %d to train, want at least %d to train and %d to test: %w",
			h.Set, len(h.Realised), h.Train, 2*boostLeaf, minTest, market.ErrInvalid)
	}
	for _, c := range h.Candidates {
		if len(c.USD) != len(h.Realised) && len(c.Logs) != len(h.Realised) {
			return nil, fmt.Errorf("cannot judge %q: %d predictions for %d periods: %w", c.Name, len(c.USD), len(h.Realised), market.ErrInvalid)
		}
	}
	j := judge{HowMuch: h, actual: make([]float64, len(h.Realised))}
	for i, y := range h.Realised {
		j.actual[i] = LogUSD(y)
	}
	all := j.fit()
	rows := j.rows(all, Subset{Has: func(int) bool { return true }})
	for _, s := range h.Subsets {
		rows = append(rows, j.rows(all, s)...)
	}
	return rows, nil
}

type judge struct {
	HowMuch
	actual []float64 // logs
	// test and block are the periods of the present subset and their days.
	test  []int
	block []int64
	// plus, boosted and placebo are logs of what increments are measured against.
	plus, boosted, placebo []float64
}

// fitted is a candidate with its calibrated logs, and those of the regressions
// on price that it has been added to.
type fitted struct {
	Candidate
	logs, withPlus, withBoost []float64
}

// fit fits the baselines and calibrates the candidates, on the training periods.
func (j *judge) fit() []fitted {
	j.plus, j.boosted = j.ridge(j.Features.Plus), j.boost(j.Features.Plus)
	all := []fitted{
		{Candidate: Candidate{Name: PriceOnly}, logs: j.ridge(j.Features.Simple)},
		{Candidate: Candidate{Name: PriceOnlyPlus}, logs: j.plus},
		{Candidate: Candidate{Name: Boosted}, logs: j.boosted},
	}
	for _, c := range j.Candidates {
		f := fitted{Candidate: c, logs: j.calibrated(c)}
		if c.Increment {
			with := j.with(f.logs)
			f.withPlus, f.withBoost = j.ridge(with), j.boost(with)
		}
		if c.Name == j.Placebo {
			j.placebo = f.logs
		}
		all = append(all, f)
	}
	return all
}

// rows judges the test periods of a subset; none where they are too few.
func (j *judge) rows(all []fitted, s Subset) []HowMuchRow {
	j.test, j.block = nil, nil
	for i := j.Train; i < len(j.Start); i++ {
		if s.Has(i) {
			j.test = append(j.test, i)
			j.block = append(j.block, int64(j.Start[i]/market.Day))
		}
	}
	if len(j.test) < minTest {
		return nil
	}
	out := make([]HowMuchRow, len(all))
	for i, f := range all {
		out[i] = j.row(f)
		out[i].Horizon += s.Name
	}
	return out
}

// ridge and boost fit on the training periods and predict all.
func (j *judge) ridge(rows [][]float64) []float64 {
	m := FitRidge(rows[:j.Train], j.actual[:j.Train])
	return apply(rows, m.Predict)
}

func (j *judge) boost(rows [][]float64) []float64 {
	m := FitBoost(rows[:j.Train], j.actual[:j.Train])
	return apply(rows, m.Predict)
}

func apply(rows [][]float64, predict func([]float64) float64) []float64 {
	out := make([]float64, len(rows))
	for i, r := range rows {
		out[i] = predict(r)
	}
	return out
}

// calibrated returns a candidate's prediction as logs.
func (j *judge) calibrated(c Candidate) []float64 {
	if c.Logs != nil {
		return c.Logs
	}
	x := make([]float64, len(c.USD))
	for i, v := range c.USD {
		x[i] = LogUSD(v)
	}
	line := FitLine(x[:j.Train], j.actual[:j.Train])
	if c.Line != nil {
		line = *c.Line
	}
	for i := range x {
		x[i] = line.At(x[i])
	}
	return x
}

func (j *judge) row(c fitted) HowMuchRow {
	logs := c.logs
	r := HowMuchRow{Set: j.Set, Horizon: j.Horizon, Side: j.Side.String(), Name: c.Name, Model: c.Model, Censored: j.Censored, Periods: len(j.test)}
	days := map[int64]bool{}
	for _, b := range j.block {
		days[b] = true
	}
	r.Days = len(days)
	predicted, actual, realised := pick(logs, j.test, nil), pick(j.actual, j.test, nil), pick(j.Realised, j.test, nil)
	r.Spearman = j.compare(Spearman, predicted, actual)
	r.R2 = j.compare(R2, predicted, actual)
	r.Top = j.compare(func(p, y []float64) float64 { return TopShare(p, y, 0.1) }, predicted, realised)
	amounts := j.amounts(logs)
	r.Deviance = GammaDeviance(amounts, realised)
	if c.Priced {
		over := func(p, y []float64) float64 { return Mean(p) / Mean(y) }
		ratio, calibrated := j.compare(over, pick(c.USD, j.test, nil), realised), j.compare(over, amounts, realised)
		deciles := Calibration(amounts, realised)
		r.Ratio, r.Calibrated, r.Deciles = &ratio, &calibrated, &deciles
	}
	if c.Increment {
		r.OverPlus, r.OverBoost = j.gain(c.withPlus, j.plus), j.gain(c.withBoost, j.boosted)
	}
	if j.placebo != nil && c.Compare && c.Name != j.Placebo {
		r.OverPlacebo = j.gain(logs, j.placebo)
	}
	return r
}

// with returns the price-only+ features with a candidate beside them.
func (j *judge) with(logs []float64) [][]float64 {
	out := make([][]float64, len(logs))
	for i, x := range logs {
		out[i] = append(append(make([]float64, 0, len(j.Features.Plus[i])+2), j.Features.Plus[i]...), x, x*x)
	}
	return out
}

// amounts turns calibrated logs of the test periods back into money, scaled to
// the training sum, because the mean of a log lies below the log of the mean.
func (j *judge) amounts(logs []float64) []float64 {
	var predicted, realised float64
	for i := range j.Train {
		predicted += max(0, math.Exp(logs[i])-LogOffset)
		realised += j.Realised[i]
	}
	out := make([]float64, len(j.test))
	for k, i := range j.test {
		out[k] = max(0, math.Exp(logs[i])-LogOffset) * realised / predicted
	}
	return out
}

// compare bootstraps a statistic of two series over the test periods.
func (j *judge) compare(stat func(a, b []float64) float64, a, b []float64) Interval {
	bufA, bufB := make([]float64, 0, 2*len(a)), make([]float64, 0, 2*len(a))
	return Bootstrap(j.block, j.Seed, func(at []int) float64 {
		bufA, bufB = pick(a, at, bufA), pick(b, at, bufB)
		return stat(bufA, bufB)
	})
}

// gain bootstraps the R² of one prediction less that of another.
func (j *judge) gain(logs, base []float64) *Interval {
	a, b, y := pick(logs, j.test, nil), pick(base, j.test, nil), pick(j.actual, j.test, nil)
	var bufA, bufB, bufY []float64
	g := Bootstrap(j.block, j.Seed, func(at []int) float64 {
		bufA, bufB, bufY = pick(a, at, bufA), pick(b, at, bufB), pick(y, at, bufY)
		return R2(bufA, bufY) - R2(bufB, bufY)
	})
	return &g
}
