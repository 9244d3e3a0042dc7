package market

import (
	"fmt"
	"math"
)

// MarginTier is one row of a venue's maintenance-margin table.
type MarginTier struct {
	// NotionalFloor and NotionalCap bound the position's notional (quote),
	// half-open: [floor, cap). The last tier's cap is +Inf.
	NotionalFloor, NotionalCap Notional
	// MaxLeverage is the highest leverage setting allowed in the tier, >= 1.
	MaxLeverage Leverage
	// MaintenanceMarginRate is maintenance margin per notional, in (0, 1).
	MaintenanceMarginRate Ratio
	// MaintenanceAmount (quote, >= 0) is subtracted so that the margin is
	// continuous across tiers: c_n = floor_n (m_n - m_{n-1}) + c_{n-1}.
	MaintenanceAmount Notional
}

// MaintenanceMargin returns the margin (quote) below which a position of
// notional n in this tier is liquidated: n·m − c.
func (t MarginTier) MaintenanceMargin(n Notional) Notional {
	return n*Notional(t.MaintenanceMarginRate) - t.MaintenanceAmount
}

// MarginTiers is a venue's table for one instrument, by rising notional,
// without gaps, the first floor at zero. It holds for the effective dates its
// owner states; a table may change over time.
type MarginTiers []MarginTier

// NewMarginTiers builds a table from (floor, maintenance rate, max leverage)
// rows by rising floor, deriving caps and maintenance amounts. The error
// wraps ErrInvalid and names the row.
func NewMarginTiers(rows []MarginTier) (MarginTiers, error) {
	out := make(MarginTiers, len(rows))
	for n, r := range rows {
		switch {
		case n == 0 && r.NotionalFloor != 0:
			return nil, fmt.Errorf("margin tier 1: floor %v, want 0: %w", r.NotionalFloor, ErrInvalid)
		case n > 0 && r.NotionalFloor <= rows[n-1].NotionalFloor:
			return nil, fmt.Errorf("margin tier %d: floor %v not above the tier before: %w", n+1, r.NotionalFloor, ErrInvalid)
		case !(r.MaintenanceMarginRate > 0 && r.MaintenanceMarginRate < 1):
			return nil, fmt.Errorf("margin tier %d: maintenance rate %v, want within (0, 1): %w", n+1, r.MaintenanceMarginRate, ErrInvalid)
		case n > 0 && r.MaintenanceMarginRate < rows[n-1].MaintenanceMarginRate:
			return nil, fmt.Errorf("margin tier %d: maintenance rate %v below the tier before: %w", n+1, r.MaintenanceMarginRate, ErrInvalid)
		case r.MaxLeverage < 1:
			return nil, fmt.Errorf("margin tier %d: max leverage %v, want at least 1: %w", n+1, r.MaxLeverage, ErrInvalid)
		}
		t := r
		t.NotionalCap = Notional(math.Inf(1))
		if n+1 < len(rows) {
			t.NotionalCap = rows[n+1].NotionalFloor
		}
		t.MaintenanceAmount = 0
		if n > 0 {
			t.MaintenanceAmount = out[n-1].MaintenanceAmount +
				r.NotionalFloor*Notional(r.MaintenanceMarginRate-rows[n-1].MaintenanceMarginRate)
		}
		out[n] = t
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("margin tiers: empty table: %w", ErrInvalid)
	}
	return out, nil
}

// Lookup returns the tier that holds a *position* of notional n (never the
// market's open interest). n < 0 counts as 0; the table must not be empty.
func (t MarginTiers) Lookup(n Notional) MarginTier {
	for _, tier := range t {
		if n < tier.NotionalCap {
			return tier
		}
	}
	return t[len(t)-1]
}
