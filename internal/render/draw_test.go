package render

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"halcyon/heatmap"
	"halcyon/internal/atlas"
	"halcyon/market"
)

var update = flag.Bool("update", false, "write the golden pictures anew")

func drawn(t *testing.T, a *atlas.Atlas, opt Options) *image.RGBA {
	t.Helper()
	img, err := Draw(context.Background(), a, opt)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestGoldenPictures(t *testing.T) {
	a := waves(t, 700)
	wide, narrow := DefaultOptions(testID), DefaultOptions(testID)
	wide.Width, wide.Height, wide.Range = 900, 500, 13*market.Hour
	narrow.Width, narrow.Height, narrow.Range = 360, 320, 6*market.Hour
	narrow.Palette, narrow.Normalise, narrow.Selection, narrow.Threshold = "cividis", "percentile", "fresh", 0.5
	for name, opt := range map[string]Options{"wide": wide, "narrow": narrow} {
		var b bytes.Buffer
		if err := WritePNG(context.Background(), &b, a, opt); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name+".png")
		if *update {
			if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		golden, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := difference(t, b.Bytes(), golden); diff != "" {
			got := filepath.Join(t.ArtifactDir(), name+".png")
			_ = os.WriteFile(got, b.Bytes(), 0o644)
			t.Errorf("%s: %s; the picture is in %s, go test -args -update accepts it (keep it with -artifacts)", path, diff, got)
		}
	}
}

// difference compares two PNGs pixel by pixel. A channel may be off by two:
// other processors round a fused multiplication otherwise.
func difference(t *testing.T, a, b []byte) string {
	t.Helper()
	x, err := png.Decode(bytes.NewReader(a))
	if err != nil {
		t.Fatal(err)
	}
	y, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if x.Bounds() != y.Bounds() {
		return "sizes differ"
	}
	far := func(p, q uint8) bool { return max(p, q)-min(p, q) > 2 }
	for i := range x.Bounds().Dx() {
		for j := range x.Bounds().Dy() {
			p, q := color.RGBAModel.Convert(x.At(i, j)).(color.RGBA), color.RGBAModel.Convert(y.At(i, j)).(color.RGBA)
			if far(p.R, q.R) || far(p.G, q.G) || far(p.B, q.B) {
				return "pixel " + image.Pt(i, j).String() + " is " + hex(p) + ", want " + hex(q)
			}
		}
	}
	return ""
}

// flat is an hour at one price with four cells far from it, of which the last
// is of another size.
func flat(t *testing.T, last int64) (*atlas.Atlas, []market.BinIndex) {
	d := newDrawing(t)
	const price = 60_000
	at := market.BinOf(price)
	bins := []market.BinIndex{at - 120, at - 100, at - 80, at - 60}
	for i := range 60 {
		for k, bin := range bins {
			amount := int64(100)
			if k == 3 {
				amount = last
			}
			if i == 0 {
				d.builder.Set(d.next, heatmap.Cell{Bin: bin, All: amount})
			}
		}
		d.commit(heatmap.Column{Price: price})
	}
	return d.atlas(), bins
}

// pixel returns the colour of the pixel that holds the centre of a bin of
// level 0, in the middle of the k-th of n columns.
func pixel(t *testing.T, img *image.RGBA, bin market.BinIndex, k, n int) color.RGBA {
	t.Helper()
	c, err := newCanvas(img.Bounds().Dx(), img.Bounds().Dy())
	if err != nil {
		t.Fatal(err)
	}
	plot := arrange(c).plot
	// One hour shows ±1.5 % of price with 2 % of the height free on either side.
	low, top := market.BinsOf(60_000*0.985), market.BinsOf(60_000*1.015)
	free := (top - low) / 0.96 * 0.02
	y := (top + free - float64(bin) - 0.5) / (top - low + 2*free) * float64(plot.Dy())
	x := (float64(k) + 0.5) / float64(n) * float64(plot.Dx())
	return img.RGBAAt(plot.Min.X+int(x), plot.Min.Y+int(y))
}

func TestCellLandsOnItsPixelInItsColour(t *testing.T) {
	a, bins := flat(t, 500)
	opt := DefaultOptions(testID)
	opt.Range, opt.Level, opt.Height = market.Hour, 0, 1000
	img := drawn(t, a, opt)
	// Every column holds 100, 100, 100, 500: mean 200, sd 173.2, so z of the
	// last is 1.732, which is (1.732 + 1)/5 of the palette; of the others
	// -0.577, near its low end.
	place := (1.7320508 + 1) / 5.0
	want := allPalettes()["halcyon"][int(place*255+0.5)]
	if got := pixel(t, img, bins[3], 31, 60); got != want {
		t.Errorf("the large cell is %s, want %s", hex(got), hex(want))
	}
	for _, bin := range []market.BinIndex{bins[0], bins[3] - 1, bins[3] + 1} {
		want := ground
		if bin == bins[0] {
			want = allPalettes()["halcyon"][22] // 0.0845 of the palette
		}
		if got := pixel(t, img, bin, 31, 60); got != want {
			t.Errorf("bin %d from the large cell is %s, want %s", bin-bins[3], hex(got), hex(want))
		}
	}
	opt.Threshold = 1.8
	if got := pixel(t, drawn(t, a, opt), bins[3], 31, 60); got != ground {
		t.Errorf("z 1.73 below the threshold of 1.8 is %s", hex(got))
	}
	opt.Threshold, opt.Normalise = 0, "usd"
	if got := pixel(t, drawn(t, a, opt), bins[0], 31, 60); got == ground {
		t.Error("the small cell is not shown in USD")
	}
}

func TestUndefinedLooksNeutral(t *testing.T) {
	opt := DefaultOptions(testID)
	opt.Range, opt.Level = market.Hour, 0
	alike, bins := flat(t, 100)
	if got := pixel(t, drawn(t, alike, opt), bins[3], 31, 60); got != undefinedColour {
		t.Errorf("a cell like all others is %s, want %s", hex(got), hex(undefinedColour))
	}
	// Populations at level 0 are sampled every fifth column: before the first
	// sample nothing is known.
	unlike, bins := flat(t, 500)
	img := drawn(t, unlike, opt)
	if got := pixel(t, img, bins[3], 3, 60); got != undefinedColour {
		t.Errorf("a cell of column 3 is %s, want %s", hex(got), hex(undefinedColour))
	}
	if got := pixel(t, img, bins[3], 4, 60); got == undefinedColour {
		t.Error("a cell of column 4 is undefined")
	}
}

// What is missing is hatched: there is more than ground where nothing is
// known, and nothing but ground (and grid) where nothing stands.
func TestMissingTimeIsHatched(t *testing.T) {
	a, _ := flat(t, 500)
	opt := DefaultOptions(testID)
	opt.Range = 2 * market.Hour
	img := drawn(t, a, opt)
	c, _ := newCanvas(opt.Width, opt.Height)
	plot := arrange(c).plot
	lines := func(x int) (n int) {
		for y := plot.Min.Y + 20; y < plot.Min.Y+100; y++ {
			if img.RGBAAt(x, y).R > ground.R+40 {
				n++
			}
		}
		return n
	}
	if n := lines(plot.Min.X + plot.Dx()/4 + 3); n < 8 {
		t.Errorf("%d lines of hatching an hour before the first event", n)
	}
	if n := lines(plot.Min.X + plot.Dx()*3/4 + 3); n != 0 {
		t.Errorf("%d lines of hatching where data are", n)
	}
}

func TestEveryPaletteModeAndSelection(t *testing.T) {
	a := waves(t, 300)
	names := []string{"low+high"}
	for _, sel := range a.Selections() {
		names = append(names, sel.Name)
	}
	seen := map[string]string{}
	for _, palette := range Palettes() {
		for _, m := range modes {
			for _, selection := range names {
				opt := DefaultOptions(testID)
				opt.Width, opt.Height, opt.Range = 400, 320, 4*market.Hour
				opt.Palette, opt.Normalise, opt.Selection = palette, string(m), selection
				name := palette + "/" + string(m) + "/" + selection
				pix := string(drawn(t, a, opt).Pix)
				if twin := seen[pix]; twin != "" {
					t.Errorf("%s is the same picture as %s", name, twin)
				}
				seen[pix] = name
			}
		}
	}
}

func TestMistakesAreExplained(t *testing.T) {
	a := waves(t, 300)
	for name, test := range map[string]struct {
		change func(*Options)
		want   string
	}{
		"symbol":     {func(o *Options) { o.ID.Symbol = "DOGE" }, `"test:DOGE": no map of it is stored: want test:BTC`},
		"no symbol":  {func(o *Options) { o.ID.Symbol = "" }, `symbol ""`},
		"before":     {func(o *Options) { o.To = testDay - market.Hour }, "want a window within 2024-10-04 00:00 to 2024-10-04 05:00 UTC"},
		"after":      {func(o *Options) { o.To = testDay + 30*market.Day }, "nothing is stored from"},
		"at a level": {func(o *Options) { o.Level = 5 }, "nothing is stored from"},
		"to":         {func(o *Options) { o.To = -1 }, "to -1: want a time after 1970"},
		"range":      {func(o *Options) { o.Range = market.Second }, "range 1000 ms: want 5 min to 5 years"},
		"width":      {func(o *Options) { o.Width = 100 }, "width 100: want 320 to 7680"},
		"height":     {func(o *Options) { o.Height = 9000 }, "height 9000: want 320 to 7680"},
		"selection":  {func(o *Options) { o.Selection = "tiny" }, `selection "tiny": want all, fresh, or some of low+medium+high`},
		"palette":    {func(o *Options) { o.Palette = "jet" }, `palette "jet": want halcyon, viridis, cividis`},
		"normalise":  {func(o *Options) { o.Normalise = "minmax" }, `normalise "minmax": want z, robust, percentile, usd`},
		"level":      {func(o *Options) { o.Level = 9 }, "level 9: want 0 to 5, or -1"},
		"fine":       {func(o *Options) { o.Level, o.Range = 0, 365*market.Day }, "want a coarser one: 365 d would be 525600 columns of 1 min"},
	} {
		opt := DefaultOptions(testID)
		test.change(&opt)
		var b bytes.Buffer
		err := WritePNG(context.Background(), &b, a, opt)
		if !errors.Is(err, market.ErrInvalid) || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q and ErrInvalid", name, err, test.want)
		}
		if b.Len() > 0 {
			t.Errorf("%s: %d bytes written", name, b.Len())
		}
	}
}

func TestCancelledDrawingStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Draw(ctx, waves(t, 60), DefaultOptions(testID)); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want context.Canceled", err)
	}
}

// Extremes of size and length hold.
func TestSizes(t *testing.T) {
	a := waves(t, 300)
	for _, size := range []image.Point{{320, 320}, {7680, 320}, {320, 1000}, {2400, 1350}} {
		for _, length := range []market.UnixMilli{minRange, 3 * market.Day, maxRange} {
			opt := DefaultOptions(testID)
			opt.Width, opt.Height, opt.Range = size.X, size.Y, length
			if got := drawn(t, a, opt).Bounds().Size(); got != size {
				t.Errorf("size is %v, want %v", got, size)
			}
		}
	}
}

func BenchmarkDraw(b *testing.B) {
	a := waves(b, 1440)
	opt := DefaultOptions(testID)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Draw(context.Background(), a, opt); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWritePNG(b *testing.B) {
	a := waves(b, 1440)
	opt := DefaultOptions(testID)
	var out bytes.Buffer
	for b.Loop() {
		out.Reset()
		if err := WritePNG(context.Background(), &out, a, opt); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(out.Len())/1024, "KiB")
}
