// Package engine runs one instrument: it takes market events in order of time,
// drives the position ledger and builds the map from it.
//
//	market.Event ─→ Engine ─→ liqmodel.Ledger   opened, closed, swept
//	                   └────→ heatmap.Builder   columns and deltas, all levels
//	                              └─→ Sink      a finished day
//
// One goroutine owns one Engine. It knows no clock: time passes because events
// say so. The same events give the same days byte for byte, whatever batches
// trades arrive in and wherever it was stopped and resumed.
package engine
