package lake

import (
	"fmt"
	"strings"
	"time"

	"halcyon/market"
)

// kind is the outermost partition: what an object holds.
type kind string

const (
	kindTrades       kind = "trades"
	kindOpenInterest kind = "open_interest"
	kindMarkPrice    kind = "mark_price"
	kindFunding      kind = "funding"
	kindLiquidations kind = "liquidations"
	kindCandles      kind = "candles"
	kindGaps         kind = "gaps"
	kindLapses       kind = "lapses"
	kindLevels       kind = "levels"
	kindColumns      kind = "columns"
	kindInstrument   kind = "instrument"
	kindObserved     kind = "observed"
	kindCheckpoint   kind = "checkpoint"
)

const (
	partName       = "part.parquet"
	listingName    = "instrument.json"
	checkpointName = "checkpoint.bin"
	// liveCheckpointName holds the state of the live runner.
	liveCheckpointName = "live.bin"
	// archivedName holds which files of an archive are in.
	archivedName = "archived.bin"
)

// prefix returns the folder of all that is kept of a kind about one instrument.
func prefix(k kind, id market.InstrumentID) string {
	return fmt.Sprintf("kind=%s/venue=%s/symbol=%s/", k, id.Venue, id.Symbol)
}

// dayPrefix returns the folder of one UTC day.
func dayPrefix(k kind, id market.InstrumentID, day market.UnixMilli) string {
	return fmt.Sprintf("%sdate=%s/", prefix(k, id), day.Date())
}

// dayKey returns the name of the single object of one UTC day.
func dayKey(k kind, id market.InstrumentID, day market.UnixMilli) string {
	return dayPrefix(k, id, day) + partName
}

// dayOf reads the day out of an object's name relative to its prefix. Names
// that this package did not make, such as a tool's temporary files, are not ok.
func dayOf(rest string) (day market.UnixMilli, ok bool) {
	date, name, found := strings.Cut(strings.TrimPrefix(rest, "date="), "/")
	if !found || name != partName || !strings.HasPrefix(rest, "date=") {
		return 0, false
	}
	t, err := time.Parse(time.DateOnly, date)
	return market.UnixMilli(t.UnixMilli()), err == nil
}

// checkDay validates the key of a day; the error wraps market.ErrInvalid.
func checkDay(id market.InstrumentID, day market.UnixMilli) error {
	if err := id.Validate(); err != nil {
		return err
	}
	if day.Floor(market.Day) != day {
		return fmt.Errorf("day %s: want 00:00 UTC: %w", day, market.ErrInvalid)
	}
	return nil
}
