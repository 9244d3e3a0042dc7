package render

import (
	"fmt"
	"image/color"
	"os"
	"regexp"
	"strings"
	"testing"
)

func hex(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// pageSource reads a file of the page that restates something of this package.
func pageSource(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("../../web/src/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// find returns the first group of a pattern that must occur.
func find(t *testing.T, source, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(source)
	if m == nil {
		t.Fatalf("the page's source has no %s", pattern)
	}
	return m[1]
}

// A colour means the same on the page and in a picture.
func TestPalettesAreThePages(t *testing.T) {
	source := pageSource(t, "scale/palette.ts")
	body := find(t, source, `(?s)const RAMPS = \{\n(.*?)\n\}`)
	rows := regexp.MustCompile(`(\w+): \[([^\]]*)\]`).FindAllStringSubmatch(body, -1)
	if len(rows) != len(ramps) {
		t.Fatalf("the page has %d palettes, we have %d", len(rows), len(ramps))
	}
	for i, row := range rows {
		var ours []string
		for _, c := range ramps[i].colour {
			ours = append(ours, `"`+hex(rgb(c))+`"`)
		}
		if row[1] != ramps[i].name || row[2] != strings.Join(ours, ", ") {
			t.Errorf("palette %d is %s %v here and %s [%s] on the page", i, ramps[i].name, ours, row[1], row[2])
		}
	}
	for name, c := range map[string]color.RGBA{"GROUND": ground, "UNDEFINED": undefinedColour} {
		want := fmt.Sprintf("0x%02x, 0x%02x, 0x%02x", c.R, c.G, c.B)
		if got := find(t, source, name+`: Rgb = \[([^\]]*)\]`); got != want {
			t.Errorf("%s is [%s] here and [%s] on the page", name, want, got)
		}
	}
	if got := find(t, source, `ENTRIES = (\d+)`); got != fmt.Sprint(entries) {
		t.Errorf("%d entries here and %s on the page", entries, got)
	}
}

// Entries 1, 32, 64, 128, 160, 200, 240 and 255 as the page's palette()
// computes them.
func TestPaletteEntries(t *testing.T) {
	for name, want := range map[string]string{
		"halcyon": "#0b0f16 #112756 #115376 #54a669 #afc558 #f6b836 #ff6630 #ff3b30",
		"viridis": "#0c0e16 #231749 #372d75 #2f7e8d #35a283 #67ca61 #d9e040 #fde725",
		"cividis": "#0b0f15 #031f45 #24395e #6e7176 #938e76 #c1b26a #edd94d #fee838",
	} {
		var got []string
		for _, i := range []int{1, 32, 64, 128, 160, 200, 240, 255} {
			got = append(got, hex(allPalettes()[name][i]))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s:\n got %v\nwant %v", name, got, want)
		}
	}
}

func TestPalettesRiseFromTheGround(t *testing.T) {
	for name, p := range allPalettes() {
		if p[0] != ground || p.at(-3) != ground || p.at(7) != p[entries-1] {
			t.Errorf("%s: begins at %v, clamps to %v and %v", name, hex(p[0]), hex(p.at(-3)), hex(p.at(7)))
		}
		first := toLab(p[1]).distance(toLab(p[0]))
		for i := 1; i < entries; i++ {
			step := toLab(p[i]).distance(toLab(p[i-1]))
			// Bytes are coarse near black, so steps are even only roughly.
			if step > 4*first+0.02 {
				t.Errorf("%s: step %d is %.4f, the first %.4f", name, i, step, first)
			}
			if p[i] == undefinedColour {
				t.Errorf("%s: entry %d is the colour of what is undefined", name, i)
			}
		}
	}
}

// What the palette spans, and when a cell is too small, is the page's as well.
func TestScalesAreThePages(t *testing.T) {
	legend := pageSource(t, "scale/legend.ts")
	for m, want := range map[mode]string{modeZ: "low: -1, high: 4", modeRobust: "low: -1, high: 4", modePercentile: "low: 0, high: 2"} {
		s := scales[m]
		if got := fmt.Sprintf("low: %g, high: %g", s.low, s.high); got != want {
			t.Errorf("%s: %s, want %s", m, got, want)
		}
		if got := find(t, legend, string(m)+`: \{ ([^}]*) \}`); got != want {
			t.Errorf("%s: %s here and %s on the page", m, want, got)
		}
	}
	level := pageSource(t, "scale/level.ts")
	if got := find(t, level, `MIN_COLUMN = ([\d.]+)`); got != fmt.Sprint(minColumn) {
		t.Errorf("narrowest column %v here and %s on the page", minColumn, got)
	}
	if got := find(t, level, `MIN_BIN = ([\d.]+)`); got != fmt.Sprint(minBin) {
		t.Errorf("lowest bin %v here and %s on the page", minBin, got)
	}
	if got := find(t, level, `LEAST_BIN = ([\d.]+)`); got != fmt.Sprint(leastBin) {
		t.Errorf("least bin %v here and %s on the page", leastBin, got)
	}
	if got := find(t, level, `WIDE_COLUMN = ([\d.]+)`); got != fmt.Sprint(wideColumn) {
		t.Errorf("wide column %v here and %s on the page", wideColumn, got)
	}
}
