package scorecard

import (
	"math"

	"halcyon/market"
)

// TrackRecord is how an instrument's own past maps did against what was published,
// as the page shows it.
type TrackRecord struct {
	// From and To bound the hours judged, half-open (ms); both 0 for none.
	From market.UnixMilli `json:"from"`
	To   market.UnixMilli `json:"to"`
	// Observed says that published liquidations are stored. Without them there
	// is nothing to judge by, and Records is empty.
	Observed bool     `json:"observed"`
	Records  []Record `json:"records"`
}

// Record is how past maps did over a recent stretch, by side, beside baselines.
type Record struct {
	// Window is the length of the stretch (ms), Side the positions' side.
	Window market.UnixMilli `json:"window_ms"`
	Side   string           `json:"side"`
	// Periods counts the hours judged within the stretch.
	Periods int `json:"periods"`
	// Map is the rank correlation over hours of what the map swept with what was
	// published; undefined where there are too few hours or nothing happened.
	Map Interval `json:"map"`
	// Baselines did the same without knowing positions.
	Baselines []RecordBaseline `json:"baselines"`
	// Ratio is swept over published amounts; 0 where nothing was published. Of a
	// censored feed it is too high by what the venue holds back.
	Ratio float64 `json:"swept_over_published"`
	// Beats says that the map leads every baseline with its whole interval.
	// Where it is false the claim is to be greyed.
	Beats bool `json:"beats_baselines"`
}

// RecordBaseline is one baseline of a Record.
type RecordBaseline struct {
	Name string   `json:"name"`
	Rank Interval `json:"rank"`
	// Lead is the map's rank correlation less the baseline's.
	Lead Interval `json:"lead"`
}

// minRecord and minBlocks are the fewest hours, and the fewest blocks of them,
// worth a record: with fewer an interval says nothing.
const (
	minRecord = 12
	minBlocks = 4
)

// Past is what is known of each hour of one side, an entry an hour, by time.
type Past struct {
	Start []market.UnixMilli
	// Swept and Published are predicted and published amounts (quote).
	Swept, Published []float64
	Baselines        []PastBaseline
}

// PastBaseline is another forecast of the same hours. Only its order counts.
type PastBaseline struct {
	Name  string
	Value []float64
}

// NewRecord judges the hours of the stretch of the given length that ends at
// now. Hours are drawn for the intervals in blocks of an eighth of the
// stretch, of a day at most, because neighbours are alike.
func NewRecord(past Past, side market.PositionSide, now, window market.UnixMilli, seed uint64) Record {
	nan := math.NaN()
	undefined := Interval{nan, nan, nan}
	out := Record{Window: window, Side: side.String(), Map: undefined, Baselines: []RecordBaseline{}}
	for _, b := range past.Baselines {
		out.Baselines = append(out.Baselines, RecordBaseline{b.Name, undefined, undefined})
	}
	var at []int
	var block []int64
	blocks := map[int64]bool{}
	var predicted, realised float64
	for i, t := range past.Start {
		if t < now-window || t+market.Hour > now {
			continue
		}
		b := int64(t / min(market.Day, window/8))
		at, block, blocks[b] = append(at, i), append(block, b), true
		predicted, realised = predicted+past.Swept[i], realised+past.Published[i]
	}
	out.Periods = len(at)
	if realised > 0 {
		out.Ratio = predicted / realised
	}
	if out.Periods < minRecord || len(blocks) < minBlocks || realised == 0 {
		return out
	}
	published := pick(past.Published, at, nil)
	rank := func(v []float64) func(drawn []int) float64 {
		v = pick(v, at, nil)
		return func(drawn []int) float64 { return Spearman(pick(v, drawn, nil), pick(published, drawn, nil)) }
	}
	mapped := rank(past.Swept)
	out.Map, out.Beats = Bootstrap(block, seed, mapped), len(past.Baselines) > 0
	for i, b := range past.Baselines {
		base := rank(b.Value)
		row := &out.Baselines[i]
		row.Rank = Bootstrap(block, seed, base)
		row.Lead = Bootstrap(block, seed, func(drawn []int) float64 { return mapped(drawn) - base(drawn) })
		out.Beats = out.Beats && row.Lead.Above(0)
	}
	return out
}
