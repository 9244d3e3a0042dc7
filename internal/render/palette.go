package render

import (
	"image/color"
	"math"
	"slices"
	"sync"
)

// entries is the number of colours of a palette.
const entries = 256

var (
	// ground is the colour of nothing; palettes begin there.
	ground = rgb(0x0b0e14)
	// undefinedColour is for cells whose normalisation is undefined. It has no
	// hue, so it cannot be mistaken for a palette's.
	undefinedColour = rgb(0x1b2029)
)

// ramps are the control colours from the mean to the extreme; the ground comes
// first by itself. They are those of web/src/scale/palette.ts.
var ramps = []struct {
	name   string
	colour []uint32
}{
	{"halcyon", []uint32{0x122a5e, 0x0f6480, 0x1a9a6c, 0xe6d93f, 0xff9a2e, 0xff3b30}},
	{"viridis", []uint32{0x33186b, 0x3b528b, 0x21918c, 0x5ec962, 0xfde725}},
	{"cividis", []uint32{0x00224e, 0x434e6c, 0x7d7c78, 0xbcae6c, 0xfee838}},
	{"inferno", []uint32{0x1f0c48, 0x6a176e, 0xbc3754, 0xf98e09, 0xfcffa4}},
	{"ice", []uint32{0x10243f, 0x1f4e79, 0x3c86b8, 0x8cc4e0, 0xf2fbff}},
	{"mono", []uint32{0x232a35, 0x4a5361, 0x7d8896, 0xb7bfca, 0xffffff}},
}

// Palettes returns the names of the palettes, the default first.
func Palettes() []string {
	names := make([]string, len(ramps))
	for i, r := range ramps {
		names[i] = r.name
	}
	return names
}

type palette [entries]color.RGBA

// at returns the colour of a place on the scale, clamped to 0..1.
func (p *palette) at(tone float64) color.RGBA {
	return p[int(min(max(tone, 0), 1)*(entries-1)+0.5)]
}

var allPalettes = sync.OnceValue(func() map[string]*palette {
	out := map[string]*palette{}
	for _, r := range ramps {
		out[r.name] = ramp(r.colour)
	}
	return out
})

// ramp walks the polyline from the ground through the control colours in OKLab
// in equal steps, so that equal steps of the value look equally far apart.
func ramp(control []uint32) *palette {
	nodes := []lab{toLab(ground)}
	for _, c := range control {
		nodes = append(nodes, toLab(rgb(c)))
	}
	reach := make([]float64, len(nodes))
	for i := 1; i < len(nodes); i++ {
		reach[i] = reach[i-1] + nodes[i].distance(nodes[i-1])
	}
	var p palette
	for i := range p {
		goal := reach[len(reach)-1] * float64(i) / (entries - 1)
		leg, _ := slices.BinarySearch(reach[1:len(reach)-1], goal)
		f := (goal - reach[leg]) / (reach[leg+1] - reach[leg])
		p[i] = nodes[leg].mix(nodes[leg+1], f).colour()
	}
	return &p
}

func rgb(v uint32) color.RGBA {
	return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}
}

// lab is a colour in OKLab, after Björn Ottosson, "A perceptual color space
// for image processing" (2020).
type lab [3]float64

func (a lab) distance(b lab) float64 {
	return math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2]))
}

func (a lab) mix(b lab, f float64) (out lab) {
	for i := range a {
		out[i] = a[i] + (b[i]-a[i])*f
	}
	return out
}

func toLab(c color.RGBA) lab {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	r, g, b := linear(c.R), linear(c.G), linear(c.B)
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	return lab{
		0.2104542553*l + 0.793617785*m - 0.0040720468*s,
		1.9779984951*l - 2.428592205*m + 0.4505937099*s,
		0.0259040371*l + 0.7827717662*m - 0.808675766*s,
	}
}

func (a lab) colour() color.RGBA {
	cube := func(x float64) float64 { return x * x * x }
	l := cube(a[0] + 0.3963377774*a[1] + 0.2158037573*a[2])
	m := cube(a[0] - 0.1055613458*a[1] - 0.0638541728*a[2])
	s := cube(a[0] - 0.0894841775*a[1] - 1.291485548*a[2])
	gamma := func(v float64) uint8 {
		c := min(max(v, 0), 1)
		if c <= 0.0031308 {
			return uint8(math.Round(255 * 12.92 * c))
		}
		return uint8(math.Round(255 * (1.055*math.Pow(c, 1/2.4) - 0.055)))
	}
	return color.RGBA{
		gamma(4.0767416621*l - 3.3077115913*m + 0.2309699292*s),
		gamma(-1.2684380046*l + 2.6097574011*m - 0.3413193965*s),
		gamma(-0.0041960863*l - 0.7034186147*m + 1.707614701*s),
		255,
	}
}
