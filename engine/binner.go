package engine

import "halcyon/market"

// binner finds the bin of a price, fast where prices come close to each other.
// It gives exactly market.BinOf, by the same edges.
type binner struct {
	bin    market.BinIndex
	lo, hi market.Price
}

// near is how many bins away an edge is worth stepping to.
const near = 4

func (b *binner) find(p market.Price) market.BinIndex {
	if p >= b.lo && p < b.hi {
		return b.bin
	}
	if b.hi > 0 {
		for range near {
			if p >= b.hi {
				b.bin, b.lo = b.bin+1, b.hi
				b.hi = (b.bin + 1).Low()
			} else {
				b.bin, b.hi = b.bin-1, b.lo
				b.lo = b.bin.Low()
			}
			if p >= b.lo && p < b.hi {
				return b.bin
			}
		}
	}
	b.bin = market.BinOf(p)
	b.lo, b.hi = b.bin.Low(), (b.bin + 1).Low()
	return b.bin
}
