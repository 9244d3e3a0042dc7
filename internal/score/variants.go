package score

import (
	"math"
	"slices"

	"halcyon/liqmodel"
	"halcyon/market"
)

// live returns what a map, kept up to date, sweeps in each period.
func (f feed) live(p liqmodel.Params, begin market.UnixMilli, start []market.UnixMilli, width market.UnixMilli) ([market.Sides][]float64, error) {
	var out [market.Sides][]float64
	for s := range out {
		out[s] = make([]float64, len(start))
	}
	l, err := liqmodel.NewLedger(f.listing.Instrument, f.listing.Tiers, p)
	if err != nil {
		return out, err
	}
	f.drive(l, begin, start[len(start)-1]+width, nil, func(bar market.Candle) {
		swept := l.TakeSwept()
		if i, ok := slices.BinarySearch(start, bar.OpenTime.Floor(width)); ok {
			for s := range out {
				out[s][i] += float64(swept[s])
			}
		}
	})
	return out, nil
}

// frozenReach is how far from price a frozen map is kept, in bins.
const frozenReach = 2500

// frozen returns what stood, at the start of each period, at the levels that
// price then reached within it; and the same grown by what flow at the pace of
// the hour before would have opened and swept along the way. Nothing of the
// period enters either but its path.
func (f feed) frozen(p liqmodel.Params, begin market.UnixMilli, start []market.UnixMilli, width market.UnixMilli) (stood, grown [market.Sides][]float64, err error) {
	for s := range stood {
		stood[s], grown[s] = make([]float64, len(start)), make([]float64, len(start))
	}
	l, err := liqmodel.NewLedger(f.listing.Instrument, f.listing.Tiers, p)
	if err != nil {
		return stood, grown, err
	}
	var stands [market.Sides][2*frozenReach + 1]float64
	var centre, low, high market.BinIndex
	var within, recent []market.Candle
	var pace market.Contracts
	now := -1
	settle := func() {
		for b := low; now >= 0 && b <= high; b++ {
			if k := int(b-centre) + frozenReach; k >= 0 && k < len(stands[0]) {
				for s := range stood {
					stood[s][now] += stands[s][k]
				}
			}
		}
		if now >= 0 {
			for s, x := range f.expected(p, within, pace) {
				grown[s][now] = stood[s][now] + x
			}
		}
		now, within = -1, within[:0]
	}
	f.drive(l, begin, start[len(start)-1]+width, func(bar market.Candle) {
		if i, ok := slices.BinarySearch(start, bar.OpenTime.Floor(width)); !ok {
			settle()
		} else if i != now {
			settle()
			now, centre, pace = i, market.BinOf(bar.Open), paceOf(recent)
			low, high = centre, centre
			stands = [market.Sides][2*frozenReach + 1]float64{}
			l.Near(centre-frozenReach, centre+frozenReach, func(v liqmodel.Level) {
				stands[v.Side][int(v.Bin-centre)+frozenReach] += float64(p.Groups[v.Group].SweptShare) * float64(v.All) * l.Scale(v.Side, v.Group).All
			})
		}
		low, high = min(low, market.BinOf(bar.Low)), max(high, market.BinOf(bar.High))
		within = append(within, bar)
	}, func(bar market.Candle) {
		if recent = append(recent, bar); recent[0].OpenTime < bar.CloseTime-market.Hour {
			recent = recent[1:]
		}
	})
	settle()
	return stood, grown, nil
}

// paceOf returns the mean volume of bars, 0 for none.
func paceOf(bars []market.Candle) (mean market.Contracts) {
	for _, b := range bars {
		mean += b.Volume / market.Contracts(len(bars))
	}
	return mean
}

// expected returns what an empty map would sweep along a path on which every
// bar trades the same volume.
func (f feed) expected(p liqmodel.Params, bars []market.Candle, volume market.Contracts) (out [market.Sides]float64) {
	near := p
	near.Tiers = nil
	for _, t := range p.Tiers {
		if t.Leverage >= nearLeverage {
			near.Tiers = append(near.Tiers, t)
		}
	}
	l, err := liqmodel.NewLedger(f.listing.Instrument, f.listing.Tiers, near)
	if err != nil {
		panic("BUG: " + err.Error()) // the same as parameters that were valid
	}
	for _, b := range bars {
		b.Volume, b.TakerBuyVolume = volume, -1
		l.Bar(b, b.CloseTime-1, true)
		l.EndStep(b.CloseTime)
	}
	for s, x := range l.TakeSwept() {
		out[s] = float64(x)
	}
	return out
}

// netTiers returns n log-spaced tiers of net leverage between two distances
// from entry to liquidation (fractions), with the given weight at a distance.
func netTiers(n int, nearest, farthest float64, weight func(distance float64) float64) (out []liqmodel.LeverageTier) {
	for i := range n {
		d := farthest * math.Pow(nearest/farthest, float64(i)/float64(n-1))
		w := weight(d)
		out = append(out, liqmodel.LeverageTier{Leverage: market.Leverage(1 / d), Weight: [market.Sides]float64{w, w}})
	}
	return out
}

// startParams is where learning starts: net leverage, so that levels nearer
// than a venue's highest setting exist, spread evenly over log distance above
// 2 % and falling below.
func startParams() liqmodel.Params {
	p := liqmodel.PriorParams()
	p.NetLeverage = true
	p.Tiers = netTiers(22, 0.001, 0.67, func(d float64) float64 {
		if d > 0.02 {
			return 0.03
		}
		x := math.Log(d/0.01) / 1.5
		return 0.04 * math.Exp(-x*x/2)
	})
	return p
}

// peerParams is the map that every peer draws: all volume opens, at four
// leverage settings alike, and only a sweep closes (a month's half-life stands
// for that, because a ledger must let go).
func peerParams() liqmodel.Params {
	p := liqmodel.PriorParams()
	p.Stickiness, p.ClosingHalfLife = 1, 30*market.Day
	p.Tiers = nil
	for _, lev := range []market.Leverage{10, 25, 50, 100} {
		p.Tiers = append(p.Tiers, liqmodel.LeverageTier{Leverage: lev, Weight: [market.Sides]float64{.25, .25}})
	}
	for g := range p.Groups {
		p.Groups[g].Hazard = 1
	}
	return p
}

// distanceParams is volume opened at distances of one log-normal law around
// 1 %, fading with a half-life of 8 hours: no learning, no open interest.
func distanceParams() liqmodel.Params {
	p := liqmodel.PriorParams()
	p.NetLeverage, p.Stickiness, p.ClosingHalfLife = true, 1, 8*market.Hour
	p.Tiers = netTiers(20, 0.0015, 0.1, func(d float64) float64 {
		x := math.Log(d/0.01) / 0.8
		return 0.1 * math.Exp(-x*x/2)
	})
	for g := range p.Groups {
		p.Groups[g].Hazard = 1
	}
	return p
}

// withoutOpenInterest is the feed with closings by half-life only.
func (f feed) withoutOpenInterest() feed { return feed{f.listing, f.bars, nil} }

// placebo is the feed with bar range for volume and no open interest: it knows
// where price went, and nothing else.
func (f feed) placebo(before market.UnixMilli) feed {
	return feed{f.listing, rangeMass(f.bars, before), nil}
}

// hourly is the feed with its bars joined into hours.
func (f feed) hourly() feed {
	out := feed{f.listing, nil, f.oi}
	for _, b := range f.bars {
		start := b.OpenTime.Floor(market.Hour)
		if n := len(out.bars); n > 0 && out.bars[n-1].OpenTime == start {
			h := &out.bars[n-1]
			h.High, h.Low, h.Close = max(h.High, b.High), min(h.Low, b.Low), b.Close
			h.Volume += b.Volume
			continue
		}
		b.OpenTime, b.CloseTime, b.TakerBuyVolume = start, start+market.Hour, -1
		out.bars = append(out.bars, b)
	}
	return out
}

// rescaled follows what is published lately; see liqmodel.Rescale.
func rescaled(predicted, published [market.Sides][]float64, start []market.UnixMilli, width market.UnixMilli) [market.Sides][]float64 {
	r := liqmodel.NewRescale()
	var out [market.Sides][]float64
	for i, t := range start {
		for s := range market.PositionSide(market.Sides) {
			out[s] = append(out[s], r.Scaled(s, predicted[s][i]))
		}
		r.Observe(t+width, [market.Sides]float64{predicted[0][i], predicted[1][i]}, [market.Sides]float64{published[0][i], published[1][i]})
	}
	return out
}
