package export

import (
	"strconv"
	"time"

	"halcyon/heatmap"
	"halcyon/market"
)

// row is one line of a table: a struct with parquet tags, and its CSV form.
type row interface {
	names() []string
	values() []string
}

// columnRow is what a column carries beside its cells. Times are UTC; prices
// quote per base; volumes and open interest contracts; amounts quote currency.
type columnRow struct {
	Time            int64   `parquet:"time,timestamp"`
	CloseTime       int64   `parquet:"close_time,timestamp"`
	Open            float64 `parquet:"open"` // all four 0 where nothing traded
	High            float64 `parquet:"high"`
	Low             float64 `parquet:"low"`
	Close           float64 `parquet:"close"`
	Price           float64 `parquet:"price"` // what levels are swept on, at the close
	Volume          float64 `parquet:"volume"`
	TakerBuy        float64 `parquet:"taker_buy"`
	OpenInterest    float64 `parquet:"open_interest"`
	SweptLong       float64 `parquet:"estimated_swept_long"`
	SweptShort      float64 `parquet:"estimated_swept_short"`
	LiquidatedLong  float64 `parquet:"observed_liquidated_long"`
	LiquidatedShort float64 `parquet:"observed_liquidated_short"`
	PlacedLong      float64 `parquet:"placed_long"` // share of open interest with a known level
	PlacedShort     float64 `parquet:"placed_short"`
	Flags           int32   `parquet:"flags"`
}

func columnRowOf(c *heatmap.Column, width market.UnixMilli) columnRow {
	start := c.Bucket.Start(width)
	return columnRow{
		int64(start), int64(start + width), float64(c.Open), float64(c.High), float64(c.Low), float64(c.Close), float64(c.Price),
		float64(c.Volume), float64(c.TakerBuy), float64(c.OpenInterest),
		float64(c.Swept[market.Long]), float64(c.Swept[market.Short]), float64(c.Liquidated[market.Long]), float64(c.Liquidated[market.Short]),
		float64(c.Placed[market.Long]), float64(c.Placed[market.Short]), int32(c.Flags),
	}
}

func (columnRow) names() []string {
	return []string{"time", "close_time", "open", "high", "low", "close", "price", "volume", "taker_buy", "open_interest",
		"estimated_swept_long", "estimated_swept_short", "observed_liquidated_long", "observed_liquidated_short", "placed_long", "placed_short", "flags"}
}

func (r columnRow) values() []string {
	out := []string{iso(r.Time), iso(r.CloseTime)}
	for _, x := range []float64{r.Open, r.High, r.Low, r.Close, r.Price, r.Volume, r.TakerBuy, r.OpenInterest,
		r.SweptLong, r.SweptShort, r.LiquidatedLong, r.LiquidatedShort, r.PlacedLong, r.PlacedShort} {
		out = append(out, number(x))
	}
	return append(out, strconv.Itoa(int(r.Flags)))
}

// cellRow is what is estimated to stand in one cell at the close of a column.
type cellRow struct {
	Time      int64   `parquet:"time,timestamp,delta"`
	CloseTime int64   `parquet:"close_time,timestamp,delta"`
	Low       float64 `parquet:"price_low"` // prices of the bin, half-open
	High      float64 `parquet:"price_high"`
	Side      string  `parquet:"side,dict"` // of the position: longs are liquidated below price
	Leverage  string  `parquet:"leverage,dict"`
	USD       float64 `parquet:"estimated_usd"`
	Fresh     float64 `parquet:"estimated_fresh_usd"` // the age-discounted part of it
}

func (cellRow) names() []string {
	return []string{"time", "close_time", "price_low", "price_high", "side", "leverage", "estimated_usd", "estimated_fresh_usd"}
}

func (r cellRow) values() []string {
	return []string{iso(r.Time), iso(r.CloseTime), price(r.Low), price(r.High), r.Side, r.Leverage, number(r.USD), number(r.Fresh)}
}

func iso(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05Z") }

// price writes an edge of a bin: it is a power of 1.0001, and nine digits tell it from its neighbours.
func price(x float64) string { return strconv.FormatFloat(x, 'g', 9, 64) }

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
