package main

import (
	"context"
	"fmt"
	"iter"
	"time"

	"halcyon/engine"
	"halcyon/internal/ingest"
	"halcyon/internal/lake"
	"halcyon/internal/replay"
	"halcyon/market"
)

type replayCommand struct {
	lakeFlag
	fileFlags
	Venue string   `placeholder:"VENUE" help:"Only instruments of this venue."`
	Only  string   `placeholder:"SYMBOL" help:"Only this instrument in the lake, for example BTC."`
	Fresh bool     `help:"Draw every day anew instead of going on from the last checkpoint."`
	JSON  bool     `name:"json" help:"Print the report as JSON."`
	Paths []string `arg:"" optional:"" name:"file" type:"path" help:"Archive files of one instrument to draw from directly, without storing their events."`
}

func (replayCommand) Help() string {
	return `Without files, the events in the lake are replayed; days that have not changed are skipped.
The same events give the same maps, byte for byte.

Examples:
  halcyon replay --venue hyperliquid --only BTC
  halcyon replay BTCUSDT-aggTrades-2026-05-11.zip BTCUSDT-metrics-2026-05-11.zip`
}

// replayReport is what a replay of one instrument did, for people and scripts.
type replayReport struct {
	Instrument string  `json:"instrument"`
	Days       int     `json:"days"`
	Replayed   int     `json:"replayed"`
	Events     int64   `json:"events"`
	Late       int64   `json:"late"`
	Seconds    float64 `json:"seconds"`
}

func (r replayReport) String() string {
	s := fmt.Sprintf("%s: %d of %d days drawn, %d events in %.2f s", r.Instrument, r.Replayed, r.Days, r.Events, r.Seconds)
	if r.Late > 0 {
		s += fmt.Sprintf(", %d late trades", r.Late)
	}
	return s
}

func (c replayCommand) Run(ctx context.Context, out *output) error {
	l, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	var reports []replayReport
	if len(c.Paths) > 0 {
		r, err := c.files(ctx, l, out)
		if err != nil {
			return err
		}
		reports = append(reports, r)
	} else if reports, err = c.stored(ctx, l, out); err != nil {
		return err
	}
	if c.JSON {
		return out.json(reports)
	}
	for _, r := range reports {
		out.say("%v", r)
	}
	return nil
}

// stored replays the instruments in the lake.
func (c replayCommand) stored(ctx context.Context, l *lake.Lake, out *output) (reports []replayReport, err error) {
	listings, err := l.Listings(ctx)
	if err != nil {
		return nil, err
	}
	progress := out.progress()
	for _, listing := range listings {
		if (c.Venue != "" && string(listing.Venue) != c.Venue) || (c.Only != "" && listing.Symbol != c.Only && listing.Coin != c.Only) {
			continue
		}
		begin := time.Now()
		name := listing.InstrumentID.String()
		r, err := replay.Run(ctx, l, listing, replay.Options{
			Engine:   engineOptions(listing),
			Fresh:    c.Fresh,
			Progress: func(done, total int) { progress("replaying "+name, int64(done), int64(total)) },
		})
		if err != nil {
			return nil, err
		}
		reports = append(reports, replayReport{name, r.Days, r.Replayed, r.Events, r.Late, time.Since(begin).Seconds()})
	}
	if len(reports) == 0 {
		return nil, mistake("no instrument in lake %q matches: import files first ('halcyon import --help')", c.Lake)
	}
	return reports, nil
}

// files replays archive files straight into maps.
func (c replayCommand) files(ctx context.Context, l *lake.Lake, out *output) (report replayReport, err error) {
	var sources []*ingest.Source
	defer func() {
		for _, s := range sources {
			s.Close()
		}
	}()
	for _, path := range c.Paths {
		s, err := ingest.Open(path, c.options(out.progress()))
		if err != nil {
			return report, err
		}
		sources = append(sources, s)
	}
	listing := sources[0].Instrument()
	for i, s := range sources {
		if other := s.Instrument().InstrumentID; other != listing.InstrumentID {
			return report, mistake("%s is about %s, %s about %s: replay one instrument at a time", c.Paths[i], other, c.Paths[0], listing.InstrumentID)
		}
	}
	days := &countingSink{Sink: l, seen: map[market.UnixMilli]bool{}}
	e, err := engine.New(listing, engineOptions(listing), days)
	if err != nil {
		return report, err
	}
	report.Instrument = listing.InstrumentID.String()
	begin := time.Now()
	if err := e.Run(ctx, counted(ingest.Stream(sources), &report.Events)); err != nil {
		return report, err
	}
	if err := l.PutListing(ctx, listing); err != nil {
		return report, err
	}
	report.Days, report.Replayed, report.Late, report.Seconds = len(days.seen), len(days.seen), e.Late(), time.Since(begin).Seconds()
	return report, nil
}

// counted passes a stream on and counts its events.
func counted(events iter.Seq2[market.Event, error], n *int64) iter.Seq2[market.Event, error] {
	return func(yield func(market.Event, error) bool) {
		for ev, err := range events {
			if t, ok := ev.(*market.Trades); ok {
				*n += int64(t.Len())
			} else if err == nil {
				*n++
			}
			if !yield(ev, err) {
				return
			}
		}
	}
}
