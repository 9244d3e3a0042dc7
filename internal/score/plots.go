package score

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strings"

	"halcyon/market"
	"halcyon/scorecard"
)

// Plot is a picture of a report.
type Plot struct {
	// Name is the file's, without its ending; Caption says what is seen.
	Name, Caption string
	svg           string
}

// Plots returns what there is to see in a report.
func Plots(r scorecard.Report) (out []Plot) {
	for _, s := range r.Scatter {
		out = append(out, Plot{"hours-" + s.Side, "Every hour of the test: what the rescaled map swept, known from the path, against what was published.", scatterPlot(s)})
	}
	out = append(out, calibrationPlots(r)...)
	for side := range market.PositionSide(market.Sides) {
		if svg := curvePlot(r.Curves, side.String()); svg != "" {
			out = append(out, Plot{"distance-" + side.String(), "How far from price positions would be liquidated, cumulated, mean over the moments judged.", svg})
		}
	}
	var boosted, placebo, ablation []bar
	for _, v := range r.Verdicts {
		if v.Question == scorecard.QuestionHowMuch {
			b := bar{v.Set + ", " + v.Horizon, v.Side, v.Gain}
			switch v.Baseline {
			case scorecard.Boosted:
				boosted = append(boosted, b)
			case scorecard.PlaceboBaseline:
				placebo = append(placebo, b)
			}
		}
	}
	for _, a := range r.Ablation {
		if a.Versus != (scorecard.Interval{}) {
			ablation = append(ablation, bar{a.Name, a.Side, a.Versus})
		}
	}
	for _, p := range []struct {
		name, caption, title string
		bars                 []bar
	}{
		{"over-boosted", "What the map adds to boosted trees on price, volume and lagged liquidations.", "The map added to boosted price-only+", boosted},
		{"over-placebo", "The map against the same ledger that knows only how far price ranged.", "The map against the range-mass placebo", placebo},
		{"ablation", "Each part changed alone, learned anew, BTC 2026, 1 h live.", "Parts of the model, against the whole", ablation},
	} {
		if len(p.bars) > 0 {
			out = append(out, Plot{p.name, p.caption, intervalPlot(p.title, p.bars)})
		}
	}
	return out
}

// File returns the plot as an SVG file of its own, on white.
func (p Plot) File() []byte {
	return []byte(strings.Replace(p.svg, "<svg ", `<svg xmlns="http://www.w3.org/2000/svg" style="background:#fff;color:#1c2330" `, 1))
}

// frame is a plot's axes; at maps shares (0 to 1) of both to pixels.
type frame struct {
	strings.Builder
	left, top, width, height float64
}

// newFrame begins a plot. left is the room for the labels of the vertical axis.
func newFrame(left, width, height float64, title, x, y string) *frame {
	f := &frame{left: left, top: 30, width: width, height: height}
	w, h := left+width+24, f.top+height+44
	fmt.Fprintf(f, `<svg viewBox="0 0 %.0f %.0f" width="%.0f" role="img" aria-label="%s" font-family="system-ui,sans-serif" font-size="11" fill="currentColor">`, w, h, w, html.EscapeString(title))
	f.text(min(left, 56), 18, "start", title, ` font-weight="bold" font-size="12.5"`)
	fmt.Fprintf(f, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="none" stroke="currentColor" stroke-opacity=".35"/>`, left, f.top, width, height)
	f.text(left+width/2, h-8, "middle", x, "")
	if y != "" {
		fmt.Fprintf(f, `<text transform="translate(13 %.1f) rotate(-90)" text-anchor="middle">%s</text>`, f.top+height/2, html.EscapeString(y))
	}
	return f
}

func (f *frame) end() string { return f.String() + "</svg>\n" }

func (f *frame) at(x, y float64) (px, py float64) { return f.left + x*f.width, f.top + (1-y)*f.height }

func (f *frame) text(x, y float64, anchor, text, more string) {
	fmt.Fprintf(f, `<text x="%.1f" y="%.1f" text-anchor="%s"%s>%s</text>`, x, y, anchor, more, html.EscapeString(text))
}

// tickX and tickY label a place on an axis and draw a line through it.
func (f *frame) tickX(x float64, label string) {
	px, py := f.at(x, 0)
	f.text(px, py+15, "middle", label, "")
	f.line(x, 0, x, 1, `stroke="currentColor" stroke-opacity=".12"`)
}

func (f *frame) tickY(y float64, label string) {
	px, py := f.at(0, y)
	f.text(px-5, py+4, "end", label, "")
	f.line(0, y, 1, y, `stroke="currentColor" stroke-opacity=".12"`)
}

func (f *frame) line(x0, y0, x1, y1 float64, stroke string) {
	ax, ay := f.at(x0, y0)
	bx, by := f.at(x1, y1)
	fmt.Fprintf(f, `<path d="M%.1f %.1fL%.1f %.1f" %s/>`, ax, ay, bx, by, stroke)
}

func colourOf(side string) string {
	if side == market.Long.String() {
		return "#2c8c6e"
	}
	return "#c2563f"
}

// scatterPlot shows predicted against realised amounts on log axes.
func scatterPlot(s scorecard.Scatter) string {
	f := newFrame(56, 340, 260, "Hours of the test, "+s.Side+"s", "predicted USD", "published USD")
	const low, high = 3.5, 8.5 // powers of ten
	place := func(v float64) float64 {
		return min(1, max(0, (math.Log10(v+scorecard.LogOffset/2)-low)/(high-low)))
	}
	for k := 4; k <= 8; k++ {
		share := (float64(k) - low) / (high - low)
		label := [...]string{"10k", "100k", "1M", "10M", "100M"}[k-4]
		f.tickX(share, label)
		f.tickY(share, label)
	}
	f.line(0, 0, 1, 1, `stroke="currentColor" stroke-opacity=".5"`)
	for i := range s.Predicted {
		x, y := f.at(place(s.Predicted[i]), place(s.Realised[i]))
		fmt.Fprintf(f, `<circle cx="%.1f" cy="%.1f" r="2" fill="%s" fill-opacity=".5"/>`, x, y, colourOf(s.Side))
	}
	return f.end()
}

// calibrationPlots show predicted over realised by tenth, between a quarter and
// four, a plot for each set judged live by the hour.
func calibrationPlots(r scorecard.Report) (out []Plot) {
	var rows []scorecard.HowMuchRow
	for _, h := range r.HowMuch {
		if h.Name == nameRescaled && h.Deciles != nil && h.Horizon == "1 h live" {
			rows = append(rows, h)
		}
	}
	eachGroup(rows, func(h scorecard.HowMuchRow) string { return h.Set }, func(set string, sides []scorecard.HowMuchRow) {
		f := newFrame(56, 340, 200, "Calibration: "+set+", 1 h live", "tenth of the prediction, lowest first", "predicted / published")
		place := func(v float64) float64 { return min(1, max(0, (math.Log2(v)+2)/4)) }
		for _, v := range []float64{.25, .5, 1, 2, 4} {
			f.tickY(place(v), fmt.Sprint(v))
		}
		for k := range 10 {
			x := (float64(k) + .5) / 10
			px, py := f.at(x, 0)
			f.text(px, py+15, "middle", fmt.Sprint(k+1), "")
			for i, h := range sides {
				f.line(x+.036*(float64(i)-.5), .5, x+.036*(float64(i)-.5), place(h.Deciles[k].Ratio()), fmt.Sprintf(`stroke="%s" stroke-width="10"`, colourOf(h.Side)))
			}
		}
		f.line(0, .5, 1, .5, `stroke="currentColor" stroke-opacity=".6"`)
		for i, h := range sides {
			f.text(f.left+8+float64(i)*44, f.top+15, "start", h.Side, fmt.Sprintf(` fill="%s" font-weight="bold"`, colourOf(h.Side)))
		}
		name := strings.ReplaceAll(strings.ToLower(set), " ", "-")
		out = append(out, Plot{"calibration-" + name, "Calibrated predictions summed by tenth, over what was published in the same hours.", f.end()})
	})
	return out
}

// curvePlot shows the estimates and the truth of one side's notional by
// distance from price; empty where there are none.
func curvePlot(curves []scorecard.Curve, side string) string {
	var f *frame
	line := func(cells []float64, stroke string) {
		x, y := f.at(0, 0)
		path := fmt.Sprintf("M%.1f %.1f", x, y)
		var sum float64
		for k, v := range cells {
			sum += v
			x, y = f.at(float64(k+1)/float64(len(cells)), sum)
			path += fmt.Sprintf("L%.1f %.1f", x, y)
		}
		fmt.Fprintf(f, `<path d="%s" fill="none" stroke-width="2" %s/>`, path, stroke)
	}
	lines := 0
	label := func(text, stroke string) {
		y := f.top + 16 + 16*float64(lines)
		fmt.Fprintf(f, `<path d="M%.1f %.1fh22" stroke-width="2" %s/>`, f.left+10, y-4, stroke)
		f.text(f.left+38, y, "start", text, "")
		lines++
	}
	for _, c := range curves {
		if c.Side != side {
			continue
		}
		if f == nil {
			f = newFrame(56, 340, 260, "Distance from price, "+side+"s", "distance to liquidation", "share of the notional within "+percent(c.Width*float64(len(c.True))))
			for k := 0; k <= 4; k++ {
				f.tickX(float64(k)/4, percent(float64(k)/4*c.Width*float64(len(c.True))))
				f.tickY(float64(k)/4, fmt.Sprint(float64(k)/4))
			}
			line(c.True, `stroke="currentColor"`)
			label("true positions", `stroke="currentColor"`)
		}
		stroke := fmt.Sprintf(`stroke="%s"`, colourOf(side))
		if lines > 1 {
			stroke += ` stroke-dasharray="5 4"`
		}
		line(c.Estimated, stroke)
		label(c.Name, stroke)
	}
	if f == nil {
		return ""
	}
	return f.end()
}

func percent(x float64) string { return fmt.Sprintf("%.0f %%", 100*x) }

// bar is a line of an intervalPlot.
type bar struct {
	label, side string
	gain        scorecard.Interval
}

// intervalPlot shows differences of R² with their intervals, a line each, both
// sides of what has the same label together. What lies beyond the axis ends at it.
func intervalPlot(title string, bars []bar) string {
	const step, grid = 15, .05
	first, widest := map[string]int{}, 0
	low, high := 0.0, 0.0
	for i, b := range bars {
		if _, known := first[b.label]; !known {
			first[b.label] = i
		}
		widest = max(widest, len([]rune(b.label)))
		low, high = min(low, b.gain.Low), max(high, b.gain.High)
	}
	low, high = max(-.1, math.Floor(low/grid)*grid), min(.2, math.Ceil(high/grid)*grid)
	bars = slices.Clone(bars)
	slices.SortStableFunc(bars, func(a, b bar) int { return first[a.label] - first[b.label] })
	f := newFrame(12+6*float64(widest), 330, step*float64(len(bars))+8, title, "difference of R², with 95 % intervals", "")
	place := func(v float64) float64 { return min(1, max(0, (v-low)/(high-low))) }
	for k := math.Round(low / grid); k <= math.Round(high/grid); k++ {
		f.tickX(place(k*grid), number(k*grid, 2))
	}
	f.line(place(0), 0, place(0), 1, `stroke="currentColor" stroke-opacity=".6"`)
	for i, b := range bars {
		y := f.top + 4 + step*(float64(i)+.5)
		if i == 0 || bars[i-1].label != b.label {
			f.text(f.left-6, y+4, "end", b.label, "")
		}
		from, _ := f.at(place(b.gain.Low), 0)
		to, _ := f.at(place(b.gain.High), 0)
		middle, _ := f.at(place(b.gain.Value), 0)
		fmt.Fprintf(f, `<g fill="%[1]s" stroke="%[1]s"><title>%[2]s, %[3]s</title><path d="M%.1[4]f %.1[5]fL%.1[6]f %.1[5]f" stroke-width="2"/><circle cx="%.1[7]f" cy="%.1[5]f" r="3.5"/></g>`,
			colourOf(b.side), html.EscapeString(b.label), b.side, from, y, to, middle)
	}
	for i, side := range []market.PositionSide{market.Long, market.Short} {
		f.text(f.left+f.width-80+44*float64(i), f.top-10, "start", side.String(), fmt.Sprintf(` fill="%s" font-weight="bold"`, colourOf(side.String())))
	}
	return f.end()
}
