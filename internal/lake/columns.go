package lake

import (
	"errors"
	"regexp"

	"github.com/parquet-go/parquet-go"

	"halcyon/heatmap"
	"halcyon/market"
)

const columnUnits = "level: index of the ladder; time: start of the bucket, UTC milliseconds; open, high, low, close, price: quote per base, 0 if nothing traded; " +
	"volume, taker_buy, open_interest: contracts; swept_*, liquidated_*: quote, by side of the position; placed_*: share of open interest on the map; " +
	"flags: 1 gap, 2 no mark, 4 no open interest, 8 bars; scale_all, scale_fresh: factor of raw amounts, one a plane = side*groups + group"

// columnRow is a heatmap.Column. Close doubles share their high bytes, which
// splitting them into byte streams lets the compressor see.
type columnRow struct {
	Level           int32     `parquet:"level,dict"`
	Time            int64     `parquet:"time,timestamp(millisecond),delta,zstd"`
	Open            float64   `parquet:"open,split,zstd"`
	High            float64   `parquet:"high,split,zstd"`
	Low             float64   `parquet:"low,split,zstd"`
	Close           float64   `parquet:"close,split,zstd"`
	Volume          float64   `parquet:"volume,split,zstd"`
	TakerBuy        float64   `parquet:"taker_buy,split,zstd"`
	OpenInterest    float64   `parquet:"open_interest,split,zstd"`
	Price           float64   `parquet:"price,split,zstd"`
	SweptLong       float64   `parquet:"swept_long,split,zstd"`
	SweptShort      float64   `parquet:"swept_short,split,zstd"`
	LiquidatedLong  float64   `parquet:"liquidated_long,split,zstd"`
	LiquidatedShort float64   `parquet:"liquidated_short,split,zstd"`
	PlacedLong      float64   `parquet:"placed_long,split,zstd"`
	PlacedShort     float64   `parquet:"placed_short,split,zstd"`
	Flags           int32     `parquet:"flags,dict"`
	ScaleAll        []float64 `parquet:"scale_all,list" parquet-element:",split,zstd"`
	ScaleFresh      []float64 `parquet:"scale_fresh,list" parquet-element:",split,zstd"`
}

// columnNumbers names the plain numbers of a Column as they are stored.
var columnNumbers = [...]struct {
	name string
	of   func(*heatmap.Column) *float64
}{
	{"open", func(c *heatmap.Column) *float64 { return (*float64)(&c.Open) }},
	{"high", func(c *heatmap.Column) *float64 { return (*float64)(&c.High) }},
	{"low", func(c *heatmap.Column) *float64 { return (*float64)(&c.Low) }},
	{"close", func(c *heatmap.Column) *float64 { return (*float64)(&c.Close) }},
	{"volume", func(c *heatmap.Column) *float64 { return (*float64)(&c.Volume) }},
	{"taker_buy", func(c *heatmap.Column) *float64 { return (*float64)(&c.TakerBuy) }},
	{"open_interest", func(c *heatmap.Column) *float64 { return (*float64)(&c.OpenInterest) }},
	{"price", func(c *heatmap.Column) *float64 { return (*float64)(&c.Price) }},
	{"swept_long", func(c *heatmap.Column) *float64 { return (*float64)(&c.Swept[market.Long]) }},
	{"swept_short", func(c *heatmap.Column) *float64 { return (*float64)(&c.Swept[market.Short]) }},
	{"liquidated_long", func(c *heatmap.Column) *float64 { return (*float64)(&c.Liquidated[market.Long]) }},
	{"liquidated_short", func(c *heatmap.Column) *float64 { return (*float64)(&c.Liquidated[market.Short]) }},
	{"placed_long", func(c *heatmap.Column) *float64 { return (*float64)(&c.Placed[market.Long]) }},
	{"placed_short", func(c *heatmap.Column) *float64 { return (*float64)(&c.Placed[market.Short]) }},
}

func encodeColumns(d *heatmap.Day, levelsName string) (*draft, error) {
	var s sections
	for _, level := range d.Levels {
		s = append(s, len(level.Columns))
	}
	w := newTableWriter[columnRow](kindColumns, columnUnits, append(headOf(d, s), metaLevels, levelsName)...)
	for k, level := range d.Levels {
		err := w.group(len(level.Columns), func(i int, r *columnRow) { *r = rowOf(&level.Columns[i], k) })
		if err != nil {
			return nil, err
		}
	}
	return w.finish()
}

func rowOf(c *heatmap.Column, level int) columnRow {
	r := columnRow{
		Level: int32(level), Time: int64(c.Bucket.Start(heatmap.Ladder[level].Bucket)),
		Open: float64(c.Open), High: float64(c.High), Low: float64(c.Low), Close: float64(c.Close),
		Volume: float64(c.Volume), TakerBuy: float64(c.TakerBuy), OpenInterest: float64(c.OpenInterest), Price: float64(c.Price),
		SweptLong: float64(c.Swept[market.Long]), SweptShort: float64(c.Swept[market.Short]),
		LiquidatedLong: float64(c.Liquidated[market.Long]), LiquidatedShort: float64(c.Liquidated[market.Short]),
		PlacedLong: float64(c.Placed[market.Long]), PlacedShort: float64(c.Placed[market.Short]),
		Flags:    int32(c.Flags),
		ScaleAll: make([]float64, len(c.Scales)), ScaleFresh: make([]float64, len(c.Scales)),
	}
	for p, scale := range c.Scales {
		r.ScaleAll[p], r.ScaleFresh[p] = scale.All, scale.Fresh
	}
	return r
}

// columns returns the columns of a level.
func (h *half) columns(level int) ([]heatmap.Column, error) {
	n := h.sections[level]
	if n == 0 {
		return nil, nil
	}
	groups, err := h.groups(h.sections.group(level))
	if err != nil {
		return nil, err
	}
	columns := make([]heatmap.Column, n)
	if err := guard(h.key, func() error { return h.readColumnGroup(groups[0], level, h.planes, columns) }); err != nil {
		return nil, err
	}
	return columns, nil
}

// levelsRule is what draft.contentName makes.
var levelsRule = regexp.MustCompile(`^part-[0-9a-f]{16}\.parquet$`)

// readColumnGroup reads the columns of level k.
func (t *table) readColumnGroup(g parquet.RowGroup, k, planes int, columns []heatmap.Column) error {
	n := len(columns)
	scales := make([]heatmap.Scales, n*planes)
	for i := range columns {
		columns[i].Scales = scales[i*planes : (i+1)*planes : (i+1)*planes]
	}
	err := errors.Join(
		eachNumber(t.column(g, "time"), n, func(at int, times []int64) {
			for i, v := range times {
				columns[at+i].Bucket = market.UnixMilli(v).Bucket(heatmap.Ladder[k].Bucket)
			}
		}),
		eachNumber(t.column(g, "flags"), n, func(at int, flags []int32) {
			for i, v := range flags {
				columns[at+i].Flags = heatmap.Flags(v)
			}
		}),
		eachNumber(t.column(g, "scale_all", "list", "element"), n*planes, func(at int, values []float64) {
			for i, v := range values {
				scales[at+i].All = v
			}
		}),
		eachNumber(t.column(g, "scale_fresh", "list", "element"), n*planes, func(at int, values []float64) {
			for i, v := range values {
				scales[at+i].Fresh = v
			}
		}),
	)
	for _, field := range columnNumbers {
		err = errors.Join(err, eachNumber(t.column(g, field.name), n, func(at int, values []float64) {
			for i, v := range values {
				*field.of(&columns[at+i]) = v
			}
		}))
	}
	return err
}
