package lake

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/parquet-go/parquet-go"
	"golang.org/x/sync/errgroup"

	"halcyon/heatmap"
	"halcyon/market"
)

// changesPool keeps the memory of levels that have been turned around.
var changesPool = sync.Pool{New: func() any { return new(heatmap.Changes) }}

// maxBin bounds the bins of the map, of either sign, before memory is reserved
// for what lies between them. Prices from 1e-22 to 1e22 are within.
const maxBin = 1 << 19

// section is a section of levels that has been loaded. The group of an empty
// one is nil.
type section struct {
	group parquet.RowGroup
	rows  int
}

// load loads sections, which are valid until the next call.
func (h *half) load(which ...int) ([]section, error) {
	var numbers []int
	for _, i := range which {
		if h.sections[i] > 0 {
			numbers = append(numbers, h.sections.group(i))
		}
	}
	groups, err := h.groups(numbers...)
	if err != nil {
		return nil, err
	}
	out := make([]section, len(which))
	for k, i := range which {
		if out[k].rows = h.sections[i]; out[k].rows > 0 {
			out[k].group, groups = groups[0], groups[1:]
		}
	}
	return out, nil
}

// keyframe reads a keyframe, ordered by plane and bin.
func (h *half) keyframe(s section) ([]heatmap.Cell, error) {
	var c heatmap.Changes
	if err := h.changes(&c, s, 0); err != nil || s.rows == 0 {
		return nil, err
	}
	cells := make([]heatmap.Cell, s.rows)
	for i := range cells {
		cells[i] = heatmap.Cell{Plane: c.Plane[i], Bin: c.Bin[i], All: c.All[i], Fresh: c.Fresh[i]}
	}
	return cells, nil
}

// deltas reads the deltas of a level.
func (h *half) deltas(s section, level int) ([]heatmap.Delta, error) {
	var c heatmap.Changes
	if err := h.changes(&c, s, level); err != nil || s.rows == 0 {
		return nil, err
	}
	before := h.day.Bucket(heatmap.Ladder[level].Bucket) - 1
	deltas := make([]heatmap.Delta, s.rows)
	for i := range deltas {
		deltas[i] = heatmap.Delta{
			Bucket: before + market.BucketIndex(c.At[i]),
			Cell:   heatmap.Cell{Plane: c.Plane[i], Bin: c.Bin[i], All: c.All[i], Fresh: c.Fresh[i]},
		}
	}
	return deltas, nil
}

// changes reads a section of a level into c. Its columns are read side by side.
func (h *half) changes(c *heatmap.Changes, s section, level int) error {
	c.Resize(s.rows)
	if s.rows == 0 {
		return nil
	}
	var work errgroup.Group
	for _, read := range []func() error{
		func() error { return readNumbers[int64](h.column(s.group, "all_raw"), c.All) },
		func() error { return readNumbers[int64](h.column(s.group, "fresh_raw"), c.Fresh) },
		func() error { return h.cells(c, s, level) },
	} {
		work.Go(func() error { return guard(h.key, read) })
	}
	return work.Wait()
}

// cells reads when which cells change, and checks what Tracks relies on.
func (h *half) cells(c *heatmap.Changes, s section, level int) error {
	if err := fill(h.moments(s.group, level), c.At); err != nil {
		return err
	}
	if !slices.IsSorted(c.At) {
		return errors.New("changes are not in the order of time")
	}
	if err := fill(h.sides(s.group), c.Plane); err != nil {
		return err
	}
	last := 0
	if err := eachNumber(h.column(s.group, "group"), s.rows, func(at int, groups []int32) {
		planes := c.Plane[at : at+len(groups)]
		for i, group := range groups {
			planes[i] += heatmap.Plane(group)
			last = max(last, int(planes[i]))
		}
	}); err != nil {
		return err
	}
	if last >= h.planes {
		return fmt.Errorf("a cell is in plane %d of %d", last, h.planes)
	}
	lo, hi := market.BinIndex(0), market.BinIndex(0)
	if err := eachNumber(h.column(s.group, "price_bin"), s.rows, func(at int, bins []int32) {
		out := c.Bin[at : at+len(bins)]
		for i, bin := range bins {
			out[i] = market.BinIndex(bin)
			lo, hi = min(lo, out[i]), max(hi, out[i])
		}
	}); err != nil {
		return err
	}
	if lo < -maxBin || hi > maxBin {
		return fmt.Errorf("cells in bins %d to %d, want %d to %d", lo, hi, -maxBin, maxBin)
	}
	return nil
}

// moments walks the times of a level as moments of a track. They are a
// dictionary: what they stand for is worked out once a word.
func (h *half) moments(g parquet.RowGroup, level int) *cursor[int64] {
	c, width := newCursor[int64](h.column(g, "time")), heatmap.Ladder[level].Bucket
	c.lookup = func(d parquet.Dictionary) []int64 {
		moments := slices.Clone(numbers[int64](d.Page().Data()))
		for i, at := range moments {
			if market.UnixMilli(at).Floor(market.Day) != h.day {
				panic(fmt.Sprintf("a change at %s", market.UnixMilli(at)))
			}
			moments[i] = int64(market.UnixMilli(at).Bucket(width)-h.day.Bucket(width)) + 1
		}
		return moments
	}
	return c
}

// sides walks the sides as the first plane of each.
func (h *half) sides(g parquet.RowGroup) *cursor[int32] {
	c := newCursor[int32](h.column(g, "side"))
	c.lookup = func(d parquet.Dictionary) []int32 {
		planes := make([]int32, d.Len())
		for i := range planes {
			planes[i] = int32(heatmap.PlaneOf(sideNamed(d.Index(int32(i)).String()), 0, groupsOf(h.planes)))
		}
		return planes
	}
	return c
}
