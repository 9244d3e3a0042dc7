package lake

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/parquet-go/parquet-go"

	"halcyon/heatmap"
	"halcyon/market"
)

const levelUnits = "level: index of the ladder; keyframe: state at 00:00, else change within the bucket; time: start of the bucket, UTC milliseconds; " +
	"price_bin: at level k the prices [1.0001^(price_bin*2^k), 1.0001^((price_bin+1)*2^k)); " +
	"all_raw, fresh_raw: whole quote units, to be multiplied by the columns' scales"

// levelRow is a cell of the keyframe or a delta.
type levelRow struct {
	Level    int32  `parquet:"level,dict"`
	Keyframe bool   `parquet:"keyframe"`
	Time     int64  `parquet:"time,timestamp(millisecond),dict"`
	Side     string `parquet:"side,dict"`
	Group    int32  `parquet:"group,dict"`
	PriceBin int32  `parquet:"price_bin,delta"`
	All      int64  `parquet:"all_raw,split"`
	Fresh    int64  `parquet:"fresh_raw,split"`
}

// groupsOf returns the groups a side of a book, so that plane = side·groups + group.
func groupsOf(planes int) int { return (planes + market.Sides - 1) / market.Sides }

func encodeLevels(d *heatmap.Day) (*draft, error) {
	s := sections{len(d.Keyframe)}
	for _, level := range d.Levels {
		s = append(s, len(level.Deltas))
	}
	// What a plane's rows have in common.
	planes := make([]levelRow, d.Planes)
	for p := range planes {
		groups := groupsOf(d.Planes)
		planes[p] = levelRow{Side: market.PositionSide(p / groups).String(), Group: int32(p % groups)}
	}
	set := func(r *levelRow, c *heatmap.Cell) {
		*r = planes[c.Plane]
		r.PriceBin, r.All, r.Fresh = int32(c.Bin), c.All, c.Fresh
	}
	w := newTableWriter[levelRow](kindLevels, levelUnits, headOf(d, s)...)
	err := w.group(len(d.Keyframe), func(i int, r *levelRow) {
		set(r, &d.Keyframe[i])
		r.Keyframe, r.Time = true, int64(d.Start)
	})
	for k := range d.Levels {
		if err != nil {
			return nil, err
		}
		deltas := d.Levels[k].Deltas
		err = w.group(len(deltas), func(i int, r *levelRow) {
			set(r, &deltas[i].Cell)
			r.Level, r.Time = int32(k), int64(deltas[i].Bucket.Start(heatmap.Ladder[k].Bucket))
		})
	}
	if err != nil {
		return nil, err
	}
	return w.finish()
}

// readLevels fills in the keyframe and the deltas of the given levels.
func (l *Lake) readLevels(ctx context.Context, key string, d *heatmap.Day, levels []int) error {
	t, err := openTable[levelRow](ctx, l, key, kindLevels)
	if err != nil {
		return err
	}
	if err := readHead(t, d); err != nil {
		return err
	}
	s, err := sectionsOf(t, 1+heatmap.Levels)
	if err != nil {
		return err
	}
	keyframe, err := t.readDeltas(s, 0, heatmap.BaseBucket, d.Planes)
	if err != nil {
		return err
	}
	if len(keyframe) > 0 {
		d.Keyframe = make([]heatmap.Cell, len(keyframe))
	}
	for i, x := range keyframe {
		d.Keyframe[i] = x.Cell
	}
	for _, k := range levels {
		if d.Levels[k].Deltas, err = t.readDeltas(s, 1+k, heatmap.Ladder[k].Bucket, d.Planes); err != nil {
			return err
		}
	}
	return nil
}

// readDeltas reads a section whose times are starts of buckets of a width.
func (t *table) readDeltas(s sections, section int, width market.UnixMilli, planes int) ([]heatmap.Delta, error) {
	if s[section] == 0 {
		return nil, nil
	}
	g, err := s.groupOf(t, section)
	if err != nil {
		return nil, err
	}
	var deltas []heatmap.Delta
	return deltas, guard(t.key, func() error {
		deltas = make([]heatmap.Delta, s[section])
		c := t.levelCursors(g, width, groupsOf(planes))
		defer c.close()
		return c.fill(deltas, planes)
	})
}

// levelCursors walk the columns of a row group side by side, so that a delta
// is written once, while it is in cache, and not once a column.
type levelCursors struct {
	bucket, all, fresh *cursor[int64]
	side, group, bin   *cursor[int32]
}

func (t *table) levelCursors(g parquet.RowGroup, width market.UnixMilli, groups int) *levelCursors {
	c := &levelCursors{
		bucket: newCursor[int64](t.column(g, "time")),
		all:    newCursor[int64](t.column(g, "all_raw")),
		fresh:  newCursor[int64](t.column(g, "fresh_raw")),
		side:   newCursor[int32](t.column(g, "side")),
		group:  newCursor[int32](t.column(g, "group")),
		bin:    newCursor[int32](t.column(g, "price_bin")),
	}
	// Times and sides are dictionaries: what they stand for is worked out once a word.
	c.bucket.lookup = func(d parquet.Dictionary) []int64 {
		buckets := slices.Clone(numbers[int64](d.Page().Data()))
		for i, at := range buckets {
			buckets[i] = int64(market.UnixMilli(at).Bucket(width))
		}
		return buckets
	}
	c.side.lookup = func(d parquet.Dictionary) []int32 {
		planes := make([]int32, d.Len())
		for i := range planes {
			planes[i] = int32(heatmap.PlaneOf(sideNamed(d.Index(int32(i)).String()), 0, groups))
		}
		return planes
	}
	return c
}

func (c *levelCursors) close() {
	c.bucket.close()
	c.all.close()
	c.fresh.close()
	c.side.close()
	c.group.close()
	c.bin.close()
}

// ahead returns how many rows all columns have at hand.
func (c *levelCursors) ahead() (int, error) {
	n := math.MaxInt
	for _, column := range []interface{ ahead() (int, error) }{c.bucket, c.all, c.fresh, c.side, c.group, c.bin} {
		have, err := column.ahead()
		if err != nil {
			return 0, err
		}
		n = min(n, have)
	}
	return n, nil
}

// fill reads len(deltas) rows, whose planes must be below planes.
func (c *levelCursors) fill(deltas []heatmap.Delta, planes int) error {
	for len(deltas) > 0 {
		n, err := c.ahead()
		if err != nil {
			return err
		}
		n = min(n, len(deltas))
		bucket, all, fresh := c.bucket.take(n), c.all.take(n), c.fresh.take(n)
		side, group, bin := c.side.take(n), c.group.take(n), c.bin.take(n)
		for i := range n {
			plane := side[i] + group[i]
			if uint32(plane) >= uint32(planes) {
				return fmt.Errorf("a cell is in plane %d of %d", plane, planes)
			}
			deltas[i] = heatmap.Delta{Bucket: market.BucketIndex(bucket[i]), Cell: heatmap.Cell{
				Plane: heatmap.Plane(plane), Bin: market.BinIndex(bin[i]), All: all[i], Fresh: fresh[i],
			}}
		}
		deltas = deltas[n:]
	}
	return nil
}
