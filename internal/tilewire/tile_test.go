package tilewire

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestQuantiseIsTheLogarithm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := math.Exp(rapid.Float64Range(math.Log(0.5), 43).Draw(t, "ln"))
		exact := math.Log2(1+x) * LogStep
		if got := float64(Quantise(x)); math.Abs(got-exact) > 0.5+1e-6 {
			t.Fatalf("%v is quantised to %v, its logarithm is %v", x, got, exact)
		}
		if back := Dequantise(Quantise(x)); math.Abs(back-x) > 0.001*(1+x) {
			t.Fatalf("%v comes back as %v", x, back)
		}
	})
	for x, want := range map[float64]uint16{-1: 0, 0: 0, 0.49: 0, math.Inf(1): 63 * LogStep, math.NaN(): 0, 1: LogStep, 3: 2 * LogStep} {
		if got := Quantise(x); got != want {
			t.Errorf("Quantise(%v) = %d, want %d", x, got, want)
		}
	}
}

func testTile(fill func(plane, i int) uint16) *Tile {
	tile := &Tile{Header: Header{Venue: "test", Symbol: "BTC", Level: 2, X: 7000, Y: -3, First: 3, Closed: 200, Planes: []string{"long/low", "short/fresh"}}}
	for p := range tile.Planes {
		cells := make([]uint16, Side*Side)
		for i := range cells {
			cells[i] = fill(p, i)
		}
		tile.Cells = append(tile.Cells, cells)
	}
	return tile
}

func TestTileRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint32().Draw(t, "seed")
		tile := testTile(func(p, i int) uint16 {
			seed = seed*1664525 + 1013904223
			return uint16(seed >> 16 * uint32(p&1))
		})
		b, err := tile.Encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		for p := range tile.Cells {
			if !slices.Equal(got.Cells[p], tile.Cells[p]) {
				t.Fatalf("plane %d differs", p)
			}
		}
		if got.X != tile.X || got.Y != tile.Y || got.First != tile.First || got.Closed != tile.Closed || !slices.Equal(got.Planes, tile.Planes) {
			t.Fatalf("header %+v, want %+v", got.Header, tile.Header)
		}
	})
}

func FuzzDecode(f *testing.F) {
	b, err := testTile(func(p, i int) uint16 { return uint16(p + i) }).Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:len(b)-1])
	f.Add([]byte("HTL1\x02\x00\x00\x00{}"))
	f.Add([]byte("HTL1\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		tile, err := Decode(b)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatalf("%v does not wrap ErrMalformed", err)
			}
			return
		}
		for _, cells := range tile.Cells {
			if len(cells) != Side*Side {
				t.Fatalf("a plane of %d cells", len(cells))
			}
		}
	})
}

func BenchmarkQuantise(b *testing.B) {
	x, sum := 1.0, uint16(0)
	for b.Loop() {
		sum += Quantise(x)
		x += x / 1000
		if x > 1e9 {
			x = 1
		}
	}
	_ = sum
}

// The page's reader is held to the same bytes; see web/test/unit/tile.test.ts.
func TestGoldenTileSharedWithThePage(t *testing.T) {
	bytes, err := os.ReadFile("../../web/testdata/tile_golden.bin")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../web/testdata/tile_golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Header Header `json:"header"`
		Cells  []struct {
			Plane       string `json:"plane"`
			Bin, Column int
			Q           uint16
			USD         float64
		} `json:"cells"`
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	tile, err := Decode(bytes)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(tile.Header, golden.Header) {
		t.Errorf("header %+v, want %+v", tile.Header, golden.Header)
	}
	want := map[string][]uint16{}
	for _, c := range golden.Cells {
		if want[c.Plane] == nil {
			want[c.Plane] = make([]uint16, Side*Side)
		}
		want[c.Plane][c.Bin*Side+c.Column] = c.Q
		if usd := Dequantise(c.Q); math.Abs(usd-c.USD) > 1e-6*(1+c.USD) {
			t.Errorf("cell value %d stands for %v, want %v", c.Q, usd, c.USD)
		}
	}
	for i, name := range tile.Planes {
		if !slices.Equal(tile.Cells[i], want[name]) {
			t.Errorf("plane %s differs", name)
		}
	}
	again, err := tile.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(again, bytes) {
		t.Error("encoding the golden tile gives other bytes")
	}
}
