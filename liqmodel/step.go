package liqmodel

import (
	"math"

	"halcyon/market"
)

// EndStep ends the current step at time now (never before the last one): it
// ages the book, opens what the step's flow opened, and closes what exceeds
// the open interest.
//
// With κ stickiness, V volume, r = dO/(κV) clamped to [−1, 1] where dO is the
// change of open interest if one was observed and 0 if not, and i the taker
// imbalance (bought − sold)/V of a bin, the shares of the volume that open are
//
//	a = clamp((1 + r)/2 + τ·i, 0, 1)   buyers who open longs
//	b = clamp((1 + r)/2 − τ·i, 0, 1)   sellers who open shorts
//
// so κ(a + b − 1)V = dO wherever nothing is clamped. The closings of a side
// are what then stands above the open interest. Where less would stand
// (levels were swept, or open interest rose by more than the flow explains),
// the lack is opened along all flow since the last observation: somebody must
// hold those contracts.
func (l *Ledger) EndStep(now market.UnixMilli) {
	l.age(now)
	r := l.observe()
	share := func(bought, sold float64, side market.PositionSide) float64 {
		tilt := float64(l.params.TakerTilt) * (bought - sold) / (bought + sold) * side.Sign()
		return min(max((1+r)/2+tilt, 0), 1)
	}
	for s := range market.PositionSide(market.Sides) {
		var opened float64
		l.st.Step.each(func(_ market.BinIndex, bought, sold float64) {
			opened += float64(l.params.Stickiness) * (bought + sold) * share(bought, sold, s)
		})
		factor := float64(l.params.Stickiness)
		standing, _ := l.Standing(s)
		excess := float64(standing) + opened - l.st.Target
		if l.st.Observed && opened > l.st.Target {
			factor *= l.st.Target / opened
			excess = float64(standing)
		}
		if l.st.Observed && excess > 0 {
			l.close(s, excess)
		}
		l.st.Step.each(func(bin market.BinIndex, bought, sold float64) {
			l.open(s, bin, factor*(bought+sold)*share(bought, sold, s), &l.st.Step)
		})
		if l.st.Observed && excess < 0 {
			l.fill(s, -excess)
		}
	}
	l.st.Interval.addAll(&l.st.Step)
	l.st.Step.reset()
	if l.st.HasPending {
		l.st.HasPending = false
		l.st.Interval.reset()
	}
}

// observe makes a pending open interest the target and returns r. The first
// one ever finds a book without known entries: what it exceeds the book by is
// booked as unplaced.
func (l *Ledger) observe() (r float64) {
	if !l.st.HasPending {
		return 0
	}
	before := l.st.Target
	l.st.Target = l.st.Pending
	if !l.st.Observed {
		l.st.Observed = true
		for s := range market.PositionSide(market.Sides) {
			total, _ := l.Standing(s)
			l.st.Unplaced[s] += max(0, l.st.Target-float64(total))
		}
		return 0
	}
	sticky := float64(l.params.Stickiness) * (l.st.Interval.Volume + l.st.Step.Volume)
	if sticky <= 0 {
		return 0
	}
	return min(max((l.st.Target-before)/sticky, -1), 1)
}

// age lets the fresh view fade by the time since the last step, and closes by
// half-life where no open interest is known.
func (l *Ledger) age(now market.UnixMilli) {
	elapsed := float64(now - l.st.Now)
	if l.st.Now == 0 || elapsed <= 0 {
		l.st.Now = max(now, l.st.Now)
		return
	}
	l.st.Now = now
	faded := math.Exp2(-elapsed / float64(l.params.FreshHalfLife))
	for i := range l.book.planes {
		p := &l.book.planes[i]
		p.scaleFresh *= faded
		if !l.st.Observed {
			kept := math.Exp2(-elapsed * l.params.Groups[i%l.book.groups].Hazard / float64(l.params.ClosingHalfLife))
			p.scaleAll *= kept
			p.scaleFresh *= kept
		}
	}
}

// open books q contracts opened on a side at an entry bin over the leverage
// distribution. A level that price has reached within the span of f was
// liquidated as soon as opened; its contracts, and those without a level,
// are booked as unplaced.
func (l *Ledger) open(side market.PositionSide, entry market.BinIndex, q float64, f *flow) {
	if q <= 0 {
		return
	}
	offsets, weights := l.offset[side], l.weight[side]
	if far := entry + l.farthest[side]; side == market.Long {
		l.book.cover(far, entry)
	} else {
		l.book.cover(entry, far)
	}
	planes := l.book.side(side)
	var placed float64
	for i, w := range weights {
		bin := entry + offsets[i]
		if w == 0 || f.reached(side, bin) || l.wrongSide(side, bin) {
			continue
		}
		p := &planes[l.group[i]]
		amount := q * w
		p.add(int(bin-l.book.lo), amount/p.scaleAll, amount/p.scaleFresh)
		placed += amount
		if side == market.Long {
			l.st.Nearest[side] = max(l.st.Nearest[side], bin)
		} else {
			l.st.Nearest[side] = min(l.st.Nearest[side], bin)
		}
	}
	l.st.Unplaced[side] += q - placed
}

// reached reports whether price has touched a level at bin, or gone beyond,
// while the flow ran.
func (f *flow) reached(side market.PositionSide, bin market.BinIndex) bool {
	if !f.Touched {
		return false
	}
	if side == market.Long {
		return f.Low <= bin
	}
	return f.High >= bin
}

// wrongSide reports whether a level at bin would be swept by the present price.
func (l *Ledger) wrongSide(side market.PositionSide, bin market.BinIndex) bool {
	if !l.st.Priced {
		return false
	}
	if side == market.Long {
		return l.st.Price <= bin
	}
	return l.st.Price >= bin
}

// fill opens q contracts along the flow since the last observation, or at the
// present price where nothing traded.
func (l *Ledger) fill(side market.PositionSide, q float64) {
	volume := l.st.Interval.Volume + l.st.Step.Volume
	if volume <= 0 {
		if l.st.Priced {
			l.open(side, l.st.Price, q, &l.st.Step)
		} else {
			l.st.Unplaced[side] += q
		}
		return
	}
	along := func(f *flow) {
		f.each(func(bin market.BinIndex, bought, sold float64) {
			l.open(side, bin, q*(bought+sold)/volume, f)
		})
	}
	along(&l.st.Interval)
	along(&l.st.Step)
}

// close removes q contracts from a side: every group g, and what is unplaced,
// loses the fraction f_g = min(1, c·hazard_g) with c such that the parts sum
// to q. q must not exceed what stands.
func (l *Ledger) close(side market.PositionSide, q float64) {
	planes := l.book.side(side)
	n := len(planes)
	var masses, hazards, fractions [maxPlanes + 1]float64
	mass, hazard, fraction := masses[:n+1], hazards[:n+1], fractions[:n+1]
	for g := range planes {
		mass[g], hazard[g] = planes[g].total*planes[g].scaleAll, l.params.Groups[g].Hazard
	}
	mass[n], hazard[n] = l.st.Unplaced[side], l.params.UnplacedHazard
	closingFractions(mass, hazard, q, fraction)
	for g := range planes {
		planes[g].shrink(1 - fraction[g])
	}
	l.st.Unplaced[side] *= 1 - fraction[n]
}

// closingFractions solves Σ mass_i·min(1, c·hazard_i) = q for c and writes the
// fractions. At least one bound is settled in each round, so it ends after at
// most len(mass) rounds.
func closingFractions(mass, hazard []float64, q float64, fraction []float64) {
	for range mass {
		var open, bound float64
		for i := range mass {
			if fraction[i] == 1 {
				bound += mass[i]
			} else {
				open += mass[i] * hazard[i]
			}
		}
		if open <= 0 {
			return
		}
		c, settled := (q-bound)/open, true
		for i := range mass {
			if fraction[i] != 1 && c*hazard[i] >= 1 {
				fraction[i], settled = 1, false
			}
		}
		if settled {
			for i := range mass {
				if fraction[i] != 1 {
					fraction[i] = max(0, c*hazard[i])
				}
			}
			return
		}
	}
}
