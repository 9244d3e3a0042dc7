package score

import (
	"fmt"
	"html"
	"math"
	"strings"

	"halcyon/scorecard"
)

// style is the report's look: quiet, readable on paper and in the dark.
const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1c2330;background:#fff}
table{border-collapse:collapse;font-size:12.5px;margin:.5rem 0 1.5rem}td,th{padding:.2rem .6rem;border-bottom:1px solid #8884;text-align:left;font-variant-numeric:tabular-nums}
svg{max-width:100%;height:auto;margin:.5rem 1rem .5rem 0}svg text{font:11px system-ui,sans-serif;fill:currentColor}h3{margin-top:2.5rem}
.note{opacity:.75}@media(prefers-color-scheme:dark){body{background:#0e131b;color:#dce3ee}}`

// HTML returns the report as one file that needs nothing else: the tables and
// the plots.
func HTML(r scorecard.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'><title>Halcyon scorecard</title><style>%s</style>\n", style)
	b.WriteString("<h1>Halcyon scorecard</h1><p class=note>Estimates against what venues published and against true positions. Everything tested was learned from earlier data. Bold: ours.</p>\n")
	for _, s := range r.Scatter {
		b.WriteString(scatterPlot(s))
	}
	for _, h := range r.HowMuch {
		if h.Name == nameRescaled && h.Deciles != nil && h.Horizon == "1 h live" {
			b.WriteString(decilePlot(h))
		}
	}
	for _, c := range r.Curves {
		b.WriteString(curvePlot(c))
	}
	b.WriteString(gainPlot(r))
	b.WriteString(tablesHTML(Markdown(r)))
	return b.String() + "</html>\n"
}

// plot is a frame with axes; x and y map data to pixels.
type plot struct {
	strings.Builder
	left, top, width, height float64
}

func newPlot(title, x, y string) *plot {
	p := &plot{left: 56, top: 28, width: 330, height: 240}
	fmt.Fprintf(p, "<svg viewBox='0 0 400 310' width=400 role=img aria-label='%s'><text x=56 y=16 font-weight=bold>%s</text>", html.EscapeString(title), html.EscapeString(title))
	fmt.Fprintf(p, "<rect x=%.0f y=%.0f width=%.0f height=%.0f fill=none stroke=currentColor stroke-opacity=.3 />", p.left, p.top, p.width, p.height)
	fmt.Fprintf(p, "<text x=220 y=304 text-anchor=middle>%s</text><text transform='translate(12 148) rotate(-90)' text-anchor=middle>%s</text>", html.EscapeString(x), html.EscapeString(y))
	return p
}

// at maps shares (0 to 1) of both axes to pixels.
func (p *plot) at(x, y float64) (px, py float64) {
	return p.left + x*p.width, p.top + (1-y)*p.height
}

func (p *plot) tickX(x float64, label string) {
	px, py := p.at(x, 0)
	fmt.Fprintf(p, "<text x=%.1f y=%.1f text-anchor=middle>%s</text>", px, py+14, label)
}

func (p *plot) tickY(y float64, label string) {
	px, py := p.at(0, y)
	fmt.Fprintf(p, "<text x=%.1f y=%.1f text-anchor=end>%s</text>", px-4, py+4, label)
}

func (p *plot) end() string { return p.String() + "</svg>\n" }

// scatterPlot shows predicted against realised amounts on log axes.
func scatterPlot(s scorecard.Scatter) string {
	p := newPlot("Hours of the test, "+s.Side+"s", "predicted USD", "published USD")
	const low, high = 3.5, 8.5 // powers of ten
	place := func(v float64) float64 {
		return min(1, max(0, (math.Log10(v+scorecard.LogOffset/2)-low)/(high-low)))
	}
	for k := 4; k <= 8; k++ {
		share := (float64(k) - low) / (high - low)
		label := [...]string{"10k", "100k", "1M", "10M", "100M"}[k-4]
		p.tickX(share, label)
		p.tickY(share, label)
	}
	x0, y0 := p.at(0, 0)
	x1, y1 := p.at(1, 1)
	fmt.Fprintf(p, "<path d='M%.1f %.1fL%.1f %.1f' stroke=currentColor stroke-opacity=.4 />", x0, y0, x1, y1)
	for i := range s.Predicted {
		x, y := p.at(place(s.Predicted[i]), place(s.Realised[i]))
		fmt.Fprintf(p, "<circle cx=%.1f cy=%.1f r=2 fill='%s' fill-opacity=.5 />", x, y, colourOf(s.Side))
	}
	return p.end()
}

func colourOf(side string) string {
	if side == "long" {
		return "#2c8c6e"
	}
	return "#c2563f"
}

// decilePlot shows predicted over realised by tenth, between a quarter and four.
func decilePlot(h scorecard.HowMuchRow) string {
	p := newPlot(fmt.Sprintf("Calibration: %s, %ss", h.Set, h.Side), "tenth of the prediction", "predicted / realised")
	for _, v := range []float64{.25, .5, 1, 2, 4} {
		y := (math.Log2(v) + 2) / 4
		p.tickY(y, fmt.Sprint(v))
		x0, py := p.at(0, y)
		fmt.Fprintf(p, "<path d='M%.1f %.1fh%.0f' stroke=currentColor stroke-opacity=.15 />", x0, py, p.width)
	}
	for k, d := range h.Deciles {
		y := min(1, max(0, (math.Log2(d.Ratio())+2)/4))
		x, py := p.at((float64(k)+.5)/10, y)
		_, mid := p.at(0, .5)
		fmt.Fprintf(p, "<rect x=%.1f y=%.1f width=20 height=%.1f fill='%s' />", x-10, min(py, mid), max(1, math.Abs(py-mid)), colourOf(h.Side))
		p.tickX((float64(k)+.5)/10, fmt.Sprint(k+1))
	}
	return p.end()
}

// curvePlot shows estimated and true notional by distance from price.
func curvePlot(c scorecard.Curve) string {
	p := newPlot("Distance from price, "+c.Side+"s", "distance", "cumulated share")
	line := func(cells []float64, dash, colour string) {
		x, y := p.at(0, 0)
		path := fmt.Sprintf("M%.1f %.1f", x, y)
		var sum float64
		for k, v := range cells {
			sum += v
			x, y = p.at(float64(k+1)/float64(len(cells)), sum)
			path += fmt.Sprintf("L%.1f %.1f", x, y)
		}
		fmt.Fprintf(p, "<path d='%s' fill=none stroke='%s' stroke-width=2 stroke-dasharray='%s' />", path, colour, dash)
	}
	line(c.True, "5 4", "currentColor")
	line(c.Estimated, "", colourOf(c.Side))
	for k := 0; k <= 4; k++ {
		p.tickX(float64(k)/4, fmt.Sprintf("%.0f %%", float64(k)/4*c.Width*float64(len(c.True))*100))
		p.tickY(float64(k)/4, fmt.Sprint(float64(k)/4))
	}
	p.WriteString("<text x=70 y=46>dashed: true positions</text>")
	return p.end()
}

// gainPlot shows what the map adds to the boosted trees, with intervals.
func gainPlot(r scorecard.Report) string {
	p := newPlot("R² added to boosted price-only+", "", "")
	var rows []scorecard.HowMuchRow
	for _, h := range r.HowMuch {
		if h.OverBoost != nil && h.Model {
			rows = append(rows, h)
		}
	}
	const low, high = -.05, .15
	place := func(v float64) float64 { return min(1, max(0, (v-low)/(high-low))) }
	for _, v := range []float64{-.05, 0, .05, .1, .15} {
		p.tickX(place(v), fmt.Sprintf("%+.2f", v))
	}
	x0, y0 := p.at(place(0), 0)
	fmt.Fprintf(p, "<path d='M%.1f %.1fv-%.0f' stroke=currentColor stroke-opacity=.4 />", x0, y0, p.height)
	for i, h := range rows {
		y := 1 - (float64(i)+.5)/float64(len(rows))
		a, py := p.at(place(h.OverBoost.Low), y)
		b, _ := p.at(place(h.OverBoost.High), y)
		m, _ := p.at(place(h.OverBoost.Value), y)
		fmt.Fprintf(p, "<g fill='%s' stroke='%s'><title>%s</title><path d='M%.1f %.1fL%.1f %.1f' stroke-width=2 /><circle cx=%.1f cy=%.1f r=3.5 /></g>",
			colourOf(h.Side), colourOf(h.Side), html.EscapeString(h.Set+", "+h.Horizon+", "+h.Side), a, py, b, py, m, py)
	}
	return p.end()
}

// tablesHTML turns the Markdown that this package writes, and no other, into HTML.
func tablesHTML(text string) string {
	var b strings.Builder
	inTable, inList := false, false
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		row, item := strings.HasPrefix(line, "|"), strings.HasPrefix(line, "- ")
		if inTable && !row {
			b.WriteString("</table>\n")
		}
		if inList && !item {
			b.WriteString("</ul>\n")
		}
		switch {
		case strings.HasPrefix(line, "|---"):
		case row:
			cell := "td"
			if !inTable {
				b.WriteString("<table>")
				cell = "th"
			}
			b.WriteString("<tr>")
			for _, c := range strings.Split(strings.Trim(line, "|"), "|") {
				fmt.Fprintf(&b, "<%s>%s", cell, inline(strings.TrimSpace(c)))
			}
			b.WriteString("\n")
		case item:
			if !inList {
				b.WriteString("<ul>")
			}
			fmt.Fprintf(&b, "<li>%s\n", inline(line[2:]))
		case strings.HasPrefix(line, "### "):
			fmt.Fprintf(&b, "<h3>%s</h3>\n", inline(line[4:]))
		case line != "":
			fmt.Fprintf(&b, "<p>%s</p>\n", inline(line))
		}
		inTable, inList = row, item
	}
	return b.String()
}

// inline escapes text and sets what stands between ** in bold.
func inline(s string) string {
	parts := strings.Split(html.EscapeString(s), "**")
	for i := 1; i+1 < len(parts); i += 2 {
		parts[i] = "<b>" + parts[i] + "</b>"
	}
	return strings.Join(parts, "")
}
