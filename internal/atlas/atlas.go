package atlas

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"halcyon/heatmap"
	"halcyon/internal/combine"
	"halcyon/liqmodel"
	"halcyon/market"
)

// Maps is where stored maps are read from; internal/lake satisfies it.
type Maps interface {
	Listings(ctx context.Context) ([]market.Listing, error)
	MapDays(ctx context.Context, id market.InstrumentID) ([]market.UnixMilli, error)
	// MapTracks returns one level of a day.
	MapTracks(ctx context.Context, id market.InstrumentID, day market.UnixMilli, level int) (*heatmap.Tracks, error)
	// MapColumns returns a day with the columns of one level alone.
	MapColumns(ctx context.Context, id market.InstrumentID, day market.UnixMilli, level int) (*heatmap.Day, error)
}

// headAge is how long the newest day is trusted before it is read again: it
// may be growing in another process.
const headAge = 5 * time.Second

// daysMemory, statsMemory and sumsMemory bound what is remembered, in bytes. A
// month of a busy instrument at all levels fits in the first.
const (
	daysMemory  = 400 << 20
	statsMemory = 100 << 20
	sumsMemory  = 60 << 20
)

// Atlas reads maps. Use New.
type Atlas struct {
	maps   Maps
	groups []liqmodel.Group

	mu    sync.Mutex
	days  cache[dayKey, *heatmap.Tracks]
	stats cache[statsKey, []heatmap.ColumnStats]
	index map[market.InstrumentID]index
	// sums are the columns of combinations' days.
	sums     cache[dayKey, combined]
	resolved resolved
}

type dayKey struct {
	id    market.InstrumentID
	day   market.UnixMilli
	level int
}

type statsKey struct {
	dayKey
	band market.Ratio
	// of names the selections that are measured.
	of string
	// size tells a day's statistics from those of the same day grown longer, or
	// made of more parts.
	size int
}

// index is the days stored for an instrument, as of read.
type index struct {
	days []market.UnixMilli
	read time.Time
}

// New returns an atlas of maps whose planes are the given leverage groups.
func New(maps Maps, groups []liqmodel.Group) *Atlas {
	return &Atlas{
		maps: maps, groups: groups, index: map[market.InstrumentID]index{},
		days:  newCache[dayKey, *heatmap.Tracks](daysMemory),
		stats: newCache[statsKey, []heatmap.ColumnStats](statsMemory),
		sums:  newCache[dayKey, combined](sumsMemory),
	}
}

// Groups returns the leverage groups, in the order of planes within a side.
func (a *Atlas) Groups() []liqmodel.Group { return a.groups }

// Instrument is a listing and the time its map spans.
type Instrument struct {
	market.Listing
	// From and To bound the closed columns, half-open.
	From, To market.UnixMilli
	// Price is what levels are swept on, at To; that of the reference where it
	// is a combination.
	Price market.Price
	// Flags unite those of the newest day's columns.
	Flags heatmap.Flags
	// Parts are what a combination is made of, the reference first; nil for an
	// instrument of its own.
	Parts []Instrument
	// Equalised tells that amounts are not quote currency but millionths of a
	// standard deviation of each part.
	Equalised bool
}

// Instruments returns what can be drawn, by venue and symbol, and then the
// combination of all venues of every coin that several have. An instrument
// without a single closed column is left out.
func (a *Atlas) Instruments(ctx context.Context) ([]Instrument, error) {
	listings, err := a.maps.Listings(ctx)
	if err != nil {
		return nil, err
	}
	var out []Instrument
	for _, l := range listings {
		in, ok, err := a.span(ctx, l)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, in)
		}
	}
	for _, c := range combine.List(listings) {
		in, _, err := a.spanOf(ctx, &c)
		if err != nil {
			return nil, err
		}
		if len(in.Parts) > 1 {
			out = append(out, in)
		}
	}
	return out, nil
}

// Instrument returns one of Instruments, or the combination that id names as
// internal/combine says, and false if there is none of that id.
func (a *Atlas) Instrument(ctx context.Context, id market.InstrumentID) (Instrument, bool, error) {
	if c, err := a.combination(ctx, id); err != nil || c != nil {
		if err != nil {
			return Instrument{}, false, err
		}
		return a.spanOf(ctx, c)
	}
	listings, err := a.maps.Listings(ctx)
	if err != nil {
		return Instrument{}, false, err
	}
	i := slices.IndexFunc(listings, func(l market.Listing) bool { return l.InstrumentID == id })
	if i < 0 {
		return Instrument{}, false, nil
	}
	return a.span(ctx, listings[i])
}

func (a *Atlas) span(ctx context.Context, l market.Listing) (Instrument, bool, error) {
	in := Instrument{Listing: l}
	days, err := a.stored(ctx, l.InstrumentID)
	if err != nil || len(days) == 0 {
		return in, false, err
	}
	first, err := a.columns(ctx, l.InstrumentID, days[0])
	if err != nil {
		return in, false, err
	}
	last, err := a.columns(ctx, l.InstrumentID, days[len(days)-1])
	if err != nil {
		return in, false, err
	}
	begin, end := first.Columns, last.Columns
	if len(begin) == 0 || len(end) == 0 {
		return in, false, nil
	}
	in.From = begin[0].Bucket.Start(heatmap.BaseBucket)
	in.To = (end[len(end)-1].Bucket + 1).Start(heatmap.BaseBucket)
	in.Price = end[len(end)-1].Price
	for i := range end {
		in.Flags |= end[i].Flags
	}
	return in, true, nil
}

// Changed states that a day of an instrument has been stored anew.
func (a *Atlas) Changed(id market.InstrumentID, day market.UnixMilli) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.index, id)
	a.forget(id, day)
}

// forget drops what is remembered of a day, and of combinations with it.
func (a *Atlas) forget(id market.InstrumentID, day market.UnixMilli) {
	for level := columnsOnly; level < heatmap.Levels; level++ {
		a.days.drop(dayKey{id, day, level})
	}
	for key, sum := range a.sums.all() {
		if key.day == day && sum.combination.Has(id) {
			a.sums.drop(key)
		}
	}
}

// stored returns the days stored for an instrument, rising.
func (a *Atlas) stored(ctx context.Context, id market.InstrumentID) ([]market.UnixMilli, error) {
	if c, err := a.combination(ctx, id); err != nil {
		return nil, err
	} else if c != nil {
		return a.unionOfDays(ctx, c)
	}
	a.mu.Lock()
	known, ok := a.index[id]
	a.mu.Unlock()
	if ok && time.Since(known.read) < headAge {
		return known.days, nil
	}
	days, err := a.maps.MapDays(ctx, id)
	if err != nil {
		return nil, err
	}
	// The newest day may have grown since it was read, and what was the newest
	// then may have grown to its end.
	for i, day := range days {
		if i == len(days)-1 || ok && len(known.days) > 0 && day == known.days[len(known.days)-1] {
			if err := a.refresh(ctx, id, day); err != nil {
				return nil, err
			}
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.index[id] = index{days, time.Now()}
	return days, nil
}

// refresh drops what is remembered of a day unless its columns are still the
// same. They are a small part of the day, and tell of all that it holds: no
// cell changes without a column.
func (a *Atlas) refresh(ctx context.Context, id market.InstrumentID, day market.UnixMilli) error {
	now, err := a.readColumns(ctx, id, day)
	if err != nil {
		return err
	}
	key := dayKey{id, day, columnsOnly}
	a.mu.Lock()
	then, ok := a.days.get(key)
	a.mu.Unlock()
	if ok && reflect.DeepEqual(then.Columns, now.Columns) {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.forget(id, day)
	a.days.put(key, now, now.Size())
	return nil
}

// columnsOnly stands for the level in the key of a day that holds the columns
// of level 0 and nothing else.
const columnsOnly = -1

// columns returns the base columns of one stored day.
func (a *Atlas) columns(ctx context.Context, id market.InstrumentID, day market.UnixMilli) (*heatmap.Tracks, error) {
	if c, err := a.combination(ctx, id); err != nil {
		return nil, err
	} else if c != nil {
		return a.sumColumns(ctx, c, day)
	}
	return a.remembered(dayKey{id, day, columnsOnly}, func() (*heatmap.Tracks, error) { return a.readColumns(ctx, id, day) })
}

func (a *Atlas) readColumns(ctx context.Context, id market.InstrumentID, day market.UnixMilli) (*heatmap.Tracks, error) {
	d, err := a.maps.MapColumns(ctx, id, day, 0)
	if err != nil {
		return nil, err
	}
	return d.Tracks(0), nil
}

// day returns one stored day at one level.
func (a *Atlas) day(ctx context.Context, id market.InstrumentID, day market.UnixMilli, level int) (*heatmap.Tracks, error) {
	if c, err := a.combination(ctx, id); err != nil {
		return nil, err
	} else if c != nil {
		t, _, err := a.sumDay(ctx, c, day, level)
		return t, err
	}
	return a.remembered(dayKey{id, day, level}, func() (*heatmap.Tracks, error) { return a.maps.MapTracks(ctx, id, day, level) })
}

func (a *Atlas) remembered(key dayKey, read func() (*heatmap.Tracks, error)) (*heatmap.Tracks, error) {
	a.mu.Lock()
	t, ok := a.days.get(key)
	a.mu.Unlock()
	if ok {
		return t, nil
	}
	t, err := read()
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.days.put(key, t, t.Size())
	return t, nil
}

// Days returns the stored days that hold columns of level in [from, to), rising.
func (a *Atlas) Days(ctx context.Context, id market.InstrumentID, level int, from, to market.BucketIndex) ([]*heatmap.Tracks, error) {
	if level < 0 || level >= heatmap.Levels {
		return nil, fmt.Errorf("level %d: want 0 to %d: %w", level, heatmap.Levels-1, market.ErrInvalid)
	}
	stored, err := a.stored(ctx, id)
	if err != nil {
		return nil, err
	}
	width := heatmap.Ladder[level].Bucket
	first, last := from.Start(width).Floor(market.Day), (to.Start(width) - 1).Floor(market.Day)
	lo, _ := slices.BinarySearch(stored, first)
	hi, _ := slices.BinarySearch(stored, last+1)
	out := make([]*heatmap.Tracks, hi-lo)
	if len(out) == 1 {
		out[0], err = a.day(ctx, id, stored[lo], level)
		return out, err
	}
	// Many days are read side by side: most of the time is not ours.
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2 * runtime.GOMAXPROCS(0))
	for i := range out {
		group.Go(func() (err error) {
			out[i], err = a.day(ctx, id, stored[lo+i], level)
			return err
		})
	}
	return out, group.Wait()
}

// Columns is the closed columns of a span with their normalisation.
type Columns struct {
	Level   int
	Columns []heatmap.Column
	// Norms is the normalisation of each column, an entry a selection.
	Norms [][]heatmap.Norm
}

// Columns returns the columns of level with from <= bucket < to, normalised for
// each of Selections.
func (a *Atlas) Columns(ctx context.Context, id market.InstrumentID, level int, from, to market.BucketIndex, pop heatmap.Population) (*Columns, error) {
	return a.ColumnsOf(ctx, id, level, from, to, pop, a.Selections())
}

// ColumnsOf is Columns, normalised for the given selections instead.
func (a *Atlas) ColumnsOf(ctx context.Context, id market.InstrumentID, level int, from, to market.BucketIndex, pop heatmap.Population, sels []Selected) (*Columns, error) {
	if err := pop.Validate(); err != nil {
		return nil, err
	}
	back := from
	if level >= 0 && level < heatmap.Levels {
		width := heatmap.Ladder[level].Bucket
		back = (from.Start(width) - pop.Window - market.Hour).Bucket(width)
	}
	days, err := a.Days(ctx, id, level, back, to)
	if err != nil {
		return nil, err
	}
	out := &Columns{Level: level}
	var stats []heatmap.ColumnStats
	for _, d := range days {
		out.Columns = append(out.Columns, d.In(from, to)...)
		measured, err := a.measure(id, d, sels, pop.Band)
		if err != nil {
			return nil, err
		}
		stats = append(stats, measured...)
	}
	norms := map[market.BucketIndex][]heatmap.Norm{}
	end, _ := slices.BinarySearchFunc(stats, to, func(c heatmap.ColumnStats, to market.BucketIndex) int { return cmp.Compare(c.Bucket, to) })
	buckets, values := heatmap.Normalise(level, stats[:end], pop.Window, from, len(sels))
	for i, b := range buckets {
		norms[b] = values[i]
	}
	undefined := make([]heatmap.Norm, len(sels))
	for _, c := range out.Columns {
		n, ok := norms[c.Bucket]
		if !ok {
			n = undefined
		}
		out.Norms = append(out.Norms, n)
	}
	return out, nil
}

func (a *Atlas) measure(id market.InstrumentID, t *heatmap.Tracks, sels []Selected, band market.Ratio) ([]heatmap.ColumnStats, error) {
	names, parts := make([]string, len(sels)), make([]heatmap.Selection, len(sels))
	for i, sel := range sels {
		names[i], parts[i] = sel.Name, sel.Selection
	}
	key := statsKey{dayKey{id, t.Start, t.Level}, band, strings.Join(names, ","), t.Size()}
	a.mu.Lock()
	s, ok := a.stats.get(key)
	a.mu.Unlock()
	if ok {
		return s, nil
	}
	s, err := heatmap.Measure(t, parts, band)
	if err != nil {
		return nil, err
	}
	var size int
	for i := range s {
		size += 64 + 1400*len(s[i].Stats)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stats.put(key, s, size)
	return s, nil
}

// EachColumn calls visit with every base column that closed within (from, to],
// rising. It reads no cells, so that a year of columns costs little.
func (a *Atlas) EachColumn(ctx context.Context, id market.InstrumentID, from, to market.UnixMilli, visit func(*heatmap.Column)) error {
	stored, err := a.stored(ctx, id)
	if err != nil {
		return err
	}
	for _, day := range stored {
		if day+market.Day <= from || day >= to {
			continue
		}
		t, err := a.columns(ctx, id, day)
		if err != nil {
			return err
		}
		for i := range t.Columns {
			if end := (t.Columns[i].Bucket + 1).Start(heatmap.BaseBucket); end > from && end <= to {
				visit(&t.Columns[i])
			}
		}
	}
	return nil
}

// Last returns the last closed base column that ends at or before at, with the
// day that holds it at the given level; nil if there is none.
func (a *Atlas) Last(ctx context.Context, id market.InstrumentID, at market.UnixMilli) (*heatmap.Tracks, *heatmap.Column, error) {
	stored, err := a.stored(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	for i := len(stored) - 1; i >= 0; i-- {
		if stored[i] >= at {
			continue
		}
		c, err := a.columns(ctx, id, stored[i])
		if err != nil {
			return nil, nil, err
		}
		cols := c.Columns
		for j := len(cols) - 1; j >= 0; j-- {
			if (cols[j].Bucket + 1).Start(heatmap.BaseBucket) <= at {
				d, err := a.day(ctx, id, stored[i], 0)
				return d, &cols[j], err
			}
		}
	}
	return nil, nil, nil
}

// Newest is an instant after every column.
const Newest = market.UnixMilli(math.MaxInt64)
