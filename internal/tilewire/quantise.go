package tilewire

import "math"

// thresholds holds the mantissas, in [1, 2], at which the cell value within an
// octave steps up: thresholds[j] = 2^((j−½)/LogStep), the last one beyond reach.
var thresholds = func() (t [LogStep + 2]float64) {
	for j := range LogStep + 1 {
		t[j] = math.Exp2((float64(j) - 0.5) / LogStep)
	}
	t[LogStep+1] = 3
	return t
}()

// starts holds, by the leading ten bits of the mantissa, the cell value within
// the octave at the lower end of those mantissas.
var starts = func() (s [1024]uint16) {
	j := uint16(0)
	for i := range s {
		for 1+float64(i)/1024 >= thresholds[j+1] {
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
// It reads octave and place within it off the bits of 1+x, a few times as fast
// as a logarithm; TestQuantiseIsTheLogarithm holds it to the definition.
func Quantise(x float64) uint16 {
	if !(x >= 0.5) {
		return 0
	}
	if x >= 1<<63 {
		return 63 * LogStep
	}
	bits := math.Float64bits(1 + x)
	octave := int(bits>>52) - 1023
	mantissa := math.Float64frombits(bits&(1<<52-1) | 1023<<52)
	j := starts[bits>>42&1023]
	for mantissa >= thresholds[j+1] {
		j++
	}
	return uint16(octave*LogStep + int(j))
}
