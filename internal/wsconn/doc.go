// Package wsconn keeps one websocket to a venue alive: it dials, subscribes,
// answers and sends heartbeats, takes silence for death, waits between
// attempts, and replaces a connection before the venue's limit of age without
// losing a frame.
//
// It must not know any venue, what frames mean, or market events. It reads
// the time of the machine through package time alone, so that testing/synctest
// can hold the clock.
//
// Course of a connection:
//
//	dial ─→ greet ─→ frames ... ─→ lost ─→ wait (full jitter) ─→ dial
//	                   │
//	                   └─ MaxAge: dial a second one, hang up the first once
//	                      the second has delivered (both deliver meanwhile)
//
// Invariants:
//
//  1. Session.Frame, Options.Greeted and Options.Down are called by one goroutine at a time.
//
//  2. Down is called after the last frame of what was lost, and before the
//     first frame of what replaces it. A renewal that overlaps calls no Down.
//
//  3. After Run has returned nothing is called and no goroutine is left.
//
//     c := wsconn.New(wsconn.Options{URL: "wss://...", Greet: subscribe, Open: newSession})
//     c.Run(ctx)
package wsconn
