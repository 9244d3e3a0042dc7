package lake

import (
	"cmp"
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"halcyon/heatmap"
	"halcyon/market"
)

// drawMap draws a Day that obeys the rules of heatmap.Day but for the merge
// law, which the lake does not rely on.
func drawMap(t *rapid.T) *heatmap.Day {
	d := &heatmap.Day{Start: aDay, Planes: rapid.IntRange(1, heatmap.MaxPlanes).Draw(t, "planes")}
	cell := rapid.Custom(func(t *rapid.T) heatmap.Cell {
		return heatmap.Cell{
			Plane: heatmap.Plane(rapid.IntRange(0, d.Planes-1).Draw(t, "plane")),
			Bin:   market.BinIndex(rapid.Int32Range(-maxBin, maxBin).Draw(t, "bin")),
			All:   rapid.Int64().Draw(t, "all"), Fresh: rapid.Int64().Draw(t, "fresh"),
		}
	})
	d.Keyframe = rapid.SliceOfN(cell, 0, 20).Draw(t, "keyframe")
	for k, level := range heatmap.Ladder {
		first := d.Start.Bucket(level.Bucket)
		bucket := rapid.Custom(func(t *rapid.T) market.BucketIndex {
			return first + market.BucketIndex(rapid.Int64Range(0, int64(market.Day/level.Bucket)-1).Draw(t, "bucket"))
		})
		delta := rapid.Custom(func(t *rapid.T) heatmap.Delta {
			return heatmap.Delta{Bucket: bucket.Draw(t, "bucket"), Cell: cell.Draw(t, "cell")}
		})
		column := rapid.Custom(func(t *rapid.T) heatmap.Column { return drawColumn(t, bucket.Draw(t, "bucket"), d.Planes) })
		out := &d.Levels[k]
		out.Deltas = rapid.SliceOfN(delta, 0, 30).Draw(t, "deltas")
		out.Columns = rapid.SliceOfN(column, 0, 5).Draw(t, "columns")
		slices.SortStableFunc(out.Deltas, func(a, b heatmap.Delta) int { return cmp.Compare(a.Bucket, b.Bucket) })
	}
	return emptyAsNil(d)
}

func drawColumn(t *rapid.T, bucket market.BucketIndex, planes int) heatmap.Column {
	c := heatmap.Column{Bucket: bucket, Flags: heatmap.Flags(rapid.Byte().Draw(t, "flags"))}
	for _, n := range columnNumbers {
		*n.of(&c) = rapid.Float64().Draw(t, n.name)
	}
	for range planes {
		c.Scales = append(c.Scales, heatmap.Scales{All: rapid.Float64Range(0, 1).Draw(t, "all"), Fresh: rapid.Float64Range(0, 1).Draw(t, "fresh")})
	}
	return c
}

// emptyAsNil makes days comparable: a store does not tell empty from nil.
func emptyAsNil(d *heatmap.Day) *heatmap.Day {
	if len(d.Keyframe) == 0 {
		d.Keyframe = nil
	}
	for k := range d.Levels {
		if len(d.Levels[k].Deltas) == 0 {
			d.Levels[k].Deltas = nil
		}
		if len(d.Levels[k].Columns) == 0 {
			d.Levels[k].Columns = nil
		}
	}
	return d
}

func TestMapRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := openTest(t)
		want := drawMap(rt)
		if err := l.PutMap(noTime, btc, want); err != nil {
			rt.Fatal(err)
		}
		got, err := l.Map(noTime, btc, aDay)
		if err != nil || !reflect.DeepEqual(got, want) {
			rt.Fatalf("map differs after a round trip (error %v)", err)
		}
		for k := range heatmap.Levels {
			if got, err := l.MapTracks(noTime, btc, aDay, k); err != nil || !reflect.DeepEqual(got, want.Tracks(k)) {
				rt.Fatalf("level %d differs (error %v)", k, err)
			}
		}
	})
}

// A day that was stored when there was one keyframe a day still reads the same.
func TestMapWithOneKeyframe(t *testing.T) {
	l, err := Open(noTime, filepath.Join("testdata", "one-keyframe"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	want := smallMap()
	if got, err := l.Map(noTime, btc, aDay); err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("map differs (error %v)", err)
	}
	for k := range heatmap.Levels {
		if got, err := l.MapTracks(noTime, btc, aDay, k); err != nil || !reflect.DeepEqual(got, want.Tracks(k)) {
			t.Fatalf("level %d differs (error %v)", k, err)
		}
	}
}

// A day large enough for several pages a column comes back alike too, and a
// new one takes its place without leaving anything behind.
func TestPutMapReplaces(t *testing.T) {
	l := openTest(t)
	if _, err := l.Map(noTime, btc, aDay); !errors.Is(err, ErrNotFound) {
		t.Fatalf("no map: %v, want ErrNotFound", err)
	}
	want := benchMap()
	small := &heatmap.Day{Start: aDay, Planes: 3}
	for _, d := range []*heatmap.Day{small, want, small, want} {
		if err := l.PutMap(noTime, btc, d); err != nil {
			t.Fatal(err)
		}
		if got, err := l.Map(noTime, btc, aDay); err != nil || !reflect.DeepEqual(got, d) {
			t.Fatalf("map differs (error %v)", err)
		}
		if names, err := l.list(noTime, prefix(kindLevels, btc)); err != nil || len(names) != 1 {
			t.Fatalf("levels objects %v, error %v, want one", names, err)
		}
	}
	if days, err := l.MapDays(noTime, btc); err != nil || !slices.Equal(days, []market.UnixMilli{aDay}) {
		t.Fatalf("map days %v, error %v", days, err)
	}
}

func TestPutMapRefuses(t *testing.T) {
	column := func(bucket market.BucketIndex, scales int) heatmap.LevelDay {
		return heatmap.LevelDay{Columns: []heatmap.Column{{Bucket: bucket, Scales: make([]heatmap.Scales, scales)}}}
	}
	minute := aDay.Bucket(market.Minute)
	for name, d := range map[string]*heatmap.Day{
		"no planes":       {Start: aDay},
		"too many planes": {Start: aDay, Planes: heatmap.MaxPlanes + 1},
		"off midnight":    {Start: aDay + 1, Planes: 2},
		"keyframe plane":  {Start: aDay, Planes: 2, Keyframe: []heatmap.Cell{{Plane: 2}}},
		"missing scales":  {Start: aDay, Planes: 2, Levels: [heatmap.Levels]heatmap.LevelDay{column(minute, 1)}},
		"bin too high":    {Start: aDay, Planes: 2, Keyframe: []heatmap.Cell{{Bin: maxBin + 1}}},
		"bin too low": {Start: aDay, Planes: 2, Levels: [heatmap.Levels]heatmap.LevelDay{
			{Deltas: []heatmap.Delta{{Bucket: minute, Cell: heatmap.Cell{Bin: -maxBin - 1}}}}}},
		"delta before another": {Start: aDay, Planes: 2, Levels: [heatmap.Levels]heatmap.LevelDay{
			{Deltas: []heatmap.Delta{{Bucket: minute + 1}, {Bucket: minute}}}}},
		"column of next day": {Start: aDay, Planes: 2, Levels: [heatmap.Levels]heatmap.LevelDay{column(minute+1440, 2)}},
		"delta of day before": {Start: aDay, Planes: 2, Levels: [heatmap.Levels]heatmap.LevelDay{
			{Deltas: []heatmap.Delta{{Bucket: minute - 1}}}}},
	} {
		t.Run(name, func(t *testing.T) {
			l := openTest(t)
			if err := l.PutMap(noTime, btc, d); !errors.Is(err, market.ErrInvalid) {
				t.Fatalf("error %v, want ErrInvalid", err)
			}
			if names, err := l.list(noTime, ""); err != nil || len(names) != 0 {
				t.Fatalf("something was written: %v %v", names, err)
			}
		})
	}
}
