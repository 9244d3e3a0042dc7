package scorecard

import (
	"fmt"
	"math"

	"halcyon/market"
)

// Truth is the question how estimated positions compare with true ones, by
// distance from price, at several instants.
type Truth struct {
	Set  string
	Side market.PositionSide
	At   []market.UnixMilli
	// True is the true notional by cell of distance, an instant each, in the unit
	// of the estimates.
	True [][]float64
	// Names, Model and Estimates are the candidates and their cells.
	Names     []string
	Model     []bool
	Estimates [][][]float64
	// Detail is how many cells, from price on, the detail is compared over.
	Detail int
	Seed   uint64
}

// TruthRow is a line of the table.
type TruthRow struct {
	Set     string `json:"set"`
	Side    string `json:"side"`
	Name    string `json:"name"`
	Model   bool   `json:"model"`
	Moments int    `json:"moments"`
	Days    int    `json:"days"`
	// KS is the mean over the moments of the Kolmogorov-Smirnov distance of the
	// profiles, KSMean that of the profiles' means over the moments; 0 is perfect.
	KS     Interval `json:"ks"`
	KSMean Interval `json:"ks_of_means"`
	// Amount is the notional estimated within the cells over the true one, summed
	// over the moments; 1 is perfect. Shapes are judged whatever it is.
	Amount Interval `json:"estimated_over_true"`
	// Overlap is the mean of Σ min of the shares by cell; 1 is perfect.
	Overlap Interval `json:"overlap"`
	// Detail is the rank correlation, cell by cell, of what lies above or below
	// the mean curve of distance; NaN-free: 0 for a profile that never changes.
	Detail Interval `json:"detail"`
	// Closer is by how much KS is less than that of each other candidate that is
	// no model, by its name; nil for those.
	Closer []Closer `json:"closer,omitempty"`
}

// Closer is by how much smaller a KS distance is than another's, moment by moment.
type Closer struct {
	Than string   `json:"than"`
	By   Interval `json:"by"`
}

// Judge returns a row for every candidate.
func (t Truth) Judge() ([]TruthRow, error) {
	if len(t.At) < 2 {
		return nil, fmt.Errorf("cannot judge truth of %q: %d moments, want at least 2: %w", t.Set, len(t.At), market.ErrInvalid)
	}
	block := make([]int64, len(t.At))
	days := map[int64]bool{}
	for i, at := range t.At {
		block[i] = int64(at / market.Day)
		days[block[i]] = true
	}
	var rows []TruthRow
	truth := beyondMean(t.True, t.Detail)
	over := func(stat func(at []int) float64) Interval { return Bootstrap(block, t.Seed, stat) }
	far := make([][]float64, len(t.Names)) // KS by candidate and moment
	for c, est := range t.Estimates {
		for i := range est {
			far[c] = append(far[c], KS(est[i], t.True[i]))
		}
	}
	for c, name := range t.Names {
		est, ks := t.Estimates[c], far[c]
		overlap := make([]float64, len(est))
		for i := range est {
			overlap[i] = Overlap(est[i], t.True[i])
		}
		detail := beyondMean(est, t.Detail)
		row := TruthRow{
			Set: t.Set, Side: t.Side.String(), Name: name, Model: t.Model[c], Moments: len(block), Days: len(days),
			KS:      over(func(at []int) float64 { return Mean(pick(ks, at, nil)) }),
			KSMean:  over(func(at []int) float64 { return KS(meanOf(est, at), meanOf(t.True, at)) }),
			Amount:  over(func(at []int) float64 { return sumOf(est, at) / sumOf(t.True, at) }),
			Overlap: over(func(at []int) float64 { return Mean(pick(overlap, at, nil)) }),
			Detail: over(func(at []int) float64 {
				var a, b []float64
				for _, i := range at {
					a, b = append(a, detail[i]...), append(b, truth[i]...)
				}
				if r := Spearman(a, b); !math.IsNaN(r) {
					return r
				}
				return 0
			}),
		}
		for other, than := range t.Names {
			if !t.Model[c] || t.Model[other] {
				continue
			}
			gain := make([]float64, len(ks))
			for i := range gain {
				gain[i] = far[other][i] - ks[i]
			}
			row.Closer = append(row.Closer, Closer{than, over(func(at []int) float64 { return Mean(pick(gain, at, nil)) })})
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// sumOf returns the sum of all cells at some moments.
func sumOf(profiles [][]float64, at []int) (sum float64) {
	for _, i := range at {
		sum += Mean(profiles[i]) * float64(len(profiles[i]))
	}
	return sum
}

// Overlap returns Σ min(a, b) of two densities scaled to sum 1; NaN where one is empty.
func Overlap(a, b []float64) (sum float64) {
	ta, tb := Mean(a)*float64(len(a)), Mean(b)*float64(len(b))
	for i := range a {
		sum += min(a[i]/ta, b[i]/tb)
	}
	return sum
}

// meanOf returns the mean profile over some moments, each scaled to sum 1.
func meanOf(profiles [][]float64, at []int) []float64 {
	out := make([]float64, len(profiles[0]))
	for _, i := range at {
		total := Mean(profiles[i]) * float64(len(profiles[i]))
		for k, x := range profiles[i] {
			if total > 0 {
				out[k] += x / total
			}
		}
	}
	return out
}

// beyondMean returns the shares of the first cells less their mean over all
// moments, over that mean: what a smooth curve of distance cannot know.
func beyondMean(profiles [][]float64, cells int) [][]float64 {
	all := make([]int, len(profiles))
	for i := range all {
		all[i] = i
	}
	mean := meanOf(profiles, all)
	out := make([][]float64, len(profiles))
	for i, p := range profiles {
		total := Mean(p) * float64(len(p))
		for k := range cells {
			x := 0.0
			if total > 0 && mean[k] > 0 {
				x = p[k]/total/(mean[k]/float64(len(profiles))) - 1
			}
			out[i] = append(out[i], x)
		}
	}
	return out
}
