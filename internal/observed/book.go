package observed

import (
	"slices"

	"halcyon/market"
)

// Book is the known positions of one instrument by price, as of one moment.
type Book struct {
	// At is the newest trade that is in it; 0 before the first.
	At market.UnixMilli
	// Levels are notionals (quote, valued at their own liquidation price) by
	// side and base bin of the venue's liquidation price.
	Levels [market.Sides]map[market.BinIndex]market.Notional
	// Size is what is known of each side, in contracts; WithoutLevel is the part
	// of it for which the venue tells no liquidation price, or not since it
	// turned round.
	Size, WithoutLevel [market.Sides]market.Contracts
	// Moved is the part of Size that has traded since it was reconciled.
	Moved [market.Sides]market.Contracts
	// Positions is how many there are; Counts tells of addresses.
	Positions int
	Counts    Counts
	// Ages are how long ago each position was reconciled (ms), rising.
	Ages []market.UnixMilli
}

// Book returns the known positions of an instrument.
func (l *Ledger) Book(in market.Instrument) Book {
	positions, counts := l.Positions(in.Symbol), l.Counts()
	b := Book{At: counts.Now, Positions: len(positions), Counts: counts}
	for s := range b.Levels {
		b.Levels[s] = map[market.BinIndex]market.Notional{}
	}
	for _, p := range positions {
		b.Size[p.Side] += p.Size
		if p.Moved {
			b.Moved[p.Side] += p.Size
		}
		b.Ages = append(b.Ages, max(0, counts.Now-p.ReconciledAt))
		if !market.ValidPrice(p.LiquidationPrice) {
			b.WithoutLevel[p.Side] += p.Size
			continue
		}
		b.Levels[p.Side][market.BinOf(p.LiquidationPrice)] += in.NotionalOf(p.LiquidationPrice, p.Size)
	}
	slices.Sort(b.Ages)
	return b
}
