package lake

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"

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
// not empty is one row group, in this order. Levels have the keyframe first
// and then one section a ladder level; columns have the ladder levels only.
type sections []int

// String returns the form kept in the file's metadata: "12,0,370000".
func (s sections) String() string {
	parts := make([]string, len(s))
	for i, n := range s {
		parts[i] = strconv.Itoa(n)
	}
	return strings.Join(parts, ",")
}

// sectionsOf reads the sections of a table of want of them and checks them
// against its row groups.
func sectionsOf(t *table, want int) (sections, error) {
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
	if len(s) != want || group != len(t.file.RowGroups()) {
		return nil, corrupt(t.key, "row groups are not the sections %q", text)
	}
	return s, nil
}

// groupOf loads the row group of section i, which must not be empty.
func (s sections) groupOf(t *table, i int) (parquet.RowGroup, error) {
	group := 0
	for _, n := range s[:i] {
		if n > 0 {
			group++
		}
	}
	return t.groupAt(group)
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
	for _, c := range d.Keyframe {
		if int(c.Plane) >= d.Planes {
			return fmt.Errorf("keyframe cell in plane %d of %d: %w", c.Plane, d.Planes, market.ErrInvalid)
		}
	}
	for k, level := range d.Levels {
		width := heatmap.Ladder[k].Bucket
		outside := func(b market.BucketIndex) bool { return b.Start(width).Floor(market.Day) != d.Start }
		for _, x := range level.Deltas {
			if int(x.Plane) >= d.Planes || outside(x.Bucket) {
				return fmt.Errorf("level %d: delta in plane %d, bucket %d: want below %d planes and within %s: %w",
					k, x.Plane, x.Bucket, d.Planes, d.Start.Date(), market.ErrInvalid)
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

// MapDays returns the UTC days that hold a map of an instrument, rising.
func (l *Lake) MapDays(ctx context.Context, id market.InstrumentID) ([]market.UnixMilli, error) {
	days, err := l.days(ctx, id, kindColumns)
	if err != nil {
		return nil, fmt.Errorf("cannot list map days: %w", err)
	}
	return days, nil
}

// Map returns the stored map of a day with all levels, or ErrNotFound.
func (l *Lake) Map(ctx context.Context, id market.InstrumentID, day market.UnixMilli) (*heatmap.Day, error) {
	all := make([]int, heatmap.Levels)
	for k := range all {
		all[k] = k
	}
	return l.readMap(ctx, id, day, all)
}

// MapLevel returns the stored map of a day with Start, Planes, Keyframe and
// one level of heatmap.Ladder filled in, or ErrNotFound. It reads no other level.
func (l *Lake) MapLevel(ctx context.Context, id market.InstrumentID, day market.UnixMilli, level int) (*heatmap.Day, error) {
	if level < 0 || level >= heatmap.Levels {
		return nil, fmt.Errorf("cannot read map of %q: level %d, want 0 to %d: %w", id, level, heatmap.Levels-1, market.ErrInvalid)
	}
	return l.readMap(ctx, id, day, []int{level})
}

// MapColumns is MapLevel without keyframe and deltas, many times cheaper.
func (l *Lake) MapColumns(ctx context.Context, id market.InstrumentID, day market.UnixMilli, level int) (*heatmap.Day, error) {
	if err := checkDay(id, day); err != nil {
		return nil, fmt.Errorf("cannot read map: %w", err)
	}
	if level < 0 || level >= heatmap.Levels {
		return nil, fmt.Errorf("cannot read map of %q: level %d, want 0 to %d: %w", id, level, heatmap.Levels-1, market.ErrInvalid)
	}
	d := &heatmap.Day{Start: day}
	_, err := l.readColumns(ctx, dayKey(kindColumns, id, day), d, []int{level})
	if err != nil {
		return nil, err
	}
	return d, nil
}

// readMap reads the given levels. Where a writer replaced the day between the
// reading of its two objects, it starts again, once.
func (l *Lake) readMap(ctx context.Context, id market.InstrumentID, day market.UnixMilli, levels []int) (*heatmap.Day, error) {
	if err := checkDay(id, day); err != nil {
		return nil, fmt.Errorf("cannot read map: %w", err)
	}
	key := dayKey(kindColumns, id, day)
	for again := true; ; again = false {
		d := &heatmap.Day{Start: day}
		name, err := l.readColumns(ctx, key, d, levels)
		if err != nil {
			return nil, err
		}
		err = l.readLevels(ctx, dayPrefix(kindLevels, id, day)+name, d, levels)
		switch {
		case err == nil:
			return d, nil
		case !errors.Is(err, ErrNotFound):
			return nil, err
		case !again:
			return nil, corrupt(key, "its levels %q are missing", name)
		}
	}
}

// readHead checks that a table is of the day and reads its planes.
func readHead(t *table, d *heatmap.Day) error {
	if start, _ := t.file.Lookup(metaStart); start != strconv.FormatInt(int64(d.Start), 10) {
		return corrupt(t.key, "it starts at %q, want %d", start, d.Start)
	}
	text, _ := t.file.Lookup(metaPlanes)
	planes, err := strconv.Atoi(text)
	if err != nil || planes < 1 || planes > heatmap.MaxPlanes || d.Planes != 0 && d.Planes != planes {
		return corrupt(t.key, "%q planes", text)
	}
	d.Planes = planes
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

// bucketOf returns the bucket that starts at a stored time.
func bucketOf(time int64, level int) market.BucketIndex {
	return market.BucketIndex(time / int64(heatmap.Ladder[level].Bucket))
}
