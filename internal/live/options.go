package live

import (
	"context"
	"fmt"
	"iter"
	"time"

	"halcyon/engine"
	"halcyon/internal/eventlog"
	"halcyon/internal/venue"
	"halcyon/market"
)

// Store is where events, days and checkpoints are kept; internal/lake satisfies it.
type Store interface {
	engine.Sink
	Events
	PutLiveCheckpoint(ctx context.Context, id market.InstrumentID, data []byte) error
	// LiveCheckpoint returns the last one put, or an error if there is none.
	LiveCheckpoint(ctx context.Context, id market.InstrumentID) ([]byte, error)
}

// Events is stored events, by UTC day.
type Events interface {
	Merge(ctx context.Context, id market.InstrumentID, day market.UnixMilli, set *market.EventSet) (changed bool, err error)
	Days(ctx context.Context, id market.InstrumentID) ([]market.UnixMilli, error)
	Scan(ctx context.Context, id market.InstrumentID, day market.UnixMilli) iter.Seq2[market.Event, error]
}

// Log is the event log; *eventlog.Log satisfies it.
type Log interface {
	Publish(ctx context.Context, id market.InstrumentID, messageID string, entries []eventlog.Entry) (eventlog.Ack, error)
	Follow(ctx context.Context, id market.InstrumentID, after uint64, visit func(eventlog.Message) error) error
	Last(ctx context.Context, id market.InstrumentID) (eventlog.Message, bool, error)
	Identity() string
}

// Feed is the part of venue.Feed that runs.
type Feed interface {
	Name() string
	Run(ctx context.Context, ids []market.InstrumentID, emit venue.Emit) error
	State() venue.FeedState
}

// Resumer is a Feed that answers for what was missed since an earlier run; every
// venue.Feed is one. Of any other feed that is a gap.
type Resumer interface {
	Resume(known map[market.InstrumentID]market.UnixMilli)
}

// Options configure a Runner. Log, Store and Maps are required; every other
// field has a default at zero.
type Options struct {
	Log   Log
	Store Store
	// Maps holds the newest columns for those who show them.
	Maps *Maps
	// Engine returns the options of an instrument's engine. Default: the engine's own.
	Engine func(market.Listing) engine.Options
	// Lateness is how far events may come out of order and still be put in
	// order, and so how long a column stays open after its end. Default
	// venue.FeedReorder.
	Lateness market.UnixMilli
	// BatchTime is how long events are gathered into a message. Default 25 ms.
	BatchTime time.Duration
	// Silence is how long an instrument of a feed that is alive may say nothing
	// before a heartbeat moves its time on. Default 5 s.
	Silence time.Duration
	// MapEvery is the time between two writings of the newest day's map, and
	// FlushEvery between two of events and checkpoint. Both grow where writing
	// takes more than a twentieth of them. Default 1 min and 5 min.
	MapEvery, FlushEvery time.Duration
	// Gapless states that feeds go on exactly where the log ends, as files and
	// simulations can. Otherwise what happened while the program was away is asked
	// for by feeds that can (Resumer), and a gap where it cannot be had. Default false.
	Gapless bool
	// Backlog bounds the events of an instrument that wait for the log, in
	// trades. Beyond it events are dropped and booked as a gap. Default 1,000,000.
	Backlog int
	// Prepare, where set, is called before an instrument without a checkpoint is
	// drawn for the first time, once the log holds an event of it: the place to
	// put the time before first, that event's, into the store. What the feed
	// tells meanwhile waits in the log, and what of it is not newer than the
	// newest event in the store then goes to the store alone. An error is shown,
	// and the instrument tried again a little later.
	Prepare func(ctx context.Context, listing market.Listing, first market.UnixMilli) error
	// OnColumn, where set, is called when an instrument's columns have closed up
	// to an instant. It must not block.
	OnColumn func(id market.InstrumentID, to market.UnixMilli)
}

func (o Options) withDefaults() Options {
	setDefault(&o.Lateness, venue.FeedReorder)
	setDefault(&o.BatchTime, 25*time.Millisecond)
	setDefault(&o.Silence, 5*time.Second)
	setDefault(&o.MapEvery, time.Minute)
	setDefault(&o.FlushEvery, 5*time.Minute)
	setDefault(&o.Backlog, 1_000_000)
	if o.Engine == nil {
		o.Engine = func(market.Listing) engine.Options { return engine.Options{} }
	}
	if o.OnColumn == nil {
		o.OnColumn = func(market.InstrumentID, market.UnixMilli) {}
	}
	return o
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Validate reports the first field out of range; the error wraps market.ErrInvalid.
func (o Options) Validate() error {
	o = o.withDefaults()
	switch {
	case o.Log == nil || o.Store == nil || o.Maps == nil:
		return fmt.Errorf("live options: Log, Store and Maps are required: %w", market.ErrInvalid)
	case o.Lateness < 0 || o.Lateness > market.Hour:
		return fmt.Errorf("live options: lateness %d ms, want 0 to an hour: %w", o.Lateness, market.ErrInvalid)
	case o.BatchTime < 0 || o.Silence < 0 || o.MapEvery < 0 || o.FlushEvery < 0:
		return fmt.Errorf("live options: a time below 0: %w", market.ErrInvalid)
	case o.Backlog < maxMessage:
		return fmt.Errorf("live options: backlog of %d trades, want at least %d: %w", o.Backlog, maxMessage, market.ErrInvalid)
	}
	return nil
}
