package heatmap

import (
	"math/bits"

	"halcyon/market"
)

// field is integer amounts by bin for one plane, with the set of bins touched
// since the last drain.
type field struct {
	lo      market.BinIndex // a multiple of 64
	cells   []amounts
	touched []uint64
	// first and last bound the touched words, half-open.
	first, last int
}

// amounts are those of a Cell.
type amounts struct{ all, fresh int64 }

func (a *amounts) add(all, fresh int64) {
	a.all += all
	a.fresh += fresh
}

const fieldGrowth = 1024

// at returns the index of a bin, growing the window where needed.
func (f *field) at(bin market.BinIndex) int {
	if k := int(bin - f.lo); len(f.cells) > 0 && k >= 0 && k < len(f.cells) {
		return k
	}
	lo, hi := bin-fieldGrowth, bin+fieldGrowth
	if len(f.cells) > 0 {
		lo, hi = min(lo, f.lo), max(hi, f.lo+market.BinIndex(len(f.cells)))
	}
	lo &^= 63
	n := (int(hi-lo) + 63) &^ 63
	shift := 0
	if len(f.cells) > 0 {
		shift = int(f.lo - lo)
	}
	cells, touched := make([]amounts, n), make([]uint64, n/64)
	copy(cells[shift:], f.cells)
	copy(touched[shift/64:], f.touched)
	if f.first < f.last {
		f.first, f.last = f.first+shift/64, f.last+shift/64
	} else {
		f.first, f.last = n/64, 0
	}
	f.lo, f.cells, f.touched = lo, cells, touched
	return int(bin - lo)
}

// add adds amounts to a bin and marks it touched.
func (f *field) add(bin market.BinIndex, all, fresh int64) {
	k := f.at(bin)
	f.cells[k].add(all, fresh)
	w := k >> 6
	f.touched[w] |= 1 << (k & 63)
	f.first, f.last = min(f.first, w), max(f.last, w+1)
}

// drain calls visit for every touched bin in rising order and zeroes it.
func (f *field) drain(visit func(bin market.BinIndex, all, fresh int64)) {
	for w := f.first; w < f.last; w++ {
		for set := f.touched[w]; set != 0; set &= set - 1 {
			k := w<<6 + bits.TrailingZeros64(set)
			visit(f.lo+market.BinIndex(k), f.cells[k].all, f.cells[k].fresh)
			f.cells[k] = amounts{}
		}
		f.touched[w] = 0
	}
	f.first, f.last = len(f.touched), 0
}
