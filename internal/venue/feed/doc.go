// Package feed runs feeds: it is the part of every venue's live side that is
// the same. A venue hands in a Protocol, which says how to subscribe, how to
// read a frame and what to ask over REST; New makes a venue.Feed of it.
//
//	websocket ─→ wsconn ─→ FrameParser ─→ instrument ─→ Emit
//	                        (the venue's)   │ drops what it has seen
//	                                        │ gathers trades, puts them in order
//	REST ───────→ REST ───→ Poll.Parse ─────┘ turns what is missing into gaps
//
// It must not know any one venue, nor where events go.
//
// Invariants:
//
//  1. A trade is emitted once, whatever the venue repeats, as long as it comes
//     within the last 8,192 of an instrument whose venue does not number them.
//  2. What ids say is missing, and every span without a connection, is emitted
//     as a Gap, before the first event behind it. Where trades of such a span
//     were found, what could not be asked for is emitted as a Lapse, before
//     them. While a span is not settled its instrument's events wait, so that
//     none tells a time behind it.
//  3. Nothing that a venue sends ends a feed.
//
// A Feed is safe for concurrent use. Emit is called under a lock, by one
// goroutine at a time.
package feed
