package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"halcyon/internal/archive"
	"halcyon/internal/ingest"
	"halcyon/internal/replay"
	"halcyon/internal/venue"
	"halcyon/internal/venue/binance"
	"halcyon/internal/venue/bybit"
	"halcyon/market"
)

// archiveKind is a public archive, and the feed that has what it lacks.
type archiveKind struct {
	venue market.Venue
	venue.Archive
	feed func(symbol string) func(venue.FeedOptions) venue.Feed
}

var archiveKinds = []archiveKind{
	{binance.Venue, binance.Archive(), func(string) func(venue.FeedOptions) venue.Feed { return binance.NewUSDM }},
	{bybit.Venue, bybit.Archive(), func(symbol string) func(venue.FeedOptions) venue.Feed {
		if strings.HasSuffix(symbol, "USD") {
			return bybit.NewInverse
		}
		return bybit.NewLinear
	}},
}

func archiveOf(v market.Venue) (archiveKind, bool) {
	for _, k := range archiveKinds {
		if k.venue == v {
			return k, true
		}
	}
	return archiveKind{}, false
}

type fetchCommand struct {
	lakeFlag
	Venue  string   `required:"" placeholder:"VENUE" help:"Whose archive: binance (USD-M futures) or bybit."`
	Symbol []string `required:"" placeholder:"SYMBOL" help:"Instruments as the venue names them: BTCUSDT,ETHUSDT."`
	From   string   `placeholder:"DAY" help:"First UTC day, such as 2026-06-01. Default: 30 days before --to."`
	To     string   `placeholder:"DAY" help:"Last UTC day. Default: yesterday."`
	URL    string   `name:"url" placeholder:"URL" help:"Take files from another address that is laid out like the archive."`
	APIURL string   `name:"api-url" placeholder:"URL" help:"Ask another address for what the archive lacks (Bybit: open interest)."`
	NoDraw bool     `help:"Only store events; 'halcyon replay' draws the maps later."`
	JSON   bool     `name:"json" help:"Print the report as JSON."`
}

func (fetchCommand) Help() string {
	return `Days are fetched newest first, held against their checksums, and drawn. A day that is in is not fetched again, a download that
broke off goes on; days that are not published yet are told and left for another time. Trades of the archive take the
place of candles that a cold start was drawn from.

Examples:
  halcyon fetch --venue binance --symbol BTCUSDT --from 2026-06-01 --to 2026-06-14
  halcyon fetch --venue bybit --symbol BTCUSDT,ETHUSDT`
}

// fetchReport is what came of an instrument, for people and scripts.
type fetchReport struct {
	Instrument string        `json:"instrument"`
	Days       []archive.Day `json:"days"`
	Drawn      int           `json:"drawn"`
	Seconds    float64       `json:"seconds"`
}

func (c fetchCommand) Run(ctx context.Context, out *output) error {
	from, to, err := c.days(time.Now())
	if err != nil {
		return err
	}
	kind, ok := archiveOf(market.Venue(c.Venue))
	if !ok {
		return mistake("--venue %q: want binance or bybit, whose archives are public", c.Venue)
	}
	if c.URL != "" {
		kind.URL = strings.TrimRight(c.URL, "/")
	}
	l, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	f := fetching{store: l, dir: fetchDir(c.Lake), api: c.APIURL, progress: out.progress()}
	if !c.JSON {
		f.say = out.say
	}
	if !c.NoDraw {
		f.draw = func(ctx context.Context, id market.InstrumentID) (int, error) { return f.replay(ctx, l, id) }
	}
	var reports []fetchReport
	failed := 0
	for _, symbol := range c.Symbol {
		report, err := f.fetch(ctx, kind, symbol, from, to)
		if err != nil {
			return err
		}
		for _, d := range report.Days {
			if d.Err != "" {
				failed++
			}
		}
		reports = append(reports, report)
	}
	if c.JSON {
		if err := out.json(reports); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d days could not be fetched whole: run the same command again to go on", failed)
	}
	return nil
}

// days reads the flags: days [from, to), as of now.
func (c fetchCommand) days(now time.Time) (from, to market.UnixMilli, err error) {
	today := market.UnixMilli(now.UnixMilli()).Floor(market.Day)
	to = today
	if c.To != "" {
		last, err := time.Parse(time.DateOnly, c.To)
		if err != nil {
			return 0, 0, mistake("--to %q: want a day such as 2026-06-14", c.To)
		}
		to = min(market.UnixMilli(last.UnixMilli())+market.Day, today)
	}
	from = to - 30*market.Day
	if c.From != "" {
		first, err := time.Parse(time.DateOnly, c.From)
		if err != nil {
			return 0, 0, mistake("--from %q: want a day such as 2026-06-01", c.From)
		}
		from = market.UnixMilli(first.UnixMilli())
	}
	if from >= to {
		return 0, 0, mistake("--from %s --to %s: want a day before today, and the first not after the last", from.Date(), (to - market.Day).Date())
	}
	return from, to, nil
}

// fetchDir is where downloads wait until they are in: in the lake's folder, so
// that one that broke off goes on, or a temporary one beside a bucket.
func fetchDir(lakeAt string) string {
	if strings.Contains(lakeAt, "://") {
		return filepath.Join(os.TempDir(), "halcyon-fetch")
	}
	return filepath.Join(lakeAt, "downloads")
}

// keepLive keeps the listing of an instrument that is live: its venue tells more
// about it than a file.
type keepLive struct {
	archive.Sink
	store listed
}

// listed is a store that knows what it holds.
type listed interface {
	Listing(ctx context.Context, id market.InstrumentID) (market.Listing, error)
}

// PutListing implements archive.Sink.
func (k keepLive) PutListing(ctx context.Context, l market.Listing) error {
	if stored, err := k.store.Listing(ctx, l.InstrumentID); err == nil && stored.Provenance == market.Live {
		return nil
	}
	return k.Sink.PutListing(ctx, l)
}

// fetching fetches instruments from archives.
type fetching struct {
	store interface {
		archive.Store
		listed
	}
	// draw draws an instrument's map anew and returns how many days; nil for
	// not at all.
	draw     func(ctx context.Context, id market.InstrumentID) (days int, err error)
	dir, api string
	progress func(label string, done, total int64)
	// say tells of days, where set.
	say func(format string, args ...any)
}

// replay draws an instrument that nobody else draws.
func (f fetching) replay(ctx context.Context, store replay.Store, id market.InstrumentID) (days int, err error) {
	listing, err := f.store.Listing(ctx, id)
	if err != nil {
		return 0, err
	}
	r, err := replay.Run(ctx, store, listing, replay.Options{
		Engine:   engineOptions(listing),
		Progress: func(done, total int) { f.progress("drawing "+id.String(), int64(done), int64(total)) },
	})
	return r.Replayed, err
}

func (f fetching) fetch(ctx context.Context, kind archiveKind, symbol string, from, to market.UnixMilli) (fetchReport, error) {
	id := market.InstrumentID{Venue: kind.venue, Symbol: symbol}
	report := fetchReport{Instrument: id.String()}
	begin := time.Now()
	opt := archive.Options{
		Archive: kind.Archive, ID: id, From: from, To: to, Dir: filepath.Join(f.dir, string(id.Venue)), Progress: f.progress, Agent: "halcyon/" + version,
		Read: func(ctx context.Context, file string, into archive.Sink) error {
			_, err := ingest.Import(ctx, keepLive{into, f.store}, []string{file}, ingest.Options{Formats: formats(), Symbol: symbol})
			return err
		},
		OnDay: func(d archive.Day) { f.tell(id, d) },
	}
	if kind.NoOpenInterest {
		feed := kind.feed(symbol)(venue.FeedOptions{RESTURL: f.api})
		opt.OpenInterest = feed.(venue.History).OpenInterest
	}
	if f.draw != nil {
		opt.Draw = func(ctx context.Context) error {
			days, err := f.draw(ctx, id)
			report.Drawn += days
			return err
		}
	}
	var err error
	report.Days, err = archive.Fetch(ctx, f.store, opt)
	report.Seconds = time.Since(begin).Seconds()
	return report, err
}

func (f fetching) tell(id market.InstrumentID, d archive.Day) {
	if f.say == nil || d.Status == archive.Known {
		return
	}
	line := string(d.Status)
	if len(d.Files) > 0 {
		line += ": " + strings.Join(d.Files, ", ")
	}
	if len(d.Missing) > 0 && d.Status != archive.Unpublished {
		line += "; not published: " + strings.Join(d.Missing, ", ")
	}
	if d.Err != "" {
		line += "; " + d.Err
	}
	f.say("%s %s %s", id, d.Date, line)
}
