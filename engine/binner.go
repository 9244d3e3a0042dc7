package engine

import "halcyon/market"

// binner finds the bin of a price, fast where prices come close to each other.
// It gives exactly market.BinOf, by the same edges.
type binner struct {
	bin    market.BinIndex
	lo, hi market.Price
	// edges remembers lower edges of bins, by the low bits of their index.
	edges [1024]struct {
		bin market.BinIndex
		low market.Price
	}
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
				b.hi = b.low(b.bin + 1)
			} else {
				b.bin, b.hi = b.bin-1, b.lo
				b.lo = b.low(b.bin)
			}
			if p >= b.lo && p < b.hi {
				return b.bin
			}
		}
	}
	b.bin = market.BinOf(p)
	b.lo, b.hi = b.low(b.bin), b.low(b.bin+1)
	return b.bin
}

func (b *binner) low(bin market.BinIndex) market.Price {
	e := &b.edges[uint32(bin)%uint32(len(b.edges))]
	if e.bin != bin || e.low == 0 {
		e.bin, e.low = bin, bin.Low()
	}
	return e.low
}
