package liqmodel

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"halcyon/market"
)

// StandingOptions configure LearnStanding.
type StandingOptions struct {
	// Below bounds the tiers fitted: those of less leverage. Default 0, none.
	Below market.Leverage
	// Rounds is how often the ledger is run anew, Steps how many steps are taken
	// on what it then tells. Defaults 3 and 1.
	Rounds, Steps int
	// Apart lets every side and tier follow its own positions, single accounts
	// and all: for parameters that are renewed before those accounts are gone.
	// Default false: both sides get one smooth law.
	Apart bool
}

// standingSmooth is how often a step of LearnStanding smooths the weights.
const standingSmooth = 3

// LearnStanding fits the weights of tiers below a leverage to where positions
// are known to stand. target is notional (quote) by side and cell of distance
// from price; run replays with the parameters it is given and returns, by side,
// tier and cell, the mean of what stood at the same instants. What stands is taken
// to be linear in the weights until the next round. A step is one of
// expectation-maximisation for the density over cells,
//
//	w_k ← w_k · Σ_c E_kc·T_c/E_c / Σ_c E_kc
//
// with E_kc the estimate of tier k in cell c, E_c its sum over tiers and T_c
// the target, bounded to a factor of 3 either way. Few large accounts are known
// and they come and go, so unless Apart a step does not end there: both sides get
// their geometric mean, and it is smoothed over neighbouring tiers three times by
//
//	ln w_k ← ¼·ln w_{k−1} + ½·ln w_k + ¼·ln w_{k+1}
//
// (the smoothed EM of Silverman, Jones, Wilson and Nychka, J. R. Statist. Soc. B
// 52, 1990). Left to itself every side and tier follows single accounts, and
// later days do not repeat them. The fitted weights of a side are at most
// what the others leave of 1.
func LearnStanding(p Params, target [market.Sides][]float64, opt StandingOptions, run func(Params) ([market.Sides][][]float64, error)) (Params, error) {
	for range cmp.Or(opt.Rounds, 3) {
		stands, err := run(p)
		if err != nil {
			return p, err
		}
		for s := range stands {
			if len(stands[s]) != len(p.Tiers) || len(stands[s][0]) != len(target[s]) {
				return p, fmt.Errorf("cannot learn where positions stand: %d tiers of %d cells, want %d of %d: %w",
					len(stands[s]), len(stands[s][0]), len(p.Tiers), len(target[s]), market.ErrInvalid)
			}
		}
		for range cmp.Or(opt.Steps, 1) {
			p = p.standingStep(target, stands, opt)
		}
	}
	return p, nil
}

// standingStep returns the parameters after a step of LearnStanding, and makes
// stands what would stand with them.
func (p Params) standingStep(target [market.Sides][]float64, stands [market.Sides][][]float64, opt StandingOptions) Params {
	before := p.Tiers
	p.Tiers = slices.Clone(p.Tiers)
	var logs [market.Sides][]float64
	for s := range stands {
		p.maximise(s, target[s], stands[s], opt.Below)
		for _, t := range p.Tiers {
			if t.Leverage < opt.Below {
				logs[s] = append(logs[s], math.Log(max(t.Weight[s], minWeight)))
			}
		}
	}
	if !opt.Apart {
		for k := range logs[0] {
			logs[0][k] = (logs[0][k] + logs[1][k]) / 2
		}
		for range standingSmooth {
			smooth(logs[0])
		}
		logs[1] = logs[0]
	}
	for s := range stands {
		p.setStanding(s, logs[s], opt.Below)
		for k, t := range p.Tiers {
			for c := range stands[s][k] {
				if before[k].Weight[s] > 0 {
					stands[s][k][c] *= t.Weight[s] / before[k].Weight[s]
				}
			}
		}
	}
	return p
}

// maximise is one step of expectation-maximisation for one side.
func (p *Params) maximise(side int, target []float64, stands [][]float64, below market.Leverage) {
	all := make([]float64, len(target))
	for _, cells := range stands {
		for c, x := range cells {
			all[c] += x
		}
	}
	for k := range p.Tiers {
		if p.Tiers[k].Leverage >= below {
			continue
		}
		var attributed, mass float64
		for c, x := range stands[k] {
			if x > 0 {
				attributed += x * target[c] / all[c]
				mass += x
			}
		}
		if mass > 0 {
			p.Tiers[k].Weight[side] *= min(max(attributed/mass, 1.0/3), 3)
		}
	}
}

// smooth replaces every value by its mean with its neighbours, itself counted
// twice; the outermost stand in for neighbours that they lack.
func smooth(v []float64) {
	if len(v) == 0 {
		return
	}
	before := v[0]
	for i, x := range v {
		after := v[min(i+1, len(v)-1)]
		v[i], before = before/4+x/2+after/4, x
	}
}

// setStanding sets the weights of one side's tiers below a leverage from
// logarithms, as far as the other tiers leave room.
func (p *Params) setStanding(side int, logs []float64, below market.Leverage) {
	var held, wanted float64
	for k := range p.Tiers {
		if p.Tiers[k].Leverage >= below {
			held += p.Tiers[k].Weight[side]
		}
	}
	for _, x := range logs {
		wanted += math.Exp(x)
	}
	i := 0
	for k := range p.Tiers {
		if p.Tiers[k].Leverage < below {
			p.Tiers[k].Weight[side] = math.Exp(logs[i]) * min(1, max(0, 1-held)/wanted)
			i++
		}
	}
}
