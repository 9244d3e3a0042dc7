package eventlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"halcyon/market"
)

// followRetry is the pause before a follower that lost its server asks again.
const followRetry = 500 * time.Millisecond

// prefetch bounds the messages of one follower that wait in memory.
const prefetch = 256

// Follow calls visit with every message of an instrument whose Seq is greater
// than after, in order, each exactly once, and waits for more. It ends with
// visit's error, or nil when ctx is done. Lost connections are made good.
//
// The position belongs to the follower, who keeps it where it keeps what the
// messages did: in its checkpoint. The log has a durable consumer for it, named
// after the instrument, that is made anew at that position; whoever else
// followed the instrument under this name ends with ErrInUse.
func (l *Log) Follow(ctx context.Context, id market.InstrumentID, after uint64, visit func(Message) error) error {
	f := &follower{log: l, id: id, after: after, visit: visit}
	for {
		err := f.run(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case f.final:
			return err
		case errors.Is(err, jetstream.ErrConsumerDeleted), l.conn.IsClosed():
			return fmt.Errorf("cannot follow %q: %w", id.String(), errors.Join(ErrInUse, err))
		}
		select {
		case <-ctx.Done():
		case <-time.After(followRetry):
		}
	}
}

type follower struct {
	log   *Log
	id    market.InstrumentID
	after uint64
	visit func(Message) error
	// final tells that an error of run is not the connection's.
	final bool
}

// name of the durable consumer. Dots are not allowed in it.
func (f *follower) name() string {
	return "engine-" + token(string(f.id.Venue)) + "-" + token(f.id.Symbol)
}

// run follows until something fails.
func (f *follower) run(ctx context.Context) error {
	if err := f.log.stream.DeleteConsumer(ctx, f.name()); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return err
	}
	consumer, err := f.log.stream.CreateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: f.name(), FilterSubject: f.log.subject(f.id), AckPolicy: jetstream.AckNonePolicy,
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: f.after + 1,
		// Its state is of no use once its follower is gone. On disk it would be:
		// after a crash the server may give a new consumer what was left of the
		// old one's, and with it the belief that messages have been delivered.
		MemoryStorage: true,
	})
	if err != nil {
		return err
	}
	if n := consumer.CachedInfo().Delivered.Consumer; n != 0 {
		return fmt.Errorf("a new consumer says that it has delivered %d messages", n)
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(prefetch))
	if err != nil {
		return err
	}
	defer messages.Stop()
	for delivered := uint64(1); ; delivered++ {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return err
		}
		meta, err := m.Metadata()
		if err != nil {
			return err
		}
		if meta.Sequence.Consumer != delivered {
			return fmt.Errorf("delivery %d, want %d: one was lost on the way", meta.Sequence.Consumer, delivered)
		}
		if meta.Sequence.Stream <= f.after {
			continue
		}
		msg, err := messageOf(f.id, meta.Sequence.Stream, meta.Timestamp, m.Headers(), m.Data())
		if err == nil && msg.Prev > f.after {
			if err := f.gone(ctx, msg.Prev); err != nil {
				return err
			}
		}
		if err == nil {
			err = f.visit(msg)
		}
		if err != nil {
			f.final = true
			return err
		}
		f.after = msg.Seq
	}
}

// gone returns nil if the log does not hold a message any more, and an error
// if it does: then it should have been delivered.
func (f *follower) gone(ctx context.Context, seq uint64) error {
	_, err := f.log.stream.GetMsg(ctx, seq)
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return nil
	case err == nil:
		return fmt.Errorf("message %d was not delivered", seq)
	}
	return err
}
