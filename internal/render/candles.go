package render

import (
	"image"
	"math"

	"halcyon/heatmap"
	"halcyon/market"
)

// Candles: neutral, because every hue on the map means heat.
var (
	upColour   = rgb(0xe3e8f0)
	downColour = rgb(0x8d97a6)
	// observedColour is for what was observed; no palette has its hue.
	observedColour = rgb(0xff5fd2)
)

// minCandle is the narrowest candle with its gap, in pixels at the default size.
const minCandle = 4

// candle is one bar of the chart.
type candle struct {
	bucket                 market.BucketIndex
	open, high, low, close market.Price
	// liquidated is the observed liquidations within, by side of the position.
	liquidated [market.Sides]market.Notional
}

// candleWidths are the lengths of a candle, each a whole number of those
// before that a level's bucket may be.
var candleWidths = []market.UnixMilli{
	market.Minute, 5 * market.Minute, 15 * market.Minute, 30 * market.Minute, market.Hour, 2 * market.Hour,
	4 * market.Hour, 12 * market.Hour, market.Day, 2 * market.Day, 4 * market.Day, 8 * market.Day,
}

// candleWidth returns the shortest length of a candle, from the column's up,
// that is wide enough to be read.
func (p *picture) candleWidth(density float64) market.UnixMilli {
	want := minCandle * density * p.axes.msPerPixel()
	for _, w := range candleWidths {
		if w%p.bucket() == 0 && float64(w) >= want {
			return w
		}
	}
	return candleWidths[len(candleWidths)-1]
}

// candles joins columns into candles of the given width.
func candles(cols []heatmap.Column, bucket, width market.UnixMilli) []candle {
	var out []candle
	for i := range cols {
		c := &cols[i]
		if c.Open == 0 && c.Liquidated == [market.Sides]market.Notional{} {
			continue
		}
		b := c.Bucket.Start(bucket).Bucket(width)
		if n := len(out); n == 0 || out[n-1].bucket != b {
			out = append(out, candle{bucket: b})
		}
		k := &out[len(out)-1]
		for s := range k.liquidated {
			k.liquidated[s] += c.Liquidated[s]
		}
		switch {
		case c.Open == 0:
		case k.open == 0:
			k.open, k.high, k.low, k.close = c.Open, c.High, c.Low, c.Close
		default:
			k.high, k.low, k.close = max(k.high, c.High), min(k.low, c.Low), c.Close
		}
	}
	return out
}

// paintCandles draws candles over the plot, each on a shade of the ground so
// that it stands clear of any heat.
func (p *picture) paintCandles(c *canvas, plot image.Rectangle, bars []candle, width market.UnixMilli) {
	line := c.px(1)
	pitch := float64(width) / p.axes.msPerPixel()
	half := max(0, (int(pitch*0.75)-line)/2)
	for i := range bars {
		b := &bars[i]
		if b.open == 0 {
			continue
		}
		mid := plot.Min.X + int(p.axes.x(b.bucket.Start(width))+pitch/2)
		row := func(at market.Price) int { return plot.Min.Y + int(math.Floor(p.axes.y(at))) }
		upper, lower := row(max(b.open, b.close)), row(min(b.open, b.close))+line
		wick := image.Rect(mid-line/2, row(b.high), mid-line/2+line, row(b.low)+line)
		body := image.Rect(mid-line/2-half, upper, mid-line/2+line+half, lower)
		up := b.close >= b.open
		c.veil(wick.Union(body).Inset(-line).Intersect(plot), ground, 0.35)
		colour := downColour
		if up {
			colour = upColour
		}
		above, below := wick, wick
		above.Max.Y, below.Min.Y = upper, lower
		c.fill(above.Intersect(plot), colour)
		c.fill(below.Intersect(plot), colour)
		if body = body.Intersect(plot); up && half >= line {
			c.frame(body, line, colour)
		} else {
			c.fill(body, colour)
		}
	}
}

// paintObserved draws circles for observed liquidations: of longs at the low
// of their candle, of shorts at its high, their area in proportion to the
// amount. It returns the greatest amount (quote), 0 if there is none.
func (p *picture) paintObserved(c *canvas, plot image.Rectangle, bars []candle, width market.UnixMilli) market.Notional {
	var greatest market.Notional
	for i := range bars {
		greatest = max(greatest, bars[i].liquidated[market.Long], bars[i].liquidated[market.Short])
	}
	pitch := float64(width) / p.axes.msPerPixel()
	for i := range bars {
		b := &bars[i]
		for side, amount := range b.liquidated {
			radius := 11 * c.scale * math.Sqrt(float64(amount/max(greatest, 1)))
			if at := [...]market.Price{b.low, b.high}[side]; at > 0 && radius >= 1.5*c.scale {
				x := float64(plot.Min.X) + p.axes.x(b.bucket.Start(width)) + pitch/2
				c.ring(x, float64(plot.Min.Y)+p.axes.y(at), radius, 1.3*c.scale, plot, observedColour)
			}
		}
	}
	return greatest
}
