package sim

import (
	"math"

	"halcyon/market"
)

// Kind tells the populations apart.
type Kind uint8

// The populations.
const (
	// Stock are positions held for days, of low effective leverage.
	Stock Kind = iota
	// Flow are positions held for minutes to hours, of high leverage.
	Flow
	// Hedged are held like Stock and cannot be liquidated.
	Hedged
	// Maker are market makers' inventories, which cannot be liquidated.
	Maker
)

func (k Kind) String() string { return [...]string{"stock", "flow", "hedged", "maker"}[k&3] }

// Position is one open position as it truly is.
type Position struct {
	Kind Kind
	Side market.PositionSide
	// Size is in contracts, > 0.
	Size market.Contracts
	// EntryPrice is the average of its fills, weighted by size.
	EntryPrice market.Price
	// Margin is the isolated margin (quote), with what was added to it.
	Margin market.Notional
	// LiquidationPrice is the mark price that liquidates it; 0 where none does.
	LiquidationPrice market.Price
	// Leverage is the trader's setting, at least the effective leverage at
	// entry; EntryPrice·Size/Margin is the effective one now.
	Leverage market.Leverage
	// Party is who holds it, as Deals names them.
	Party Party
	// OpenedAt is when its first contract was opened.
	OpenedAt market.UnixMilli
}

// liquidationPrice returns the mark price at which an isolated linear
// position's margin balance equals its maintenance margin (quote per base),
// or 0 where no positive price does.
//
//	W + s·Q·(P − E) = Q·P·m − c   ⇒   P = (W + c − s·Q·E) / (Q·(m − s))
//
// s +1 long, -1 short; E entry; Q size in coins (> 0); W margin (quote); m and
// c maintenance rate and amount of the tier that holds Q·P. Because c makes
// the maintenance margin continuous and m never falls, it is the greatest of
// the tiers' lines, and so P is the highest of the tiers' answers for a long
// and the lowest for a short: no search for the tier is needed. Assumes that
// funding and fees are paid from outside the margin. Checked by
// TestLiquidationPriceIdentity.
func liquidationPrice(side market.PositionSide, entry, size, margin float64, tiers market.MarginTiers) float64 {
	s, price := side.Sign(), math.Inf(int(-side.Sign()))
	for _, t := range tiers {
		m, c := float64(t.MaintenanceMarginRate), float64(t.MaintenanceAmount)
		p := (margin + c - s*size*entry) / (size * (m - s))
		price = s * max(s*price, s*p)
	}
	return max(0, price)
}

// bankruptcyPrice returns the price at which the margin is gone: E − s·W/Q,
// at least 0.
func bankruptcyPrice(side market.PositionSide, entry, size, margin float64) float64 {
	return max(0, entry-side.Sign()*margin/size)
}
