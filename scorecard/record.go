package scorecard

import "halcyon/market"

// Record is how a server's own past maps did over a recent stretch, as the page
// shows it: by side, beside the simplest baseline there is.
type Record struct {
	// Window is the length of the stretch (ms), Side the positions' side.
	Window market.UnixMilli `json:"window_ms"`
	Side   string           `json:"side"`
	// Periods counts hours with a map and a feed of liquidations.
	Periods int `json:"periods"`
	// Map and Baseline are rank correlations with what was published: of what
	// the map swept, and of how far price went against the side. Intervals are
	// 95 %, by day; NaN-free: all 0 where there are too few periods.
	Map      Interval `json:"map"`
	Baseline Interval `json:"baseline"`
	// Ratio is swept over published amounts; 0 where nothing was published. A
	// censored feed makes it an upper bound of what it would be.
	Ratio float64 `json:"swept_over_published"`
	// Beats says that the map's lead over the baseline is above 0 with its
	// whole interval. Where it is false the claim is to be greyed.
	Beats bool     `json:"beats_baseline"`
	Lead  Interval `json:"lead"`
}

// minRecord is the fewest periods worth a record.
const minRecord = 12

// Past is what a server keeps of each hour, one entry an hour, by time.
type Past struct {
	Start []market.UnixMilli
	// Swept, Published and Adverse are of one side: predicted and published
	// amounts (quote), and how far price went against the side (a ratio, >= 0).
	Swept, Published, Adverse []float64
}

// NewRecord judges the hours of the stretch of the given length that ends at now.
func NewRecord(past Past, side market.PositionSide, now, window market.UnixMilli, seed uint64) Record {
	out := Record{Window: window, Side: side.String()}
	var block []int64
	var swept, published, adverse []float64
	var predicted, realised float64
	for i, t := range past.Start {
		if t < now-window || t+market.Hour > now {
			continue
		}
		block = append(block, int64(t/market.Day))
		swept, published, adverse = append(swept, past.Swept[i]), append(published, past.Published[i]), append(adverse, past.Adverse[i])
		predicted, realised = predicted+past.Swept[i], realised+past.Published[i]
	}
	out.Periods = len(block)
	if realised > 0 {
		out.Ratio = predicted / realised
	}
	if out.Periods < minRecord || realised == 0 {
		return out
	}
	rank := func(v []float64) func(at []int) float64 {
		return func(at []int) float64 { return Spearman(pick(v, at, nil), pick(published, at, nil)) }
	}
	mapped, base := rank(swept), rank(adverse)
	out.Map, out.Baseline = Bootstrap(block, seed, mapped), Bootstrap(block, seed, base)
	out.Lead = Bootstrap(block, seed, func(at []int) float64 { return mapped(at) - base(at) })
	for _, i := range []*Interval{&out.Map, &out.Baseline, &out.Lead} {
		i.zeroNaN()
	}
	out.Beats = out.Lead.Above(0)
	return out
}

// zeroNaN makes an undefined interval 0, which JSON can carry.
func (i *Interval) zeroNaN() {
	for _, x := range []*float64{&i.Value, &i.Low, &i.High} {
		if *x != *x {
			*x = 0
		}
	}
}
