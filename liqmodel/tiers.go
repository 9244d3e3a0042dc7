package liqmodel

import "halcyon/market"

// Sweep is the part of one level that price has just reached and that is
// expected to have been liquidated.
type Sweep struct {
	Side  market.PositionSide
	Group int
	Bin   market.BinIndex
	// Notional (quote) is what stood there times the group's SweptShare.
	Notional market.Notional
}

// Watch makes the ledger tell of every level that it sweeps, as it does. The
// watcher must not call back; nil ends it.
func (l *Ledger) Watch(watcher func(Sweep)) { l.watch = watcher }

// NewTierLedger returns a ledger that keeps every leverage tier in a group of
// its own, with the hazard of the group it comes from. In sum it is exactly
// what NewLedger would be: only the bookkeeping is finer, which is what
// learning needs, and slower. Level.Group and Sweep.Group are indices of
// params.Tiers, which must rise in leverage.
func NewTierLedger(inst market.Instrument, tiers market.MarginTiers, params Params) (*Ledger, error) {
	if _, err := NewLedger(inst, tiers, params); err != nil {
		return nil, err
	}
	fine := params
	fine.Groups = make([]Group, len(params.Tiers))
	for i, t := range params.Tiers {
		fine.Groups[i] = params.Groups[params.groupOf(t.Leverage)]
		fine.Groups[i].MinLeverage = t.Leverage
	}
	return newLedger(inst, tiers, fine), nil
}

// Near calls visit for every level that stands in bins [from, to], by rising
// side, group and bin.
func (l *Ledger) Near(from, to market.BinIndex, visit func(Level)) {
	first, last := max(int(from-l.book.lo), 0), min(int(to-l.book.lo), len(l.book.unit)-1)
	for i := range l.book.planes {
		for k := first; k <= last; k++ {
			if l.book.planes[i].bins[k].all != 0 {
				visit(l.book.level(i, k))
			}
		}
	}
}
