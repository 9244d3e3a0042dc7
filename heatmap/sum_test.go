package heatmap

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"halcyon/market"
)

// drawParts draws maps of one book's shape over one day, with scales that
// differ from column to column.
func drawParts(t *rapid.T, planes, level int) []*Tracks {
	parts := make([]*Tracks, rapid.IntRange(1, 4).Draw(t, "parts"))
	for i := range parts {
		d, _ := drawDayOf(t, planes)
		for j := range d.Levels[0].Columns {
			// Coarser columns share their last base column's scales.
			for p := range d.Levels[0].Columns[j].Scales {
				d.Levels[0].Columns[j].Scales[p] = Scales{1 / float64(1+j%7+i), 1 / float64(2+j%5+p)}
			}
		}
		parts[i] = d.Tracks(level)
	}
	return parts
}

// union returns a column for every bucket in which some part has one.
func union(parts []*Tracks) []Column {
	var out []Column
	for _, p := range parts {
		for _, c := range p.Columns {
			out = append(out, Column{Bucket: c.Bucket, Price: 100})
		}
	}
	slices.SortFunc(out, func(a, b Column) int { return int(a.Bucket - b.Bucket) })
	return slices.CompactFunc(out, func(a, b Column) bool { return a.Bucket == b.Bucket })
}

// cellAt is a cell of one column.
type cellAt struct {
	bucket market.BucketIndex
	plane  Plane
	bin    market.BinIndex
}

// cellsOf reads every cell of a day's columns, empty ones too.
func cellsOf(t *rapid.T, d *Tracks, w Window) map[cellAt][2]float64 {
	out := map[cellAt][2]float64{}
	err := Walk([]*Tracks{d}, w, func(c *Column, s *State) bool {
		for p := range Plane(d.Planes) {
			lo, hi := s.Occupied(p)
			for bin := w.Lo; bin < w.Hi; bin++ {
				x := [2]float64{s.All(p, bin), s.Fresh(p, bin)}
				if (bin < lo || bin >= hi) && x != [2]float64{} {
					t.Fatalf("bucket %d plane %d bin %d holds %v outside of what is occupied", c.Bucket, p, bin, x)
				}
				out[cellAt{c.Bucket, p, bin}] = x
			}
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The whole is the sum of its parts, cell by cell at every level, whether they
// begin late or end early.
func TestSumIsTheSumOfItsParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		planes := rapid.IntRange(1, 4).Draw(t, "planes")
		level := rapid.IntRange(0, 3).Draw(t, "level")
		parts := rapid.Custom(func(t *rapid.T) []*Tracks { return drawParts(t, planes, level) }).
			Filter(func(parts []*Tracks) bool { return len(union(parts)) > 0 }).Draw(t, "parts")
		columns := union(parts)
		weights := make([][]Scales, len(parts))
		for i := range parts {
			if rapid.Bool().Draw(t, "weighted") {
				for j := range columns {
					weights[i] = append(weights[i], Scales{float64(1 + (i+j)%3), float64(j % 2)})
				}
			}
		}
		w := Window{Level: level, From: columns[0].Bucket, To: columns[len(columns)-1].Bucket + 1, Lo: market.BinIndex(rapid.IntRange(-80, 70).Draw(t, "lo"))}
		w.Hi = w.Lo + 12
		want := map[cellAt][2]float64{}
		for k, part := range parts {
			own := cellsOf(t, part, w)
			var last market.BucketIndex = -1
			for i, c := range columns {
				if slices.ContainsFunc(part.Columns, func(o Column) bool { return o.Bucket == c.Bucket }) {
					last = c.Bucket
				}
				weight := Scales{1, 1}
				if weights[k] != nil {
					weight = weights[k][i]
				}
				for p := range Plane(planes) {
					for bin := w.Lo; bin < w.Hi; bin++ {
						x, at := own[cellAt{last, p, bin}], cellAt{c.Bucket, p, bin}
						want[at] = [2]float64{want[at][0] + x[0]*weight.All, want[at][1] + x[1]*weight.Fresh}
					}
				}
			}
		}
		summed := NewSumColumns(columns, planes)
		var addends []Part
		for k, part := range parts {
			addends = append(addends, Part{part, part.Under(summed, weights[k])})
		}
		whole := Sum(summed, addends)
		got := cellsOf(t, whole, w)
		if len(got) != len(want) {
			t.Fatalf("%d cells, want %d", len(got), len(want))
		}
		for at, x := range want {
			if math.Abs(got[at][0]-x[0]) > sumScale || math.Abs(got[at][1]-x[1]) > sumScale {
				t.Fatalf("%+v is %v, the parts add up to %v", at, got[at], x)
			}
		}
		// Wherever a window begins, it shows the same.
		part := w
		part.From += market.BucketIndex(rapid.IntRange(0, len(columns)).Draw(t, "from"))
		part.Lo, part.Hi = w.Lo+3, w.Lo+7
		for at, x := range cellsOf(t, whole, part) {
			if got[at] != x {
				t.Fatalf("%+v is %v in a smaller window, %v in a larger", at, x, got[at])
			}
		}
		// Its parts are what they bring to it.
		apart := map[cellAt][2]float64{}
		for _, p := range whole.Parts() {
			for at, x := range cellsOf(t, p, w) {
				apart[at] = [2]float64{apart[at][0] + x[0], apart[at][1] + x[1]}
			}
		}
		for at, x := range apart {
			if math.Abs(got[at][0]-x[0]) > sumScale || math.Abs(got[at][1]-x[1]) > sumScale {
				t.Fatalf("%+v is %v, apart it is %v", at, got[at], x)
			}
		}
		lo, hi := whole.Bins()
		for at, x := range got {
			if (at.bin < lo || at.bin >= hi) && x != [2]float64{} {
				t.Fatalf("bin %d holds %v beyond the reach [%d, %d)", at.bin, x, lo, hi)
			}
		}
	})
}
