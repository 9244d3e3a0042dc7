package render

import (
	"image"
	"image/color"
	"strings"

	"halcyon/heatmap"
	"halcyon/market"
)

// paintHead writes what is shown: instrument, window, and the words for where
// it comes from and what it is.
func (p *picture) paintHead(c *canvas, l layout, candle market.UnixMilli) {
	y := l.head.Min.Y + c.px(24)
	if l.compact {
		y = l.head.Min.Y + c.px(18)
	}
	end := l.head.Max.X
	for _, word := range []string{string(p.inst.Provenance), "ESTIMATED"} {
		w := c.width(stampWord, word) + c.px(16)
		box := image.Rect(end-w, y-c.px(11), end, y+c.px(11))
		colour := textColour
		if word == string(market.Simulated) {
			colour = warnColour
		}
		c.frame(box, c.px(1), colour)
		c.text((box.Min.X+box.Max.X)/2, y, centre, stampWord, colour, word)
		end = box.Min.X - c.px(8)
	}
	x := c.text(l.head.Min.X, y, left, title, textColour, c.fit(title, p.inst.Symbol, end-l.head.Min.X))
	x += c.px(10)
	c.text(x, y+c.px(2), left, normal, faintColour, c.fit(normal, string(p.inst.Venue)+"  ·  "+span(p.opt.Range)+"  ·  estimated liquidation heatmap", end-x))
	if l.compact {
		return
	}
	words := []string{
		stamp(p.axes.from) + " – " + stamp(p.axes.to) + " UTC",
		"candles " + span(candle),
	}
	words = append(words, p.notes()...)
	room := l.axis.Max.X - c.px(10) - l.head.Min.X
	c.text(l.head.Min.X, y+c.px(24), left, normal, faintColour, c.fit(normal, strings.Join(words, "  ·  "), room))
}

// notes says in words what the columns' flags say.
func (p *picture) notes() (out []string) {
	var flags heatmap.Flags
	for i := range p.cols.Columns {
		flags |= p.cols.Columns[i].Flags
	}
	for _, n := range []struct {
		flag heatmap.Flags
		word string
	}{
		{heatmap.FlagBars, "drawn from candles, not trades"},
		{heatmap.FlagNoMark, "in part swept on last price for want of a mark"},
		{heatmap.FlagNoOpenInterest, "in part without open interest: amounts relative"},
		{heatmap.FlagOldOpenInterest, "in part open interest missing"},
		{heatmap.FlagNoLiquidations, "in part liquidations missing"},
	} {
		if flags&n.flag != 0 {
			out = append(out, n.word)
		}
	}
	return out
}

// legendFacts says which signs the picture holds.
type legendFacts struct {
	undefined, gap bool
	// observed is the greatest observed liquidation drawn (quote), 0 for none.
	observed market.Notional
}

// anyGap tells whether something is hatched.
func (m *heat) anyGap() bool {
	for _, g := range m.gap {
		if g != nothing {
			return true
		}
	}
	return false
}

// paintLegend draws the colour bar and says what the colours are of.
func (p *picture) paintLegend(c *canvas, l layout, facts legendFacts) {
	top := l.foot.Min.Y + c.px(30)
	width := min(c.px(280), l.foot.Dx()*2/5)
	bar := image.Rect(l.foot.Min.X, top+c.px(18), l.foot.Min.X+width, top+c.px(28))
	if l.compact {
		bar = bar.Sub(image.Pt(0, c.px(18)))
	} else {
		c.text(bar.Min.X, top+c.px(5), left, small, textColour, p.scale.title())
	}
	for x := range bar.Dx() {
		at := float64(x) / float64(bar.Dx()-1)
		if at >= p.scale.threshold {
			c.fill(image.Rect(bar.Min.X+x, bar.Min.Y, bar.Min.X+x+1, bar.Max.Y), p.palette.at(at))
		}
	}
	c.frame(bar.Inset(-c.px(1)), c.px(1), frameColour)
	free := bar.Min.X
	for _, t := range p.scale.ticks() {
		w := c.width(small, t.label)
		x := bar.Min.X + int(t.at*float64(bar.Dx()))
		from := min(max(x-w/2, bar.Min.X), bar.Max.X-w)
		if from >= free {
			c.text(from, bar.Max.Y+c.px(9), left, small, faintColour, t.label)
			free = from + w + c.px(6)
		}
	}
	x := max(bar.Max.X, bar.Min.X+c.width(small, p.scale.title())) + c.px(28)
	if l.compact {
		x = bar.Max.X + c.px(14)
		for i, line := range wrap(c, p.sentence(), l.foot.Max.X-x, 2) {
			c.text(x, bar.Min.Y+c.px(4)+i*c.px(15), left, small, faintColour, line)
		}
		return
	}
	lines := append(wrap(c, p.sentence(), l.foot.Max.X-x, 2), "")
	for i, line := range lines {
		c.text(x, top+c.px(5)+i*c.px(17), left, small, faintColour, line)
	}
	p.paintSigns(c, image.Pt(x, top+c.px(5)+(len(lines)-1)*c.px(17)), l.foot.Max.X, facts)
}

// sentence is the normalisation, its population, and what a cell is.
func (p *picture) sentence() string {
	lv := heatmap.Ladder[p.level]
	out := "cells of " + span(lv.Bucket) + " × " + price(float64(uint(1)<<lv.Shift), 0) + " bp, " + p.selectionWord()
	if p.scale.mode != modeUSD {
		out = p.scale.short() + " over " + heatmap.DefaultPopulation(p.level).String() + ", as known at each column's close; " + out
	}
	if h := p.scale.hidden(p.opt.Threshold); h != "" {
		out += "; " + h
	}
	return out + ". A cell is the estimated USD that would be liquidated if price came there."
}

func (p *picture) selectionWord() string {
	switch p.sel.Name {
	case "all":
		return "all leverages"
	case "fresh":
		return "fresh entries"
	}
	return strings.Join(strings.Split(p.sel.Name, "+"), " and ") + " leverage"
}

// paintSigns explains the signs that the picture holds, in a row.
func (p *picture) paintSigns(c *canvas, at image.Point, end int, facts legendFacts) {
	sign := func(word string, draw func(box image.Rectangle)) {
		side := c.px(12)
		if at.X+side+c.px(6)+c.width(small, word) > end {
			return
		}
		draw(image.Rect(at.X, at.Y-side/2, at.X+side, at.Y-side/2+side))
		at.X = c.text(at.X+side+c.px(6), at.Y, left, small, faintColour, word) + c.px(18)
	}
	if facts.observed > 0 {
		sign("OBSERVED liquidations in a candle, greatest "+usd(float64(facts.observed)), func(b image.Rectangle) {
			c.ring(float64(b.Min.X+b.Max.X)/2, float64(b.Min.Y+b.Max.Y)/2, float64(b.Dx())/2-1, 1.3*c.scale, c.Bounds(), observedColour)
		})
	}
	if facts.gap {
		sign("data missing", func(b image.Rectangle) { c.hatch(b); c.frame(b, c.px(1), faintColour) })
	}
	if facts.undefined {
		sign(p.scale.short()+" undefined: too few cells yet", func(b image.Rectangle) { c.fill(b, color.Color(undefinedColour)) })
	}
}

// wrap breaks a text into at most n lines of a width; the last is cut short.
func wrap(c *canvas, text string, width, n int) []string {
	var out []string
	words := strings.Fields(text)
	for len(words) > 0 && len(out) < n-1 {
		k := 1
		for k < len(words) && c.width(small, strings.Join(words[:k+1], " ")) <= width {
			k++
		}
		out, words = append(out, strings.Join(words[:k], " ")), words[k:]
	}
	if len(words) > 0 {
		out = append(out, c.fit(small, strings.Join(words, " "), width))
	}
	return out
}
