package sim

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// random is the market's only source of chance.
type random struct{ *rand.Rand }

// newRandom seeds by number and symbol, so that two instruments of one seed
// do not move alike.
func newRandom(seed uint64, symbol string) random {
	h := fnv.New64a()
	h.Write([]byte(symbol))
	return random{rand.New(rand.NewPCG(seed, h.Sum64()))}
}

// poisson draws a count of the given mean (>= 0); means above 30 use the
// normal approximation.
func (r random) poisson(mean float64) int {
	if mean > 30 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*r.NormFloat64())))
	}
	limit, n := math.Exp(-mean), 0
	for p := r.Float64(); p > limit; p *= r.Float64() {
		n++
	}
	return n
}

// logNormal draws around a mean of 1; sigma is the deviation of the logarithm.
func (r random) logNormal(sigma float64) float64 {
	return math.Exp(sigma*r.NormFloat64() - sigma*sigma/2)
}

// between draws uniformly from [low, high).
func (r random) between(low, high float64) float64 { return low + (high-low)*r.Float64() }

// chance reports true with probability p.
func (r random) chance(p float64) bool { return r.Float64() < p }
