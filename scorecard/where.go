package scorecard

import (
	"fmt"
	"math"

	"halcyon/market"
)

// Window is one stretch of time in which price reached some bins and
// liquidations were published with their prices.
type Window struct {
	Start market.UnixMilli
	Side  market.PositionSide
	// Realised is the liquidated amount (quote) in each reached bin.
	Realised []float64
	// Scores is, a candidate, what it gave each reached bin: the higher, the
	// more is expected there.
	Scores [][]float64
}

// Where is the question where, among the prices that were reached, liquidations
// happened.
type Where struct {
	Set, Horizon string
	// Names and Model describe the candidates, in the order of Window.Scores.
	Names []string
	Model []bool
	// Depth and Placebo name the candidates that models are measured against.
	Depth, Placebo string
	Windows        []Window
	Seed           uint64
}

// WhereRow is a line of the table. Every window has the same weight.
type WhereRow struct {
	Set     string `json:"set"`
	Horizon string `json:"horizon"`
	Name    string `json:"name"`
	Model   bool   `json:"model"`
	Windows int    `json:"windows"`
	Days    int    `json:"days"`
	// AUC is the chance that a liquidated dollar's bin scores above a bin drawn
	// evenly from those reached: 0.5 for knowing nothing.
	AUC Interval `json:"auc"`
	// Top is the share of USD in the fifth of bins with the highest score.
	Top Interval `json:"top_fifth"`
	// OverDepth and OverPlacebo are differences of AUC; nil for baselines.
	OverDepth   *Interval `json:"over_depth,omitempty"`
	OverPlacebo *Interval `json:"over_placebo,omitempty"`
}

// Judge returns a row for every candidate, the uniform baseline first. The
// error wraps market.ErrInvalid where there is nothing to judge.
func (w Where) Judge() ([]WhereRow, error) {
	if len(w.Windows) < 2 {
		return nil, fmt.Errorf("cannot judge where of %q: %d windows, want at least 2: %w", w.Set, len(w.Windows), market.ErrInvalid)
	}
	block := make([]int64, len(w.Windows))
	days := map[int64]bool{}
	for i, v := range w.Windows {
		block[i] = int64(v.Start / market.Day)
		days[block[i]] = true
	}
	auc, top := make([][]float64, len(w.Names)), make([][]float64, len(w.Names))
	for c := range w.Names {
		for _, v := range w.Windows {
			auc[c] = append(auc[c], AUC(v.Scores[c], v.Realised))
			top[c] = append(top[c], TopShare(v.Scores[c], v.Realised, 0.2))
		}
	}
	mean := func(v []float64) Interval {
		var buf []float64
		return Bootstrap(block, w.Seed, func(at []int) float64 {
			buf = pick(v, at, buf)
			return Mean(buf)
		})
	}
	same := func(x float64) Interval { return Interval{x, x, x} }
	rows := []WhereRow{{Set: w.Set, Horizon: w.Horizon, Name: "uniform", Windows: len(block), Days: len(days), AUC: same(.5), Top: same(.2)}}
	for c, name := range w.Names {
		row := WhereRow{Set: w.Set, Horizon: w.Horizon, Name: name, Model: w.Model[c], Windows: len(block), Days: len(days), AUC: mean(auc[c]), Top: mean(top[c])}
		for base, other := range w.Names {
			if !w.Model[c] || (other != w.Depth && other != w.Placebo) {
				continue
			}
			gain := make([]float64, len(block))
			for i := range gain {
				gain[i] = auc[c][i] - auc[base][i]
			}
			d := mean(gain)
			if other == w.Depth {
				row.OverDepth = &d
			} else {
				row.OverPlacebo = &d
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// Truth is the question how estimated positions compare with true ones, by
// distance from price, at several instants.
type Truth struct {
	Set  string
	Side market.PositionSide
	At   []market.UnixMilli
	// True is the true notional by cell of distance, an instant each.
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
	// Overlap is the mean of Σ min of the shares by cell; 1 is perfect.
	Overlap Interval `json:"overlap"`
	// Detail is the rank correlation, cell by cell, of what lies above or below
	// the mean curve of distance; NaN-free: 0 for a profile that never changes.
	Detail Interval `json:"detail"`
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
	for c, name := range t.Names {
		est := t.Estimates[c]
		ks, overlap := make([]float64, len(est)), make([]float64, len(est))
		for i := range est {
			ks[i], overlap[i] = KS(est[i], t.True[i]), Overlap(est[i], t.True[i])
		}
		detail := beyondMean(est, t.Detail)
		over := func(stat func(at []int) float64) Interval { return Bootstrap(block, t.Seed, stat) }
		rows = append(rows, TruthRow{
			Set: t.Set, Side: t.Side.String(), Name: name, Model: t.Model[c], Moments: len(block), Days: len(days),
			KS:      over(func(at []int) float64 { return Mean(pick(ks, at, nil)) }),
			KSMean:  over(func(at []int) float64 { return KS(meanOf(est, at), meanOf(t.True, at)) }),
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
		})
	}
	return rows, nil
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
