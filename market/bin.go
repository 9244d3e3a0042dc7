package market

import "math"

// BinRatio is the width of one base price bin: the upper edge of a bin is its
// lower edge times BinRatio, which makes a bin one basis point wide at every
// price. With log-price bins the distance from a linear contract's entry to
// its liquidation is the same number of bins at every price, one grid serves
// every coin, and the bins of several venues add up.
const BinRatio = 1.0001

var lnBinRatio = math.Log(BinRatio)

// BinIndex numbers base price bins: bin b holds the prices in
// [BinRatio^b, BinRatio^(b+1)). Negative indices are prices below 1.
type BinIndex int32

// BinOf returns the bin that holds p. p must be finite and > 0; the caller
// has checked it with ValidPrice. BinLow(b) <= p < BinLow(b+1) holds exactly.
func BinOf(p Price) BinIndex {
	b := BinIndex(math.Floor(math.Log(float64(p)) / lnBinRatio))
	// The logarithm can land one bin off at an edge: settle it by the edges.
	for p < b.Low() {
		b--
	}
	for p >= (b + 1).Low() {
		b++
	}
	return b
}

// Low returns the lower edge of bin b, which belongs to it.
func (b BinIndex) Low() Price { return Price(math.Exp(float64(b) * lnBinRatio)) }

// Mid returns the geometric middle of bin b: the price at which what lies in
// the bin is valued.
func (b BinIndex) Mid() Price { return Price(math.Exp((float64(b) + 0.5) * lnBinRatio)) }

// Coarsen returns the index of the bin 2^shift base bins wide that holds b.
// It rounds towards minus infinity, so negative bins are grouped alike.
func (b BinIndex) Coarsen(shift uint) BinIndex { return b >> shift }

// BinsOf returns how many base bins lie between price p and price p·ratio,
// as a real number: ln(ratio)/ln(BinRatio). Negative for ratio < 1.
func BinsOf(ratio float64) float64 { return math.Log(ratio) / lnBinRatio }

// Prices outside this range are taken for a fault of the input, not a market.
const (
	MinPrice Price = 1e-9
	MaxPrice Price = 1e9
)

// ValidPrice reports whether p is a number within [MinPrice, MaxPrice].
func ValidPrice(p Price) bool { return p >= MinPrice && p <= MaxPrice }
