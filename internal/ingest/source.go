package ingest

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"halcyon/internal/venue"
	"halcyon/market"
)

// Source is one open file as a stream of events.
type Source struct {
	opt     Options
	file    *rawFile
	text    *blocks
	format  venue.Format
	reader  venue.Reader
	order   *orderer // nil: as the rows come
	first   market.Event
	report  FileReport
	told    int64
	gapTold bool
	err     error
}

// unknownFile is the fault of a file that no format knows.
type unknownFile struct{ *venue.InputError }

// Unwrap implements the interface of errors.As.
func (u *unknownFile) Unwrap() error { return u.InputError }

// Open opens a file for a direct replay: its events come in order of time. A
// row more than venue.Tolerance behind is an *venue.InputError; Import takes
// such a file. The caller closes the source.
func Open(path string, opt Options) (*Source, error) { return open(path, opt, true) }

func open(path string, opt Options, ordered bool) (*Source, error) {
	if err := opt.Validate(); err != nil {
		return nil, err
	}
	raw, err := openRaw(path, opt.Salvage)
	if err != nil {
		return nil, err
	}
	s := &Source{opt: opt, file: raw, report: FileReport{File: path}}
	s.text = &blocks{file: raw, salvage: opt.Salvage, ahead: newAhead(venue.NewLineBlocks(path, raw.text))}
	if err := s.begin(ordered); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// begin finds the format and reads the first event, without which the
// instrument is not known.
func (s *Source) begin(ordered bool) error {
	head, err := s.text.Next()
	if err == io.EOF {
		return venue.Empty(s.file.path)
	}
	if fault := (*venue.InputError)(nil); errors.As(err, &fault) && fault.Field == venue.FieldLine {
		return &unknownFile{fault}
	}
	if err != nil {
		return err
	}
	file := venue.File{Path: s.file.path, Name: s.file.name, Head: head}
	s.text.head = head
	if s.format, err = pick(file, s.opt); err != nil {
		return err
	}
	s.report.Format = s.format.Name
	s.reader, err = s.format.Open(file, s.text, venue.Options{Symbol: s.opt.Symbol, Ordered: ordered})
	if err != nil {
		return err
	}
	s.first, err = s.reader.Next()
	if err != nil && err != io.EOF {
		return err
	}
	s.err = err
	s.report.Instrument = s.reader.Listing().InstrumentID
	if s.report.Instrument == (market.InstrumentID{}) {
		return &venue.InputError{File: s.file.path, Want: "at least one row that holds an event"}
	}
	if ordered {
		s.order = &orderer{next: s.nextRaw}
	}
	return nil
}

// pick chooses the format that is surest of a file.
func pick(f venue.File, opt Options) (best venue.Format, err error) {
	match := venue.No
	var rivals []string
	for _, format := range opt.Formats {
		if opt.Format != "" {
			if format.Name == opt.Format {
				return format, nil
			}
			continue
		}
		switch m := format.Detect(f); {
		case m > match:
			best, match, rivals = format, m, []string{format.Name}
		case m == match && m != venue.No:
			rivals = append(rivals, format.Name)
		}
	}
	line, _, _ := strings.Cut(string(f.Head), "\n")
	switch {
	case len(rivals) == 0:
		return best, &unknownFile{&venue.InputError{File: f.Path, Row: 1, Field: "line", Got: line,
			Want: "a format that is known; name it with --format"}}
	case len(rivals) > 1:
		return best, &venue.InputError{File: f.Path, Field: "format", Got: strings.Join(rivals, " or "), Want: "one of them, named with --format"}
	}
	return best, nil
}

// defaultTick stands in where no file of an instrument shows its prices.
const defaultTick = 0.01

// Instrument describes the instrument that the file is about.
func (s *Source) Instrument() market.Listing {
	l := s.listing()
	l.TickSize = cmp.Or(l.TickSize, defaultTick)
	return l
}

// listing is Instrument with a TickSize of 0 where the file shows none.
func (s *Source) listing() market.Listing {
	l := s.reader.Listing()
	l.Provenance = cmp.Or(s.opt.Provenance, market.Recorded)
	return l
}

// Report tells what has come of the file so far.
func (s *Source) Report() FileReport {
	r := s.report
	r.Counts = s.reader.Counts()
	if s.text.lost != "" {
		r.Lost = fmt.Sprintf("breaks off after row %d, at %s: %s", r.Rows, r.Last, s.text.lost)
	}
	return r
}

// Next returns the next event; the error is io.EOF at the end. A
// *market.Trades batch is valid until the next call.
func (s *Source) Next() (market.Event, error) {
	if s.order != nil {
		return s.order.Next()
	}
	return s.nextRaw()
}

// nextRaw returns the next event in the order of rows.
func (s *Source) nextRaw() (market.Event, error) {
	e, err := s.first, s.err
	if e != nil {
		s.first = nil
	} else if err == nil {
		e, err = s.reader.Next()
		s.err = err
	}
	s.progress(err != nil)
	if e == nil {
		return s.lostGap(err)
	}
	s.note(e)
	return e, nil
}

func (s *Source) note(e market.Event) {
	first, last := e.Time(), e.Time()
	switch e := e.(type) {
	case *market.Trades:
		last = e.EventTime[e.Len()-1]
	case market.Gap:
		s.report.Gaps++
		return
	}
	if s.report.Last == 0 || first < s.report.First {
		s.report.First = first
	}
	s.report.Last = max(s.report.Last, last)
}

// lostGap ends a salvaged file with a gap up to the end of its last day: how
// much more it held is not known.
func (s *Source) lostGap(err error) (market.Event, error) {
	if err != io.EOF || s.text.lost == "" || s.gapTold {
		return nil, err
	}
	s.gapTold = true
	from := s.report.Last + 1
	gap := market.Gap{From: from, To: s.report.Last.Floor(market.Day) + market.Day, Reason: "the file breaks off"}
	if gap.From >= gap.To {
		return nil, err
	}
	s.report.Gaps++
	return gap, nil
}

// progress tells of every megabyte, and of the end.
func (s *Source) progress(end bool) {
	const step = 1 << 20
	if s.opt.Progress == nil {
		return
	}
	if done := min(s.file.done.Load(), s.file.size); done >= s.told+step || (end && done > s.told) {
		s.told = done
		s.opt.Progress(s.file.path, done, s.file.size)
	}
}

// Close closes the file. It may be called more than once.
func (s *Source) Close() error {
	s.text.ahead.stop()
	if err := s.file.Close(); err != nil && !errors.Is(err, fs.ErrClosed) {
		return fmt.Errorf("cannot close %q: %w", s.file.path, err)
	}
	return nil
}
