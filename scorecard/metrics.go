package scorecard

import (
	"cmp"
	"math"
	"slices"
)

// LogOffset (quote) is added to amounts before logarithms are taken, so that
// hours without a liquidation count as small and not as infinitely wrong.
const LogOffset = 10_000

// LogUSD returns ln(x + LogOffset) for an amount x >= 0 in quote currency.
func LogUSD(x float64) float64 { return math.Log(x + LogOffset) }

// Spearman returns the rank correlation of two series of equal length, ties at
// their mean rank; NaN for fewer than two values or where one is constant.
func Spearman(a, b []float64) float64 { return Pearson(ranks(a), ranks(b)) }

// Pearson returns the linear correlation of two series of equal length; NaN
// for fewer than two values or where one is constant.
func Pearson(a, b []float64) float64 {
	ma, mb := Mean(a), Mean(b)
	var ab, aa, bb float64
	for i := range a {
		x, y := a[i]-ma, b[i]-mb
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	if aa == 0 || bb == 0 {
		return math.NaN()
	}
	return ab / math.Sqrt(aa*bb)
}

// Mean returns the arithmetic mean, NaN for none.
func Mean(v []float64) float64 {
	var sum float64
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

func ranks(v []float64) []float64 {
	order := orderOf(v)
	out := make([]float64, len(v))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && v[order[j]] == v[order[i]] {
			j++
		}
		for k := i; k < j; k++ {
			out[order[k]] = float64(i+j-1) / 2
		}
		i = j
	}
	return out
}

// orderOf returns the indices of v by rising value, equal values in order.
func orderOf(v []float64) []int {
	// Values are sorted with their indices beside them: a bootstrap ranks
	// thousands of times, and looking values up would take half of that.
	type entry struct {
		value float64
		index int
	}
	entries := make([]entry, len(v))
	for i, x := range v {
		entries[i] = entry{x, i}
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Or(cmp.Compare(a.value, b.value), a.index-b.index) })
	order := make([]int, len(v))
	for i, e := range entries {
		order[i] = e.index
	}
	return order
}

// R2 returns 1 − Σ(y−ŷ)²/Σ(y−ȳ)²: the share of the variance of actual that
// predicted explains as it is, without refitting. Negative where the mean would
// have done better; NaN where actual is constant.
func R2(predicted, actual []float64) float64 {
	m := Mean(actual)
	var residual, total float64
	for i, y := range actual {
		residual += (y - predicted[i]) * (y - predicted[i])
		total += (y - m) * (y - m)
	}
	if total == 0 {
		return math.NaN()
	}
	return 1 - residual/total
}

// GammaDeviance returns the mean of 2·(−ln(y/μ) + (y−μ)/μ) with LogOffset added
// to both: how wrong amounts are relative to their size. 0 is perfect.
func GammaDeviance(predicted, actual []float64) float64 {
	var sum float64
	for i := range actual {
		y, mu := actual[i]+LogOffset, predicted[i]+LogOffset
		sum += 2 * ((y-mu)/mu - math.Log(y/mu))
	}
	return sum / float64(len(actual))
}

// TopShare returns the share of all actual amounts that lies in the given
// share (0, 1] of entries with the highest score. An entry on the border counts
// in part, tied entries alike, so that a constant score gives exactly share.
func TopShare(score, actual []float64, share float64) float64 {
	order := orderOf(score)
	slices.Reverse(order)
	var all, caught float64
	for _, y := range actual {
		all += y
	}
	left := share * float64(len(score))
	for i := 0; i < len(order) && left > 0; {
		j, sum := i, 0.0
		for j < len(order) && score[order[j]] == score[order[i]] {
			sum += actual[order[j]]
			j++
		}
		caught += sum * min(1, left/float64(j-i))
		left -= float64(j - i)
		i = j
	}
	return caught / all
}

// AUC returns the probability that an entry drawn by weight (an amount, >= 0)
// scores above one drawn evenly from all, ties counting half: 0.5 for a score
// that knows nothing. NaN where no entry has weight.
func AUC(score, weight []float64) float64 {
	order := orderOf(score)
	var below, sum, total float64
	n := float64(len(score))
	for i := 0; i < len(order); {
		j, w := i, 0.0
		for j < len(order) && score[order[j]] == score[order[i]] {
			w += weight[order[j]]
			j++
		}
		sum += w * (below + float64(j-i)/2)
		below += float64(j - i)
		total += w
		i = j
	}
	if total == 0 {
		return math.NaN()
	}
	return sum / total / n
}

// KS returns the Kolmogorov-Smirnov distance of two densities over the same
// ordered cells: the largest gap of their cumulated shares, in [0, 1]. NaN
// where one is empty.
func KS(a, b []float64) float64 {
	var ta, tb float64
	for i := range a {
		ta, tb = ta+a[i], tb+b[i]
	}
	if ta <= 0 || tb <= 0 {
		return math.NaN()
	}
	var ca, cb, d float64
	for i := range a {
		ca, cb = ca+a[i]/ta, cb+b[i]/tb
		d = max(d, math.Abs(ca-cb))
	}
	return d
}

// Decile is one tenth of the entries, by rising prediction.
type Decile struct {
	// Predicted and Realised are summed amounts (quote).
	Predicted float64 `json:"predicted_usd"`
	Realised  float64 `json:"realised_usd"`
}

// Ratio returns predicted over realised.
func (d Decile) Ratio() float64 { return d.Predicted / d.Realised }

// Calibration splits entries into tenths by rising prediction and sums both.
func Calibration(predicted, actual []float64) [10]Decile {
	var out [10]Decile
	for rank, i := range orderOf(predicted) {
		d := &out[rank*10/len(predicted)]
		d.Predicted += predicted[i]
		d.Realised += actual[i]
	}
	return out
}
