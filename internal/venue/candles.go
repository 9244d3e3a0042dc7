package venue

import (
	"bytes"

	"halcyon/market"
)

const (
	candleOpenTime Column = iota
	candleOpen
	candleHigh
	candleLow
	candleClose
	candleVolume
	candleCloseTime
	candleTakerBuy = 9
)

// The columns of Binance's klines, which everybody who stores klines has
// taken over, whole or the first six.
var candleColumns = []ColumnSpec{
	Col("open_time", "date", "timestamp", "t"), Col("open"), Col("high"), Col("low"), Col("close"), Col("volume"),
	{Names: []string{"close_time"}, Optional: true}, {Names: []string{"quote_volume", "quote_asset_volume"}, Optional: true},
	{Names: []string{"count", "trades"}, Optional: true}, {Names: []string{"taker_buy_volume", "taker_buy_base"}, Optional: true},
	{Names: []string{"taker_buy_quote_volume", "taker_buy_quote"}, Optional: true}, {Names: []string{"ignore"}, Optional: true},
}

// IsCandles reports whether the head of a file is a table of candles.
func IsCandles(f File) bool {
	t, err := OpenTable(f.Path, &headText{f.Head}, candleColumns)
	if err != nil {
		return false
	}
	if t.first == nil {
		return true // a header that names the columns
	}
	if t.Next() != nil {
		return false
	}
	_, err = readCandle(t)
	return err == nil
}

// NoVolume reports whether the head of a table of candles has at least two
// rows and not one with a volume: candles of a price that is not traded.
func NoVolume(head []byte) bool {
	rows, err := headCandles(head)
	for _, c := range rows {
		if c.Volume != 0 {
			return false
		}
	}
	return err == nil && len(rows) >= 2
}

// headText is the head of a file as a Text.
type headText struct{ head []byte }

func (h *headText) Next() ([]byte, error) {
	end := bytes.LastIndexByte(h.head, '\n') + 1
	if end == 0 {
		return nil, Empty("")
	}
	block := h.head[:end]
	h.head = nil
	return block, nil
}

func headCandles(head []byte) ([]market.Candle, error) {
	t, err := OpenTable("", &headText{head}, candleColumns)
	if err != nil {
		return nil, err
	}
	var out []market.Candle
	for t.Next() == nil {
		c, err := readCandle(t)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// CandleSource is what OpenCandles reads.
type CandleSource struct {
	File    File
	Text    Text
	Options Options
	// Emit hands on each candle, as whatever event it stands for.
	Emit func(*RowReader, market.Candle)
	// Listing describes the instrument at the first candle.
	Listing func(at market.UnixMilli) market.Listing
}

// OpenCandles opens a table of candles of one width. Where the rows do not
// tell the close time, the width is the smallest step between rows at the
// head of the file. A missing candle is a gap.
func OpenCandles(src CandleSource) (*RowReader, error) {
	t, err := OpenTable(src.File.Path, src.Text, candleColumns)
	if err != nil {
		return nil, err
	}
	width := candleWidth(src.File)
	read := func(r *RowReader) error {
		if err := t.Next(); err != nil {
			return err
		}
		c, err := readCandle(t)
		if err != nil {
			return err
		}
		if width == 0 {
			return t.Fault(candleOpenTime, "two rows, or a word such as 5m in the file's name or folder, to tell how long a candle is")
		}
		c.CloseTime = c.OpenTime + width
		if r.First() {
			r.SetListing(src.Listing(c.OpenTime))
		}
		src.Emit(r, c)
		return nil
	}
	silence := Silence{Limit: max(width, 1), Lead: width - 1, Reason: "candles missing"}
	return NewRowReader(RowSource{File: src.File, Options: src.Options, Row: t.Row, Read: read, Silence: silence}), nil
}

// candleWidth returns the length of the candles: from the first row's close
// time, the smallest step at the head, or a word of the path; 0 where unknown.
func candleWidth(f File) market.UnixMilli {
	rows, _ := headCandles(f.Head)
	var width market.UnixMilli
	for i, c := range rows {
		if c.CloseTime > c.OpenTime {
			return c.CloseTime - c.OpenTime
		}
		if i > 0 {
			if step := c.OpenTime - rows[i-1].OpenTime; step > 0 && (width == 0 || step < width) {
				width = step
			}
		}
	}
	if width > 0 {
		return width
	}
	for _, w := range f.Words() {
		if known := candleWords[w]; known > 0 {
			return known
		}
	}
	return 0
}

var candleWords = map[string]market.UnixMilli{
	"1m": market.Minute, "3m": 3 * market.Minute, "5m": 5 * market.Minute, "15m": 15 * market.Minute, "30m": 30 * market.Minute,
	"1h": market.Hour, "2h": 2 * market.Hour, "4h": 4 * market.Hour, "6h": 6 * market.Hour, "8h": 8 * market.Hour, "12h": 12 * market.Hour,
	"1d": market.Day,
}

// readCandle reads the present row. CloseTime is 0 where the row has none;
// venues write the last millisecond, which half-open makes one more.
func readCandle(t *Table) (c market.Candle, err error) {
	if c.OpenTime, err = t.Time(candleOpenTime); err != nil {
		return c, err
	}
	for _, p := range []struct {
		column Column
		into   *market.Price
	}{{candleOpen, &c.Open}, {candleHigh, &c.High}, {candleLow, &c.Low}, {candleClose, &c.Close}} {
		if *p.into, err = t.Price(p.column); err != nil {
			return c, err
		}
	}
	if c.High < max(c.Open, c.Close, c.Low) {
		return c, t.Fault(candleHigh, "a high not below open, low and close")
	}
	if c.Low > min(c.Open, c.Close) {
		return c, t.Fault(candleLow, "a low not above open and close")
	}
	if c.Volume, err = t.Size(candleVolume); err != nil {
		return c, err
	}
	c.TakerBuyVolume = -1
	if t.Has(candleTakerBuy) {
		if c.TakerBuyVolume, err = t.Size(candleTakerBuy); err != nil {
			return c, err
		}
	}
	if t.Has(candleCloseTime) {
		if c.CloseTime, err = t.Time(candleCloseTime); err != nil {
			return c, err
		}
		if c.CloseTime++; c.CloseTime <= c.OpenTime {
			return c, t.Fault(candleCloseTime, "a time after open_time")
		}
	}
	return c, nil
}
