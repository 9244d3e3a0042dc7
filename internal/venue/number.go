package venue

import (
	"bytes"
	"math"
)

// Number is a number in an answer over REST, written as such or in a string.
// Anything else, null included, is NaN: it spoils its own row and no other.
type Number float64

// UnmarshalJSON implements json.Unmarshaler. It never fails.
func (n *Number) UnmarshalJSON(b []byte) error {
	v, ok := ParseDecimal(bytes.Trim(b, `"`))
	if !ok {
		v = math.NaN()
	}
	*n = Number(v)
	return nil
}
