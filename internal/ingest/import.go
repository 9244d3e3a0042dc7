package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"halcyon/market"
)

// Import reads files, and every file in folders that a format knows, into a
// store. Rows may come in any order. Importing a file twice changes nothing.
//
// A file is read to its end before anything of it is stored, so a bad one
// leaves the store as it was; the files before it stay imported and are in
// the report. Files of up to holdTrades trades are read once. A longer one is
// read twice: to check it and to count its days, then to store each day as
// soon as its last row has come. Memory is therefore bounded by holdTrades,
// and by the days that rows out of order keep open.
func Import(ctx context.Context, store Store, paths []string, opt Options) (Report, error) {
	im := &importer{store: store, opt: opt, hold: holdTrades, listings: map[market.InstrumentID]listed{}}
	return im.run(ctx, paths)
}

// holdTrades is the most trades that are held in memory before a file is
// known to be good: a busy day, 25 bytes a trade.
const holdTrades = 3_000_000

type importer struct {
	store    Store
	opt      Options
	hold     int
	listings map[market.InstrumentID]listed
	report   Report
}

// listed is the listing that has been stored for an instrument, and the time
// of the data that it describes.
type listed struct {
	market.Listing
	at market.UnixMilli
}

func (im *importer) run(ctx context.Context, paths []string) (Report, error) {
	if err := im.opt.Validate(); err != nil {
		return im.report, err
	}
	for _, path := range paths {
		files, walked, err := expand(path)
		if err != nil {
			return im.report, err
		}
		for _, file := range files {
			err := im.file(ctx, file)
			if unknown := (*unknownFile)(nil); walked && errors.As(err, &unknown) {
				im.report.Ignored = append(im.report.Ignored, file)
				continue
			}
			if err != nil {
				return im.report, err
			}
		}
	}
	return im.report, nil
}

// expand returns the files of a folder, in order of name, or the path itself.
func expand(path string) (files []string, walked bool, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, false, fmt.Errorf("cannot open %q: %w", path, err)
	}
	if !info.IsDir() {
		return []string{path}, false, nil
	}
	err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(d.Name(), ".") && p != path
		switch {
		case err != nil:
			return err
		case hidden && d.IsDir():
			return fs.SkipDir
		case d.Type().IsRegular() && !hidden:
			files = append(files, p)
		}
		return nil
	})
	if err != nil {
		return nil, true, fmt.Errorf("cannot read %q: %w", path, err)
	}
	return files, true, nil
}

// file imports one file.
func (im *importer) file(ctx context.Context, path string) error {
	days := newCollector(im.hold)
	listing, report, err := im.read(ctx, path, days)
	if err != nil {
		return err
	}
	if err := im.list(ctx, listing, report.First); err != nil {
		return err
	}
	put := func(day market.UnixMilli, set *market.EventSet) error {
		changed, err := im.store.Merge(ctx, report.Instrument, day, set)
		if err != nil {
			return fmt.Errorf("cannot store %s of %q: %w", day.Date(), path, err)
		}
		report.Days++
		if changed {
			report.DaysChanged++
		}
		return nil
	}
	if days.holds() {
		err = days.finish(put)
	} else {
		days.beginSecond(put)
		var second FileReport
		if _, second, err = im.read(ctx, path, days); err == nil {
			err = days.leftGaps()
		}
		if err == nil && !days.complete() {
			err = fmt.Errorf("cannot import %q: it changed while it was read: %w", path, market.ErrInvalid)
		}
		second.Days, second.DaysChanged = report.Days, report.DaysChanged
		report = second
	}
	if err != nil {
		return err
	}
	report.Duplicates += days.united
	im.report.Files = append(im.report.Files, report)
	return nil
}

// read reads a whole file into the collector.
func (im *importer) read(ctx context.Context, path string, days *collector) (market.Listing, FileReport, error) {
	s, err := open(path, im.opt, false)
	if err != nil {
		return market.Listing{}, FileReport{}, err
	}
	defer s.Close()
	days.overlaps = s.format.Overlaps
	for {
		e, err := s.Next()
		if err == io.EOF {
			return s.listing(), s.Report(), nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = days.add(e)
		}
		if err != nil {
			return market.Listing{}, FileReport{}, err
		}
	}
}

// list stores the listing of an instrument, if the file tells more than the
// files before it: of several, that of the newest data holds, and any that
// knows the tick size beats one that does not.
func (im *importer) list(ctx context.Context, l market.Listing, at market.UnixMilli) error {
	known, ok := im.listings[l.InstrumentID]
	next := listed{l, at}
	if ok && known.at > at {
		next = known
		if next.TickSize == 0 {
			next.TickSize = l.TickSize
		}
	} else if ok && next.TickSize == 0 {
		next.TickSize = known.TickSize
	}
	if ok && reflect.DeepEqual(next.Listing, known.Listing) {
		im.listings[l.InstrumentID] = next
		return nil
	}
	im.listings[l.InstrumentID] = next
	stored := next.Listing
	if stored.TickSize == 0 {
		stored.TickSize = defaultTick
	}
	if err := im.store.PutListing(ctx, stored); err != nil {
		return fmt.Errorf("cannot store the listing of %s: %w", l.InstrumentID, err)
	}
	return nil
}
