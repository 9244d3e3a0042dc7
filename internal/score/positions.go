package score

import (
	"math"

	"halcyon/liqmodel"
	"halcyon/market"
)

// truthCell is the width of a cell of a distance profile, as a fraction of
// price; truthCells of them reach 20 %.
const (
	truthCell  = 0.005
	truthCells = 40
)

// profile is notional by distance from price, by side.
type profile [market.Sides][]float64

func newProfile() profile {
	return profile{make([]float64, truthCells), make([]float64, truthCells)}
}

func (p profile) add(side market.PositionSide, distance, notional float64) {
	if distance < 0 {
		return
	}
	if k := int(distance / truthCell); k < truthCells {
		p[side][k] += notional
	}
}

// spread adds notional around a distance by a Laplace law of the given mean
// deviation; what would lie on the wrong side of price is left out.
func (p profile) spread(side market.PositionSide, distance, notional, width float64) {
	if width < truthCell/20 {
		p.add(side, distance, notional)
		return
	}
	below := func(x float64) float64 { // the law's cumulated share
		if x < distance {
			return math.Exp((x-distance)/width) / 2
		}
		return 1 - math.Exp((distance-x)/width)/2
	}
	from := max(0, int((distance-6*width)/truthCell))
	for k := from; k < min(truthCells, int((distance+6*width)/truthCell)+1); k++ {
		p[side][k] += notional * (below(float64(k+1)*truthCell) - below(float64(k)*truthCell))
	}
}

// standing returns what stands in a ledger by distance from price; with drift
// every level is as wide as it may have wandered since it was opened.
func standing(l *liqmodel.Ledger, p liqmodel.Params, price market.Price, drift bool) profile {
	out := newProfile()
	l.Levels(func(v liqmodel.Level) {
		s := l.Scale(v.Side, v.Group)
		distance := v.Side.Sign() * (1 - float64(v.Bin.Mid())/float64(price))
		width := 0.0
		if drift {
			width = float64(p.Drift(s.All*float64(v.All), s.Fresh*float64(v.Fresh)))
		}
		out.spread(v.Side, distance, s.All*float64(v.All), width)
	})
	return out
}

// estimates replays a feed and returns the profile that stands at each snapshot.
func (f feed) estimates(p liqmodel.Params, begin market.UnixMilli, at []snapshot, drift bool) ([]profile, error) {
	l, err := liqmodel.NewLedger(f.listing.Instrument, f.listing.Tiers, p)
	if err != nil {
		return nil, err
	}
	var out []profile
	if len(at) == 0 {
		return nil, nil
	}
	var price market.Price
	f.drive(l, begin, at[len(at)-1].at, func(bar market.Candle) {
		for len(out) < len(at) && at[len(out)].at < bar.CloseTime {
			out = append(out, standing(l, p, price, drift))
		}
	}, func(bar market.Candle) { price = bar.Close })
	for len(out) < len(at) {
		out = append(out, standing(l, p, price, drift))
	}
	return out, nil
}

// standsByTier replays a feed and returns the weighted mean of what stands at
// the snapshots, by side, tier and cell of distance.
func (f feed) standsByTier(p liqmodel.Params, begin market.UnixMilli, at []snapshot, weights []float64) (out [market.Sides][][]float64, err error) {
	l, err := liqmodel.NewTierLedger(f.listing.Instrument, f.listing.Tiers, p)
	if err != nil {
		return out, err
	}
	profiles := make([]profile, len(p.Tiers))
	for k := range profiles {
		profiles[k] = newProfile()
	}
	done := 0
	var price market.Price
	take := func() {
		l.Levels(func(v liqmodel.Level) {
			distance := v.Side.Sign() * (1 - float64(v.Bin.Mid())/float64(price))
			profiles[v.Group].add(v.Side, distance, l.Scale(v.Side, v.Group).All*float64(v.All)*weights[done])
		})
		done++
	}
	f.drive(l, begin, at[len(at)-1].at, func(bar market.Candle) {
		for done < len(at) && at[done].at < bar.CloseTime {
			take()
		}
	}, func(bar market.Candle) { price = bar.Close })
	for s := range out {
		for k := range profiles {
			out[s] = append(out[s], profiles[k][s])
		}
	}
	return out, nil
}
