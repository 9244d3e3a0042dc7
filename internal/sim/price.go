package sim

import (
	"math"

	"halcyon/market"
)

// What moves price besides orders. Half-lives in days unless said.
const (
	exogenousShare   = .92         // of the daily volatility; order flow makes the rest
	anchorHalfLife   = 10.0        // pull of the fundamental back to the start price
	centreHalfLife   = 5.0 / 24    // pull to the middle while in a range
	slowVolHalfLife  = 1.0         // volatility clusters over days
	fastVolHalfLife  = 25.0 / 1440 // and over half hours
	volSpread        = .40         // standard deviation of each log volatility
	burstHalfLife    = 4.0 / 1440  // excitement after news and forced orders
	regimeMeanDays   = 9.0 / 24
	trendPerDay      = 1.1 // drift of a trend in daily volatilities
	newsPerDay       = 2.5
	newsVolatilities = .22 // size of news in daily volatilities
	newsHalfLife     = 45.0 / 86400
	resilience       = 25.0 / 86400 // half-life of the passing part of impact
	markHalfLife     = 4.0 / 86400  // of the mark's memory of last over index
	premiumHalfLife  = 2.0 / 24
	momentumHalfLife = 20.0 / 1440
	permanentImpact  = .15  // the part of impact that the index keeps
	farthestDev      = .015 // from the index, where arbitrage takes the other side of everything
)

// priceModel is the state of price, in logarithms.
type priceModel struct {
	daily  float64 // usual volatility of a day
	anchor float64
	fund   float64 // the index
	dev    float64 // last over index: passing impact and basis
	basis  float64 // where dev rests, by sentiment

	slow, fast float64 // log volatility
	burst      float64 // >= 0
	trend      float64 // -1, 0, +1
	centre     float64
	news       float64 // log return of news not yet in the price

	markDev, premium, momentum float64

	step  float64 // exogenous return of the running step
	sigma float64 // volatility now over its usual value
}

// decay returns the factor that is left of a quantity after dt.
func decay(dt, halfLife float64) float64 { return math.Exp2(-dt / halfLife) }

// season is the daily curve of activity, mean 1, highest at 15:00 UTC when
// America opens.
func season(t market.UnixMilli) float64 {
	return 1 + .38*math.Cos(2*math.Pi*(float64(t%market.Day)/float64(market.Day)-15.0/24))
}

// begin draws the exogenous return of the step of dt days that starts at t.
func (p *priceModel) begin(r random, t market.UnixMilli, dt float64) {
	p.slow = ornstein(r, p.slow, decay(dt, slowVolHalfLife))
	p.fast = ornstein(r, p.fast, decay(dt, fastVolHalfLife))
	p.burst *= decay(dt, burstHalfLife)
	// Subtracting the variances keeps the mean square at its usual value.
	p.sigma = math.Sqrt(season(t)) * math.Exp(volSpread*(p.slow+p.fast)-2*volSpread*volSpread) * (1 + p.burst)
	if r.chance(dt / regimeMeanDays) {
		p.changeRegime(r)
	}
	if r.chance(newsPerDay * dt) {
		size := newsVolatilities * p.daily * r.NormFloat64() * r.between(.5, 2)
		p.news += size
		p.burst = min(4, p.burst+2*math.Abs(size)/(newsVolatilities*p.daily))
	}
	z := r.NormFloat64()
	if r.chance(.04) {
		z *= 2.5
	}
	fresh := p.news * (1 - decay(dt, newsHalfLife))
	p.news -= fresh
	p.step = exogenousShare*p.daily*p.sigma*math.Sqrt(dt)*z + fresh + p.drift(dt)
}

// ornstein advances a mean-reverting process of unit variance.
func ornstein(r random, x, keep float64) float64 {
	return x*keep + math.Sqrt(1-keep*keep)*r.NormFloat64()
}

// drift is the expected return of dt: the trend, or the pull to a range's
// middle, and the pull to the anchor.
func (p *priceModel) drift(dt float64) float64 {
	d := (p.anchor - p.fund) * (1 - decay(dt, anchorHalfLife))
	if p.trend == 0 {
		return d + (p.centre-p.fund)*(1-decay(dt, centreHalfLife))
	}
	return d + p.trend*trendPerDay*p.daily*dt
}

// changeRegime begins a range around here, or a trend, rather back to the
// anchor than away from it.
func (p *priceModel) changeRegime(r random) {
	p.trend, p.centre = 0, p.fund
	if r.chance(.5) {
		p.trend = 1
		if r.chance(.5 + .4*math.Tanh((p.fund-p.anchor)/(4*p.daily))) {
			p.trend = -1
		}
	}
}

// end closes the step: the exogenous return is in, passing impact fades, and
// the averages follow.
func (p *priceModel) end(dt float64) {
	p.fund += p.step
	p.momentum = p.momentum*decay(dt, momentumHalfLife) + p.step
	p.dev = p.basis + (p.dev-p.basis)*decay(dt, resilience)
	p.markDev += (p.dev - p.markDev) * (1 - decay(dt, markHalfLife))
	p.premium += (p.markDev - p.premium) * (1 - decay(dt, premiumHalfLife))
	p.step = 0
}

// mid returns the price between bid and ask at a fraction of the step.
func (p *priceModel) mid(fraction float64) float64 {
	return math.Exp(p.fund + p.step*fraction + p.dev)
}

// index and mark are the venue's two reference prices between steps.
func (p *priceModel) index() float64 { return math.Exp(p.fund) }
func (p *priceModel) mark() float64  { return math.Exp(p.fund + p.markDev) }

// push moves price by an order's impact: sign +1 for a bought one, and a size
// as a fraction of the depth that moves price by 1 %. Makers withdraw when
// price moves much, so impact grows with volatility; it shrinks to nothing as
// last leaves the index behind, because whoever trades elsewhere steps in.
// That bounds a cascade: the mark cannot run from the index by itself.
func (p *priceModel) push(sign, fraction float64) {
	room := 1 - sign*(p.dev-p.basis)/farthestDev
	strength := .01 * fraction * math.Sqrt(min(4, max(.5, p.sigma)))
	move := sign * farthestDev * max(0, room) * (1 - math.Exp(-strength/farthestDev))
	p.fund += permanentImpact * move
	p.dev += (1 - permanentImpact) * move
	p.momentum += permanentImpact * move
}

// flow returns momentum in units of what is usual over its half-life.
func (p *priceModel) flow() float64 {
	return p.momentum / (p.daily * math.Sqrt(momentumHalfLife))
}

// activity is how busy the market is against its usual self.
func (p *priceModel) activity(t market.UnixMilli) float64 {
	return season(t) * math.Exp(.5*volSpread*(p.slow+p.fast)-.25*volSpread*volSpread) * (1 + .6*p.burst)
}
