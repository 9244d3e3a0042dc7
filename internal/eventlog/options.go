package eventlog

import (
	"fmt"
	"time"

	"halcyon/market"
)

// Options say where the log is and how long it remembers. The zero value of
// every field but Dir and URL, of which exactly one is needed, is its default.
type Options struct {
	// Dir is the folder of the embedded server's files, created if missing.
	// One process at a time may have it.
	Dir string
	// URL names the servers of a cluster instead, comma-separated:
	// "nats://10.0.0.1:4222". A stream that exists there is used as it stands.
	URL string
	// Listen, where set, opens the embedded server to others: "127.0.0.1:4222".
	// Default: no port at all.
	Listen string
	// Stream is the name of the stream; its subjects are Stream.events.*.*.
	// Default "halcyon".
	Stream string
	// Replicas is the number of servers of a cluster that keep a new stream. Default 1.
	Replicas int
	// MaxAge is how long messages are kept. It must exceed the time for which
	// the program may be away after a crash: what the lake has not been given
	// by then is lost, and drawn as a gap. Default 7 days.
	MaxAge time.Duration
	// MaxBytes bounds the stream on disk; the oldest messages go first.
	// Default 8 GiB.
	MaxBytes int64
	// Sync is when the embedded server asks the disk to keep what it wrote.
	// Default SyncAlways.
	Sync SyncPolicy
	// Dedupe is how long a message id is remembered. Default 2 min.
	Dedupe time.Duration
}

// SyncPolicy is what an acknowledgement promises.
type SyncPolicy uint8

const (
	// SyncAlways syncs before every acknowledgement: what is acknowledged
	// survives a power cut. Publishers that wait for it gather larger batches
	// meanwhile, so that a slow disk costs delay and not throughput.
	SyncAlways SyncPolicy = iota
	// SyncPeriodically writes before every acknowledgement and syncs each few
	// seconds: what is acknowledged survives kill -9, and a power cut takes the
	// last seconds.
	SyncPeriodically
)

// syncEvery is how often SyncPeriodically syncs.
const syncEvery = 5 * time.Second

func (o Options) withDefaults() Options {
	if o.Stream == "" {
		o.Stream = "halcyon"
	}
	if o.Replicas == 0 {
		o.Replicas = 1
	}
	if o.MaxAge == 0 {
		o.MaxAge = 7 * 24 * time.Hour
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = 8 << 30
	}
	if o.Dedupe == 0 {
		o.Dedupe = 2 * time.Minute
	}
	return o
}

// Validate reports the first field out of range; the error wraps market.ErrInvalid.
func (o Options) Validate() error {
	o = o.withDefaults()
	switch {
	case (o.Dir == "") == (o.URL == ""):
		return fmt.Errorf("event log options: folder %q and URL %q, want exactly one of them: %w", o.Dir, o.URL, market.ErrInvalid)
	case o.URL != "" && o.Listen != "":
		return fmt.Errorf("event log options: address %q to listen on, want none with a cluster: %w", o.Listen, market.ErrInvalid)
	case o.MaxAge < time.Minute:
		return fmt.Errorf("event log options: age %v, want at least a minute: %w", o.MaxAge, market.ErrInvalid)
	case o.MaxBytes < 1<<20:
		return fmt.Errorf("event log options: %d bytes, want at least 1 MiB: %w", o.MaxBytes, market.ErrInvalid)
	case o.Dedupe < time.Second || o.Dedupe > o.MaxAge:
		return fmt.Errorf("event log options: ids remembered for %v, want 1 s to the age of messages: %w", o.Dedupe, market.ErrInvalid)
	case o.Replicas < 1 || o.Replicas > 5:
		return fmt.Errorf("event log options: %d replicas, want 1 to 5: %w", o.Replicas, market.ErrInvalid)
	}
	return nil
}
