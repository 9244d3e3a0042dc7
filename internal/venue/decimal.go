package venue

import (
	"bytes"
	"math"
	"strconv"

	"halcyon/market"
)

// pow10 holds the powers of ten that a float64 represents exactly.
var pow10 = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// ParseDecimal returns the float64 nearest to a decimal number, exactly as
// strconv.ParseFloat does, and whether b is one: finite, an optional sign,
// digits with at most one point, an optional exponent. No spaces, no hex, no
// NaN, no Inf.
//
// A mantissa of up to 15 digits is an exact float64, and so is the power of
// ten below it; one division rounds once and hence correctly. Anything longer
// goes to strconv. Checked by TestParseDecimalEqualsParseFloat.
func ParseDecimal(b []byte) (v float64, ok bool) {
	if len(b) == 0 || len(b) > 16 {
		return parseDecimalSlow(b)
	}
	var mantissa uint64
	point := -1
	for i, c := range b {
		switch d := c - '0'; {
		case d <= 9:
			mantissa = mantissa*10 + uint64(d)
		case c == '.' && point < 0:
			point = i
		default:
			return parseDecimalSlow(b)
		}
	}
	if point < 0 {
		if len(b) > 15 {
			return parseDecimalSlow(b)
		}
		return float64(int64(mantissa)), true
	}
	if len(b) == 1 {
		return 0, false
	}
	return float64(int64(mantissa)) / pow10[len(b)-1-point], true
}

func parseDecimalSlow(b []byte) (float64, bool) {
	for _, c := range b {
		if c-'0' > 9 && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(string(b), 64)
	return v, err == nil && !math.IsInf(v, 0)
}

// ParseDigits returns the number that b writes in digits alone, and whether
// it does: 1 to 18 digits, no sign.
func ParseDigits(b []byte) (v int64, ok bool) {
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	for _, c := range b {
		d := c - '0'
		if d > 9 {
			return 0, false
		}
		v = v*10 + int64(d)
	}
	return v, true
}

// Instants outside these bounds are taken for a fault of the input: no
// contract was traded before 2009, and none of ours after 2100.
const (
	MinTime market.UnixMilli = 1_230_768_000_000 // 2009-01-01
	MaxTime market.UnixMilli = 4_102_444_800_000 // 2100-01-01
)

// ParseTime reads a UNIX time. Within MinTime..MaxTime the number of digits
// tells the unit without doubt: 13 are milliseconds; 16 are microseconds,
// which Binance writes into some files since 2025, and are cut to
// milliseconds; 10 would be seconds, which no format of ours has. On a fault,
// want says what would be right.
func ParseTime(b []byte) (t market.UnixMilli, want string) {
	v, ok := ParseDigits(b)
	t = market.UnixMilli(v)
	switch {
	case !ok:
		return 0, "a UTC time in milliseconds since 1970"
	case len(b) == 16:
		t /= 1000
	case len(b) == 10 && t*1000 >= MinTime && t*1000 < MaxTime:
		return 0, "milliseconds since 1970; this looks like seconds"
	case len(b) == 19:
		return 0, "milliseconds since 1970; this looks like nanoseconds"
	}
	if t < MinTime || t >= MaxTime {
		return 0, "a UTC time in milliseconds since 1970, from 2009 to 2100"
	}
	return t, ""
}

// DecimalStep returns the step of a written decimal's last digit that is not
// a zero behind the point: 0.1 for "95000.10", 1 for "95000". A decimal with
// an exponent gives 0.
func DecimalStep(b []byte) market.Price {
	if bytes.ContainsAny(b, "eE") {
		return 0
	}
	whole, frac, _ := bytes.Cut(b, []byte("."))
	frac = bytes.TrimRight(frac, "0")
	if len(whole)+len(frac) == 0 || len(frac) >= len(pow10) {
		return 0
	}
	return market.Price(1 / pow10[len(frac)])
}
