package live

import (
	"context"
	"slices"
	"sync"

	"halcyon/heatmap"
	"halcyon/market"
)

// StoredMaps is where maps are read that are not in memory; internal/lake
// satisfies it.
type StoredMaps interface {
	Listings(ctx context.Context) ([]market.Listing, error)
	MapDays(ctx context.Context, id market.InstrumentID) ([]market.UnixMilli, error)
	MapTracks(ctx context.Context, id market.InstrumentID, day market.UnixMilli, level int) (*heatmap.Tracks, error)
	MapColumns(ctx context.Context, id market.InstrumentID, day market.UnixMilli, level int) (*heatmap.Day, error)
}

// Maps is stored maps with the newest columns of running instruments laid over
// them: a column can be read as soon as it has closed. It is safe for
// concurrent use; days read from it are never changed.
type Maps struct {
	StoredMaps
	changed func(id market.InstrumentID, day market.UnixMilli)

	mu sync.Mutex
	// days are the newest of each instrument and those not stored yet.
	days map[market.InstrumentID]map[market.UnixMilli]*heatmap.Day
}

// NewMaps lays an empty set of days over stored ones.
func NewMaps(stored StoredMaps) *Maps {
	return &Maps{StoredMaps: stored, days: map[market.InstrumentID]map[market.UnixMilli]*heatmap.Day{}}
}

// OnChange names what is called when a day has new columns. Call it before the
// first instrument runs.
func (m *Maps) OnChange(changed func(id market.InstrumentID, day market.UnixMilli)) {
	m.changed = changed
}

// put shows a day as it is now. The engine may go on appending to d: what is
// kept is a view of the columns closed so far, which never change.
func (m *Maps) put(id market.InstrumentID, d *heatmap.Day) {
	view := *d
	m.mu.Lock()
	if m.days[id] == nil {
		m.days[id] = map[market.UnixMilli]*heatmap.Day{}
	}
	m.days[id][d.Start] = &view
	m.mu.Unlock()
	if m.changed != nil {
		m.changed(id, d.Start)
	}
}

// forget leaves a day to the store, which holds it whole.
func (m *Maps) forget(id market.InstrumentID, day market.UnixMilli) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.days[id], day)
}

func (m *Maps) held(id market.InstrumentID, day market.UnixMilli) *heatmap.Day {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.days[id][day]
}

// MapDays returns the days that are stored or in memory, rising.
func (m *Maps) MapDays(ctx context.Context, id market.InstrumentID) ([]market.UnixMilli, error) {
	days, err := m.StoredMaps.MapDays(ctx, id)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	for day := range m.days[id] {
		days = append(days, day)
	}
	m.mu.Unlock()
	slices.Sort(days)
	return slices.Compact(days), nil
}

// MapTracks returns one level of a day.
func (m *Maps) MapTracks(ctx context.Context, id market.InstrumentID, day market.UnixMilli, level int) (*heatmap.Tracks, error) {
	d := m.held(id, day)
	if d == nil || level < 0 || level >= heatmap.Levels {
		return m.StoredMaps.MapTracks(ctx, id, day, level)
	}
	return d.Tracks(level), nil
}

// MapColumns returns a day with the columns of one level alone.
func (m *Maps) MapColumns(ctx context.Context, id market.InstrumentID, day market.UnixMilli, level int) (*heatmap.Day, error) {
	d := m.held(id, day)
	if d == nil || level < 0 || level >= heatmap.Levels {
		return m.StoredMaps.MapColumns(ctx, id, day, level)
	}
	out := &heatmap.Day{Start: d.Start, Planes: d.Planes}
	out.Levels[level].Columns = d.Levels[level].Columns
	return out, nil
}
