package render

import (
	"context"
	"image"
	"math"

	"halcyon/heatmap"
	"halcyon/internal/atlas"
	"halcyon/market"
)

// Places of pixels that show no amount, below every place on a scale.
var (
	empty   = float32(math.Inf(-1))
	unclear = float32(-math.MaxFloat32)
)

// missing says what a pixel column lacks.
type missing uint8

const (
	// nothing is missing.
	nothing missing = iota
	// someEvents: the column is flagged with a gap.
	someEvents
	// wholeColumn: there is no such column.
	wholeColumn
)

// heat is the place on the scale of every pixel of the plot, row by row from
// the top, with what is missing.
type heat struct {
	w, h  int
	place []float32
	// gap says of every pixel column what is missing in it.
	gap []missing
	// anyUnclear tells whether an undefined cell is shown.
	anyUnclear bool
}

// sample computes the heat of a picture.
func (p *picture) sample(ctx context.Context, a *atlas.Atlas) (*heat, error) {
	m := &heat{w: p.axes.w, h: p.axes.h, place: make([]float32, p.axes.w*p.axes.h), gap: make([]missing, p.axes.w)}
	for i := range m.place {
		m.place[i] = empty
	}
	columns, rows := p.axes.columnSpans(p.bucket()), p.axes.rowSpans(heatmap.Ladder[p.level].Shift)
	from, to := p.buckets(p.level)
	days, err := a.Days(ctx, p.opt.ID, p.level, from, to)
	if err != nil {
		return nil, err
	}
	lo, hi := market.BinIndex(rows[len(rows)-1].first), market.BinIndex(rows[0].end)
	norms := p.normsByBucket()
	s := sampler{picture: p, amounts: make([]float64, hi-lo), rows: rows, lo: lo, strip: make([]float32, len(rows))}
	present := map[market.BucketIndex]heatmap.Flags{}
	x := 0
	err = heatmap.Walk(days, heatmap.Window{Level: p.level, From: from, To: to, Lo: lo, Hi: hi}, func(c *heatmap.Column, st *heatmap.State) bool {
		norm, ok := norms[c.Bucket]
		if !ok {
			return ctx.Err() == nil // closed since the columns were read
		}
		present[c.Bucket] = c.Flags
		s.column(st, norm)
		for ; x < m.w && columns[x].end <= int(c.Bucket); x++ {
		}
		for i := x; i < m.w && columns[i].first <= int(c.Bucket); i++ {
			m.raise(i, s.strip)
		}
		return ctx.Err() == nil
	})
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mark(columns, present, (p.inst.To - 1).Floor(p.bucket()).Bucket(p.bucket()))
	return m, nil
}

func (p *picture) normsByBucket() map[market.BucketIndex]*heatmap.Norm {
	norms := make(map[market.BucketIndex]*heatmap.Norm, len(p.cols.Columns))
	for i := range p.cols.Columns {
		norms[p.cols.Columns[i].Bucket] = &p.cols.Norms[i][0]
	}
	return norms
}

// sampler turns the cells of one column at a time into a strip of places.
type sampler struct {
	*picture
	rows []cellSpan
	lo   market.BinIndex
	// amounts is by bin from lo, strip by pixel row.
	amounts []float64
	strip   []float32
}

func (s *sampler) column(st *heatmap.State, norm *heatmap.Norm) {
	for i := range s.amounts {
		s.amounts[i] = s.sel.Value(st, s.lo+market.BinIndex(i))
	}
	for y, r := range s.rows {
		if y > 0 && r == s.rows[y-1] {
			s.strip[y] = s.strip[y-1]
			continue
		}
		var most float64
		for bin := r.first; bin < r.end; bin++ {
			most = max(most, s.amounts[bin-int(s.lo)])
		}
		s.strip[y] = empty
		if most < leastShown {
			continue
		}
		s.strip[y] = unclear
		if v, ok := s.scale.value(most, norm); ok {
			s.strip[y] = float32(s.scale.place(v))
		}
	}
}

// leastShown is the amount (quote) below which a cell counts as empty, as in
// tiles and in the statistics.
const leastShown = 0.5

// raise draws a strip into a pixel column: of several cells the greatest.
func (m *heat) raise(x int, strip []float32) {
	for y, v := range strip {
		at := y*m.w + x
		m.place[at] = max(m.place[at], v)
		m.anyUnclear = m.anyUnclear || v == unclear
	}
}

// mark finds the pixel columns to hatch. The bucket that is still open at the
// end of the data is not missing.
func (m *heat) mark(columns []cellSpan, present map[market.BucketIndex]heatmap.Flags, open market.BucketIndex) {
	for x, s := range columns {
		for b := s.first; b < s.end; b++ {
			switch flags, ok := present[market.BucketIndex(b)]; {
			case !ok && market.BucketIndex(b) != open:
				m.gap[x] = wholeColumn
			case flags&heatmap.FlagGap != 0:
				m.gap[x] = max(m.gap[x], someEvents)
			}
		}
	}
}

// paint colours the plot whose upper left corner is at.
func (m *heat) paint(c *canvas, at image.Point, s scale, p *palette) {
	for y := range m.h {
		row := c.Pix[c.PixOffset(at.X, at.Y+y):]
		for x, v := range m.place[y*m.w : (y+1)*m.w] {
			colour := undefinedColour
			if v != unclear {
				if v == empty || float64(v) < s.threshold {
					continue
				}
				colour = p.at(float64(v))
			}
			row[4*x], row[4*x+1], row[4*x+2] = colour.R, colour.G, colour.B
		}
	}
}

// paintGaps hatches what is missing, and names it where there is room.
func (m *heat) paintGaps(c *canvas, plot image.Rectangle) {
	for x, end := 0, 0; x < m.w; x = end {
		for end = x + 1; end < m.w && m.gap[end] == m.gap[x]; end++ {
		}
		if m.gap[x] == nothing {
			continue
		}
		r := image.Rect(plot.Min.X+x, plot.Min.Y, plot.Min.X+end, plot.Max.Y)
		c.hatch(r)
		word := "NO DATA"
		if m.gap[x] == someEvents {
			word = "GAP IN DATA"
		}
		if w := c.width(stampWord, word); r.Dx() > w+c.px(24) {
			mid := image.Pt((r.Min.X+r.Max.X)/2, (r.Min.Y+r.Max.Y)/2)
			c.fill(image.Rect(mid.X-w/2-c.px(8), mid.Y-c.px(11), mid.X+w/2+c.px(8), mid.Y+c.px(11)), ground)
			c.text(mid.X, mid.Y, centre, stampWord, faintColour, word)
		}
	}
}
