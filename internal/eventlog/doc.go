// Package eventlog is the durable, replayable record of what venues told, in
// the order in which it arrived: one NATS JetStream stream, one subject an
// instrument, batches of events in a compact binary form.
//
//	log, err := eventlog.Open(ctx, eventlog.Options{Dir: "lake/eventlog"})
//	_, err = log.Publish(ctx, id, "m-17", entries)      // durable when it returns
//	err = log.Follow(ctx, id, after, func(m Message) error { … })
//
// The server runs embedded in the process and is reached without a port, or is
// a cluster that Options.URL names; nothing else differs between the two.
//
// # Invariants
//
//  1. What Publish has returned for survives kill -9, and with SyncAlways (the
//     default) a power cut: the server writes a message to its file, and syncs
//     it, before it acknowledges.
//  2. A message id counts once: a publisher that does not know whether its
//     message arrived sends it again under the same id.
//  3. Messages of an instrument are followed in the order of their Seq, each
//     exactly once. Seq rises but has holes: instruments share the stream.
//  4. Decode(Encode(x)) == x to the bit; what was not written by Encode is an
//     error that wraps ErrCorrupt, never a panic.
//
// The package knows no venue, no model and no lake. A Log is safe for
// concurrent use.
package eventlog
