package liqmodel

import (
	"math"

	"halcyon/market"
)

// Rescale follows how much of what the map predicts is being published as
// liquidated lately, a side at a time: venues change what they publish, traders
// how fast they step aside, and calm times how near levels lie. It looks back
// only: Scaled is to be asked for before Observe is told of the same period.
//
// With x = ln(μ + c) − x₀ for a prediction μ, v = ln(y + c) − x₀ for what was
// published, x₀ = ln 50,000 and the weight μ/(μ + 2c), so that quiet periods say
// little, it keeps the line v ≈ a + b·x by least squares over periods that fade
// by the half-life Slow, held towards v = x as if Prior full periods had lain
// there at x₀ and as many an e-fold away; the mean d of v − (a + b·x), fading by
// Fast; and the mean s² of its square, fading by Slow, both held towards 0 as if
// Prior full periods had come first. Amounts spread as a log-normal law have their
// mean at e^(s²/2) above the line.
//
//	Scaled(μ) = exp(x₀ + a + b·x + d + s²/2) − c, at least 0
//
// NewRescale returns one ready to use.
type Rescale struct {
	// Slow and Fast are the ages (ms) at which a period counts half.
	Slow, Fast market.UnixMilli
	// Prior is how many periods of no deviation are assumed beforehand.
	Prior float64
	// Offset (quote) is c.
	Offset float64

	line          [market.Sides]fadingLine
	swing, spread [market.Sides]fading
	now           market.UnixMilli
}

// rescaleCentre is x₀: where predictions lie in the middle of a usual day.
var rescaleCentre = math.Log(50_000)

// fading is a weighted sum that fades.
type fading struct{ sum, weight float64 }

func (f *fading) add(x, weight, kept float64) {
	f.sum, f.weight = f.sum*kept+weight*x, f.weight*kept+weight
}

func (f fading) mean(prior float64) float64 { return f.sum / (prior + f.weight) }

// fadingLine is the sums of a least-squares line that fade.
type fadingLine struct{ n, x, v, xx, xv float64 }

func (l *fadingLine) add(x, v, weight, kept float64) {
	l.n, l.x, l.v = l.n*kept+weight, l.x*kept+weight*x, l.v*kept+weight*v
	l.xx, l.xv = l.xx*kept+weight*x*x, l.xv*kept+weight*x*v
}

// at returns the line at x, held towards v = x.
func (l fadingLine) at(x, prior float64) float64 {
	n, xx, xv := l.n+prior, l.xx+prior, l.xv+prior
	det := n*xx - l.x*l.x
	a, b := (l.v*xx-xv*l.x)/det, (n*xv-l.x*l.v)/det
	return a + b*x
}

// NewRescale returns one with half-lives of 14 days and 12 hours, a prior of 3
// periods and an offset of 10,000.
func NewRescale() *Rescale {
	return &Rescale{Slow: 14 * market.Day, Fast: 12 * market.Hour, Prior: 3, Offset: 10_000}
}

func (r *Rescale) log(amount float64) float64 { return math.Log(amount+r.Offset) - rescaleCentre }

// Scaled returns what is likely to be published (quote) of a prediction of a side.
func (r *Rescale) Scaled(side market.PositionSide, predicted float64) float64 {
	v := r.line[side].at(r.log(predicted), r.Prior) + r.swing[side].mean(r.Prior) + r.spread[side].mean(r.Prior)/2
	return max(0, math.Exp(rescaleCentre+v)-r.Offset)
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
	for s := range r.line {
		x, v := r.log(predicted[s]), r.log(published[s])
		off := v - r.line[s].at(x, r.Prior)
		weight := predicted[s] / (predicted[s] + 2*r.Offset)
		r.swing[s].add(off, weight, fast)
		r.spread[s].add(off*off, weight, slow)
		r.line[s].add(x, v, weight, slow)
	}
}
