package liqmodel

import (
	"fmt"
	"math"
	"slices"

	"halcyon/market"
)

// standingSmooth is how often a step of LearnStanding smooths the weights.
const standingSmooth = 3

// LearnStanding fits the weights of tiers below a leverage to where positions
// are known to stand. target is notional (quote) by side and cell of distance
// from price; run replays with the parameters it is given and returns, by side,
// tier and cell, the mean of what stood at the same instants. Each of the given
// rounds is a step of expectation-maximisation for the density over cells,
//
//	w_k ← w_k · Σ_c E_kc·T_c/E_c / Σ_c E_kc
//
// with E_kc the estimate of tier k in cell c, E_c its sum over tiers and T_c
// the target, bounded to a factor of 3 either way. Few large accounts are known
// and they come and go, so a step does not end there: both sides get their
// geometric mean, and it is smoothed over neighbouring tiers three times by
//
//	ln w_k ← ¼·ln w_{k−1} + ½·ln w_k + ¼·ln w_{k+1}
//
// (the smoothed EM of Silverman, Jones, Wilson and Nychka, J. R. Statist. Soc. B
// 52, 1990). Left to itself every side and tier follows single accounts, and
// the next days do not repeat them. The fitted weights of a side are at most
// what the others leave of 1.
func LearnStanding(p Params, target [market.Sides][]float64, below market.Leverage, rounds int, run func(Params) ([market.Sides][][]float64, error)) (Params, error) {
	for range rounds {
		stands, err := run(p)
		if err != nil {
			return p, err
		}
		p.Tiers = slices.Clone(p.Tiers)
		logs := make([]float64, 0, len(p.Tiers))
		for s := range stands {
			if len(stands[s]) != len(p.Tiers) || len(stands[s][0]) != len(target[s]) {
				return p, fmt.Errorf("cannot learn where positions stand: %d tiers of %d cells, want %d of %d: %w",
					len(stands[s]), len(stands[s][0]), len(p.Tiers), len(target[s]), market.ErrInvalid)
			}
			p.maximise(s, target[s], stands[s], below)
		}
		for _, t := range p.Tiers {
			if t.Leverage < below {
				logs = append(logs, (math.Log(max(t.Weight[0], minWeight))+math.Log(max(t.Weight[1], minWeight)))/2)
			}
		}
		for range standingSmooth {
			smooth(logs)
		}
		p.setStanding(logs, below)
	}
	return p, nil
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

// setStanding sets the weights of tiers below a leverage from logarithms, as
// far as the other tiers leave room.
func (p *Params) setStanding(logs []float64, below market.Leverage) {
	for s := range market.Sides {
		var held, wanted float64
		for k := range p.Tiers {
			if p.Tiers[k].Leverage >= below {
				held += p.Tiers[k].Weight[s]
			}
		}
		for _, x := range logs {
			wanted += math.Exp(x)
		}
		i := 0
		for k := range p.Tiers {
			if p.Tiers[k].Leverage < below {
				p.Tiers[k].Weight[s] = math.Exp(logs[i]) * min(1, max(0, 1-held)/wanted)
				i++
			}
		}
	}
}
