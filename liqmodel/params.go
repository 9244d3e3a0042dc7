package liqmodel

import (
	"fmt"
	"math"

	"halcyon/market"
)

// Group is a range of effective leverage that is closed, counted and shown
// together.
type Group struct {
	// Name is lower case and stable: "high".
	Name string
	// MinLeverage belongs to the group; it ends where the next one begins.
	MinLeverage market.Leverage
	// Hazard is the rate at which positions of the group are closed, relative
	// to the other groups; > 0.
	Hazard float64
	// SweptShare is the share of what stands at a level of the group that is
	// truly liquidated when price reaches it; the rest had been closed, or moved
	// by added margin, just before. Either way nothing is left there. In (0, 1].
	// Default 0.9: of 25 crossed levels of true positions 22 were gone and 2
	// reduced.
	SweptShare market.Ratio
}

// maxGroups bounds the groups of one model.
const maxGroups = 8

// maxPlanes bounds the groups of a tier ledger, and so the tiers of a model.
const maxPlanes = 40

// LeverageTier is one point of the effective-leverage distribution.
type LeverageTier struct {
	// Leverage is the effective leverage at opening, > 1.
	Leverage market.Leverage
	// Weight is the share of opened contracts on each side, >= 0. What the
	// weights of a side lack to 1 opens without a level.
	Weight [market.Sides]float64
}

// Params are the parameters of the model. DefaultParams documents and gives
// the defaults; they are priors from published figures, not fitted.
type Params struct {
	// Stickiness is the share of traded volume that moves positions which can
	// be liquidated, in (0, 1]. Default 0.25.
	Stickiness market.Ratio
	// TakerTilt tilts opening towards the taker's side: with it at t and all
	// volume of a bin bought by takers, the share of buyers that open is
	// raised by t and that of sellers lowered by t. In [0, 0.5]. Default 0.1.
	TakerTilt market.Ratio
	// Tiers is the effective-leverage distribution of fresh flow.
	Tiers []LeverageTier
	// NetLeverage says that the leverages of Tiers are notional over the equity
	// *above maintenance margin*, so that 1/leverage is the distance from entry
	// to liquidation whatever a venue's maintenance rate, and that they are not
	// bounded by the settings that the venue grants: the equity of an account
	// that is shared or worn down is not what was set. Default false.
	NetLeverage bool
	// Groups partition leverage, by rising MinLeverage, the first at or below
	// every tier; at most 8. Default low < 10x <= medium < 25x <= high.
	Groups []Group
	// UnplacedHazard is the Hazard of what has no known level: stock from
	// before the data began, and positions that cannot be liquidated. Default 1.
	UnplacedHazard float64
	// PositionNotional is the size (quote) of the typical position, which
	// picks the maintenance tier. Default 50,000.
	PositionNotional market.Notional
	// FreshHalfLife is the age (ms) at which a level counts half in the fresh
	// view. Default 4 h.
	FreshHalfLife market.UnixMilli
	// ClosingHalfLife is how fast (ms) positions of a group with Hazard 1 are
	// closed while no open interest has ever been observed. Default 7 days.
	ClosingHalfLife market.UnixMilli
	// DriftPerRootHour is how far a level wanders from where it was opened, as
	// margin is added and entries are averaged: the mean distance (a fraction
	// of price) after one hour, growing with the square root of age; >= 0.
	// Default 0.0023; see Drift.
	DriftPerRootHour market.Ratio
	// Origin tells where the parameters come from.
	Origin Origin
}

// Origin is the provenance of a set of parameters. It is shown to the user and
// is part of what identifies a map.
type Origin struct {
	// Version names the set; "prior" for DefaultParams.
	Version string `json:"version"`
	// From and To bound the data that the set was learned from, half-open;
	// both 0 where nothing was learned.
	From market.UnixMilli `json:"from_ms"`
	To   market.UnixMilli `json:"to_ms"`
	// Note says in a line what was learned from what.
	Note string `json:"note"`
}

// DefaultParams returns PriorParams: what holds for a market of which nothing
// is known. For the venues that the shipped parameters were learned from and
// their like, LearnedParams is better.
func DefaultParams() Params { return PriorParams() }

// PriorParams returns the priors. Sources, read 2026-11:
//
//   - Distances of true Hyperliquid positions (docs/MODEL.md) give the share of
//     standing notional by leverage; divided by typical lifetimes (hours for
//     high leverage, about ten days for the lowest) the flow that sustains it is
//     nearly uniform in log leverage from 2x to 50x. Above 50x it is tapered by
//     exp(−(ln(L/50)/0.5)²), because few venues offer it and few traders keep it.
//   - 16 % of what opens cannot be liquidated at all or has no level within reach.
//   - Hazards 1 : 8 : 20 are the inverse lifetimes of the groups.
func PriorParams() Params {
	const tiers, lowest, highest, liquidatable = 20, 1.5, 125.0, 0.84
	p := Params{
		Stickiness: 0.25, TakerTilt: 0.1, UnplacedHazard: 1, PositionNotional: 50_000,
		FreshHalfLife: 4 * market.Hour, ClosingHalfLife: 7 * market.Day, DriftPerRootHour: 0.0023,
		Origin: Origin{Version: "prior", Note: "published figures, nothing learned"},
		Groups: []Group{{"low", 1, 1, 0.9}, {"medium", 10, 8, 0.9}, {"high", 25, 20, 0.9}},
	}
	var sum float64
	for i := range tiers {
		lev := lowest * math.Pow(highest/lowest, float64(i)/(tiers-1))
		w := 1.0
		if lev > 50 {
			w = math.Exp(-math.Pow(math.Log(lev/50)/0.5, 2))
		}
		p.Tiers = append(p.Tiers, LeverageTier{market.Leverage(lev), [market.Sides]float64{w, w}})
		sum += w
	}
	for i := range p.Tiers {
		for s := range p.Tiers[i].Weight {
			p.Tiers[i].Weight[s] *= liquidatable / sum
		}
	}
	return p
}

// DefaultTiers is the margin table assumed where a venue's own is not known:
// 0.5 % maintenance up to 1 M quote, 1 % up to 10 M, 2.5 % above.
func DefaultTiers() market.MarginTiers {
	t, err := market.NewMarginTiers([]market.MarginTier{
		{NotionalFloor: 0, MaintenanceMarginRate: 0.005, MaxLeverage: 100},
		{NotionalFloor: 1e6, MaintenanceMarginRate: 0.01, MaxLeverage: 50},
		{NotionalFloor: 1e7, MaintenanceMarginRate: 0.025, MaxLeverage: 20},
	})
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return t
}

// Validate reports the first parameter out of range; the error wraps market.ErrInvalid.
func (p Params) Validate() error {
	bad := func(field string, got any, want string) error {
		return fmt.Errorf("model parameter %s: %v, want %s: %w", field, got, want, market.ErrInvalid)
	}
	switch {
	case !(p.Stickiness > 0 && p.Stickiness <= 1):
		return bad("Stickiness", p.Stickiness, "in (0, 1]")
	case !(p.TakerTilt >= 0 && p.TakerTilt <= 0.5):
		return bad("TakerTilt", p.TakerTilt, "in [0, 0.5]")
	case len(p.Tiers) == 0 || len(p.Tiers) > maxPlanes:
		return bad("Tiers", len(p.Tiers), fmt.Sprint("1 to ", maxPlanes))
	case len(p.Groups) == 0 || len(p.Groups) > maxGroups:
		return bad("Groups", len(p.Groups), fmt.Sprint("1 to ", maxGroups))
	case !(p.UnplacedHazard > 0):
		return bad("UnplacedHazard", p.UnplacedHazard, "> 0")
	case !(p.PositionNotional > 0):
		return bad("PositionNotional", p.PositionNotional, "> 0")
	case p.FreshHalfLife <= 0:
		return bad("FreshHalfLife", p.FreshHalfLife, "> 0 ms")
	case p.ClosingHalfLife <= 0:
		return bad("ClosingHalfLife", p.ClosingHalfLife, "> 0 ms")
	case !(p.DriftPerRootHour >= 0 && p.DriftPerRootHour < 1):
		return bad("DriftPerRootHour", p.DriftPerRootHour, "in [0, 1)")
	}
	for i, g := range p.Groups {
		if !(g.Hazard > 0) {
			return bad("Groups."+g.Name+".Hazard", g.Hazard, "> 0")
		}
		if !(g.SweptShare > 0 && g.SweptShare <= 1) {
			return bad("Groups."+g.Name+".SweptShare", g.SweptShare, "in (0, 1]")
		}
		if i > 0 && g.MinLeverage <= p.Groups[i-1].MinLeverage {
			return bad("Groups."+g.Name+".MinLeverage", g.MinLeverage, "above the group before")
		}
	}
	var sum [market.Sides]float64
	for i, t := range p.Tiers {
		if !(t.Leverage > 1) || t.Leverage < p.Groups[0].MinLeverage {
			return bad(fmt.Sprintf("Tiers[%d].Leverage", i), t.Leverage, "> 1 and within the groups")
		}
		for s, w := range t.Weight {
			if !(w >= 0) {
				return bad(fmt.Sprintf("Tiers[%d].Weight", i), w, "at least 0")
			}
			sum[s] += w
		}
	}
	for s, w := range sum {
		if w > 1+1e-9 || w == 0 {
			return bad(fmt.Sprintf("Tiers: sum of weights (%v)", market.PositionSide(s)), w, "in (0, 1]")
		}
	}
	return nil
}

// groupOf returns the index of the group that holds leverage lev.
func (p Params) groupOf(lev market.Leverage) int {
	g := 0
	for i := range p.Groups {
		if lev >= p.Groups[i].MinLeverage {
			g = i
		}
	}
	return g
}
