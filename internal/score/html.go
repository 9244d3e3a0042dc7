package score

import (
	"fmt"
	"html"
	"strings"

	"halcyon/scorecard"
)

// style is the report's look: quiet, readable on paper and in the dark.
const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1c2330;background:#fff}
table{border-collapse:collapse;font-size:12.5px;margin:.5rem 0 1.5rem}td,th{padding:.2rem .6rem;border-bottom:1px solid #8884;text-align:left;font-variant-numeric:tabular-nums}
svg{max-width:100%;height:auto}figure{display:inline-block;vertical-align:top;max-width:100%;margin:.5rem 1.5rem 1rem 0}figcaption{font-size:12.5px;opacity:.75;max-width:30rem}
h3{margin-top:2.5rem}table{display:block;overflow-x:auto}
.note{opacity:.75}@media(prefers-color-scheme:dark){body{background:#0e131b;color:#dce3ee}}`

// HTML returns the report as one file that needs nothing else: the plots and
// the tables.
func HTML(r scorecard.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'><title>Halcyon scorecard</title><style>%s</style>\n", style)
	b.WriteString("<h1>Halcyon scorecard</h1><p class=note>Estimates against what venues published and against true positions. Everything tested was learned from earlier data. Bold: ours. Intervals are 95 %, from a bootstrap by day.</p>\n")
	for _, p := range Plots(r) {
		b.WriteString("<figure>" + p.svg + "<figcaption>" + html.EscapeString(p.Caption) + "</figcaption></figure>\n")
	}
	b.WriteString(tablesHTML(Markdown(r)))
	return b.String() + "</html>\n"
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

// inline escapes text, sets what stands between ** in bold and what stands
// between backticks as code.
func inline(s string) string {
	s = html.EscapeString(s)
	for _, c := range []struct{ mark, tag string }{{"**", "b"}, {"`", "code"}} {
		parts := strings.Split(s, c.mark)
		for i := 1; i+1 < len(parts); i += 2 {
			parts[i] = "<" + c.tag + ">" + parts[i] + "</" + c.tag + ">"
		}
		s = strings.Join(parts, "")
	}
	return s
}
