package ingest

import (
	"context"
	"fmt"
	"strings"

	"halcyon/internal/venue"
	"halcyon/market"
)

// Store is where an import puts what it reads.
type Store interface {
	// PutListing describes an instrument, before any of its events are merged.
	PutListing(context.Context, market.Listing) error
	// Merge unites a sorted set with what is known of one UTC day (day is its
	// first millisecond), as market.EventSet.Merge does, and reports whether
	// that changed anything. All or nothing of the set is kept.
	Merge(ctx context.Context, id market.InstrumentID, day market.UnixMilli, set *market.EventSet) (changed bool, err error)
}

// Options say how files are read.
type Options struct {
	// Formats are the kinds of file to choose from. Required.
	Formats []venue.Format
	// Format is the name of the format to read every file as. Default: the
	// format that a file's name and beginning show.
	Format string
	// Symbol is the venue's name of the instrument, for files that do not say.
	Symbol string
	// Salvage takes what decodes of a file that breaks off, and reports what
	// was lost, instead of an error. Default false.
	Salvage bool
	// Provenance is stored with the instrument. Default market.Recorded.
	Provenance market.Provenance
	// Progress, if set, is told now and then how many bytes of a file have
	// been read of how many. A file too long to hold is read a second time.
	Progress func(file string, done, total int64)
}

// Validate reports options that cannot work.
func (o Options) Validate() error {
	if o.Format == "" {
		return nil
	}
	names := make([]string, len(o.Formats))
	for i, f := range o.Formats {
		if names[i] = f.Name; f.Name == o.Format {
			return nil
		}
	}
	return fmt.Errorf("format %q: want one of %s: %w", o.Format, strings.Join(names, ", "), market.ErrInvalid)
}

// FileReport tells what came of one file.
type FileReport struct {
	// File is the path as it was found.
	File string
	// Format is the name of the format that read it.
	Format string
	// Instrument is what its events belong to.
	Instrument market.InstrumentID
	// Counts tells of its rows: read, skipped and why.
	venue.Counts
	// First and Last are the times of its first and last events; Last 0 before
	// there is any.
	First, Last market.UnixMilli
	// Gaps is the number of gaps found.
	Gaps int
	// Days is the number of UTC days with events, DaysChanged of those that
	// the store did not have yet in full.
	Days, DaysChanged int
	// Lost says what a salvaged file lacks; empty for a whole file.
	Lost string
}

// Report tells what came of an import.
type Report struct {
	// Files are the files imported, in order.
	Files []FileReport
	// Ignored are files in folders that no format knows.
	Ignored []string
}
