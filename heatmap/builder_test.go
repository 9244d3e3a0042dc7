package heatmap

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"halcyon/market"
)

const testDay = 20_000 * market.Day

// drawDay builds a random day of up to some hours, and returns beside it the
// plain state at the close of every base column, kept the obvious way.
func drawDay(t *rapid.T) (*Day, []map[Cell]Cell) {
	return drawDayOf(t, rapid.IntRange(1, 4).Draw(t, "planes"))
}

func drawDayOf(t *rapid.T, planes int) (*Day, []map[Cell]Cell) {
	state := map[Cell]Cell{}
	var keyframe []Cell
	for range rapid.IntRange(0, 8).Draw(t, "keyframe cells") {
		c := drawCell(t, planes)
		if _, known := state[place(c)]; !known {
			state[place(c)] = c
			keyframe = append(keyframe, c)
		}
	}
	sortCells(keyframe)
	b, err := NewBuilder(testDay, planes, keyframe)
	if err != nil {
		t.Fatal(err)
	}
	b.precision = 63 // exact, so that plain sums are the truth
	var states []map[Cell]Cell
	first := market.UnixMilli(testDay + market.UnixMilli(rapid.IntRange(0, 30).Draw(t, "start"))*market.Minute).Bucket(BaseBucket)
	for i := range rapid.IntRange(1, 150).Draw(t, "columns") {
		bucket := first + market.BucketIndex(i)
		changes := map[Cell]Cell{}
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			c := drawCell(t, planes)
			changes[place(c)] = c
		}
		var cells []Cell
		for at, c := range changes {
			state[at] = c
			cells = append(cells, c)
		}
		sortCells(cells)
		for _, c := range cells {
			b.Set(bucket, c)
		}
		col := Column{Bucket: bucket, Price: 100, Volume: market.Contracts(i), Scales: make([]Scales, planes)}
		for p := range col.Scales {
			col.Scales[p] = Scales{1, 0.5}
		}
		if i%7 != 0 {
			p := market.Price(100 + i%11)
			col.Open, col.High, col.Low, col.Close = p, p+2, p-1, p+1
		}
		if err := b.Commit(col); err != nil {
			t.Fatal(err)
		}
		snapshot := map[Cell]Cell{}
		for at, c := range state {
			snapshot[at] = c
		}
		states = append(states, snapshot)
	}
	return b.Day(), states
}

func sortCells(cells []Cell) { slices.SortFunc(cells, byPlaneAndBin) }

func place(c Cell) Cell { return Cell{Plane: c.Plane, Bin: c.Bin} }

func drawCell(t *rapid.T, planes int) Cell {
	all := rapid.Int64Range(0, 1000).Draw(t, "all")
	return Cell{
		Plane: Plane(rapid.IntRange(0, planes-1).Draw(t, "plane")),
		Bin:   market.BinIndex(rapid.IntRange(-70, 70).Draw(t, "bin")),
		All:   all, Fresh: min(all, rapid.Int64Range(0, 1000).Draw(t, "fresh")),
	}
}

// Merge law: every level that the builder made equals the one built from the
// next finer level.
func TestMergeLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, _ := drawDay(t)
		for level := 1; level < Levels; level++ {
			want := Coarser(d, level)
			if got := d.Levels[level]; !equalLevel(got, want) {
				t.Fatalf("level %d:\n got %+v\nwant %+v", level, got, want)
			}
		}
	})
}

func equalLevel(a, b LevelDay) bool {
	return len(a.Deltas) == len(b.Deltas) && len(a.Columns) == len(b.Columns) &&
		(len(a.Deltas) == 0 || reflect.DeepEqual(a.Deltas, b.Deltas)) &&
		(len(a.Columns) == 0 || reflect.DeepEqual(a.Columns, b.Columns))
}

// At every level a cell is the sum of the base cells it covers, at its close,
// whatever window it is read through.
func TestWalkEqualsPlainState(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, states := drawDay(t)
		for level := range Levels {
			plain := plainStates(d, states, level)
			w := drawWindow(t, d, level)
			walked := 0
			err := Walk([]*Tracks{d.Tracks(level)}, w, func(c *Column, s *State) bool {
				walked++
				for p := range Plane(d.Planes) {
					for bin := w.Lo; bin < w.Hi; bin++ {
						want := plain[c.Bucket][Cell{Plane: p, Bin: bin}]
						if s.All(p, bin) != float64(want.All) || s.Fresh(p, bin) != float64(want.Fresh)*0.5 {
							t.Fatalf("level %d bucket %d plane %d bin %d: %v %v, want %+v", level, c.Bucket, p, bin, s.All(p, bin), s.Fresh(p, bin), want)
						}
						if lo, hi := s.Occupied(p); want.All != 0 && (bin < lo || bin >= hi) {
							t.Fatalf("bin %d holds %d, occupied is [%d, %d)", bin, want.All, lo, hi)
						}
					}
				}
				return true
			})
			if err != nil {
				t.Fatal(err)
			}
			stored := 0
			for _, c := range d.Levels[level].Columns {
				if c.Bucket >= w.From && c.Bucket < w.To {
					stored++
				}
			}
			if walked != stored {
				t.Fatalf("level %d: %d columns walked, %d stored in %+v", level, walked, stored, w)
			}
		}
	})
}

// A track tells of its cell what the plain state does, at every close.
func TestTracksEqualPlainState(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, states := drawDay(t)
		for level := range Levels {
			tracks, plain, w := d.Tracks(level), plainStates(d, states, level), drawWindow(t, d, level)
			for _, c := range tracks.In(w.From, w.To) {
				seen := map[Cell]Cell{}
				tracks.Each(w.Lo, w.Hi, func(tr Track) {
					if i := tr.Since(tracks.Moment(c.Bucket)); i >= 0 {
						seen[Cell{Plane: tr.Plane, Bin: tr.Bin}] = Cell{tr.Plane, tr.Bin, tr.All[i], tr.Fresh[i]}
					}
				})
				for at, want := range plain[c.Bucket] {
					inside := at.Bin >= w.Lo && at.Bin < w.Hi
					if got := seen[at]; inside && (got.All != want.All || got.Fresh != want.Fresh) || !inside && got != (Cell{}) {
						t.Fatalf("level %d bucket %d: %+v, want %+v (inside %v)", level, c.Bucket, got, want, inside)
					}
				}
				for at, got := range seen {
					if want := plain[c.Bucket][at]; got.All != want.All || got.Fresh != want.Fresh {
						t.Fatalf("level %d bucket %d: %+v, want %+v", level, c.Bucket, got, want)
					}
				}
			}
		}
	})
}

// plainStates sums the plain base states over the bins of a level, by the
// bucket at whose close they stand.
func plainStates(d *Day, states []map[Cell]Cell, level int) map[market.BucketIndex]map[Cell]Cell {
	out := map[market.BucketIndex]map[Cell]Cell{}
	first := d.Levels[0].Columns[0].Bucket
	for _, c := range d.Levels[level].Columns {
		sums := map[Cell]Cell{}
		for _, cell := range states[(c.Bucket+1).Start(Ladder[level].Bucket).Bucket(BaseBucket)-1-first] {
			at := Cell{Plane: cell.Plane, Bin: cell.Bin.Coarsen(Ladder[level].Shift)}
			sum := sums[at]
			sum.All, sum.Fresh = sum.All+cell.All, sum.Fresh+cell.Fresh
			sums[at] = sum
		}
		out[c.Bucket] = sums
	}
	return out
}

// drawWindow draws a window of a level, often all of it.
func drawWindow(t *rapid.T, d *Day, level int) Window {
	shift := Ladder[level].Shift
	w := Window{Level: level, To: 1 << 40, Lo: market.BinIndex(-80).Coarsen(shift), Hi: market.BinIndex(80).Coarsen(shift) + 1}
	if columns := d.Levels[level].Columns; len(columns) > 0 && rapid.Bool().Draw(t, "part") {
		n := market.BucketIndex(len(columns))
		w.From = columns[0].Bucket + market.BucketIndex(rapid.Int64Range(-1, int64(n)).Draw(t, "from"))
		w.To = w.From + market.BucketIndex(rapid.Int64Range(0, int64(n)+1).Draw(t, "columns read"))
		w.Lo = market.BinIndex(rapid.Int32Range(int32(w.Lo), int32(w.Hi)).Draw(t, "lo"))
		w.Hi = market.BinIndex(rapid.Int32Range(int32(w.Lo), int32(w.Hi)).Draw(t, "hi"))
	}
	return w
}

// A builder resumed from a saved day goes on as the first would have.
func TestResume(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, _ := drawDay(t)
		b, err := Resume(d)
		if err != nil {
			t.Fatal(err)
		}
		for level := range Levels {
			if !equalLevel(b.Day().Levels[level], d.Levels[level]) {
				t.Fatalf("level %d differs after resuming", level)
			}
		}
	})
}

// Stored amounts follow the given ones closely, never fall below
// zero, and are gone when swept.
func TestStoredPrecision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, err := NewBuilder(testDay, 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		var before int64
		for i := range rapid.IntRange(1, 50).Draw(t, "changes") {
			given := rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, 1e12), rapid.Int64Range(before*9/10, before*11/10)).Draw(t, "amount")
			b.Set(market.BucketIndex(i), Cell{All: given, Fresh: given})
			f := &b.state[0]
			got := f.cells[f.at(0)].all
			if off := max(got-given, given-got); got < 0 || off > given/32 || (given == 0 && got != 0) {
				t.Fatalf("stored %d for %d after %d", got, given, before)
			}
			before = got
		}
	})
}

func TestCommitRefusesWhatDoesNotFollow(t *testing.T) {
	b, err := NewBuilder(testDay, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	first := testDay.Bucket(BaseBucket)
	col := func(i market.BucketIndex, scales int) Column {
		return Column{Bucket: first + i, Scales: make([]Scales, scales)}
	}
	if err := b.Commit(col(0, 2)); err == nil {
		t.Error("took a column with too many scales")
	}
	if err := b.Commit(col(1440, 1)); err == nil {
		t.Error("took a column of the next day")
	}
	if err := b.Commit(col(0, 1)); err != nil {
		t.Error(err)
	}
	if err := b.Commit(col(2, 1)); err == nil {
		t.Error("took a column after a hole")
	}
}

// Each bucket and bin of the ladder is whole in the next.
func TestLadderDivides(t *testing.T) {
	for k, l := range Ladder {
		if market.Day%l.Bucket != 0 {
			t.Errorf("level %d: bucket does not divide a day", k)
		}
		if k > 0 && (l.Bucket%Ladder[k-1].Bucket != 0 || l.Shift < Ladder[k-1].Shift) {
			t.Errorf("level %d is not a multiple of level %d", k, k-1)
		}
	}
}
