package atlas_test

import (
	"context"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"halcyon/heatmap"
	"halcyon/internal/atlas"
	"halcyon/liqmodel"
	"halcyon/market"
)

// memory keeps the days of one instrument, and counts how often each is read.
// A lake would not do: its pools must not be filled within a bubble of time.
type memory struct {
	days  map[market.UnixMilli]*heatmap.Day
	reads map[market.UnixMilli]int
}

func (m memory) Listings(context.Context) ([]market.Listing, error) { return nil, nil }

func (m memory) MapDays(context.Context, market.InstrumentID) ([]market.UnixMilli, error) {
	return slices.Sorted(maps.Keys(m.days)), nil
}

func (m memory) MapTracks(_ context.Context, _ market.InstrumentID, day market.UnixMilli, level int) (*heatmap.Tracks, error) {
	m.reads[day]++
	return m.days[day].Tracks(level), nil
}

func (m memory) MapColumns(_ context.Context, _ market.InstrumentID, day market.UnixMilli, _ int) (*heatmap.Day, error) {
	return m.days[day], nil
}

// A day that another process may be writing is read again when it has grown,
// be it that a newer one has begun meanwhile, and only then.
func TestNewestDayIsReadAgainOnceItHasGrown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const day = 20_000 * market.Day
		id := market.InstrumentID{Venue: "test", Symbol: "BTC"}
		m := memory{map[market.UnixMilli]*heatmap.Day{}, map[market.UnixMilli]int{}}
		a := atlas.New(m, liqmodel.DefaultParams().Groups)
		put := func(day market.UnixMilli, columns int) {
			b, err := heatmap.NewBuilder(day, 6, []heatmap.Cell{{Plane: 1, Bin: 110_000, All: 5000, Fresh: 4000}})
			if err != nil {
				t.Fatal(err)
			}
			for i := range market.BucketIndex(columns) {
				if err := b.Commit(heatmap.Column{Bucket: day.Bucket(heatmap.BaseBucket) + i, Price: 60_000, Scales: make([]heatmap.Scales, 6)}); err != nil {
					t.Fatal(err)
				}
			}
			m.days[day] = b.Day()
		}
		// see looks at the first day after a while.
		see := func(columns, reads int) {
			t.Helper()
			time.Sleep(time.Minute)
			days, err := a.Days(t.Context(), id, 0, day.Bucket(heatmap.BaseBucket), (day + market.Day).Bucket(heatmap.BaseBucket))
			if err != nil || len(days) != 1 {
				t.Fatalf("%d days, error %v", len(days), err)
			}
			if n := len(days[0].Columns); n != columns || m.reads[day] != reads {
				t.Errorf("%d columns after reading %d times, want %d after %d", n, m.reads[day], columns, reads)
			}
		}
		put(day, 3)
		see(3, 1)
		see(3, 1)
		put(day, 4)
		see(4, 2)
		see(4, 2)
		put(day, 5)
		put(day+market.Day, 1)
		see(5, 3)
		see(5, 3)
	})
}
