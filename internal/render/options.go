package render

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"halcyon/heatmap"
	"halcyon/market"
)

// Options say what to draw. Start from DefaultOptions; except for Level,
// where 0 is the finest level, a field left at zero gets its default.
type Options struct {
	// ID is the instrument. Required.
	ID market.InstrumentID
	// To is the end of the picture (UTC ms), exclusive. Default 0: the newest
	// closed column.
	To market.UnixMilli
	// Range is the length of time shown (ms), 5 min to 5 years. Default 24 h.
	Range market.UnixMilli
	// Width and Height are in pixels, each 320 to 7680. Default 1600 x 900.
	// Letters and lines grow in proportion above the default.
	Width, Height int
	// Selection is the part of the map that is coloured: "all", the name of a
	// leverage group, several joined by + ("low+high"), or "fresh". Default "all".
	Selection string
	// Palette is "halcyon", "viridis", "cividis", "inferno", "ice" or
	// "mono". Default "halcyon".
	Palette string
	// Normalise is what colour stands for: "z", "robust", "percentile" or
	// "usd", as docs/API.md defines them. Default "z".
	Normalise string
	// Threshold is the value below which a cell sinks into the ground, in the
	// unit of Normalise: standard deviations, a share (0.9 is the 90th
	// percentile) or USD. Default 0: no cell does.
	Threshold float64
	// Level is the level of the ladder that cells are drawn from, or -1 for
	// the finest whose cells are not smaller than a pixel can show.
	// DefaultOptions has -1.
	Level int
}

// DefaultOptions returns the options that draw the newest day of id.
func DefaultOptions(id market.InstrumentID) Options {
	return Options{ID: id, Level: -1}.withDefaults()
}

func (o Options) withDefaults() Options {
	if o.Range == 0 {
		o.Range = 24 * market.Hour
	}
	if o.Width == 0 {
		o.Width = baseWidth
	}
	if o.Height == 0 {
		o.Height = baseHeight
	}
	if o.Selection == "" {
		o.Selection = "all"
	}
	if o.Palette == "" {
		o.Palette = "halcyon"
	}
	if o.Normalise == "" {
		o.Normalise = string(modeZ)
	}
	return o
}

const (
	baseWidth, baseHeight = 1600, 900
	minSide, maxSide      = 320, 7680
	minRange, maxRange    = 5 * market.Minute, 5 * 366 * market.Day
	// maxColumns bounds the columns of a level that is asked for by number.
	maxColumns = 4 * maxSide
)

// Validate reports the first field out of range, after defaults, with what
// would be right; the error wraps market.ErrInvalid. Whether the instrument
// and the selection exist is known to Draw only.
func (o Options) Validate() error {
	o = o.withDefaults()
	if err := o.ID.Validate(); err != nil {
		return err
	}
	bad := func(field string, got any, want string) error {
		return fmt.Errorf("%s %v: want %s: %w", field, got, want, market.ErrInvalid)
	}
	switch {
	case o.To < 0:
		return bad("to", int64(o.To), "a time after 1970 in UTC milliseconds, or 0 for the newest")
	case o.Range < minRange || o.Range > maxRange:
		return bad("range", fmt.Sprint(int64(o.Range), " ms"), "5 min to 5 years")
	case o.Width < minSide || o.Width > maxSide:
		return bad("width", o.Width, fmt.Sprintf("%d to %d pixels", minSide, maxSide))
	case o.Height < minSide || o.Height > maxSide:
		return bad("height", o.Height, fmt.Sprintf("%d to %d pixels", minSide, maxSide))
	case !slices.Contains(Palettes(), o.Palette):
		return bad("palette", fmt.Sprintf("%q", o.Palette), strings.Join(Palettes(), ", "))
	case !slices.Contains(modes, mode(o.Normalise)):
		return bad("normalise", fmt.Sprintf("%q", o.Normalise), joinModes())
	case math.IsNaN(o.Threshold) || math.IsInf(o.Threshold, 0):
		return bad("threshold", o.Threshold, "a number")
	case o.Level < -1 || o.Level >= heatmap.Levels:
		return bad("level", o.Level, fmt.Sprintf("0 to %d, or -1", heatmap.Levels-1))
	}
	if o.Level >= 0 {
		if n := o.Range / heatmap.Ladder[o.Level].Bucket; n > maxColumns {
			return bad("level", o.Level, fmt.Sprintf("a coarser one: %s would be %d columns of %s", span(o.Range), n, span(heatmap.Ladder[o.Level].Bucket)))
		}
	}
	return nil
}
