package score

import (
	"cmp"
	"math"
	"slices"

	"halcyon/liqmodel"
	"halcyon/market"
)

// nearLeverage separates the tiers whose weights realised liquidations teach
// (nearer than 4 % from entry) from those that only true positions can.
const nearLeverage = 25

// learnRounds is how often both fits alternate; each depends on the other,
// because what stands far away also closes what stands near.
const learnRounds = 3

// lesson is what may be learned from: periods that ended, and true positions
// seen, before an instant.
type lesson struct {
	feed      feed
	begin     market.UnixMilli
	from      market.UnixMilli
	until     market.UnixMilli
	width     market.UnixMilli
	start     []market.UnixMilli
	realised  [market.Sides][]float64
	positions []snapshot
	// halfLife is the age (ms) at which true positions count half; 0 for no fading.
	halfLife market.UnixMilli
	// oiFrom, if set, is the feed whose open interest scales the target.
	oiFrom *feed
}

// lessonUntil cuts everything known about a set at an instant. What is cut off
// is not there any more: a fit cannot look at it.
func (d set) lessonUntil(until market.UnixMilli, positions []snapshot) lesson {
	n := 0
	for n < len(d.base.start) && d.base.start[n]+d.baseWidth <= until {
		n++
	}
	out := lesson{begin: d.begin, until: until, width: d.baseWidth, start: d.base.start[:n:n]}
	if n > 0 {
		out.from = d.base.start[0]
	}
	for s := range out.realised {
		out.realised[s] = d.base.usd[s][:n:n]
	}
	for _, p := range positions {
		if p.at < until {
			out.positions = append(out.positions, p)
		}
	}
	out.feed = d.feed.until(until)
	return out
}

// until is the feed without what was not known at an instant.
func (f feed) until(t market.UnixMilli) feed {
	out := feed{listing: f.listing}
	for _, b := range f.bars {
		if b.CloseTime <= t {
			out.bars = append(out.bars, b)
		}
	}
	for _, o := range f.oi {
		if o.EventTime < t {
			out.oi = append(out.oi, o)
		}
	}
	return out
}

// learn fits parameters: weights of near tiers to realised liquidations, of
// far tiers to where true positions stood. Without positions the far tiers
// keep the shape they begin with.
func (c lesson) learn(p liqmodel.Params, version, note string) (liqmodel.Params, error) {
	opt := liqmodel.LearnOptions{Rounds: 2}
	rounds := 1
	if len(c.positions) > 0 {
		opt.HoldBelow, rounds = nearLeverage, learnRounds
	} else {
		opt.Rounds = 4
	}
	var err error
	for range rounds {
		if len(c.positions) > 0 {
			if p, err = c.standing(p, liqmodel.StandingOptions{Below: nearLeverage}); err != nil {
				return p, err
			}
		}
		p, err = liqmodel.Learn(p, c.realised, opt, func(p liqmodel.Params) (liqmodel.Swept, error) {
			return c.feed.sweptByPeriod(p, c.begin, c.start, c.width)
		})
		if err != nil {
			return p, err
		}
	}
	p.Origin = liqmodel.Origin{Version: version, From: c.from, To: c.until, Note: note}
	return p, p.Validate()
}

// standing fits the far tiers alone.
func (c lesson) standing(p liqmodel.Params, opt liqmodel.StandingOptions) (liqmodel.Params, error) {
	return liqmodel.LearnStanding(p, c.target(), opt, func(p liqmodel.Params) ([market.Sides][][]float64, error) {
		return c.feed.standsByTier(p, c.begin, c.positions, c.weights())
	})
}

// weights is what each true position's moment counts, in sum 1: half for every
// halfLife that it lies before the lesson's end, or all alike where that is 0.
func (c lesson) weights() []float64 {
	out := make([]float64, len(c.positions))
	var sum float64
	for i, p := range c.positions {
		if out[i] = 1; c.halfLife > 0 {
			out[i] = math.Exp2(-float64(c.until-p.at) / float64(c.halfLife))
		}
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

// target is the notional that should stand, a side and cell of distance: the
// share that it has of true positions, times the open interest.
func (c lesson) target() (out [market.Sides][]float64) {
	var notional float64
	from := c.feed
	if c.oiFrom != nil {
		from = *c.oiFrom
	}
	weights := c.weights()
	for i, p := range c.positions {
		notional += from.notionalAt(p.at) * weights[i]
	}
	for s := range out {
		out[s] = make([]float64, truthCells)
		var total float64
		for i, p := range c.positions {
			total += p.total[s] * weights[i]
			for k, x := range p.true[s] {
				out[s][k] += x * weights[i]
			}
		}
		for k := range out[s] {
			out[s][k] *= notional / total
		}
	}
	return out
}

// notionalAt returns the open interest (quote) at an instant.
func (f feed) notionalAt(t market.UnixMilli) float64 {
	var q market.Contracts
	for _, o := range f.oi {
		if o.EventTime > t {
			break
		}
		q = o.Contracts
	}
	return float64(f.listing.NotionalOf(f.priceAt(t), q))
}

// priceAt returns the close of the last bar that had closed at an instant; 0
// where there was none.
func (f feed) priceAt(t market.UnixMilli) market.Price {
	n, _ := slices.BinarySearchFunc(f.bars, t+1, func(b market.Candle, t market.UnixMilli) int { return cmp.Compare(b.CloseTime, t) })
	if n == 0 {
		return 0
	}
	return f.bars[n-1].Close
}
