package api

import (
	"context"
	"math"

	"halcyon/heatmap"
	"halcyon/internal/atlas"
	"halcyon/market"
)

const (
	// glassColumns and glassBins bound a heatmap: candlesticks and price levels.
	glassColumns, glassBins = 600, 512
	// glassReach is how far beyond the prices of its time a heatmap reaches.
	glassReach = 1.1
	// glassShift makes bins of a map 4 basis points wide.
	glassShift = 2
	// glassMapBand and glassPainBand are how far from price a map and max pain look.
	glassMapBand, glassPainBand market.Ratio = 0.5, 0.1
)

var glassRanges = []string{"24h", "12h", "3d", "7d", "30d", "90d", "180d", "1y"}

// glassHeatmap is the cells of a window as price levels by candlesticks.
type glassHeatmap struct {
	YAxis        []float64    `json:"y_axis"`
	Cells        [][3]float64 `json:"liquidation_leverage_data"`
	Candlesticks [][]any      `json:"price_candlesticks"`
}

func (s *server) glassPairHeatmap(ctx context.Context, q glassQuery) (any, error) {
	in, err := s.pair(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.glassHeatmap(ctx, in, q)
}

func (s *server) glassCoinHeatmap(ctx context.Context, q glassQuery) (any, error) {
	in, err := s.coin(ctx, q.Get("symbol"), "")
	if err != nil {
		return nil, err
	}
	return s.glassHeatmap(ctx, in, q)
}

// glassModel returns what a model shows: model1 all leverages, model2 the
// highest leverage group, model3 fresh entries.
func (s *server) glassModel(name string) (atlas.Selected, error) {
	groups := s.Atlas.Groups()
	of := map[string]string{"model1": "all", "model2": groups[len(groups)-1].Name, "model3": "fresh"}
	if of[name] == "" {
		return atlas.Selected{}, glassMissing("no %s: want model1, model2 or model3", name)
	}
	return s.Atlas.Select(of[name])
}

func (s *server) glassHeatmap(ctx context.Context, in atlas.Instrument, q glassQuery) (any, error) {
	sel, err := s.glassModel(q.model)
	if err != nil {
		return nil, err
	}
	span, err := q.span("range", glassRanges...)
	if err != nil {
		return nil, err
	}
	level := 0
	for level < heatmap.Levels-1 && span/heatmap.Ladder[level].Bucket > glassColumns {
		level++
	}
	width := heatmap.Ladder[level].Bucket
	w := heatmap.Window{Level: level, From: (in.To - span).Bucket(width), To: in.To.Bucket(width)}
	days, err := s.Atlas.Days(ctx, in.InstrumentID, level, w.From, w.To)
	if err != nil {
		return nil, err
	}
	bins, ok := glassPrices(days, &w)
	out := &glassHeatmap{YAxis: []float64{}, Cells: [][3]float64{}, Candlesticks: [][]any{}}
	if !ok {
		return out, nil
	}
	for bin := bins.lo; bin < bins.hi; bin++ {
		out.YAxis = append(out.YAxis, bins.middle(bin))
	}
	sums := make([]float64, bins.hi-bins.lo)
	return out, heatmap.Walk(days, w, func(c *heatmap.Column, st *heatmap.State) bool {
		clear(sums)
		for bin := w.Lo; bin < w.Hi; bin++ {
			sums[bin.Coarsen(bins.shift-heatmap.Ladder[level].Shift)-bins.lo] += sel.Value(st, bin)
		}
		x := float64(len(out.Candlesticks))
		for y, usd := range sums {
			if usd >= 1 {
				out.Cells = append(out.Cells, [3]float64{x, float64(y), cents(market.Notional(usd))})
			}
		}
		out.Candlesticks = append(out.Candlesticks, glassCandle(in, c, width))
		return ctx.Err() == nil
	})
}

// glassPrices sets the window's bins to those around the prices of its columns,
// and returns the coarser bins that they add up to; false without a price.
func glassPrices(days []*heatmap.Tracks, w *heatmap.Window) (profileBins, bool) {
	low, high := market.Price(math.Inf(1)), market.Price(0)
	for _, day := range days {
		columns := day.In(w.From, w.To)
		for i := range columns {
			if p := columns[i].Price; p > 0 {
				low, high = min(low, p), max(high, p)
			}
		}
	}
	if high == 0 {
		return profileBins{}, false
	}
	own := heatmap.Ladder[w.Level].Shift
	bins := profileBins{shift: own}
	for {
		bins.lo, bins.hi = market.BinOf(low/glassReach).Coarsen(bins.shift), market.BinOf(high*glassReach).Coarsen(bins.shift)+1
		if bins.hi-bins.lo <= glassBins {
			break
		}
		bins.shift++
	}
	w.Lo, w.Hi = bins.lo<<(bins.shift-own), bins.hi<<(bins.shift-own)
	return bins, true
}

// glassCandle is [seconds, "open", "high", "low", "close", "volume in USD"]; the
// price that levels are swept on stands in where nothing traded.
func glassCandle(in atlas.Instrument, c *heatmap.Column, width market.UnixMilli) []any {
	open, high, low, last := c.Open, c.High, c.Low, c.Close
	if last == 0 {
		open, high, low, last = c.Price, c.Price, c.Price, c.Price
	}
	out := []any{int64(c.Bucket.Start(width)) / 1000}
	for _, x := range []float64{float64(open), float64(high), float64(low), float64(last), cents(in.NotionalOf(last, c.Volume))} {
		out = append(out, decimal(x))
	}
	return out
}

// glassLevels is a liquidation map: levels by price as text,
// [price, USD, leverage, null].
type glassLevels struct {
	Data map[string][][4]any `json:"data"`
}

func (s *server) glassPairMap(ctx context.Context, q glassQuery) (any, error) {
	in, err := s.pair(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.glassMap(ctx, in, q, true)
}

func (s *server) glassCoinMap(ctx context.Context, q glassQuery) (any, error) {
	in, err := s.coin(ctx, q.Get("symbol"), "")
	if err != nil {
		return nil, err
	}
	return s.glassMap(ctx, in, q, false)
}

// glassMap answers with what stands now, whenever it was opened: by leverage
// group, told by its lower bound, or all together.
func (s *server) glassMap(ctx context.Context, in atlas.Instrument, q glassQuery, byLeverage bool) (any, error) {
	if _, err := q.span("range", "1d", "7d", "30d"); err != nil {
		return nil, err
	}
	standing, bins, _, err := s.stands(ctx, in, glassMapBand)
	if err != nil {
		return nil, err
	}
	out := glassLevels{map[string][][4]any{}}
	for i := range int(bins.hi - bins.lo) {
		price := bins.middle(bins.lo + market.BinIndex(i))
		key := decimal(price)
		var sum float64
		for _, g := range s.Atlas.Groups() {
			usd := standing.Long[g.Name][i] + standing.Short[g.Name][i]
			sum += usd
			if byLeverage && usd > 0 {
				out.Data[key] = append(out.Data[key], [4]any{price, usd, float64(g.MinLeverage), nil})
			}
		}
		if !byLeverage && sum > 0 {
			out.Data[key] = [][4]any{{price, sum, nil, nil}}
		}
	}
	return out, nil
}

// stands returns what stands at the newest column within a band around its price.
func (s *server) stands(ctx context.Context, in atlas.Instrument, band market.Ratio) (out standing, bins profileBins, price market.Price, err error) {
	day, column, err := s.Atlas.Last(ctx, in.InstrumentID, atlas.Newest)
	if err != nil {
		return out, bins, 0, err
	}
	if column == nil || column.Price == 0 {
		return out, bins, 0, glassMissing("the map of %s has no price yet", in.InstrumentID)
	}
	lo, hi := heatmap.BandOf(0, column.Price, band)
	bins = profileBins{lo.Coarsen(glassShift), (hi - 1).Coarsen(glassShift) + 1, glassShift}
	out, err = s.standing(day, column.Bucket, bins)
	return out, bins, column.Price, err
}

type glassPain struct {
	Symbol     string  `json:"symbol"`
	Price      float64 `json:"price"`
	LongLevel  float64 `json:"long_max_pain_liq_level"`
	LongPrice  float64 `json:"long_max_pain_liq_price"`
	ShortLevel float64 `json:"short_max_pain_liq_level"`
	ShortPrice float64 `json:"short_max_pain_liq_price"`
}

// glassMaxPain answers with the fullest level of either side, coin by coin; what
// a coin lacks is 0.
func (s *server) glassMaxPain(ctx context.Context, q glassQuery) (any, error) {
	if _, err := q.span("range", "24h", "12h", "48h", "3d", "7d", "14d", "30d"); err != nil {
		return nil, err
	}
	found, err := s.singles(ctx)
	if err != nil {
		return nil, err
	}
	out, seen := []glassPain{}, map[string]bool{}
	for _, in := range found {
		if seen[in.Coin] {
			continue
		}
		seen[in.Coin] = true
		whole, err := s.coin(ctx, in.Coin, "")
		if err != nil {
			return nil, err
		}
		standing, bins, price, err := s.stands(ctx, whole, glassPainBand)
		if err != nil {
			return nil, err
		}
		row := glassPain{Symbol: in.Coin, Price: float64(price)}
		row.LongPrice, row.LongLevel = bins.fullest(standing.Long)
		row.ShortPrice, row.ShortLevel = bins.fullest(standing.Short)
		out = append(out, row)
	}
	return out, nil
}

// fullest returns the middle of the bin that holds most, and what it holds.
func (b profileBins) fullest(side map[string][]float64) (price, usd float64) {
	for i := range int(b.hi - b.lo) {
		var sum float64
		for name, bins := range side {
			if name != "fresh" {
				sum += bins[i]
			}
		}
		if sum > usd {
			price, usd = b.middle(b.lo+market.BinIndex(i)), sum
		}
	}
	return price, usd
}

// middle returns the price in the middle of a bin, to seven digits.
func (b profileBins) middle(bin market.BinIndex) float64 {
	mid := math.Sqrt(float64((bin << b.shift).Low()) * float64(((bin + 1) << b.shift).Low()))
	unit := math.Pow(10, 6-math.Floor(math.Log10(mid)))
	return math.Round(mid*unit) / unit
}
