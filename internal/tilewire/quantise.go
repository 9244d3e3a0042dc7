package tilewire

import "math"

const (
	mantissaBits = 52
	mantissaMask = 1<<mantissaBits - 1
	// startBits of the mantissa index starts: so many that no two steps of the
	// cell value fall on one entry.
	startBits = 11
)

// thresholds holds the mantissas, as bits, at which the cell value within an
// octave steps up: thresholds[j] is that of 2^((j−½)/LogStep), the last one is
// beyond reach.
var thresholds = func() (t [LogStep + 2]uint64) {
	for j := 1; j <= LogStep; j++ {
		t[j] = math.Float64bits(math.Exp2((float64(j)-0.5)/LogStep)) & mantissaMask
	}
	t[LogStep+1] = math.MaxInt64
	return t
}()

// starts holds, by the leading bits of the mantissa, the cell value within the
// octave at the lower end of those mantissas.
var starts = func() (s [1 << startBits]uint16) {
	j := uint16(0)
	for i := range s {
		for uint64(i)<<(mantissaBits-startBits) >= thresholds[j+1] {
			j++
		}
		s[i] = j
	}
	return s
}()

// Quantise turns an amount (quote, >= 0) into a cell value:
// round(log2(1+x)·LogStep). Amounts beyond 2^63 are held at the top. An amount
// below half a unit of quote currency is empty, 0.
//
// It reads octave and place within it off the bits of 1+x, many times as fast
// as a logarithm, and without a branch that depends on the amount: a tile asks
// hundreds of thousands of times. TestQuantiseIsTheLogarithm holds it to the
// definition.
func Quantise(x float64) uint16 {
	if !(x >= 0.5) {
		return 0
	}
	if x >= 1<<63 {
		return 63 * LogStep
	}
	bits := math.Float64bits(1 + x)
	octave := uint16(bits>>mantissaBits) - 1023
	mantissa := bits & mantissaMask
	j := starts[mantissa>>(mantissaBits-startBits)]
	// The sign of the difference tells whether the next step is reached too.
	step := (thresholds[j+1] - 1 - mantissa) >> 63
	return octave*LogStep + j + uint16(step)
}
