package render

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"halcyon/market"
)

// usd writes an amount (USD) with three significant figures: $1.24 B, $318 M.
func usd(x float64) string {
	for _, step := range []struct {
		size float64
		name string
	}{{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "k"}} {
		// 999.6 k would print as 1000 k: it belongs to the next step already.
		if x < step.size*0.9995 {
			continue
		}
		v, digits := x/step.size, 2
		if v >= 99.95 {
			digits = 0
		} else if v >= 9.995 {
			digits = 1
		}
		return "$" + strconv.FormatFloat(v, 'f', digits, 64) + " " + step.name
	}
	return fmt.Sprintf("$%.0f", x)
}

// usdPower writes a power of ten (USD) without the figures that are not one's:
// $1 M, $10 k.
func usdPower(exponent int) string {
	return strings.NewReplacer(".00", "", ".0", "").Replace(usd(math.Pow10(exponent)))
}

// decimals returns the decimals that a step of price needs: 0.01 needs 2.
func decimals(step float64) int {
	digits := 0
	for t := step; digits < 10 && math.Abs(t-math.Round(t)) > 1e-9*t; t *= 10 {
		digits++
	}
	return digits
}

// price writes a price with the given decimals and commas by thousands.
func price(p float64, digits int) string {
	s := strconv.FormatFloat(p, 'f', digits, 64)
	whole, rest, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		return whole + "." + rest
	}
	return whole
}

// span writes a length of time in its largest whole unit: 5 min, 4 h, 3 d.
// One day is written as 24 h, as in the page's list of ranges.
func span(ms market.UnixMilli) string {
	switch {
	case ms%market.Day == 0 && ms > market.Day:
		return fmt.Sprintf("%d d", ms/market.Day)
	case ms%market.Hour == 0:
		return fmt.Sprintf("%d h", ms/market.Hour)
	}
	return fmt.Sprintf("%d min", ms/market.Minute)
}

// stamp writes an instant to the minute, UTC.
func stamp(t market.UnixMilli) string { return t.Time().Format("2006-01-02 15:04") }

// leverage writes a leverage setting: 10×.
func leverage(l market.Leverage) string { return strconv.FormatFloat(float64(l), 'g', 4, 64) + "×" }
