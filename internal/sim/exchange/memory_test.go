package exchange_test

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"halcyon/heatmap"
	"halcyon/internal/eventlog"
	"halcyon/market"
)

// memoryLog is an event log that a test's clock governs, which files and their
// goroutines are not.
type memoryLog struct {
	mu      sync.Mutex
	all     []eventlog.Message
	of      map[market.InstrumentID][]int
	changed chan struct{}
}

func newMemoryLog() *memoryLog {
	return &memoryLog{of: map[market.InstrumentID][]int{}, changed: make(chan struct{})}
}

func (l *memoryLog) Identity() string { return "memory" }

func (l *memoryLog) Publish(_ context.Context, id market.InstrumentID, messageID string, entries []eventlog.Entry) (eventlog.Ack, error) {
	// As on disk: what comes back shares no memory with what was given.
	stored, err := eventlog.Decode(eventlog.Encode(nil, entries))
	if err != nil {
		return eventlog.Ack{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	m := eventlog.Message{Seq: uint64(len(l.all) + 1), ID: messageID, Stored: time.Now(), Entries: stored}
	if of := l.of[id]; len(of) > 0 {
		m.Prev = l.all[of[len(of)-1]].Seq
	}
	l.of[id] = append(l.of[id], len(l.all))
	l.all = append(l.all, m)
	close(l.changed)
	l.changed = make(chan struct{})
	return eventlog.Ack{Seq: m.Seq}, nil
}

func (l *memoryLog) Last(_ context.Context, id market.InstrumentID) (eventlog.Message, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	of := l.of[id]
	if len(of) == 0 {
		return eventlog.Message{}, false, nil
	}
	return l.all[of[len(of)-1]], true, nil
}

func (l *memoryLog) Follow(ctx context.Context, id market.InstrumentID, after uint64, visit func(eventlog.Message) error) error {
	for next := 0; ; {
		l.mu.Lock()
		changed, of := l.changed, l.of[id]
		var due []eventlog.Message
		for _, i := range of[next:] {
			if l.all[i].Seq > after {
				due = append(due, l.all[i])
			}
		}
		next = len(of)
		l.mu.Unlock()
		for _, m := range due {
			if err := visit(m); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		}
	}
}

// memoryStore is a lake without files: a live.Store and a replay.Store.
type memoryStore struct {
	mu     sync.Mutex
	events map[market.InstrumentID]map[market.UnixMilli]*market.EventSet
	maps   map[market.InstrumentID]map[market.UnixMilli]*heatmap.Day
	states map[string][]byte
}

func newMemoryStore() *memoryStore {
	return &memoryStore{
		events: map[market.InstrumentID]map[market.UnixMilli]*market.EventSet{}, maps: map[market.InstrumentID]map[market.UnixMilli]*heatmap.Day{},
		states: map[string][]byte{},
	}
}

var errNone = errors.New("nothing stored")

func (s *memoryStore) Merge(_ context.Context, id market.InstrumentID, day market.UnixMilli, set *market.EventSet) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.events[id] == nil {
		s.events[id] = map[market.UnixMilli]*market.EventSet{}
	}
	if s.events[id][day] == nil {
		s.events[id][day] = &market.EventSet{}
	}
	s.events[id][day].Merge(set)
	return true, nil
}

func (s *memoryStore) Days(_ context.Context, id market.InstrumentID) ([]market.UnixMilli, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.events[id])), nil
}

func (s *memoryStore) Scan(_ context.Context, id market.InstrumentID, day market.UnixMilli) iter.Seq2[market.Event, error] {
	s.mu.Lock()
	defer s.mu.Unlock()
	set := s.events[id][day]
	return func(yield func(market.Event, error) bool) {
		for e := range set.Events() {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func (s *memoryStore) Fingerprint(context.Context, market.InstrumentID, market.UnixMilli) (string, error) {
	return "", nil
}

func (s *memoryStore) PutMap(_ context.Context, id market.InstrumentID, d *heatmap.Day) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.maps[id] == nil {
		s.maps[id] = map[market.UnixMilli]*heatmap.Day{}
	}
	view := *d
	s.maps[id][d.Start] = &view
	return nil
}

// columns are the base columns of all days.
func (s *memoryStore) columns(id market.InstrumentID) (all []heatmap.Column) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, day := range slices.Sorted(maps.Keys(s.maps[id])) {
		all = append(all, s.maps[id][day].Levels[0].Columns...)
	}
	return all
}

func (s *memoryStore) put(key string, data []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.states[key] = data
	return nil
}

func (s *memoryStore) get(key string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if data, ok := s.states[key]; ok {
		return data, nil
	}
	return nil, errNone
}

func (s *memoryStore) PutLiveCheckpoint(_ context.Context, id market.InstrumentID, data []byte) error {
	return s.put("live "+id.String(), data)
}

func (s *memoryStore) LiveCheckpoint(_ context.Context, id market.InstrumentID) ([]byte, error) {
	return s.get("live " + id.String())
}

func (s *memoryStore) PutCheckpoint(_ context.Context, id market.InstrumentID, data []byte) error {
	return s.put("replay "+id.String(), data)
}

func (s *memoryStore) Checkpoint(_ context.Context, id market.InstrumentID) ([]byte, error) {
	return s.get("replay " + id.String())
}
