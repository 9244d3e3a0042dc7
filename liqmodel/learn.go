package liqmodel

import (
	"fmt"
	"math"
	"slices"

	"halcyon/market"
)

// LearnOptions configure Learn. The zero value takes the defaults.
type LearnOptions struct {
	// LogOffset (quote) is added to amounts before logarithms. Default 10,000.
	LogOffset float64
	// Smoothness penalises bends of log weight over neighbouring tiers: the
	// cost, in squared log errors, of a bend of 1. Default 20.
	Smoothness float64
	// PriorWeight ties every tier's log weight to where it began, by squared
	// deviation; it holds tiers that the sweeps say nothing about. Default 2.
	PriorWeight float64
	// Rounds is how often the ledger is run anew with the weights of the round
	// before, because what closes depends on what was opened. Default 4.
	Rounds int
	// HoldBelow keeps the weights of tiers of less leverage as they are, because
	// their levels lie farther away than price often goes; in their stead the
	// SweptShare of their groups is fitted, one for both sides. It must be where
	// a group begins. Default 0, none.
	HoldBelow market.Leverage
}

func (o LearnOptions) withDefaults() LearnOptions {
	if o.LogOffset == 0 {
		o.LogOffset = 10_000
	}
	if o.Smoothness == 0 {
		o.Smoothness = 20
	}
	if o.PriorWeight == 0 {
		o.PriorWeight = 2
	}
	if o.Rounds == 0 {
		o.Rounds = 4
	}
	return o
}

// Swept is predicted liquidations (quote) by period, side and tier, as a tier
// ledger books them: what learning starts from.
type Swept [market.Sides][][]float64

// Learn fits the weights of the leverage distribution, a side at a time, to
// realised liquidations (quote) by period.
//
// The predicted amount of period t is linear in the weights as long as closings
// stay the same: μ_t = Σ_k m_k·S_tk, with S_tk what tier k sweeps at its
// present weight and m_k ≥ 0 the factor sought. The factors minimise
//
//	Σ_t (ln(μ_t + c) − ln(y_t + c))² + σ·Σ_k (Δ² ln w_k)² + π·Σ_k (ln w_k − ln w⁰_k)²
//
// (c LogOffset, σ Smoothness, π PriorWeight, w⁰ the weights given). They are
// then scaled together such that Σμ = Σy, because the minimum of a log error
// lies below the mean. run replays the training periods with the parameters it
// is given; it is called Rounds times. A side without any realised amount is
// left as it is. Weights of a side never sum to more than 1: where they would,
// all are scaled down. The error is run's, or wraps market.ErrInvalid where the
// shapes do not agree.
func Learn(p Params, realised [market.Sides][]float64, opt LearnOptions, run func(Params) (Swept, error)) (Params, error) {
	opt = opt.withDefaults()
	prior := p
	for range opt.Rounds {
		swept, err := run(p)
		if err != nil {
			return p, err
		}
		next := p
		next.Tiers = append([]LeverageTier(nil), p.Tiers...)
		shares := slices.Repeat([]float64{1}, len(p.Groups))
		for s := range market.PositionSide(market.Sides) {
			if len(swept[s]) != len(realised[s]) || len(swept[s]) == 0 || len(swept[s][0]) != len(p.Tiers) {
				return p, fmt.Errorf("cannot learn %v weights: %d periods swept, %d realised: %w", s, len(swept[s]), len(realised[s]), market.ErrInvalid)
			}
			for g, factor := range fitSide(&next, prior, s, swept[s], realised[s], opt) {
				shares[g] *= math.Sqrt(factor)
			}
		}
		next.Groups = slices.Clone(p.Groups)
		for g := range next.Groups {
			next.Groups[g].SweptShare = min(1, max(minShare, next.Groups[g].SweptShare*market.Ratio(shares[g])))
		}
		p = next
	}
	return p, nil
}

// fitSide replaces the weights of one side, and returns by what factor the
// swept share of every group should change for its sake.
func fitSide(p *Params, prior Params, side market.PositionSide, swept [][]float64, realised []float64, opt LearnOptions) []float64 {
	shares := make([]float64, len(p.Groups))
	for g := range shares {
		shares[g] = 1
	}
	f := newFit(p, prior, side, opt)
	var total float64
	for _, y := range realised {
		total += y
		f.target = append(f.target, math.Log(y+opt.LogOffset))
	}
	f.swept = swept
	if total == 0 {
		return shares
	}
	x := slices.Clone(f.now)
	f.level = f.shift(x, total)
	f.descend(x)
	f.shift(x, total)
	var sum float64
	for k, i := range f.index {
		if w := &p.Tiers[k].Weight[side]; i >= f.shares {
			*w = math.Exp(x[i])
		}
		sum += p.Tiers[k].Weight[side]
	}
	for k := range p.Tiers {
		p.Tiers[k].Weight[side] /= max(1, sum)
	}
	for i := range f.shares {
		shares[i] = math.Exp(x[i] - f.now[i])
	}
	return shares
}

// minShare bounds a learned SweptShare from below.
const minShare = 0.02

// minWeight stands for a weight of 0, whose logarithm does not exist.
const minWeight = 1e-7

// fit is the objective of one side. Its variables x are logarithms: first the
// swept shares of the groups that hold tiers below HoldBelow, then the weights
// of the other tiers.
type fit struct {
	swept  [][]float64
	target []float64
	// now is where the variables stood when swept was made, prior where they
	// stood before the first round.
	now, prior []float64
	// index is each tier's variable; shares is how many variables are shares.
	index  []int
	shares int
	// level is what the prior of weights is shifted by: only its shape is held.
	level float64
	opt   LearnOptions
}

func newFit(p *Params, prior Params, side market.PositionSide, opt LearnOptions) *fit {
	f := &fit{opt: opt}
	for _, t := range p.Tiers {
		if t.Leverage < opt.HoldBelow {
			f.shares = max(f.shares, p.groupOf(t.Leverage)+1)
		}
	}
	for g := range f.shares {
		f.now = append(f.now, math.Log(float64(p.Groups[g].SweptShare)))
		f.prior = append(f.prior, math.Log(float64(prior.Groups[g].SweptShare)))
	}
	for k, t := range p.Tiers {
		if t.Leverage < opt.HoldBelow {
			f.index = append(f.index, p.groupOf(t.Leverage))
			continue
		}
		f.index = append(f.index, len(f.now))
		f.now = append(f.now, math.Log(max(t.Weight[side], minWeight)))
		f.prior = append(f.prior, math.Log(max(prior.Tiers[k].Weight[side], minWeight)))
	}
	return f
}

// shift moves the weights in x such that Σμ = total, as far as the shares
// leave room, and returns by how much.
func (f *fit) shift(x []float64, total float64) float64 {
	var held, free float64
	for _, row := range f.swept {
		for k, s := range row {
			i := f.index[k]
			if mu := s * math.Exp(x[i]-f.now[i]); i < f.shares {
				held += mu
			} else {
				free += mu
			}
		}
	}
	by := math.Log(max(total-held, total/4) / free)
	for i := f.shares; i < len(x); i++ {
		x[i] += by
	}
	return by
}

// gradient writes the gradient at x.
func (f *fit) gradient(x, g []float64) {
	clear(g)
	factor := make([]float64, len(x))
	for i := range x {
		factor[i] = math.Exp(x[i] - f.now[i])
	}
	for t, row := range f.swept {
		var mu float64
		for k, s := range row {
			mu += s * factor[f.index[k]]
		}
		mu += f.opt.LogOffset
		e := 2 * (math.Log(mu) - f.target[t]) / mu
		for k, s := range row {
			g[f.index[k]] += e * s * factor[f.index[k]]
		}
	}
	for i := f.shares + 1; i+1 < len(x); i++ {
		bend := 2 * f.opt.Smoothness * (x[i-1] - 2*x[i] + x[i+1])
		g[i-1] += bend
		g[i] -= 2 * bend
		g[i+1] += bend
	}
	for i := range x {
		level := f.level
		if i < f.shares {
			level = 0
		}
		g[i] += 2 * f.opt.PriorWeight * (x[i] - f.prior[i] - level)
	}
}

// descend moves x to the minimum by Adam with a falling rate: plain, without a
// line search, the same on every machine.
func (f *fit) descend(x []float64) {
	const steps, rate, b1, b2 = 600, 0.05, 0.9, 0.99
	g, m, v := make([]float64, len(x)), make([]float64, len(x)), make([]float64, len(x))
	for i := 1; i <= steps; i++ {
		f.gradient(x, g)
		r := rate * (1 - float64(i-1)/steps)
		for k := range x {
			m[k] = b1*m[k] + (1-b1)*g[k]
			v[k] = b2*v[k] + (1-b2)*g[k]*g[k]
			mh, vh := m[k]/(1-math.Pow(b1, float64(i))), v[k]/(1-math.Pow(b2, float64(i)))
			x[k] -= r * mh / (math.Sqrt(vh) + 1e-12)
		}
	}
}
