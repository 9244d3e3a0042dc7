package render

import (
	"context"
	"fmt"
	"image"
	"image/png"
	"io"

	"halcyon/internal/atlas"
)

// layout divides a canvas.
type layout struct {
	head, plot, axis, profile, foot image.Rectangle
	// compact pictures have one line of head and of foot.
	compact bool
}

func arrange(c *canvas) layout {
	b := c.Bounds()
	l := layout{compact: float64(b.Dy()) < 420*c.scale}
	head, foot := c.px(62), c.px(84)
	if l.compact {
		head, foot = c.px(34), c.px(58)
	}
	pad, prices := c.px(14), c.px(82)
	right := b.Max.X
	if float64(b.Dx()) >= 760*c.scale {
		l.profile = image.Rect(b.Max.X-pad-b.Dx()*17/100, head, b.Max.X-pad, b.Max.Y-foot)
		right = l.profile.Min.X
	}
	l.plot = image.Rect(pad, head, right-prices, b.Max.Y-foot)
	l.axis = image.Rect(l.plot.Max.X, head, right, l.plot.Max.Y)
	l.head = image.Rect(pad, 0, b.Max.X-pad, head)
	l.foot = image.Rect(pad, l.plot.Max.Y, b.Max.X-pad, b.Max.Y)
	return l
}

// Draw draws the picture that opt describes. The error wraps market.ErrInvalid
// where opt is out of range, names no stored map, or a window without data;
// other errors are those of reading.
func Draw(ctx context.Context, a *atlas.Atlas, opt Options) (*image.RGBA, error) {
	opt = opt.withDefaults()
	c, err := opt.draw(ctx, a)
	if err != nil {
		return nil, fmt.Errorf("cannot draw %q: %w", opt.ID.String(), err)
	}
	return c.RGBA, nil
}

func (o Options) draw(ctx context.Context, a *atlas.Atlas) (*canvas, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	c, err := newCanvas(o.Width, o.Height)
	if err != nil {
		return nil, err
	}
	l := arrange(c)
	p, err := gather(ctx, a, o, l.plot.Dx(), l.plot.Dy(), c.scale)
	if err != nil {
		return nil, err
	}
	m, err := p.sample(ctx, a)
	if err != nil {
		return nil, err
	}
	f, err := p.stock(c.scale)
	if err != nil {
		return nil, err
	}
	width := p.candleWidth(c.scale)
	bars := candles(p.cols.Columns, p.bucket(), width)

	m.paint(c, l.plot.Min, p.scale, p.palette)
	p.paintGrid(c, l)
	m.paintGaps(c, l.plot)
	p.paintCandles(c, l.plot, bars, width)
	observed := p.paintObserved(c, l.plot, bars, width)
	if !l.profile.Empty() {
		p.paintProfile(c, l.profile, f)
		p.paintProfileWords(c, l, f)
	}
	p.paintPrice(c, l)
	p.paintHead(c, l, width)
	p.paintLegend(c, l, legendFacts{undefined: m.anyUnclear, gap: m.anyGap(), observed: observed})
	return c, nil
}

// WritePNG draws the picture and writes it as a PNG. Nothing is written where
// drawing fails; the errors are Draw's and the writer's.
func WritePNG(ctx context.Context, w io.Writer, a *atlas.Atlas, opt Options) error {
	img, err := Draw(ctx, a, opt)
	if err != nil {
		return err
	}
	enc := png.Encoder{CompressionLevel: png.DefaultCompression}
	if err := enc.Encode(w, img); err != nil {
		return fmt.Errorf("cannot write the picture of %q: %w", opt.ID.String(), err)
	}
	return nil
}

// paintGrid draws the axes' lines and labels.
func (p *picture) paintGrid(c *canvas, l layout) {
	line := c.px(1)
	for _, t := range p.axes.priceTicks(44*c.scale, p.inst.TickSize) {
		y := l.plot.Min.Y + int(t.at)
		c.veil(image.Rect(l.plot.Min.X, y, l.plot.Max.X, y+line), textColour, 0.05)
		c.veil(image.Rect(l.profile.Min.X, y, l.profile.Max.X, y+line), textColour, 0.05)
		free := abs(y-l.plot.Min.Y-int(p.axes.y(p.last.Price))) >= c.px(19) // from the mark of the price
		if free && y > l.plot.Min.Y+c.px(8) && y < l.plot.Max.Y-c.px(8) {
			c.text(l.axis.Min.X+c.px(10), y, left, normal, faintColour, t.label)
		}
	}
	for _, t := range p.axes.timeTicks(96 * c.scale) {
		x := l.plot.Min.X + int(t.at)
		c.veil(image.Rect(x, l.plot.Min.Y, x+line, l.plot.Max.Y), textColour, 0.05)
		half := c.width(normal, t.label) / 2
		if x-half >= l.plot.Min.X && x+half <= l.plot.Max.X {
			c.text(x, l.plot.Max.Y+c.px(14), centre, normal, faintColour, t.label)
		}
	}
	c.text(l.axis.Min.X+c.px(10), l.plot.Max.Y+c.px(14), left, small, faintColour, "UTC")
	c.frame(l.plot.Inset(-line), line, frameColour)
	if !l.profile.Empty() {
		c.frame(l.profile.Inset(-line), line, frameColour)
	}
}

// paintPrice marks the price that levels are swept on, at the end.
func (p *picture) paintPrice(c *canvas, l layout) {
	y := l.plot.Min.Y + int(p.axes.y(p.last.Price))
	if p.last.Price <= 0 || y < l.plot.Min.Y || y >= l.plot.Max.Y {
		return
	}
	dash, line := c.px(3), c.px(1)
	for x := l.plot.Min.X; x < l.plot.Max.X; x += 2 * dash {
		c.veil(image.Rect(x, y, min(x+dash, l.plot.Max.X), y+line), textColour, 0.55)
	}
	for x := l.profile.Min.X; x < l.profile.Max.X; x += 2 * dash {
		c.veil(image.Rect(x, y, min(x+dash, l.profile.Max.X), y+line), textColour, 0.55)
	}
	label := price(float64(p.last.Price), decimals(float64(p.inst.TickSize)))
	box := image.Rect(l.axis.Min.X+c.px(4), y-c.px(10), l.axis.Min.X+c.px(16)+c.width(normal, label), y+c.px(10))
	c.fill(box, textColour)
	c.text(box.Min.X+c.px(6), y, left, normal, ground, label)
}

func abs(x int) int { return max(x, -x) }
