package render

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// Neutral colours of everything that is not heat.
var (
	textColour  = rgb(0xd3dae4)
	faintColour = rgb(0x8a94a3)
	frameColour = rgb(0x1c222d)
	// accentColour is the one hue beside the map's, of the cumulative curves.
	accentColour = rgb(0x7cc4ff)
	// warnColour is of words that a glance must not miss.
	warnColour = rgb(0xd9b26a)
)

// style is a font and size of text.
type style int

const (
	small style = iota
	normal
	title
	stampWord
	styles
)

var fonts = sync.OnceValue(func() [styles]*opentype.Font {
	parse := func(ttf []byte) *opentype.Font {
		f, err := opentype.Parse(ttf)
		if err != nil {
			panic("BUG: embedded font: " + err.Error())
		}
		return f
	}
	regular, bold := parse(goregular.TTF), parse(gobold.TTF)
	return [styles]*opentype.Font{regular, regular, bold, bold}
})

var fontSizes = [styles]float64{12, 13, 22, 11.5}

// canvas is an image with the tools to draw on it. Lengths passed to its
// methods are pixels; px turns lengths at the default size into them.
type canvas struct {
	*image.RGBA
	scale float64
	faces [styles]font.Face
}

func newCanvas(width, height int) (*canvas, error) {
	c := &canvas{RGBA: image.NewRGBA(image.Rect(0, 0, width, height))}
	c.scale = max(1, min(float64(width)/baseWidth, float64(height)/baseHeight))
	for i, f := range fonts() {
		face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: fontSizes[i] * c.scale, DPI: 72, Hinting: font.HintingFull})
		if err != nil {
			return nil, fmt.Errorf("cannot size a font: %w", err)
		}
		c.faces[i] = face
	}
	c.fill(c.Bounds(), ground)
	return c, nil
}

// px returns a length at the default size in pixels of this canvas, at least 1.
func (c *canvas) px(length float64) int { return max(1, int(math.Round(length*c.scale))) }

func (c *canvas) fill(r image.Rectangle, colour color.Color) {
	draw.Draw(c.RGBA, r, image.NewUniform(colour), image.Point{}, draw.Over)
}

// veil blends a colour over a rectangle; opacity is 0..1.
func (c *canvas) veil(r image.Rectangle, colour color.RGBA, opacity float64) {
	c.fill(r, color.NRGBA{colour.R, colour.G, colour.B, uint8(255*opacity + 0.5)})
}

// frame draws the outline of a rectangle inside of it.
func (c *canvas) frame(r image.Rectangle, width int, colour color.Color) {
	if r.Dx() <= 2*width || r.Dy() <= 2*width {
		c.fill(r, colour)
		return
	}
	c.fill(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+width), colour)
	c.fill(image.Rect(r.Min.X, r.Max.Y-width, r.Max.X, r.Max.Y), colour)
	c.fill(image.Rect(r.Min.X, r.Min.Y+width, r.Min.X+width, r.Max.Y-width), colour)
	c.fill(image.Rect(r.Max.X-width, r.Min.Y+width, r.Max.X, r.Max.Y-width), colour)
}

// hatch dims a rectangle and draws slanted lines over it, anchored to the
// canvas so that neighbours share them: the sign for missing data.
func (c *canvas) hatch(r image.Rectangle) {
	r = r.Intersect(c.Bounds())
	c.veil(r, ground, 0.55)
	period, width := c.px(8), c.px(1)
	mix := func(under, over uint8) uint8 { return uint8((uint(under)*6 + uint(over)*4) / 10) }
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if (x+y)%period < width {
				p := c.Pix[c.PixOffset(x, y):]
				p[0], p[1], p[2] = mix(p[0], faintColour.R), mix(p[1], faintColour.G), mix(p[2], faintColour.B)
			}
		}
	}
}

// ring draws a circle's outline, anti-aliased. Centre and radius are pixels.
func (c *canvas) ring(x, y, radius, width float64, clip image.Rectangle, colour color.RGBA) {
	r := image.Rect(int(x-radius-width), int(y-radius-width), int(x+radius+width)+2, int(y+radius+width)+2)
	z := vector.NewRasterizer(r.Dx(), r.Dy())
	for _, turn := range []struct{ radius, sign float64 }{{radius + width/2, 1}, {max(0, radius-width/2), -1}} {
		const corners = 48
		for i := range corners + 1 {
			sin, cos := math.Sincos(turn.sign * 2 * math.Pi * float64(i) / corners)
			px, py := float32(x-float64(r.Min.X)+turn.radius*cos), float32(y-float64(r.Min.Y)+turn.radius*sin)
			if i == 0 {
				z.MoveTo(px, py)
			} else {
				z.LineTo(px, py)
			}
		}
		z.ClosePath()
	}
	mask := image.NewAlpha(r)
	z.Draw(mask, r, image.Opaque, image.Point{})
	seen := r.Intersect(clip)
	draw.DrawMask(c.RGBA, seen, image.NewUniform(colour), image.Point{}, mask, seen.Min, draw.Over)
}

// anchor says which part of a text lies at its x.
type anchor float64

const (
	left   anchor = 0
	centre anchor = 0.5
	right  anchor = 1
)

// width returns the width of a text in pixels.
func (c *canvas) width(s style, text string) int {
	return font.MeasureString(c.faces[s], text).Ceil()
}

// text writes a line whose capitals stand centred on y, and returns the x
// where it ends.
func (c *canvas) text(x, y int, a anchor, s style, colour color.RGBA, text string) int {
	w := c.width(s, text)
	x -= int(math.Round(float64(w) * float64(a)))
	capital := c.faces[s].Metrics().CapHeight.Ceil()
	d := font.Drawer{Dst: c.RGBA, Src: image.NewUniform(colour), Face: c.faces[s], Dot: fixed.P(x, y+capital/2)}
	d.DrawString(text)
	return x + w
}

// fit shortens a text to a width in pixels, with an ellipsis where it was cut.
func (c *canvas) fit(s style, text string, width int) string {
	if c.width(s, text) <= width {
		return text
	}
	letters := []rune(text)
	for n := len(letters) - 1; n > 0; n-- {
		if cut := string(letters[:n]) + "…"; c.width(s, cut) <= width {
			return cut
		}
	}
	return ""
}
