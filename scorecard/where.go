package scorecard

import (
	"fmt"

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

// Uniform and Oracle name the bounds of every table of where: who knows nothing,
// and who ranks bins by the very amounts that they are judged by. An oracle does
// not reach 1, because amounts that are spread, or told to lie between two prices,
// have no single best bin.
const (
	Uniform = "uniform"
	Oracle  = "oracle: the labels themselves"
)

// Judge returns a row for every candidate, Uniform and Oracle first. The
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
	var bestAUC, bestTop []float64
	for _, v := range w.Windows {
		for c := range w.Names {
			auc[c] = append(auc[c], AUC(v.Scores[c], v.Realised))
			top[c] = append(top[c], TopShare(v.Scores[c], v.Realised, 0.2))
		}
		bestAUC, bestTop = append(bestAUC, AUC(v.Realised, v.Realised)), append(bestTop, TopShare(v.Realised, v.Realised, 0.2))
	}
	mean := func(v []float64) Interval {
		var buf []float64
		return Bootstrap(block, w.Seed, func(at []int) float64 {
			buf = pick(v, at, buf)
			return Mean(buf)
		})
	}
	same := func(x float64) Interval { return Interval{x, x, x} }
	rows := []WhereRow{
		{Set: w.Set, Horizon: w.Horizon, Name: Uniform, Windows: len(block), Days: len(days), AUC: same(.5), Top: same(.2)},
		{Set: w.Set, Horizon: w.Horizon, Name: Oracle, Windows: len(block), Days: len(days), AUC: mean(bestAUC), Top: mean(bestTop)},
	}
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
