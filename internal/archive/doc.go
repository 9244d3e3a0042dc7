// Package archive fetches whole days from the public archives of venues: each
// file is downloaded (going on where a download broke off), held against its
// checksum, read, and put into the store; what came before of that day's
// trades, candles included, it replaces. Newest days come first, and a day that
// is in is not fetched again.
//
// It must not know how a venue names its files (venue.Archive says so), how a
// file is read, nor how a map is drawn: those are handed in. A broken or
// altered file never reaches the store.
package archive
