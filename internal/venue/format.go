package venue

import (
	"fmt"
	"strings"

	"halcyon/market"
)

// File is what a format may know of a file before reading it.
type File struct {
	// Path is the file as the user named it, for messages and for the folders
	// that tell a venue.
	Path string
	// Name is the name of the text inside, without folders and without the
	// ending of a compression: "BTCUSDT-metrics-2026-06-24.csv".
	Name string
	// Head is the beginning of the text: whole lines, up to a block.
	Head []byte
}

// Text delivers a file's decompressed text.
type Text interface {
	// Next returns the next block of whole lines, each ended by '\n', the last
	// of the file included. It is valid until the next call. The error is
	// io.EOF at the end.
	Next() ([]byte, error)
}

// Options say how a file is to be read.
type Options struct {
	// Symbol is the venue's name of the instrument, where the file does not
	// say. A file that says another is an InputError. Default: from the file.
	Symbol string
	// Ordered makes a row that lies more than Tolerance before an earlier one
	// an InputError, and gaps are reported as they are met. Without it, rows
	// come in any order, and gaps after the last row, when what seemed
	// missing has had its chance to turn up. Default false.
	Ordered bool
}

// Tolerance is how far time may step back within a file that is read in order.
const Tolerance = 10 * market.Second

// BatchRows is the most trades that a reader puts in one batch.
const BatchRows = 4096

// Match tells how sure a format is of a file.
type Match int

// Degrees of a match. The surest format reads the file.
const (
	// No: not this format.
	No Match = iota
	// Maybe: the content fits, as it may fit others.
	Maybe
	// Sure: content and name fit.
	Sure
)

// Format is one kind of file of one venue.
type Format struct {
	// Name is what a user calls it: "binance-aggtrades".
	Name string
	// About says in a line what the file holds.
	About string
	// Detect tells whether the format reads the file.
	Detect func(File) Match
	// Overlaps says that a file may hold two recordings of one span, the second
	// beginning where time steps back, so that trades known to both are one.
	// Formats whose trades have ids find duplicates by those. Default false.
	Overlaps bool
	// Open begins reading. The error is an *InputError.
	Open func(File, Text, Options) (Reader, error)
}

// Reader yields the events of one file of one instrument.
type Reader interface {
	// Next returns the next event. A *market.Trades batch has at most
	// BatchRows trades, rises in time within itself and is valid until the
	// next call. From one event to the next, time may step back as far as
	// Options.Ordered allows. The error is io.EOF at the end, an *InputError
	// for a bad row, otherwise what the Text returned.
	Next() (market.Event, error)
	// Listing describes the instrument; complete after the first call of
	// Next. Provenance is empty, TickSize 0 where the file does not tell.
	Listing() market.Listing
	// Counts tells what has been read so far.
	Counts() Counts
}

// Counts is what a reader did with the rows of a file.
type Counts struct {
	// Rows is the number of rows read, without headers and blank lines.
	Rows int64
	// ZeroSize, ZeroOpenInterest and Duplicates are rows that were passed
	// over: trades of quantity 0, an open interest of 0 (a fault of the
	// venue's archive), rows that were there before.
	ZeroSize, ZeroOpenInterest, Duplicates int64
	// MissingIDs is the number of ids missing in holes too small for a Gap.
	MissingIDs int64
	// Backwards is the number of times that time stepped back.
	Backwards int64
}

// Skipped returns the number of rows that were passed over.
func (c Counts) Skipped() int64 { return c.ZeroSize + c.ZeroOpenInterest + c.Duplicates }

// Remarks lists what was unusual, for people; empty where nothing was.
func (c Counts) Remarks() string {
	var parts []string
	for _, p := range []struct {
		n    int64
		what string
	}{
		{c.ZeroSize, "rows of quantity 0 skipped"},
		{c.ZeroOpenInterest, "rows of zero open interest skipped"},
		{c.Duplicates, "duplicate rows skipped"},
		{c.MissingIDs, "ids missing"},
		{c.Backwards, "steps back in time"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	return strings.Join(parts, ", ")
}
