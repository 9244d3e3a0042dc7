// Package venue is the contract between the files that venues and recorders
// publish and the rest of Halcyon: a Format recognises a file and opens it as
// a Reader, a Reader yields market events, and an InputError says in one line
// what is wrong with a row.
//
// It is the contract with live venues too: a Feed lists instruments, connects
// and emits events; a FrameParser reads the frames of its websocket. What all
// feeds have in common is made in package feed, below.
//
// It also holds what every format needs to read text fast and exactly: whole
// lines in reused blocks (LineBlocks, Lines), decimals (ParseDecimal), tables
// with named columns (Table), and the bookkeeping that turns missing ids and
// silent spans into gaps (IDRuns, Silence). It must not know any one venue,
// compression, or where events go.
//
// Nothing here is safe for concurrent use; a Reader belongs to one goroutine.
//
//	format := binance.Formats()[0]
//	r, err := format.Open(venue.File{Path: "BTCUSDT-aggTrades-2026-05-11.csv"}, text, venue.Options{})
//	for e, err := r.Next(); err == nil; e, err = r.Next() { ... } // ends with io.EOF
package venue
