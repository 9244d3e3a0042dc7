package eventlog

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"halcyon/market"
)

// ErrInUse: another process has the folder of the log, or follows the same
// instrument of it.
var ErrInUse = errors.New("in use by another process")

// MaxBatch bounds a batch in bytes of its binary form, below what every
// server takes.
const MaxBatch = 512 << 10

// Log is an open event log. Use Open; Close it when done.
type Log struct {
	opt    Options
	server *embedded // nil for a cluster
	conn   *nats.Conn
	js     jetstream.JetStream
	stream jetstream.Stream

	mu sync.Mutex
	// newest is the sequence of the last message of the instruments that this
	// Log publishes.
	newest map[market.InstrumentID]uint64
}

// Open starts or reaches the log and makes its stream if there is none.
func Open(ctx context.Context, opt Options) (*Log, error) {
	if err := opt.Validate(); err != nil {
		return nil, err
	}
	l := &Log{opt: opt.withDefaults(), newest: map[market.InstrumentID]uint64{}}
	if err := l.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot open event log %q: %w", opt.Dir+opt.URL, err), l.Close())
	}
	return l, nil
}

func (l *Log) open(ctx context.Context) (err error) {
	options := []nats.Option{nats.Name("halcyon"), nats.MaxReconnects(-1), nats.RetryOnFailedConnect(false)}
	if l.opt.Dir != "" {
		if l.server, err = serve(l.opt); err != nil {
			return err
		}
		options = append(options, nats.InProcessServer(l.server))
	}
	if l.conn, err = nats.Connect(l.opt.URL, options...); err != nil {
		return err
	}
	if l.js, err = jetstream.New(l.conn); err != nil {
		return err
	}
	config := jetstream.StreamConfig{
		Name: l.opt.Stream, Subjects: []string{l.opt.Stream + ".events.*.*"},
		Description: "market events in the order in which they arrived",
		Storage:     jetstream.FileStorage, Replicas: l.opt.Replicas, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardOld,
		MaxAge: l.opt.MaxAge, MaxBytes: l.opt.MaxBytes, Duplicates: l.opt.Dedupe,
	}
	l.stream, err = l.js.Stream(ctx, l.opt.Stream)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		l.stream, err = l.js.CreateStream(ctx, config)
	case err == nil && l.server != nil:
		// Ours: it follows the options. A cluster's is its owner's business.
		l.stream, err = l.js.UpdateStream(ctx, config)
	}
	return err
}

// Close ends the connection and stops the embedded server. Followers end with
// an error.
func (l *Log) Close() (err error) {
	if l.conn != nil {
		l.conn.Close()
	}
	if l.server != nil {
		err = l.server.close()
		l.server = nil
	}
	return err
}

// Identity names this log as long as it lives: a stream that has been deleted
// and made again numbers its messages anew and has another one.
func (l *Log) Identity() string {
	info := l.stream.CachedInfo()
	return fmt.Sprintf("%s@%d", info.Config.Name, info.Created.UnixNano())
}

// Address is where others reach the embedded server, "" where they cannot.
func (l *Log) Address() string {
	if l.server == nil || l.opt.Listen == "" {
		return ""
	}
	return l.server.ClientURL()
}

// subject returns the subject of an instrument. A dot would part a token in
// two; a tilde is in no name.
func (l *Log) subject(id market.InstrumentID) string {
	return l.opt.Stream + ".events." + token(string(id.Venue)) + "." + token(id.Symbol)
}

// qualified makes a message id the instrument's own: the server remembers ids
// a stream, not a subject.
func qualified(id market.InstrumentID, messageID string) string { return id.String() + "/" + messageID }

func token(s string) string { return strings.ReplaceAll(s, ".", "~") }

// Ack is the log's answer to a message.
type Ack struct {
	// Seq is the message's place in the stream, rising from 1.
	Seq uint64
	// Duplicate tells that the message id was known, and nothing was stored.
	Duplicate bool
}

// Publish appends a batch to the log of an instrument and returns when it is
// durable. Where it fails nobody knows whether the batch was stored: send it
// again with the same message id (of the instrument), which makes it count
// once. Batches of an instrument are published one after the other; each states
// which message it follows, so that a second publisher of the instrument fails
// with ErrInUse instead of adding everything twice.
func (l *Log) Publish(ctx context.Context, id market.InstrumentID, messageID string, entries []Entry) (Ack, error) {
	fail := func(err error) (Ack, error) {
		return Ack{}, fmt.Errorf("cannot publish %d events of %q: %w", len(entries), id.String(), err)
	}
	if err := id.Validate(); err != nil {
		return fail(err)
	}
	after, err := l.lastOf(ctx, id)
	if err != nil {
		return fail(err)
	}
	data := Encode(make([]byte, 0, 64+8*len(entries)), entries)
	ack, err := l.js.Publish(ctx, l.subject(id), data, jetstream.WithMsgID(qualified(id, messageID)),
		jetstream.WithExpectStream(l.opt.Stream), jetstream.WithExpectLastSequencePerSubject(after))
	if wrongLast(err) {
		// Either this very message was stored although its answer was lost, or
		// somebody else publishes.
		last, ok, lastErr := l.Last(ctx, id)
		switch {
		case lastErr != nil:
			return fail(lastErr)
		case !ok || last.ID != messageID:
			return fail(ErrInUse)
		}
		l.remember(id, last.Seq)
		return Ack{last.Seq, true}, nil
	}
	if err != nil {
		return fail(err)
	}
	if !ack.Duplicate {
		l.remember(id, ack.Sequence)
	}
	return Ack{ack.Sequence, ack.Duplicate}, nil
}

// wrongLast reports whether a message was refused for not following the one
// that it stated.
func wrongLast(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence ||
		api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}

// lastOf returns the sequence that the instrument's next message follows.
func (l *Log) lastOf(ctx context.Context, id market.InstrumentID) (uint64, error) {
	l.mu.Lock()
	seq, known := l.newest[id]
	l.mu.Unlock()
	if known {
		return seq, nil
	}
	last, _, err := l.Last(ctx, id)
	if err == nil {
		l.remember(id, last.Seq)
	}
	return last.Seq, err
}

func (l *Log) remember(id market.InstrumentID, seq uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.newest[id] = seq
}

// Message is a batch in the log.
type Message struct {
	// Seq is its place in the stream; later messages have greater ones.
	Seq uint64
	// Prev is the Seq of the instrument's message before, 0 for the first. The
	// log may hold that one no longer.
	Prev uint64
	// ID is the instrument's message id that it was published under.
	ID string
	// Stored is when the log took it, by the server's clock.
	Stored time.Time
	// Entries are the events, which share memory with each other only.
	Entries []Entry
}

func messageOf(id market.InstrumentID, seq uint64, at time.Time, header nats.Header, data []byte) (Message, error) {
	entries, err := Decode(data)
	if err != nil {
		return Message{}, fmt.Errorf("message %d: %w", seq, err)
	}
	// The header says what the message was stated to follow.
	prev, err := strconv.ParseUint(header.Get(jetstream.ExpectedLastSubjSeqHeader), 10, 64)
	if err != nil {
		return Message{}, fmt.Errorf("message %d does not say what it follows: %w", seq, ErrCorrupt)
	}
	return Message{seq, prev, strings.TrimPrefix(header.Get(jetstream.MsgIDHeader), qualified(id, "")), at, entries}, nil
}

// Last returns the newest message of an instrument, and false if there is none.
func (l *Log) Last(ctx context.Context, id market.InstrumentID) (Message, bool, error) {
	raw, err := l.stream.GetLastMsgForSubject(ctx, l.subject(id))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return Message{}, false, nil
	}
	var m Message
	if err == nil {
		m, err = messageOf(id, raw.Sequence, raw.Time, raw.Header, raw.Data)
	}
	if err != nil {
		return m, false, fmt.Errorf("cannot read the newest events of %q: %w", id.String(), err)
	}
	return m, true, nil
}
