package sim

import (
	"fmt"
	"math"

	"halcyon/market"
)

// LeverageBand is a share of positions whose effective leverage at entry,
// notional divided by margin, is drawn log-uniformly from [From, To).
type LeverageBand struct {
	From, To market.Leverage
	// Share is the band's weight among the bands of its list, > 0. The weights
	// of a list need not sum to 1.
	Share market.Ratio
}

// LeverageMix is the planted distribution of effective leverage at entry, by
// population and side. Size does not depend on leverage within a population,
// so a share of positions is, on average, the same share of contracts opened.
// The margin tiers cap what large positions get, and a position that the mark
// price of the moment would liquidate at once is opened with less leverage.
type LeverageMix struct {
	// Stock are the positions held for days. Default: the distances from entry
	// to liquidation of large accounts on a perpetual venue in 2026-02, read
	// as 1/leverage = distance + 0.5 %.
	Stock [market.Sides][]LeverageBand
	// Flow are the positions held for minutes to hours. Default: 8x to 100x,
	// the same on both sides.
	Flow [market.Sides][]LeverageBand
	// Hedged is the share of Stock positions that cannot be liquidated, in
	// [0, 1): backed by the coin itself or by as much cash as they are worth.
	// Default 0.17 of longs, 0.15 of shorts.
	Hedged [market.Sides]market.Ratio
}

// DefaultLeverage returns the mix used where Options.Leverage is nil.
func DefaultLeverage() LeverageMix {
	edges := []market.Leverage{1.05, 2, 3.1, 4.9, 7.4, 11.1, 16.7, 25, 37, 52, 90}
	shares := [market.Sides][]market.Ratio{
		{.390, .191, .089, .023, .064, .041, .015, .006, .007, .005},
		{.276, .136, .148, .104, .041, .049, .040, .030, .012, .017},
	}
	mix := LeverageMix{Hedged: [market.Sides]market.Ratio{.17, .15}}
	for side := range shares {
		for i, share := range shares[side] {
			mix.Stock[side] = append(mix.Stock[side], LeverageBand{edges[i], edges[i+1], share})
		}
		mix.Flow[side] = []LeverageBand{{8, 15, .2}, {15, 25, .3}, {25, 50, .3}, {50, 100, .2}}
	}
	return mix
}

// Validate reports the first band or share out of range; the error wraps
// market.ErrInvalid.
func (x LeverageMix) Validate() error {
	for side := range market.PositionSide(market.Sides) {
		if err := validateBands(x.Stock[side]); err != nil {
			return fmt.Errorf("leverage mix: stock %s: %w", side, err)
		}
		if err := validateBands(x.Flow[side]); err != nil {
			return fmt.Errorf("leverage mix: flow %s: %w", side, err)
		}
		if h := x.Hedged[side]; !(h >= 0 && h < 1) {
			return fmt.Errorf("leverage mix: hedged %s share %v, want within [0, 1): %w", side, h, market.ErrInvalid)
		}
	}
	return nil
}

func validateBands(bands []LeverageBand) error {
	if len(bands) == 0 {
		return fmt.Errorf("no band: %w", market.ErrInvalid)
	}
	for _, b := range bands {
		if !(b.From >= 1 && b.To >= b.From && b.To <= 1000 && b.Share > 0 && b.Share <= 1e9) {
			return fmt.Errorf("band %v to %v with share %v, want 1 <= from <= to <= 1000 and share > 0: %w",
				b.From, b.To, b.Share, market.ErrInvalid)
		}
	}
	return nil
}

// drawLeverage picks a band by weight and a leverage within it.
func drawLeverage(r random, bands []LeverageBand) float64 {
	total := 0.0
	for _, b := range bands {
		total += float64(b.Share)
	}
	u := r.Float64() * total
	band := bands[len(bands)-1]
	for _, b := range bands {
		if u -= float64(b.Share); u < 0 {
			band = b
			break
		}
	}
	return float64(band.From) * math.Pow(float64(band.To/band.From), r.Float64())
}

// usualSettings are the steps of a leverage slider.
var usualSettings = [...]float64{1, 2, 3, 5, 10, 20, 25, 50, 75, 100, 125}

// drawSetting returns the leverage that a trader has set, which says little
// about the effective one: holders of stock leave a high setting and add margin.
func drawSetting(r random, kind Kind, effective float64) market.Leverage {
	least := 0
	for least < len(usualSettings)-1 && usualSettings[least] < effective {
		least++
	}
	if kind == Stock {
		least = max(least, 2+r.IntN(6))
	}
	return market.Leverage(max(usualSettings[least], effective))
}
