package liqmodel

import "halcyon/market"

// flow is volume by price bin and taker side, and how far price has reached
// since it began. The zero value is empty.
type flow struct {
	// Lo is the bin of index 0; Bought and Sold are contracts by taker side.
	Lo           market.BinIndex
	Bought, Sold []float64
	Volume       float64
	// Low and High bound the bins touched since the flow began.
	Low, High market.BinIndex
	Touched   bool
}

func (f *flow) empty() bool { return len(f.Bought) == 0 }

func (f *flow) reset() {
	f.Bought, f.Sold = f.Bought[:0], f.Sold[:0]
	f.Volume, f.Touched = 0, false
}

func (f *flow) touch(bin market.BinIndex) {
	if !f.Touched {
		f.Low, f.High, f.Touched = bin, bin, true
		return
	}
	f.Low, f.High = min(f.Low, bin), max(f.High, bin)
}

func (f *flow) add(bin market.BinIndex, bought, sold float64) {
	if f.empty() {
		f.Lo = bin
	}
	if bin < f.Lo {
		n := int(f.Lo - bin)
		f.Bought, f.Sold = prepend(f.Bought, n), prepend(f.Sold, n)
		f.Lo = bin
	}
	for int(bin-f.Lo) >= len(f.Bought) {
		f.Bought, f.Sold = append(f.Bought, 0), append(f.Sold, 0)
	}
	f.Bought[bin-f.Lo] += bought
	f.Sold[bin-f.Lo] += sold
	f.Volume += bought + sold
}

// addAll adds other's volume and reach.
func (f *flow) addAll(other *flow) {
	for i := range other.Bought {
		if other.Bought[i]+other.Sold[i] > 0 {
			f.add(other.Lo+market.BinIndex(i), other.Bought[i], other.Sold[i])
		}
	}
	if other.Touched {
		f.touch(other.Low)
		f.touch(other.High)
	}
}

// each calls visit for every bin with volume, by rising bin.
func (f *flow) each(visit func(bin market.BinIndex, bought, sold float64)) {
	for i := range f.Bought {
		if f.Bought[i]+f.Sold[i] > 0 {
			visit(f.Lo+market.BinIndex(i), f.Bought[i], f.Sold[i])
		}
	}
}

func prepend(v []float64, n int) []float64 {
	v = append(v, make([]float64, n)...)
	copy(v[n:], v[:len(v)-n])
	clear(v[:n])
	return v
}
