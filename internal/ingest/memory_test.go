package ingest

import (
	"context"
	"sync"

	"halcyon/market"
)

// memory is a Store in memory.
type memory struct {
	mu       sync.Mutex
	listings map[market.InstrumentID]market.Listing
	days     map[dayKey]*market.EventSet
}

type dayKey struct {
	id  market.InstrumentID
	day market.UnixMilli
}

func newMemory() *memory {
	return &memory{listings: map[market.InstrumentID]market.Listing{}, days: map[dayKey]*market.EventSet{}}
}

func (m *memory) PutListing(_ context.Context, l market.Listing) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.listings[l.InstrumentID] = l
	return l.Validate()
}

func (m *memory) Merge(_ context.Context, id market.InstrumentID, day market.UnixMilli, set *market.EventSet) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := dayKey{id, day}
	if m.days[key] == nil {
		m.days[key] = &market.EventSet{}
	}
	return m.days[key].Merge(set), nil
}
