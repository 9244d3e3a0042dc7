package api

import (
	"context"
	"fmt"
	"math"
	"strings"

	"halcyon/heatmap"
	"halcyon/internal/atlas"
	"halcyon/market"
)

// maxColumns bounds one answer; a screen shows fewer.
const maxColumns = 20_000

type columnsRequest struct {
	Venue      string  `query:"venue" required:"true" example:"hyperliquid"`
	Symbol     string  `query:"symbol" required:"true" example:"BTC"`
	Level      int     `query:"level" minimum:"0" maximum:"5" doc:"level of the ladder, 0 the finest"`
	From       int64   `query:"from" required:"true" doc:"UTC ms, inclusive"`
	To         int64   `query:"to" required:"true" doc:"UTC ms, exclusive"`
	Band       float64 `query:"band" minimum:"0.0001" maximum:"2" doc:"half-width of the normalised population around price; the level's own by default"`
	Window     int64   `query:"window" default:"86400000" minimum:"60000" doc:"trailing length of the population, ms"`
	Selections string  `query:"selections" example:"low%2Bhigh" doc:"what to give statistics of, comma separated: all, fresh, a leverage group, or groups joined by +; default all, each group and fresh"`
}

type normAnswer struct {
	N         []int64                                `json:"n"`
	Mean      []*float64                             `json:"mean"`
	SD        []*float64                             `json:"sd" doc:"null where z is undefined"`
	Median    []*float64                             `json:"median" doc:"of ln(1+USD)"`
	MAD       []*float64                             `json:"mad" doc:"of ln(1+USD); null where robust z is undefined"`
	Quantiles [][len(heatmap.QuantilePoints)]float64 `json:"quantiles" doc:"USD at quantile_points"`
}

type normsAnswer struct {
	Band           float64                `json:"band"`
	WindowMS       int64                  `json:"window_ms"`
	Population     string                 `json:"population"`
	QuantilePoints []float64              `json:"quantile_points"`
	Selections     map[string]*normAnswer `json:"selections"`
}

type columnsAnswer struct {
	Body struct {
		Venue           string      `json:"venue"`
		Symbol          string      `json:"symbol"`
		Level           int         `json:"level"`
		BucketMS        int64       `json:"bucket_ms"`
		Shift           uint        `json:"shift"`
		Time            []int64     `json:"time"`
		Open            []float64   `json:"open"`
		High            []float64   `json:"high"`
		Low             []float64   `json:"low"`
		Close           []float64   `json:"close"`
		Volume          []float64   `json:"volume" doc:"contracts"`
		TakerBuy        []float64   `json:"taker_buy" doc:"contracts"`
		OpenInterest    []float64   `json:"open_interest" doc:"contracts"`
		Price           []float64   `json:"price" doc:"what levels are swept on, at the close"`
		SweptLong       []float64   `json:"swept_long" doc:"estimated USD reached by price"`
		SweptShort      []float64   `json:"swept_short" doc:"estimated USD reached by price"`
		LiquidatedLong  []float64   `json:"liquidated_long" doc:"observed USD"`
		LiquidatedShort []float64   `json:"liquidated_short" doc:"observed USD"`
		PlacedLong      []float64   `json:"placed_long" doc:"share of open interest with a known level"`
		PlacedShort     []float64   `json:"placed_short" doc:"share of open interest with a known level"`
		Flags           []int       `json:"flags" doc:"1 gap, 2 swept on last price, 4 no open interest yet, 8 from bars, 16 observed liquidations missing, 32 open interest missing"`
		Norm            normsAnswer `json:"norm"`
	}
}

func (s *server) columns(ctx context.Context, req *columnsRequest) (*columnsAnswer, error) {
	in, err := s.find(ctx, req.Venue, req.Symbol)
	if err != nil {
		return nil, err
	}
	level := heatmap.Ladder[req.Level]
	// Bounds beyond the stored span ask for nothing more.
	from := max(market.UnixMilli(req.From), in.From-market.Day)
	to := min(market.UnixMilli(req.To), in.To+market.Day)
	if from > to {
		from = to
	}
	first, last := (from + level.Bucket - 1).Bucket(level.Bucket), (to + level.Bucket - 1).Bucket(level.Bucket)
	if last-first > maxColumns {
		return nil, failed(fmt.Errorf("%d columns from %v to %v at level %d, want at most %d: ask for a coarser level: %w", last-first, from, to, req.Level, maxColumns, market.ErrInvalid))
	}
	pop := heatmap.Population{Band: market.Ratio(req.Band), Window: market.UnixMilli(req.Window)}
	if req.Band == 0 {
		pop.Band = heatmap.DefaultPopulation(req.Level).Band
	}
	sels, err := s.selections(req.Selections)
	if err != nil {
		return nil, failed(err)
	}
	cols, err := s.Atlas.ColumnsOf(ctx, in.InstrumentID, req.Level, first, last, pop, sels)
	if err != nil {
		return nil, failed(err)
	}
	return answerColumns(in, cols, pop, sels), nil
}

// selections reads a list of selections' names; the usual ones where it is empty.
func (s *server) selections(list string) (sels []atlas.Selected, err error) {
	if list == "" {
		return s.Atlas.Selections(), nil
	}
	for name := range strings.SplitSeq(list, ",") {
		sel, err := s.Atlas.Select(name)
		if err != nil {
			return nil, err
		}
		sels = append(sels, sel)
	}
	return sels, nil
}

func answerColumns(in atlas.Instrument, cols *atlas.Columns, pop heatmap.Population, sels []atlas.Selected) *columnsAnswer {
	out := &columnsAnswer{}
	b := &out.Body
	level := heatmap.Ladder[cols.Level]
	b.Venue, b.Symbol, b.Level, b.BucketMS, b.Shift = string(in.Venue), in.Symbol, cols.Level, int64(level.Bucket), level.Shift
	n := len(cols.Columns)
	b.Time, b.Flags = make([]int64, n), make([]int, n)
	series := []*[]float64{
		&b.Open, &b.High, &b.Low, &b.Close, &b.Volume, &b.TakerBuy, &b.OpenInterest, &b.Price,
		&b.SweptLong, &b.SweptShort, &b.LiquidatedLong, &b.LiquidatedShort, &b.PlacedLong, &b.PlacedShort,
	}
	for _, v := range series {
		*v = make([]float64, n)
	}
	for i := range cols.Columns {
		c := &cols.Columns[i]
		b.Time[i], b.Flags[i] = int64(c.Bucket.Start(level.Bucket)), int(c.Flags)
		for j, x := range [...]float64{
			float64(c.Open), float64(c.High), float64(c.Low), float64(c.Close), float64(c.Volume), float64(c.TakerBuy), float64(c.OpenInterest), float64(c.Price),
			cents(c.Swept[market.Long]), cents(c.Swept[market.Short]), cents(c.Liquidated[market.Long]), cents(c.Liquidated[market.Short]),
			math.Round(float64(c.Placed[market.Long])*1e4) / 1e4, math.Round(float64(c.Placed[market.Short])*1e4) / 1e4,
		} {
			(*series[j])[i] = x
		}
	}
	b.Norm = normsAnswer{
		Band: float64(pop.Band), WindowMS: int64(pop.Window), Population: pop.String(),
		QuantilePoints: heatmap.QuantilePoints[:], Selections: map[string]*normAnswer{},
	}
	for j, sel := range sels {
		a := &normAnswer{
			N: make([]int64, n), Mean: make([]*float64, n), SD: make([]*float64, n), Median: make([]*float64, n), MAD: make([]*float64, n),
			Quantiles: make([][len(heatmap.QuantilePoints)]float64, n),
		}
		for i := range cols.Norms {
			v := &cols.Norms[i][j]
			a.N[i] = v.N
			if v.N > 0 {
				a.Mean[i], a.Median[i] = short(v.Mean), short(v.Median)
			}
			if v.SD > 0 {
				a.SD[i] = short(v.SD)
			}
			if v.MAD > 0 {
				a.MAD[i] = short(v.MAD)
			}
			for k, q := range v.Quantiles {
				a.Quantiles[i][k] = *short(q)
			}
		}
		b.Norm.Selections[sel.Name] = a
	}
	return out
}

func cents(n market.Notional) float64 { return math.Round(float64(n)*100) / 100 }

// short rounds to six significant digits: an estimate has no more, and the
// answer is a third of the size.
func short(x float64) *float64 {
	if x != 0 {
		unit := math.Pow(10, 5-math.Floor(math.Log10(math.Abs(x))))
		x = math.Round(x*unit) / unit
	}
	return &x
}
