package funding

import (
	"math"

	"halcyon/market"
)

// Common is the interval that rates of several instruments are brought to, and
// the one assumed of a venue whose own is not known.
const Common = 8 * market.Hour

// Interval returns the time that a venue's rates are for, and whether it is
// known: a rate comes without it. It is known of venues that charge all
// contracts alike. Others charge by the contract, most of them every 8 h: that
// is assumed.
//
// Source: the venues' contract specifications, as their adapters under
// internal/venue read the rate.
func Interval(v market.Venue) (every market.UnixMilli, known bool) {
	switch v {
	case "hyperliquid", "kraken":
		return market.Hour, true
	case "bitmex", "deribit":
		return 8 * market.Hour, true
	default:
		return Common, false
	}
}

// Mean returns the unweighted mean of the parts' rates by bucket, each brought
// from its venue's interval to Common in proportion to time, and of how many
// parts it is. NaN of none. rates are as Closes returns them, of one length.
func Mean(parts []Part, rates [][]market.Ratio) (mean []market.Ratio, of []int) {
	if len(rates) == 0 {
		return nil, nil
	}
	mean, of = make([]market.Ratio, len(rates[0])), make([]int, len(rates[0]))
	for k, part := range parts {
		every, _ := Interval(part.ID.Venue)
		for i, x := range rates[k] {
			if !math.IsNaN(float64(x)) {
				mean[i] += x * market.Ratio(float64(Common)/float64(every))
				of[i]++
			}
		}
	}
	for i := range mean {
		mean[i] /= market.Ratio(of[i]) // 0/0 is NaN
	}
	return mean, of
}
