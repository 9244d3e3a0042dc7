package scorecard

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
)

// Interval is an estimate with the bounds of its 95 % interval.
type Interval struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// MarshalJSON writes what is not a number, such as the correlation of a
// constant, as null.
func (i Interval) MarshalJSON() ([]byte, error) {
	plain := func(x float64) *float64 {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil
		}
		return &x
	}
	return json.Marshal(struct {
		Value *float64 `json:"value"`
		Low   *float64 `json:"low"`
		High  *float64 `json:"high"`
	}{plain(i.Value), plain(i.Low), plain(i.High)})
}

// Above reports whether the whole interval lies above x.
func (i Interval) Above(x float64) bool { return i.Low > x }

// Resamples is how many times a bootstrap draws. The bounds are then good to
// about a tenth of the interval's width.
const Resamples = 400

// Bootstrap returns the value of a statistic over all entries, and the 2.5 %
// and 97.5 % quantiles of its values over blocks of entries drawn with
// replacement. Entries of one block (a UTC day) are drawn together, because
// neighbouring hours are alike. block holds each entry's block; stat is given
// the indices drawn. Draws on which stat is not a number are left out. The same
// seed gives the same interval.
func Bootstrap(block []int64, seed uint64, stat func(entries []int) float64) Interval {
	members := map[int64][]int{}
	var blocks []int64
	all := make([]int, len(block))
	for i, b := range block {
		all[i] = i
		if _, known := members[b]; !known {
			blocks = append(blocks, b)
		}
		members[b] = append(members[b], i)
	}
	out := Interval{Value: stat(all)}
	r := rand.New(rand.NewPCG(seed, uint64(len(blocks))))
	var values []float64
	drawn := make([]int, 0, len(block))
	for range Resamples {
		drawn = drawn[:0]
		for range blocks {
			drawn = append(drawn, members[blocks[r.IntN(len(blocks))]]...)
		}
		if v := stat(drawn); !math.IsNaN(v) {
			values = append(values, v)
		}
	}
	out.Low, out.High = Quantile(values, 0.025), Quantile(values, 0.975)
	return out
}

// Quantile returns the q-quantile of v by linear interpolation, NaN for none.
func Quantile(v []float64, q float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(v))
	at := q * float64(len(s)-1)
	i := int(at)
	if i+1 >= len(s) {
		return s[len(s)-1]
	}
	return s[i] + (at-float64(i))*(s[i+1]-s[i])
}

// pick returns the entries of v at the given indices, in buf if it is long enough.
func pick(v []float64, at []int, buf []float64) []float64 {
	buf = buf[:0]
	for _, i := range at {
		buf = append(buf, v[i])
	}
	return buf
}
