package alert

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"halcyon/market"
)

// Bounds of a book.
const (
	// MaxRules is how many rules are kept, MaxFired how many firings.
	MaxRules = 200
	MaxFired = 200
)

// ErrNotFound: there is no rule of that ID.
var ErrNotFound = errors.New("no such rule")

// Store keeps the book's bytes; internal/lake satisfies it. Alerts returns nil
// where nothing has been put yet.
type Store interface {
	Alerts(ctx context.Context) ([]byte, error)
	PutAlerts(ctx context.Context, data []byte) error
}

// Book holds rules, what they remember, and what has fired. Every change is
// stored before it is told of. It is safe for concurrent use.
type Book struct {
	store Store

	mu   sync.Mutex
	file bookFile
}

// bookFile is the stored form.
type bookFile struct {
	Version int              `json:"version"`
	LastID  int64            `json:"last_id"`
	Rules   []Rule           `json:"rules"`
	States  map[string]State `json:"states"`
	Fired   []Firing         `json:"fired"`
}

const bookVersion = 1

// OpenBook reads the stored book; an empty one where there is none.
func OpenBook(ctx context.Context, store Store) (*Book, error) {
	b := &Book{store: store, file: bookFile{Version: bookVersion}}
	data, err := store.Alerts(ctx)
	if err != nil {
		return nil, err
	}
	if data != nil {
		if err := json.Unmarshal(data, &b.file); err != nil {
			return nil, fmt.Errorf("cannot read alerts: %w", err)
		}
		if b.file.Version != bookVersion {
			return nil, fmt.Errorf("alerts of version %d: want %d: %w", b.file.Version, bookVersion, market.ErrInvalid)
		}
	}
	if b.file.States == nil {
		b.file.States = map[string]State{}
	}
	return b, nil
}

// Rules returns all rules, oldest first.
func (b *Book) Rules() []Rule {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.file.Rules)
}

// Fired returns what has fired after the given ID, newest first.
func (b *Book) Fired(after int64) []Firing {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := []Firing{}
	for _, f := range slices.Backward(b.file.Fired) {
		if f.ID > after {
			out = append(out, f)
		}
	}
	return out
}

// Add keeps a new rule and returns it with its ID. The error wraps
// market.ErrInvalid where the rule breaks one.
func (b *Book) Add(ctx context.Context, r Rule) (Rule, error) {
	if err := r.Validate(); err != nil {
		return r, err
	}
	return r, b.change(ctx, func(f *bookFile) error {
		if len(f.Rules) >= MaxRules {
			return fmt.Errorf("%d rules are kept: delete one first: %w", MaxRules, market.ErrInvalid)
		}
		f.LastID++
		r.ID = strconv.FormatInt(f.LastID, 36)
		f.Rules = append(f.Rules, r)
		return nil
	})
}

// Replace changes the rule of r.ID, which begins anew; ErrNotFound where there
// is none.
func (b *Book) Replace(ctx context.Context, r Rule) error {
	if err := r.Validate(); err != nil {
		return err
	}
	return b.change(ctx, func(f *bookFile) error {
		i := f.find(r.ID)
		if i < 0 {
			return ErrNotFound
		}
		f.Rules[i] = r
		delete(f.States, r.ID)
		return nil
	})
}

// Delete forgets a rule; what it has fired stays. ErrNotFound where there is none.
func (b *Book) Delete(ctx context.Context, id string) error {
	return b.change(ctx, func(f *bookFile) error {
		i := f.find(id)
		if i < 0 {
			return ErrNotFound
		}
		f.Rules = slices.Delete(f.Rules, i, i+1)
		delete(f.States, id)
		return nil
	})
}

// Observe evaluates every rule of an instrument that waits for one of the
// kinds, and returns what fired. A fault to store leaves the book as it was.
func (b *Book) Observe(ctx context.Context, id market.InstrumentID, o Observation, stale bool) ([]Firing, error) {
	var fired []Firing
	err := b.change(ctx, func(f *bookFile) error {
		for _, r := range f.Rules {
			if r.Paused || r.Instrument() != id || (r.Kind == Stale) != stale {
				continue
			}
			st, hit := Evaluate(r, f.States[r.ID], o)
			f.States[r.ID] = st
			if hit == nil {
				continue
			}
			firing := firingOf(r, *hit)
			f.LastID++
			firing.ID = f.LastID
			fired = append(fired, firing)
		}
		f.Fired = append(f.Fired, fired...)
		f.Fired = f.Fired[max(0, len(f.Fired)-MaxFired):]
		return nil
	})
	if err != nil {
		return nil, err
	}
	return fired, nil
}

func (f *bookFile) find(id string) int {
	return slices.IndexFunc(f.Rules, func(r Rule) bool { return r.ID == id })
}

// change stores what edit makes of a copy of the book, and only then takes it
// over. What changes nothing is not stored.
func (b *Book) change(ctx context.Context, edit func(*bookFile) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	before, err := json.Marshal(b.file)
	if err != nil {
		return fmt.Errorf("cannot store alerts: %w", err)
	}
	var next bookFile
	if err := json.Unmarshal(before, &next); err != nil {
		return fmt.Errorf("cannot store alerts: %w", err)
	}
	if next.States == nil {
		next.States = map[string]State{}
	}
	if err := edit(&next); err != nil {
		return err
	}
	after, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("cannot store alerts: %w", err)
	}
	if string(after) == string(before) {
		return nil
	}
	if err := b.store.PutAlerts(ctx, after); err != nil {
		return err
	}
	b.file = next
	return nil
}
