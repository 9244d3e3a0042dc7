package lake

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"golang.org/x/sync/errgroup"

	"halcyon/heatmap"
	"halcyon/market"
)

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
	var d *heatmap.Day
	return d, l.readDay(ctx, id, day, func(columns, levels *half) error {
		d = &heatmap.Day{Start: day, Planes: columns.planes}
		s, err := levels.load(keyframeSection)
		if err != nil {
			return err
		}
		if d.Keyframe, err = levels.keyframe(s[0]); err != nil {
			return err
		}
		for k := range d.Levels {
			if d.Levels[k].Columns, err = columns.columns(k); err != nil {
				return err
			}
			if s, err = levels.load(1 + k); err != nil {
				return err
			}
			if d.Levels[k].Deltas, err = levels.deltas(s[0], k); err != nil {
				return err
			}
		}
		return nil
	})
}

// MapTracks returns one level of heatmap.Ladder of the stored map of a day, or
// ErrNotFound. It reads no other level.
func (l *Lake) MapTracks(ctx context.Context, id market.InstrumentID, day market.UnixMilli, level int) (*heatmap.Tracks, error) {
	if err := checkLevel(id, level); err != nil {
		return nil, err
	}
	var t *heatmap.Tracks
	return t, l.readDay(ctx, id, day, func(columns, levels *half) (err error) {
		t, err = readTracks(columns, levels, level)
		return err
	})
}

// readTracks reads side by side what can be.
func readTracks(columns, levels *half, level int) (*heatmap.Tracks, error) {
	finest, section := 0, keyframeSection
	if level >= coarseLevel && len(levels.sections) == levelsSections {
		finest, section = coarseLevel, coarseKeyframeSection
	}
	s, err := levels.load(section, 1+level)
	if err != nil {
		return nil, err
	}
	t := &heatmap.Tracks{Start: columns.day, Level: level, Planes: columns.planes}
	changes := changesPool.Get().(*heatmap.Changes)
	defer changesPool.Put(changes)
	var keyframe []heatmap.Cell
	var work errgroup.Group
	work.Go(func() (err error) {
		t.Columns, err = columns.columns(level)
		return err
	})
	work.Go(func() (err error) {
		keyframe, err = levels.keyframe(s[0])
		return err
	})
	work.Go(func() error { return levels.changes(changes, s[1], level) })
	if err := work.Wait(); err != nil {
		return nil, err
	}
	// By the merge law the keyframe of a finer level adds up to that of this one.
	t.Turn(heatmap.Coarsen(keyframe, heatmap.Ladder[level].Shift-heatmap.Ladder[finest].Shift), changes)
	return t, nil
}

// MapColumns returns the stored map of a day with Start, Planes and the columns
// of one level filled in, or ErrNotFound. It is many times cheaper than Map.
func (l *Lake) MapColumns(ctx context.Context, id market.InstrumentID, day market.UnixMilli, level int) (*heatmap.Day, error) {
	if err := checkDay(id, day); err != nil {
		return nil, fmt.Errorf("cannot read map: %w", err)
	}
	if err := checkLevel(id, level); err != nil {
		return nil, err
	}
	columns, _, err := l.openColumns(ctx, id, day)
	if err != nil {
		return nil, err
	}
	defer columns.release()
	d := &heatmap.Day{Start: day, Planes: columns.planes}
	d.Levels[level].Columns, err = columns.columns(level)
	if err != nil {
		return nil, err
	}
	return d, nil
}

func checkLevel(id market.InstrumentID, level int) error {
	if level < 0 || level >= heatmap.Levels {
		return fmt.Errorf("cannot read map of %q: level %d, want 0 to %d: %w", id, level, heatmap.Levels-1, market.ErrInvalid)
	}
	return nil
}

// half is one of the two objects of a day.
type half struct {
	*table
	sections sections
	day      market.UnixMilli
	planes   int
}

// readDay calls read with the columns and the levels of a day. Where a writer
// replaced the day between the reading of the two, it starts again, once.
func (l *Lake) readDay(ctx context.Context, id market.InstrumentID, day market.UnixMilli, read func(columns, levels *half) error) error {
	if err := checkDay(id, day); err != nil {
		return fmt.Errorf("cannot read map: %w", err)
	}
	for again := true; ; again = false {
		columns, name, err := l.openColumns(ctx, id, day)
		if err != nil {
			return err
		}
		levels, err := l.openLevels(ctx, dayPrefix(kindLevels, id, day)+name, columns)
		if err == nil {
			err = read(columns, levels)
			levels.release()
		}
		columns.release()
		switch {
		case !errors.Is(err, ErrNotFound):
			return err
		case !again:
			return corrupt(columns.key, "its levels %q are missing", name)
		}
	}
}

// openColumns opens the columns of a day and returns the name of the levels
// object that goes with them.
func (l *Lake) openColumns(ctx context.Context, id market.InstrumentID, day market.UnixMilli) (columns *half, levels string, err error) {
	t, err := openTable[columnRow](ctx, l, dayKey(kindColumns, id, day), kindColumns)
	if err != nil {
		return nil, "", err
	}
	s, err := sectionsOf(t, heatmap.Levels, heatmap.Levels)
	if err != nil {
		return nil, "", err
	}
	levels, _ = t.file.Lookup(metaLevels)
	if !levelsRule.MatchString(levels) {
		return nil, "", corrupt(t.key, "it names %q as its levels", levels)
	}
	planes, err := readHead(t, day)
	return &half{t, s, day, planes}, levels, err
}

// openLevels opens the levels object that goes with columns.
func (l *Lake) openLevels(ctx context.Context, key string, columns *half) (*half, error) {
	t, err := openTable[levelRow](ctx, l, key, kindLevels)
	if err != nil {
		return nil, err
	}
	s, err := sectionsOf(t, levelsSections-1, levelsSections)
	if err != nil {
		return nil, err
	}
	planes, err := readHead(t, columns.day)
	if err == nil && planes != columns.planes {
		err = corrupt(key, "%d planes, its columns have %d", planes, columns.planes)
	}
	return &half{t, s, columns.day, planes}, err
}

// readHead checks that a table is of a day and returns its planes.
func readHead(t *table, day market.UnixMilli) (planes int, err error) {
	if start, _ := t.file.Lookup(metaStart); start != strconv.FormatInt(int64(day), 10) {
		return 0, corrupt(t.key, "it starts at %q, want %d", start, day)
	}
	text, _ := t.file.Lookup(metaPlanes)
	planes, err = strconv.Atoi(text)
	if err != nil || planes < 1 || planes > heatmap.MaxPlanes {
		return 0, corrupt(t.key, "%q planes", text)
	}
	return planes, nil
}
