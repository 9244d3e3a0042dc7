package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"halcyon/internal/archive"
	"halcyon/market"
)

// archiveFlags say whether and how a server fetches days from archives.
type archiveFlags struct {
	Archive    bool              `help:"Fetch the days of --backfill from public archives in the background, for instruments whose venue has one: their trades take the place of candles, and the map is drawn anew."`
	ArchiveURL map[string]string `name:"archive-url" placeholder:"VENUE=URL" help:"Take a venue's files from an address that is laid out like its archive."`
	ArchiveAPI map[string]string `name:"archive-api-url" placeholder:"VENUE=URL" help:"Ask another address for what a venue's archive lacks (Bybit: open interest)."`
}

// Archives are looked at again after upgradeFirst, when more instruments may be
// live, and then after twice as long each time, up to upgradeEvery.
const (
	upgradeFirst = 10 * time.Second
	upgradeEvery = 3 * time.Hour
)

// upgrader fetches days for a served lake.
type upgrader struct {
	archiveFlags
	lake    servedLake
	live    *liveSide // nil for none
	days    int
	scratch string
	out     *output
}

func (u *upgrader) kinds() ([]archiveKind, error) {
	var kinds []archiveKind
	for _, k := range archiveKinds {
		if url := u.ArchiveURL[string(k.venue)]; url != "" {
			k.URL = strings.TrimRight(url, "/")
		}
		kinds = append(kinds, k)
	}
	for _, urls := range []map[string]string{u.ArchiveURL, u.ArchiveAPI} {
		for name := range urls {
			if _, ok := archiveOf(market.Venue(name)); !ok {
				return nil, mistake("%q has no archive that is known: want binance=URL or bybit=URL", name)
			}
		}
	}
	return kinds, nil
}

// run fetches what is published, now and again, until ctx is done. Trouble is
// told and waited out.
func (u *upgrader) run(ctx context.Context, kinds []archiveKind) {
	for wait := upgradeFirst; ctx.Err() == nil; wait = min(2*wait, upgradeEvery) {
		if err := u.once(ctx, kinds); err != nil && ctx.Err() == nil {
			u.out.warn("%v", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

func (u *upgrader) once(ctx context.Context, kinds []archiveKind) error {
	listings, err := u.lake.Listings(ctx)
	if err != nil {
		return err
	}
	today := market.UnixMilli(time.Now().UnixMilli()).Floor(market.Day)
	for _, l := range listings {
		for _, kind := range kinds {
			if kind.venue != l.Venue || !kind.Symbol(l.Symbol) || l.Provenance != market.Live {
				continue
			}
			f := fetching{store: u.lake, dir: u.scratch, api: u.ArchiveAPI[string(kind.venue)], progress: func(string, int64, int64) {}, say: u.say}
			f.draw = u.draw(f)
			if _, err := f.fetch(ctx, kind, l.Symbol, today-market.UnixMilli(u.days)*market.Day, today); err != nil {
				return fmt.Errorf("%s: %w", l.InstrumentID, err)
			}
		}
	}
	return ctx.Err()
}

// say tells of days that came; what is not published is no news here.
func (u *upgrader) say(format string, args ...any) {
	if line := fmt.Sprintf(format, args...); !strings.HasSuffix(line, string(archive.Unpublished)) {
		u.out.say("%s", line)
	}
}

// draw has whoever owns an instrument draw it anew.
func (u *upgrader) draw(f fetching) func(context.Context, market.InstrumentID) (int, error) {
	return func(ctx context.Context, id market.InstrumentID) (days int, err error) {
		if u.live == nil {
			return f.replay(ctx, u.lake, id)
		}
		taken := true
		err = u.live.owners.draw(id, func() (err error) {
			taken = false
			days, err = f.replay(ctx, u.lake, id)
			return err
		})
		if taken && err == nil {
			return u.days, u.live.runner.Redraw(ctx, id)
		}
		return days, err
	}
}
