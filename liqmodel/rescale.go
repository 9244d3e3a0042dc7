package liqmodel

import (
	"math"

	"halcyon/market"
)

// Rescale follows how much of what the map predicts is being published as
// liquidated lately, a side at a time: venues change what they publish, and
// traders how fast they step aside. It looks back only: Factor is to be asked
// for before Observe is told of the same period.
//
// With e_i = ln(y_i + c) − ln(μ_i + c) − Bias and weights v_i = μ_i/(μ_i + 2c),
// so that quiet periods say little, it keeps two means that fade by half-life:
// the level m of e over Slow, and the mean d of e − m over Fast, each held
// towards 0 as if Prior periods without deviation had come first.
//
//	Factor = exp(m + d)
//
// NewRescale returns one ready to use.
type Rescale struct {
	// Slow and Fast are the ages (ms) at which a period counts half.
	Slow, Fast market.UnixMilli
	// Prior is how many full periods of no deviation are assumed beforehand.
	Prior float64
	// Offset (quote) is c.
	Offset float64
	// Bias is the mean of e over the training window, by side.
	Bias [market.Sides]float64

	level, swing [market.Sides]fading
	now          market.UnixMilli
}

// fading is a weighted sum that fades.
type fading struct{ sum, weight float64 }

func (f *fading) add(x, weight, kept float64) {
	f.sum, f.weight = f.sum*kept+weight*x, f.weight*kept+weight
}

func (f fading) mean(prior float64) float64 { return f.sum / (prior + f.weight) }

// NewRescale returns one with half-lives of 14 days and 12 hours, a prior of 3
// periods and an offset of 10,000.
func NewRescale() *Rescale {
	return &Rescale{Slow: 14 * market.Day, Fast: 12 * market.Hour, Prior: 3, Offset: 10_000}
}

// Factor returns what predictions of a side are to be multiplied by, > 0.
func (r *Rescale) Factor(side market.PositionSide) float64 {
	return math.Exp(r.level[side].mean(r.Prior) + r.swing[side].mean(r.Prior))
}

// Observe takes the predicted, unscaled, and published amounts (quote) of a
// period that ended at a time, which never falls.
func (r *Rescale) Observe(end market.UnixMilli, predicted, published [market.Sides]float64) {
	slow, fast := 1.0, 1.0
	if r.now > 0 {
		slow = math.Exp2(-float64(end-r.now) / float64(r.Slow))
		fast = math.Exp2(-float64(end-r.now) / float64(r.Fast))
	}
	r.now = end
	for s := range r.level {
		w := predicted[s] / (predicted[s] + 2*r.Offset)
		e := math.Log(published[s]+r.Offset) - math.Log(predicted[s]+r.Offset) - r.Bias[s]
		r.level[s].add(e, w, slow)
		r.swing[s].add(e-r.level[s].mean(r.Prior), w, fast)
	}
}

// MeanError returns the weighted mean of e over periods, for Bias: only periods
// of the training window may be given.
func (r *Rescale) MeanError(predicted, published []float64) float64 {
	var sum, weight float64
	for i, p := range predicted {
		w := p / (p + 2*r.Offset)
		sum += w * (math.Log(published[i]+r.Offset) - math.Log(p+r.Offset))
		weight += w
	}
	if weight == 0 {
		return 0
	}
	return sum / weight
}
