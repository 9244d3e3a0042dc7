package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path"
	"time"

	"halcyon/internal/venue"
	"halcyon/market"
)

// Store is where days are kept; internal/lake satisfies it.
type Store interface {
	Sink
	// ReplaceTrades makes a day's trades and gaps those of set, removes its
	// candles, and merges what else is in set.
	ReplaceTrades(ctx context.Context, id market.InstrumentID, day market.UnixMilli, set *market.EventSet) error
	// PutArchived keeps the record of what is in; Archived returns it, or an
	// error if there is none.
	PutArchived(ctx context.Context, id market.InstrumentID, data []byte) error
	Archived(ctx context.Context, id market.InstrumentID) ([]byte, error)
}

// Sink is what a file is read into.
type Sink interface {
	PutListing(context.Context, market.Listing) error
	Merge(ctx context.Context, id market.InstrumentID, day market.UnixMilli, set *market.EventSet) (changed bool, err error)
}

// Options say what to fetch and how.
type Options struct {
	// Archive is the venue's; its URL may have been replaced. Required.
	Archive venue.Archive
	// ID is the instrument, its symbol as the venue writes it. Required.
	ID market.InstrumentID
	// From and To bound the UTC days, half-open. Required.
	From, To market.UnixMilli
	// Dir is a folder for downloads, which is made. Required.
	Dir string
	// Read reads a local file into a sink; a broken file is an error and puts
	// nothing. Required.
	Read func(ctx context.Context, file string, into Sink) error
	// OpenInterest asks for what the archive does not have; nil for nothing.
	OpenInterest func(ctx context.Context, id market.InstrumentID, from, to market.UnixMilli) ([]market.OpenInterest, error)
	// Draw is called when maps are worth drawing anew: after the first day that
	// came, the second, the fourth, and so on, and at the end. Optional.
	Draw func(context.Context) error
	// Progress is told of every download. Optional.
	Progress func(file string, done, total int64)
	// OnDay is told of every day when it is done. Optional.
	OnDay func(Day)
	// HTTP makes requests. Default: a client over http.DefaultTransport.
	HTTP *http.Client
	// Agent is what the archive is told of us. Default "halcyon".
	Agent string

	// pause waits between attempts; tests shorten it.
	pause func(context.Context, time.Duration) error
}

// Status is what came of a day.
type Status string

// What can come of a day.
const (
	// Fetched: it came and is in.
	Fetched Status = "fetched"
	// Known: it was in already.
	Known Status = "known"
	// Coarse: candles stand in for trades that are not published yet.
	Coarse Status = "coarse"
	// Unpublished: the archive does not have it, or not yet.
	Unpublished Status = "not published"
	// Failed: see Err; the day is as it was, or has some of its files.
	Failed Status = "failed"
)

// Day is what came of one day.
type Day struct {
	Date   string `json:"date"`
	Status Status `json:"status"`
	// Files are those that came now, Missing those that are not published.
	Files   []string `json:"files,omitempty"`
	Missing []string `json:"missing,omitempty"`
	Err     string   `json:"error,omitempty"`
}

// Fetch fetches days, newest first. A day that fails is told and left for
// another time; the error is of what concerns all of them: options, the store,
// Draw, or ctx.
func Fetch(ctx context.Context, store Store, opt Options) (days []Day, err error) {
	f := &fetcher{store: store, opt: opt}
	if err := f.begin(ctx); err != nil {
		return nil, fmt.Errorf("cannot fetch %q: %w", opt.ID.String(), err)
	}
	came, drawn := 0, 0
	for start := opt.To - market.Day; start >= opt.From; start -= market.Day {
		day, err := f.day(ctx, start)
		if err != nil {
			return days, fmt.Errorf("cannot fetch %s of %q: %w", start.Date(), opt.ID.String(), err)
		}
		days = append(days, day)
		if opt.OnDay != nil {
			opt.OnDay(day)
		}
		if len(day.Files) > 0 {
			came++
		}
		if came >= max(1, 2*drawn) && came > drawn {
			if err := f.draw(ctx); err != nil {
				return days, err
			}
			drawn = came
		}
	}
	if came > drawn {
		return days, f.draw(ctx)
	}
	return days, nil
}

type fetcher struct {
	store Store
	opt   Options
	down  *downloader
	// known are the files that are in, by path, with their SHA-256; and the
	// days whose open interest is.
	known map[string]string
}

func (f *fetcher) begin(ctx context.Context) error {
	o := &f.opt
	switch {
	case o.ID.Validate() != nil || !o.Archive.Symbol(o.ID.Symbol):
		return fmt.Errorf("symbol %q: want one that the archive has, such as %s: %w", o.ID.Symbol, o.Archive.Example, market.ErrInvalid)
	case o.From.Floor(market.Day) != o.From || o.To.Floor(market.Day) != o.To || o.From >= o.To:
		return fmt.Errorf("days from %s to %s: want whole UTC days, the first before the last: %w", o.From, o.To, market.ErrInvalid)
	}
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return err
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{}
	}
	if o.Agent == "" {
		o.Agent = "halcyon"
	}
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	if o.pause == nil {
		o.pause = pause
	}
	f.down = &downloader{base: o.Archive.URL, dir: o.Dir, client: o.HTTP, agent: o.Agent, tell: o.Progress, pause: o.pause}
	f.known = map[string]string{}
	// Without a record, or with one that cannot be read, files come once more.
	if data, err := f.store.Archived(ctx, o.ID); err == nil {
		_ = json.Unmarshal(data, &f.known)
	}
	return ctx.Err()
}

func (f *fetcher) draw(ctx context.Context) error {
	if f.opt.Draw == nil {
		return nil
	}
	return f.opt.Draw(ctx)
}

// day fetches what is missing of a day.
func (f *fetcher) day(ctx context.Context, start market.UnixMilli) (Day, error) {
	day := Day{Date: start.Date(), Status: Known}
	for _, file := range f.opt.Archive.Day(f.opt.ID.Symbol, start) {
		if f.known[file.Path] != "" {
			continue
		}
		came, err := f.file(ctx, file, start)
		switch {
		case err == nil:
			day.Files = append(day.Files, path.Base(came))
			if day.Status == Known {
				day.Status = Fetched
			}
			if came != file.Path {
				day.Status, day.Missing = Coarse, append(day.Missing, path.Base(file.Path))
			}
		case ctx.Err() != nil:
			return day, ctx.Err()
		case errors.Is(err, errAbsent):
			day.Missing = append(day.Missing, path.Base(file.Path))
			if file.Trades && day.Status != Failed {
				day.Status = Unpublished
			}
		default:
			day.Status, day.Err = Failed, err.Error()
		}
	}
	if err := f.openInterest(ctx, start, &day); err != nil {
		return day, err
	}
	if len(day.Files) == 0 {
		return day, nil
	}
	record, err := json.Marshal(f.known)
	if err != nil {
		return day, err
	}
	return day, f.store.PutArchived(ctx, f.opt.ID, record)
}

// file fetches one file, or what stands in for it, and returns which.
func (f *fetcher) file(ctx context.Context, file venue.ArchiveFile, start market.UnixMilli) (came string, err error) {
	came = file.Path
	local, sum, err := f.down.get(ctx, file.Path, file.Checksum)
	instead := errors.Is(err, errAbsent) && file.Instead != ""
	if instead {
		if f.known[file.Instead] != "" {
			return "", err
		}
		came = file.Instead
		local, sum, err = f.down.get(ctx, file.Instead, file.InsteadChecksum)
	}
	if err != nil {
		return "", err
	}
	into := Sink(f.store)
	if file.Trades && !instead {
		into = &replacing{Store: f.store, day: start}
	}
	if err := f.opt.Read(ctx, local, into); err != nil {
		f.down.discard(came)
		return "", fmt.Errorf("cannot read %q, which is discarded: %w", came, err)
	}
	f.known[came] = sum
	f.down.discard(came)
	return came, nil
}

// openInterest gets what the archive does not have of a day whose trades are in.
func (f *fetcher) openInterest(ctx context.Context, start market.UnixMilli, day *Day) error {
	name := "open interest of " + start.Date()
	if !f.opt.Archive.NoOpenInterest || f.opt.OpenInterest == nil || f.known[name] != "" || day.Status == Unpublished || day.Status == Failed {
		return nil
	}
	observed, err := f.opt.OpenInterest(ctx, f.opt.ID, start, start+market.Day)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		day.Err = err.Error()
		return nil
	case len(observed) == 0:
		return nil
	}
	if _, err := f.store.Merge(ctx, f.opt.ID, start, &market.EventSet{OpenInterest: observed}); err != nil {
		return err
	}
	f.known[name] = "in"
	day.Files = append(day.Files, name)
	return nil
}

// replacing is a sink for all trades of a day.
type replacing struct {
	Store
	day market.UnixMilli
}

// Merge implements Sink.
func (r *replacing) Merge(ctx context.Context, id market.InstrumentID, day market.UnixMilli, set *market.EventSet) (bool, error) {
	if day != r.day || set.Trades.Len() == 0 {
		return r.Store.Merge(ctx, id, day, set)
	}
	return true, r.Store.ReplaceTrades(ctx, id, day, set)
}
