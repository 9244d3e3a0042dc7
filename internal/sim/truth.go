package sim

import "halcyon/market"

// Positions returns every open position as it now is: traders in no stated
// but always the same order, then makers. The sizes of each side add up to
// the open interest.
func (m *Market) Positions() []Position {
	var out []Position
	for i := range m.book.agents {
		if a := &m.book.agents[i]; a.size > 0 {
			out = append(out, Position{
				Kind: a.kind, Side: a.side, Size: a.size.contracts(), EntryPrice: market.Price(a.entry),
				Margin: market.Notional(a.margin), LiquidationPrice: market.Price(a.liq),
				Leverage: a.setting, OpenedAt: a.opened, Party: a.party(int32(i)),
			})
		}
	}
	for i := range m.book.makers {
		k := &m.book.makers[i]
		if k.inventory == 0 {
			continue
		}
		size := max(k.inventory, -k.inventory)
		out = append(out, Position{
			Kind: Maker, Side: k.side(), Size: size.contracts(), EntryPrice: market.Price(k.entry),
			Margin: market.Notional(k.entry * size.float()), Leverage: 1, OpenedAt: k.since, Party: firstMaker + Party(i),
		})
	}
	return out
}

// Levels is the true map at one moment, to compare an estimated one with.
type Levels struct {
	// At is the notional of the positions that liquidate in each bin, by side
	// of the position, valued at the middle of the bin.
	At [market.Sides]map[market.BinIndex]market.Notional
	// Unplaced is the notional, at the mark price, of positions that cannot be
	// liquidated.
	Unplaced [market.Sides]market.Notional
}

// TrueLevels bins every open position by its liquidation price.
func (m *Market) TrueLevels() Levels {
	var levels Levels
	for side := range levels.At {
		levels.At[side] = map[market.BinIndex]market.Notional{}
	}
	for _, p := range m.Positions() {
		if !market.ValidPrice(p.LiquidationPrice) {
			levels.Unplaced[p.Side] += market.Notional(float64(p.Size) * float64(m.mark))
			continue
		}
		bin := market.BinOf(p.LiquidationPrice)
		levels.At[p.Side][bin] += market.Notional(float64(p.Size) * float64(bin.Mid()))
	}
	return levels
}
