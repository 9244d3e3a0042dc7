package venue

import (
	"fmt"
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// decimals draws texts that are decimals, or nearly so.
func decimals() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`[0-9]{1,15}`),
		rapid.StringMatching(`[0-9]{0,9}\.[0-9]{0,9}`),
		rapid.StringMatching(`[-+]?[0-9]{1,20}(\.[0-9]{0,20})?([eE][-+]?[0-9]{1,3})?`),
		rapid.StringMatching(`[-+.eE0-9xXnaifNIF_ ]{0,8}`),
	)
}

func TestParseDecimalEqualsParseFloat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := decimals().Draw(t, "decimal")
		got, ok := ParseDecimal([]byte(s))
		want, err := strconv.ParseFloat(s, 64)
		finite := err == nil && !math.IsNaN(want) && !math.IsInf(want, 0)
		for _, c := range s {
			finite = finite && c != '_' && c != 'x' && c != 'X'
		}
		if ok != finite || (ok && got != want) {
			t.Fatalf("ParseDecimal(%q) = %v, %v; strconv says %v, %v", s, got, ok, want, err)
		}
	})
}

func TestParseTimeTellsTheUnitByItsDigits(t *testing.T) {
	for _, c := range []struct {
		in   string
		want int64  // 0: refused
		says string // what would be right
	}{
		{"1778518167413", 1778518167413, ""},
		{"1778518167413999", 1778518167413, ""}, // microseconds
		{"1778518167", 0, "milliseconds since 1970; this looks like seconds"},
		{"1778518167413999000", 0, "a UTC time in milliseconds since 1970"},
		{"1230767999999", 0, "a UTC time in milliseconds since 1970, from 2009 to 2100"},
		{"4102444800000", 0, "a UTC time in milliseconds since 1970, from 2009 to 2100"},
		{"-1778518167413", 0, "a UTC time in milliseconds since 1970"},
		{"", 0, "a UTC time in milliseconds since 1970"},
	} {
		at, says := ParseTime([]byte(c.in))
		if int64(at) != c.want || says != c.says {
			t.Errorf("ParseTime(%q) = %d, %q; want %d, %q", c.in, at, says, c.want, c.says)
		}
	}
}

func TestDecimalStepIgnoresTrailingZeros(t *testing.T) {
	for in, want := range map[string]float64{"95000.10": 0.1, "95000": 1, "95000.00": 1, "0.08619": 0.00001, "1e-5": 0, "": 0} {
		if got := DecimalStep([]byte(in)); float64(got) != want {
			t.Errorf("DecimalStep(%q) = %v, want %v", in, got, want)
		}
	}
}

func TestInputErrorIsOneLineThatNamesThePlace(t *testing.T) {
	err := &InputError{File: "trades.csv", Row: 17, Field: "price", Got: "abc", Want: "a number > 0"}
	if got, want := err.Error(), `trades.csv row 17: price "abc": want a number > 0`; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	long := &InputError{File: "x", Field: "line", Got: fmt.Sprintf("%0200d\n", 0), Want: "text"}
	if got := long.Error(); len(got) > 120 {
		t.Errorf("message of %d bytes: %s", len(got), got)
	}
}
