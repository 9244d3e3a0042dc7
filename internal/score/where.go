package score

import (
	"cmp"
	"math"
	"slices"

	"halcyon/liqmodel"
	"halcyon/market"
	"halcyon/scorecard"
)

// cellBins is how many base bins make a bin in which *where* is judged: 5 bps.
const cellBins = 5

// cell returns the bin of cellBins that holds a base bin.
func cell(b market.BinIndex) market.BinIndex {
	return market.BinIndex(math.Floor(float64(b) / cellBins))
}

// whereCandidate is a map that is asked where.
type whereCandidate struct {
	name   string
	model  bool
	feed   feed
	params liqmodel.Params
	blur   float64 // cells, mean deviation
}

// Names in the where tables.
const (
	nameDepth   = "depth into untouched price"
	nameProfile = "volume profile of 24 h"
	nameBlurred = "learned map, honest widths"
	nameCurve   = "distance curve"
)

// minWindowUSD and minWindowBins keep windows out that say nothing.
const (
	minWindowUSD  = 5_000
	minWindowBins = 5
)

// span is a window of prints and the bins its path reached.
type span struct {
	scorecard.Window
	open      market.BinIndex
	low, high market.BinIndex // cells, both reached
}

// spans cuts prints into windows of a width, by side. Adverse keeps only the
// bins beyond the opening price on the side's bad side, as a frozen map is
// asked; where price did not go there, there is no window.
func spans(f feed, prints []print, width market.UnixMilli, adverse bool) []span {
	usd := map[market.UnixMilli]*[market.Sides]map[market.BinIndex]float64{}
	var starts []market.UnixMilli
	for _, p := range prints {
		t := p.at.Floor(width)
		if usd[t] == nil {
			usd[t] = &[market.Sides]map[market.BinIndex]float64{{}, {}}
			starts = append(starts, t)
		}
		usd[t][p.side][p.bin] += p.usd
	}
	slices.Sort(starts)
	var out []span
	for _, t := range starts {
		i, _ := slices.BinarySearchFunc(f.bars, t, func(c market.Candle, t market.UnixMilli) int { return cmp.Compare(c.OpenTime, t) })
		if i == len(f.bars) || f.bars[i].OpenTime != t {
			continue
		}
		open := market.BinOf(f.bars[i].Open)
		low, high := open, open
		for ; i < len(f.bars) && f.bars[i].OpenTime < t+width; i++ {
			low, high = min(low, market.BinOf(f.bars[i].Low)), max(high, market.BinOf(f.bars[i].High))
		}
		for side := range market.PositionSide(market.Sides) {
			w := span{open: open, low: cell(low), high: cell(high)}
			if adverse && side == market.Long {
				w.high = cell(open) - 1
			} else if adverse {
				w.low = cell(open) + 1
			}
			w.Start, w.Side = t, side
			var total float64
			for b := w.low; b <= w.high; b++ {
				w.Realised = append(w.Realised, usd[t][side][b])
				total += usd[t][side][b]
			}
			if total >= minWindowUSD && len(w.Realised) >= minWindowBins {
				out = append(out, w)
			}
		}
	}
	return out
}

// whereTables judges the map and its rivals at both horizons, live and frozen,
// where there are windows enough.
func whereTables(set string, f feed, begin market.UnixMilli, prints []print, params, placebo liqmodel.Params) (rows []scorecard.WhereRow, err error) {
	candidates := []whereCandidate{
		{name: nameLearned, model: true, feed: f, params: params},
		{name: nameBlurred, model: true, feed: f, params: params, blur: 3},
		{name: namePlaceboMap, feed: f.placebo(begin + 30*market.Day), params: placebo},
		{name: namePeers, feed: f.withoutOpenInterest(), params: peerParams()},
	}
	for _, frozen := range []bool{false, true} {
		for _, width := range []market.UnixMilli{15 * market.Minute, market.Hour} {
			windows := spans(f, prints, width, frozen)
			if len(windows) < minWindows {
				continue
			}
			judged, err := where(set, f, begin, windows, width, frozen, candidates)
			if err != nil {
				return nil, err
			}
			rows = append(rows, judged...)
		}
	}
	return rows, nil
}

// minWindows is the fewest windows worth a table.
const minWindows = 10

// where judges candidates over windows of one width. Live maps are scored by
// what they swept within the window, frozen ones by what stood at its start.
func where(set string, base feed, begin market.UnixMilli, w []span, width market.UnixMilli, frozen bool, candidates []whereCandidate) ([]scorecard.WhereRow, error) {
	q := scorecard.Where{Set: set, Horizon: horizon(width) + " live", Depth: nameDepth, Placebo: namePlaceboMap, Seed: seed}
	if frozen {
		q.Horizon = horizon(width) + " frozen, adverse move"
	}
	add := func(name string, model bool, score func(i int, w *span) []float64) {
		q.Names, q.Model = append(q.Names, name), append(q.Model, model)
		for i := range w {
			w[i].Scores = append(w[i].Scores, score(i, &w[i]))
		}
	}
	add(nameDepth, false, func(_ int, w *span) []float64 { return depthScores(w) })
	add(nameProfile, false, func(_ int, w *span) []float64 { return profileScores(base, w) })
	if frozen {
		add(nameCurve, false, func(_ int, w *span) []float64 { return curveScores(w) })
	}
	for _, c := range candidates {
		scores, err := c.scores(begin, w, width, frozen)
		if err != nil {
			return nil, err
		}
		add(c.name, c.model, func(i int, w *span) []float64 { return blurred(scores[i], c.blur) })
	}
	for _, v := range w {
		q.Windows = append(q.Windows, v.Window)
	}
	return q.Judge()
}

// scores replays a candidate once and returns what it gives each window's bins.
func (c whereCandidate) scores(begin market.UnixMilli, windows []span, width market.UnixMilli, frozen bool) ([][]float64, error) {
	l, err := liqmodel.NewLedger(c.feed.listing.Instrument, c.feed.listing.Tiers, c.params)
	if err != nil {
		return nil, err
	}
	out := make([][]float64, len(windows))
	for i := range windows {
		out[i] = make([]float64, len(windows[i].Realised))
	}
	if len(windows) == 0 {
		return out, nil
	}
	next, first := 0, 0 // windows not begun, and not yet ended
	give := func(side market.PositionSide, bin market.BinIndex, usd float64) {
		for i := first; i < next; i++ {
			if k := int(cell(bin) - windows[i].low); windows[i].Side == side && k >= 0 && k < len(out[i]) {
				out[i][k] += usd
			}
		}
	}
	if !frozen {
		l.Watch(func(s liqmodel.Sweep) { give(s.Side, s.Bin, float64(s.Notional)) })
	}
	c.feed.drive(l, begin, windows[len(windows)-1].Start+width, func(bar market.Candle) {
		for first < next && windows[first].Start+width <= bar.OpenTime {
			first++
		}
		began := next
		for next < len(windows) && windows[next].Start <= bar.OpenTime {
			next++
		}
		if frozen && next > began {
			first = began
			l.Near(windows[began].open-frozenReach, windows[began].open+frozenReach, func(v liqmodel.Level) {
				give(v.Side, v.Bin, float64(v.All)*l.Scale(v.Side, v.Group).All)
			})
		}
	}, nil)
	return out, nil
}

// depthScores rises with how far a bin lies beyond where price has been lately:
// downwards for longs, upwards for shorts. Within a window that is its order.
func depthScores(w *span) []float64 {
	out := make([]float64, len(w.Realised))
	for k := range out {
		if out[k] = float64(k); w.Side == market.Long {
			out[k] = -float64(k)
		}
	}
	return out
}

// profileScores is the volume traded at each bin in the day before the window.
func profileScores(f feed, w *span) []float64 {
	out := make([]float64, len(w.Realised))
	i, _ := slices.BinarySearchFunc(f.bars, w.Start-market.Day, func(c market.Candle, t market.UnixMilli) int { return cmp.Compare(c.OpenTime, t) })
	for ; i < len(f.bars) && f.bars[i].CloseTime <= w.Start; i++ {
		lo, hi := cell(market.BinOf(f.bars[i].Low)), cell(market.BinOf(f.bars[i].High))
		for b := max(lo, w.low); b <= min(hi, w.high); b++ {
			out[b-w.low] += float64(f.bars[i].Volume) / float64(hi-lo+1)
		}
	}
	return out
}

// curveScores is the log-normal law of distances around 1 %.
func curveScores(w *span) []float64 {
	out := make([]float64, len(w.Realised))
	for k := range out {
		d := math.Abs(float64((w.low+market.BinIndex(k))*cellBins-w.open)) / 1e4
		x := math.Log(max(d, 1e-4)/0.01) / 0.8
		out[k] = math.Exp(-x*x/2) / max(d, 1e-4)
	}
	return out
}

// blurred spreads scores by a Laplace law of the given mean deviation in bins.
func blurred(v []float64, width float64) []float64 {
	if width == 0 {
		return v
	}
	out := make([]float64, len(v))
	for i := range out {
		var norm float64
		for k, x := range v {
			w := math.Exp(-math.Abs(float64(i-k)) / width)
			out[i] += w * x
			norm += w
		}
		out[i] /= norm
	}
	return out
}
