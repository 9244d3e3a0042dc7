// Package ingest turns files into market events: it opens zip, gzip and plain
// text, finds the format, and either imports a file into a store, day by day,
// or streams it in order of time for a direct replay.
//
// The formats are handed in by the caller; this package knows no venue. It
// must not know how a store keeps what it is given, nor what a model makes of
// it. One goroutine per open file inflates ahead of the parser; Close ends it.
// A Source belongs to one goroutine.
//
//	opt := ingest.Options{Formats: binance.Formats()}
//	trades, err := ingest.Open("BTCUSDT-aggTrades-2026-05-11.zip", opt)
//	metrics, err := ingest.Open("BTCUSDT-metrics-2026-05-11.zip", opt)
//	for e, err := range ingest.Stream([]*ingest.Source{trades, metrics}) { ... }
package ingest
