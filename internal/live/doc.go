// Package live runs instruments on the feeds of venues: what arrives goes into
// the event log first, and everything else is made from the log.
//
//	venue.Feed ─emit→ publisher ─batch→ eventlog ─message→ sequencer ─event→ engine
//	                                                           │               ├→ Maps     newest columns, in memory
//	                                                           └───────────────┴→ saver    events, days, checkpoints in the lake
//
// # Invariants
//
//  1. What an engine sees is a function of the log alone: the same messages
//     give the same events in the same order, wherever the program was stopped.
//  2. A checkpoint is stored after everything that it claims to be stored. It
//     holds the sequence of the last message taken in and what of it was still
//     on its way, so that kill -9 at any moment loses and repeats nothing.
//  3. Events are applied in the order in which a replay of the lake applies
//     them, if none is later than Options.Lateness: both give the same days,
//     byte for byte.
//  4. Time is told by events. The clock decides only when to save, and when to
//     put a Heartbeat into the log.
//  5. One goroutine owns an instrument. What fails in one stops that one; a
//     feed that disappears disturbs no other.
//
// See docs/adr for why.
package live
