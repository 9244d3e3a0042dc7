package render

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"halcyon/heatmap"
	"halcyon/internal/atlas"
	"halcyon/market"
)

// picture is everything that is drawn, before any pixel.
type picture struct {
	opt  Options
	inst atlas.Instrument
	// groups are the leverage groups' names, bounds how they are bounded.
	groups, bounds []string
	sel            atlas.Selected
	axes           axes
	level          int
	cols           *atlas.Columns
	scale          scale
	palette        *palette
	// last is the last closed base column, in the day that holds it.
	last heatmap.Column
	day  *heatmap.Tracks
}

// Narrowest column and lowest bin that are drawn, in pixels of a canvas of the
// default size, and how low bins may get rather than draw columns wider than
// wideColumn; the page's are the same.
const (
	minColumn  = 2.5
	minBin     = 1.8
	leastBin   = 0.7
	wideColumn = 12.0
)

// fitting returns the finest level whose cells are drawn large enough to be
// told apart. Scales are per pixel of a canvas of the default size.
func fitting(msPerPixel, binsPerPixel float64) int {
	column := func(level int) float64 { return float64(heatmap.Ladder[level].Bucket) / msPerPixel }
	fits := func(level int, bin float64) bool {
		return column(level) >= minColumn && float64(uint(1)<<heatmap.Ladder[level].Shift)/binsPerPixel >= bin
	}
	level := 0
	for level < heatmap.Levels-1 && !fits(level, minBin) {
		level++
	}
	for level > 0 && column(level) > wideColumn && fits(level-1, leastBin) {
		level--
	}
	return level
}

// errEmpty: no closed column lies in the window.
var errEmpty = errors.New("no closed column in the window")

// gather reads what a picture of w by h pixels of map shows. density is the
// pixels of a pixel at the default size.
func gather(ctx context.Context, a *atlas.Atlas, opt Options, w, h int, density float64) (*picture, error) {
	p := &picture{opt: opt, palette: allPalettes()[opt.Palette]}
	if err := p.find(ctx, a); err != nil {
		return nil, err
	}
	p.axes = axes{w: w, h: h, from: opt.To - opt.Range, to: opt.To}
	if opt.To == 0 {
		p.axes.from, p.axes.to = p.inst.To-opt.Range, p.inst.To
	}
	if err := p.read(ctx, a, density); err != nil {
		return nil, err
	}
	day, last, err := a.Last(ctx, opt.ID, p.axes.to)
	if err != nil {
		return nil, err
	}
	if last != nil {
		p.day, p.last = day, *last
	}
	newest := p.cols.Norms[len(p.cols.Norms)-1][0]
	p.scale = newScale(mode(opt.Normalise), opt.Threshold, newest)
	return p, nil
}

// find looks up the instrument and the selection.
func (p *picture) find(ctx context.Context, a *atlas.Atlas) error {
	id := p.opt.ID
	inst, ok, err := a.Instrument(ctx, id)
	if err != nil {
		return err
	}
	if !ok {
		known, err := a.Instruments(ctx)
		if err != nil {
			return err
		}
		names := make([]string, len(known))
		for i, k := range known {
			names[i] = k.InstrumentID.String()
		}
		return fmt.Errorf("no map of it is stored: want %s: %w", oneOf(names), market.ErrInvalid)
	}
	p.inst = inst
	if p.sel, err = a.Select(p.opt.Selection); err != nil {
		return err
	}
	for i, g := range a.Groups() {
		bound := "≥" + leverage(g.MinLeverage)
		if i == 0 && len(a.Groups()) > 1 {
			bound = "<" + leverage(a.Groups()[1].MinLeverage)
		}
		p.groups, p.bounds = append(p.groups, g.Name), append(p.bounds, bound)
	}
	return nil
}

func oneOf(names []string) string {
	if len(names) == 0 {
		return "an import first, nothing is stored"
	}
	const most = 12
	if n := len(names); n > most {
		names = append(names[:most:most], fmt.Sprintf("… (%d in all)", n))
	}
	return strings.Join(names, ", ")
}

// read chooses the level by the density of pixels, unless it is given, and
// reads its columns; the prices shown follow from them.
func (p *picture) read(ctx context.Context, a *atlas.Atlas, density float64) error {
	start := max(p.opt.Level, 0)
	if p.opt.Level < 0 {
		for start < heatmap.Levels-1 && float64(heatmap.Ladder[start].Bucket) < minColumn*density*p.axes.msPerPixel() {
			start++
		}
	}
	err := p.columns(ctx, a, start)
	// A history shorter than a column of this level has columns of a finer one.
	for p.opt.Level < 0 && errors.Is(err, errEmpty) && start > 0 {
		start--
		err = p.columns(ctx, a, start)
	}
	if errors.Is(err, errEmpty) {
		return fmt.Errorf("nothing is stored from %s to %s: want a window within %s to %s UTC: %w",
			stamp(p.axes.from), stamp(p.axes.to), stamp(p.inst.From), stamp(p.inst.To), market.ErrInvalid)
	}
	if err != nil {
		return err
	}
	p.axes.low, p.axes.top = visible(p.cols.Columns, p.opt.Range)
	if p.opt.Level >= 0 {
		return nil
	}
	if err := p.columns(ctx, a, max(p.level, fitting(density*p.axes.msPerPixel(), density*p.axes.binsPerPixel()))); !errors.Is(err, errEmpty) {
		return err
	}
	return nil
}

// columns reads the columns of a level; on error what was read before stays.
func (p *picture) columns(ctx context.Context, a *atlas.Atlas, level int) error {
	from, to := p.buckets(level)
	cols, err := a.ColumnsOf(ctx, p.opt.ID, level, from, to, heatmap.DefaultPopulation(level), []atlas.Selected{p.sel})
	if err != nil {
		return err
	}
	if len(cols.Columns) == 0 {
		return errEmpty
	}
	p.level, p.cols = level, cols
	return nil
}

// buckets returns the half-open buckets of a level that the window touches.
func (p *picture) buckets(level int) (from, to market.BucketIndex) {
	width := heatmap.Ladder[level].Bucket
	return p.axes.from.Bucket(width), (p.axes.to - 1).Bucket(width) + 1
}

// bucket returns the width of the columns drawn.
func (p *picture) bucket() market.UnixMilli { return heatmap.Ladder[p.level].Bucket }

// margin is the share of the plot's height left free above and below what
// must be seen, as in the page's chart.
const margin = 0.02

// visible returns the prices shown: all candles, and a band around the last
// price that grows with the square root of time, as price itself does; the
// nearest zones lie in it. The band is the page's.
func visible(cols []heatmap.Column, length market.UnixMilli) (low, top market.Price) {
	least, most, last := market.Price(math.Inf(1)), market.Price(0), market.Price(0)
	for i := range cols {
		c := &cols[i]
		for _, p := range []market.Price{c.Low, c.High, c.Price} {
			if p > 0 {
				least, most, last = min(least, p), max(most, p), p
			}
		}
	}
	if most == 0 {
		least, most, last = 1, 1, 1
	}
	days := float64(length) / float64(market.Day)
	band := market.Price(min(max(0.045*math.Sqrt(days), 0.015), 0.3))
	least, most = min(least, last*(1-band)), max(most, last*(1+band))
	free := market.Price(math.Pow(float64(most/least), margin/(1-2*margin)))
	return least / free, most * free
}
