package lake

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"

	"halcyon/heatmap"
	"halcyon/market"
)

// A day of the map is two objects: the levels (keyframe and deltas) and the
// columns. So that a day changes as a whole, the levels are stored under a
// name made of their content, and the columns, which carry that name, are
// what makes them current.
const (
	metaStart    = "halcyon.start"    // 00:00 UTC of the day in milliseconds
	metaPlanes   = "halcyon.planes"   // planes of the book
	metaSections = "halcyon.sections" // rows of each section, see sections
	metaLevels   = "halcyon.levels"   // in columns: the levels object that goes with them
)

// sections are the numbers of rows of the parts of a file. Each part that is
// not empty is one row group, in this order. Columns have one section a ladder
// level. Levels have the keyframe first, then one section a ladder level, and
// last the keyframe of coarseLevel.
type sections []int

// Sections of levels beside 1+k, the deltas of level k. The coarse keyframe was
// not written at first.
const (
	keyframeSection       = 0
	coarseKeyframeSection = 1 + heatmap.Levels
	levelsSections        = coarseKeyframeSection + 1
)

// coarseLevel is where the second keyframe of a day stands: a month of the
// coarsest level has thirty rows of deltas, and would be all keyframe without.
const coarseLevel = 3

// String returns the form kept in the file's metadata: "12,0,370000".
func (s sections) String() string {
	parts := make([]string, len(s))
	for i, n := range s {
		parts[i] = strconv.Itoa(n)
	}
	return strings.Join(parts, ",")
}

// sectionsOf reads the sections of a table, at least and at most of them, and
// checks them against its row groups.
func sectionsOf(t *table, least, most int) (sections, error) {
	text, _ := t.file.Lookup(metaSections)
	var s sections
	group := 0
	for _, part := range strings.Split(text, ",") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return nil, corrupt(t.key, "sections %q", text)
		}
		if n > 0 {
			if groups := t.file.RowGroups(); group >= len(groups) || groups[group].NumRows() != int64(n) {
				return nil, corrupt(t.key, "row groups are not the sections %q", text)
			}
			group++
		}
		s = append(s, n)
	}
	if len(s) < least || len(s) > most || group != len(t.file.RowGroups()) {
		return nil, corrupt(t.key, "row groups are not the sections %q", text)
	}
	return s, nil
}

// group returns the number of the row group of section i, which must not be empty.
func (s sections) group(i int) int {
	group := 0
	for _, n := range s[:i] {
		if n > 0 {
			group++
		}
	}
	return group
}

// PutMap replaces the stored map of a day, wholly or not at all. The error
// wraps market.ErrInvalid where the day breaks a rule of heatmap.Day. If only
// the removal of the replaced levels fails, the new map is in place and the
// error says what is left behind; putting the map again removes it.
func (l *Lake) PutMap(ctx context.Context, id market.InstrumentID, d *heatmap.Day) error {
	if err := checkDay(id, d.Start); err != nil {
		return fmt.Errorf("cannot store map: %w", err)
	}
	if err := checkMap(d); err != nil {
		return fmt.Errorf("cannot store map of %q: %w", id, err)
	}
	defer l.lock(id)()
	return l.putMap(ctx, id, d)
}

// putMap is PutMap of a day that has been checked.
func (l *Lake) putMap(ctx context.Context, id market.InstrumentID, d *heatmap.Day) error {
	levels, err := encodeLevels(d)
	if err != nil {
		return fmt.Errorf("cannot encode levels of %s %s: %w", id, d.Start.Date(), err)
	}
	name := levels.contentName()
	columns, err := encodeColumns(d, name)
	if err != nil {
		return fmt.Errorf("cannot encode columns of %s %s: %w", id, d.Start.Date(), err)
	}
	folder := dayPrefix(kindLevels, id, d.Start)
	if err := l.put(ctx, folder+name, parquetType, levels.writeSealed); err != nil {
		return err
	}
	if err := l.put(ctx, dayKey(kindColumns, id, d.Start), parquetType, columns.writeSealed); err != nil {
		return err
	}
	return l.keepOnly(ctx, folder, name)
}

// contentName names a levels object after its bytes.
func (d *draft) contentName() string {
	h := sha256.New()
	_ = d.slice(0, d.size, func(b []byte) error { _, err := h.Write(b); return err })
	return fmt.Sprintf("part-%x.parquet", h.Sum(nil)[:8])
}

// keepOnly deletes the other parts in a folder.
func (l *Lake) keepOnly(ctx context.Context, folder, keep string) error {
	names, err := l.list(ctx, folder)
	if err != nil {
		return err
	}
	for _, name := range names {
		if name == keep || !strings.HasSuffix(name, ".parquet") {
			continue
		}
		if err := l.bucket.Delete(ctx, folder+name); err != nil {
			return fmt.Errorf("cannot delete %q: %w", folder+name, err)
		}
	}
	return nil
}

// checkMap validates what the stored form relies on.
func checkMap(d *heatmap.Day) error {
	if d.Planes < 1 || d.Planes > heatmap.MaxPlanes {
		return fmt.Errorf("%d planes, want 1 to %d: %w", d.Planes, heatmap.MaxPlanes, market.ErrInvalid)
	}
	beyond := func(c heatmap.Cell) bool { return int(c.Plane) >= d.Planes || c.Bin < -maxBin || c.Bin > maxBin }
	for _, c := range d.Keyframe {
		if beyond(c) {
			return fmt.Errorf("keyframe cell in plane %d, bin %d: want below %d planes and %d bins: %w", c.Plane, c.Bin, d.Planes, maxBin, market.ErrInvalid)
		}
	}
	for k, level := range d.Levels {
		width := heatmap.Ladder[k].Bucket
		outside := func(b market.BucketIndex) bool { return b.Start(width).Floor(market.Day) != d.Start }
		for i, x := range level.Deltas {
			if beyond(x.Cell) || outside(x.Bucket) || i > 0 && x.Bucket < level.Deltas[i-1].Bucket {
				return fmt.Errorf("level %d: delta in plane %d, bin %d, bucket %d: want below %d planes and %d bins, within %s and in order: %w",
					k, x.Plane, x.Bin, x.Bucket, d.Planes, maxBin, d.Start.Date(), market.ErrInvalid)
			}
		}
		for _, c := range level.Columns {
			if len(c.Scales) != d.Planes || outside(c.Bucket) {
				return fmt.Errorf("level %d: column of bucket %d with %d scales: want %d scales and within %s: %w",
					k, c.Bucket, len(c.Scales), d.Planes, d.Start.Date(), market.ErrInvalid)
			}
		}
	}
	return nil
}

// headOf is the metadata that both objects of a day have.
func headOf(d *heatmap.Day, s sections) []string {
	return []string{
		metaStart, strconv.FormatInt(int64(d.Start), 10),
		metaPlanes, strconv.Itoa(d.Planes),
		metaSections, s.String(),
	}
}
