package alert

import (
	"slices"

	"halcyon/market"
)

// Zone is neighbouring bins that stand far above their population, estimated.
type Zone struct {
	Side market.PositionSide
	// Low and High bound its prices, half-open.
	Low, High market.Price
	// USD is what stands in it, Z the z-score of its fullest bin.
	USD, Z float64
}

// Observation is what is known of an instrument at the close of a column.
type Observation struct {
	// At is the close of the newest column.
	At market.UnixMilli
	// Price is what levels are swept on, at the close.
	Price market.Price
	// Low and High bound the prices since the observation before; 0 where
	// nothing was traded.
	Low, High market.Price
	// Zones stand now, longs below price and shorts above, by rising price.
	Zones []Zone
	// Liquidated is the greatest observed notional (quote) of one minute since
	// the observation before, by side of the position.
	Liquidated [market.Sides]market.Notional
	// Now is our clock: only staleness is reckoned by it.
	Now market.UnixMilli
}

// State is what a rule remembers from one observation to the next. The zero
// value is that of a new rule.
type State struct {
	// Seen: an observation has been made.
	Seen bool `json:"seen,omitempty"`
	// Active: the condition held at the last observation.
	Active bool `json:"active,omitempty"`
	// FiredAt is when the rule fired last (Observation.At, or Now for
	// staleness); 0 before the first time.
	FiredAt market.UnixMilli `json:"fired_at,omitempty"`
	// Zones are those that met the rule at the last observation.
	Zones []Zone `json:"zones,omitempty"`
}

// Hit is why a rule fired.
type Hit struct {
	// At is when: the close of the column, or our clock for staleness.
	At market.UnixMilli
	// Price is the price then, 0 where unknown.
	Price market.Price
	// Zone is the zone that it is about; nil for liquidations and staleness.
	Zone *Zone
	// Side and USD are those of observed liquidations.
	Side market.PositionSide
	USD  float64
}

// Evaluate decides whether a rule fires: once when what it waits for begins,
// then not again before that has ended and begun anew, and never within the
// cool-down. It returns the state to pass next time. Evaluate is pure: the same
// arguments give the same answer.
//
// A Hot rule takes what it finds at its first observation for granted; a
// crossing within the cool-down is not made up for afterwards.
func Evaluate(r Rule, st State, now Observation) (State, *Hit) {
	at := now.At
	if r.Kind == Stale {
		at = now.Now
	}
	next := State{Seen: true, FiredAt: st.FiredAt}
	var hit *Hit
	switch r.Kind {
	case Near:
		hit = near(r, now)
		next.Active = hit != nil
		if st.Active {
			hit = nil
		}
	case Hot:
		next.Zones = matching(r, now.Zones, func(z Zone) bool { return z.Z >= r.Z })
		if st.Seen {
			hit = appeared(next.Zones, st.Zones, now)
		}
	case Swept:
		hit = swept(st.Zones, now)
		next.Zones = matching(r, now.Zones, func(z Zone) bool { return z.USD >= r.USD })
	case Liquidation:
		hit = liquidated(r, now)
		next.Active = hit != nil
		if st.Active {
			hit = nil
		}
	case Stale:
		next.Active = now.Now-now.At >= r.Stale
		if next.Active && !st.Active {
			hit = &Hit{Price: now.Price}
		}
	}
	if hit == nil || (st.FiredAt != 0 && at-st.FiredAt < r.coolDown()) {
		return next, nil
	}
	hit.At, next.FiredAt = at, at
	return next, hit
}

// matching returns the zones of the rule's side and prices that are enough.
func matching(r Rule, zones []Zone, enough func(Zone) bool) (out []Zone) {
	for _, z := range zones {
		outside := r.High > 0 && (float64(z.High) <= r.Low || float64(z.Low) >= r.High)
		if !outside && (r.Side == "" || r.Side == z.Side.String()) && enough(z) {
			out = append(out, z)
		}
	}
	return out
}

// near returns the nearest zone within reach.
func near(r Rule, now Observation) (hit *Hit) {
	least := r.Within
	for _, z := range matching(r, now.Zones, func(z Zone) bool { return z.USD >= r.USD }) {
		if d := distance(z, now.Price); d <= least {
			least, hit = d, &Hit{Price: now.Price, Zone: &z}
		}
	}
	return hit
}

// distance is the way from price to a zone's nearer edge as a fraction of
// price; 0 within the zone.
func distance(z Zone, price market.Price) float64 {
	return max(0, float64(z.Low/price)-1, 1-float64(z.High/price))
}

// appeared returns the hottest zone that touches none of those before.
func appeared(zones, before []Zone, now Observation) (hit *Hit) {
	for _, z := range zones {
		stood := slices.ContainsFunc(before, func(b Zone) bool { return b.Side == z.Side && b.Low < z.High && z.Low < b.High })
		if !stood && (hit == nil || z.Z > hit.Zone.Z) {
			hit = &Hit{Price: now.Price, Zone: &z}
		}
	}
	return hit
}

// swept returns the greatest zone that stood before and that price has passed
// through since.
func swept(before []Zone, now Observation) (hit *Hit) {
	for _, z := range before {
		through := now.Low > 0 && now.Low <= z.Low
		if z.Side == market.Short {
			through = now.High >= z.High
		}
		if through && (hit == nil || z.USD > hit.Zone.USD) {
			hit = &Hit{Price: now.Price, Zone: &z}
		}
	}
	return hit
}

func liquidated(r Rule, now Observation) (hit *Hit) {
	for side, n := range now.Liquidated {
		side := market.PositionSide(side)
		if usd := float64(n); (r.Side == "" || r.Side == side.String()) && usd >= r.USD && (hit == nil || usd > hit.USD) {
			hit = &Hit{Price: now.Price, Side: side, USD: usd}
		}
	}
	return hit
}
