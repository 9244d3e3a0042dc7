package render

import (
	"image"
	"image/color"
	"math"

	"halcyon/heatmap"
	"halcyon/market"
)

// groupColours are of leverage groups from low to high: greys of the page,
// so that the map stays the only loud thing. Further groups take the last.
var groupColours = []uint32{0x39434f, 0x5d6b7e, 0x9fb0c6}

// minBar is the lowest bar of the profile, in pixels at the default size.
const minBar = 2.5

// profile is what stands at the end of the picture within the prices shown:
// the classic liquidation map.
type profile struct {
	shift uint
	first market.BinIndex
	// bars is by bin of 2^shift base bins from first, then by side and group, in quote.
	bars [][market.Sides][]float64
	// total is the sum of a side over the bars.
	total [market.Sides]float64
}

// stock returns the profile; one without bars if no base column has closed.
func (p *picture) stock(density float64) (*profile, error) {
	if p.day == nil {
		return &profile{}, nil
	}
	out := &profile{shift: heatmap.Ladder[p.level].Shift}
	for float64(uint(1)<<out.shift) < minBar*density*p.axes.binsPerPixel() {
		out.shift++
	}
	out.first = market.BinOf(p.axes.low).Coarsen(out.shift)
	end := market.BinOf(p.axes.top).Coarsen(out.shift) + 1
	groups := len(p.groups)
	out.bars = make([][market.Sides][]float64, end-out.first)
	for i := range out.bars {
		out.bars[i] = [market.Sides][]float64{make([]float64, groups), make([]float64, groups)}
	}
	w := heatmap.Window{From: p.last.Bucket, To: p.last.Bucket + 1, Lo: out.first << out.shift, Hi: end << out.shift}
	err := heatmap.Walk([]*heatmap.Tracks{p.day}, w, func(_ *heatmap.Column, st *heatmap.State) bool {
		for side := range market.PositionSide(market.Sides) {
			for g := range groups {
				out.add(st, p.sel.Selection, side, g, groups)
			}
		}
		return true
	})
	return out, err
}

// add books one plane, if it is selected.
func (f *profile) add(st *heatmap.State, sel heatmap.Selection, side market.PositionSide, group, groups int) {
	plane := heatmap.PlaneOf(side, group, groups)
	sel.Planes &= 1 << plane
	if sel.Planes == 0 {
		return
	}
	lo, hi := st.Occupied(plane)
	for bin := lo; bin < hi; bin++ {
		x := sel.Value(st, bin)
		f.bars[bin.Coarsen(f.shift)-f.first][side][group] += x
		f.total[side] += x
	}
}

// greatest returns the longest bar, both sides together.
func (f *profile) greatest() (most float64) {
	for i := range f.bars {
		var sum float64
		for _, groups := range f.bars[i] {
			for _, x := range groups {
				sum += x
			}
		}
		most = max(most, sum)
	}
	return most
}

// paintProfile draws bars and cumulative curves into r, whose rows are those
// of the plot.
func (p *picture) paintProfile(c *canvas, r image.Rectangle, f *profile) {
	most := f.greatest()
	if most == 0 {
		c.text((r.Min.X+r.Max.X)/2, (r.Min.Y+r.Max.Y)/2, centre, small, faintColour, "nothing stands here")
		return
	}
	reach := float64(r.Dx()) * 0.86
	// A line between neighbours, where there is room for it everywhere.
	apart := float64(uint(1)<<f.shift) >= 4*c.scale*p.axes.binsPerPixel()
	for i := range f.bars {
		upper, lower := p.edge(r, f, i+1), p.edge(r, f, i)
		if apart {
			lower -= c.px(1)
		}
		length, x := 0.0, r.Min.X
		for g := len(p.groups) - 1; g >= 0; g-- {
			length += (f.bars[i][market.Long][g] + f.bars[i][market.Short][g]) / most * reach
			end := r.Min.X + int(math.Round(length))
			c.fill(image.Rect(x, upper, end, lower), rgb(groupColours[min(g, len(groupColours)-1)]))
			x = end
		}
	}
	p.paintCumulative(c, r, f)
}

// edge returns the row of the lower edge of bar i.
func (p *picture) edge(r image.Rectangle, f *profile, i int) int {
	y := r.Min.Y + int(math.Round(p.axes.y(((f.first + market.BinIndex(i)) << f.shift).Low())))
	return min(max(y, r.Min.Y), r.Max.Y)
}

// paintCumulative draws, outward from price, the sum of what price would have
// reached on the way: longs downwards, shorts upwards, on one scale.
func (p *picture) paintCumulative(c *canvas, r image.Rectangle, f *profile) {
	line := c.px(1.4)
	unit := float64(r.Dx()-line) / max(f.total[market.Long], f.total[market.Short])
	for side, step := range [market.Sides]int{market.Long: -1, market.Short: 1} {
		start := 0
		if step < 0 {
			start = len(f.bars) - 1
		}
		sum, x := 0.0, r.Min.X
		for i := start; i >= 0 && i < len(f.bars); i += step {
			for _, v := range f.bars[i][side] {
				sum += v
			}
			next := r.Min.X + int(math.Round(sum*unit))
			lower, upper := p.edge(r, f, i), p.edge(r, f, i+1)
			if sum > 0 {
				c.veil(image.Rect(next, upper, next+line, lower), accentColour, 0.85)
			}
			if near := [market.Sides]int{upper, lower}[side]; next > x+line {
				c.veil(image.Rect(x+line, near-line/2, next, near-line/2+line).Intersect(r), accentColour, 0.85)
			}
			x = next
		}
	}
}

// paintProfileWords names the profile, its sums and its groups.
func (p *picture) paintProfileWords(c *canvas, l layout, f *profile) {
	r := l.profile
	if !l.compact {
		stands := (p.last.Bucket + 1).Start(heatmap.BaseBucket)
		caption := "standing " + stands.Time().Format("01-02 15:04") + " UTC  ·  " + p.selectionWord()
		c.text(r.Min.X, l.head.Min.Y+c.px(48), left, small, faintColour, c.fit(small, caption, r.Dx()))
	}
	write := func(y int, colour color.RGBA, words string) {
		w := c.width(small, words)
		c.veil(image.Rect(r.Max.X-w-c.px(12), y-c.px(9), r.Max.X, y+c.px(9)), ground, 0.85)
		c.text(r.Max.X-c.px(6), y, right, small, colour, words)
	}
	write(r.Min.Y+c.px(12), accentColour, "shorts "+usd(f.total[market.Short]))
	write(r.Min.Y+c.px(30), faintColour, "bar ≤ "+usd(f.greatest()))
	write(r.Max.Y-c.px(12), accentColour, "longs "+usd(f.total[market.Long]))
	p.paintGroups(c, r)
}

// paintGroups explains the shades of the bars: with the groups' bounds where
// there is room, else by name.
func (p *picture) paintGroups(c *canvas, r image.Rectangle) {
	side, gap := c.px(9), c.px(10)
	var shown []int
	for g := range p.groups {
		for s := range market.PositionSide(market.Sides) {
			if p.sel.Planes>>heatmap.PlaneOf(s, g, len(p.groups))&1 != 0 {
				shown = append(shown, g)
				break
			}
		}
	}
	words := func(g int) string { return p.groups[g] + " " + p.bounds[g] }
	width := 0
	for _, g := range shown {
		width += side + c.px(4) + c.width(small, words(g)) + gap
	}
	if width-gap > r.Dx() {
		words = func(g int) string { return p.groups[g] }
	}
	x, y := r.Min.X, r.Max.Y+c.px(14)
	for _, g := range shown {
		if x+side+c.px(4)+c.width(small, words(g)) > r.Max.X+gap {
			return
		}
		c.fill(image.Rect(x, y-side/2, x+side, y-side/2+side), rgb(groupColours[min(g, len(groupColours)-1)]))
		x = c.text(x+side+c.px(4), y, left, small, faintColour, words(g)) + gap
	}
}
