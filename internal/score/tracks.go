package score

import (
	"context"
	"sync"

	"halcyon/liqmodel"
	"halcyon/market"
	"halcyon/scorecard"
)

// Tracks judges a server's own past maps as they come in, and remembers the
// result until another hour has closed. It is safe for concurrent use.
type Tracks struct {
	ctx    context.Context
	maps   Maps
	params func(market.Listing) liqmodel.Params

	mu    sync.Mutex
	known map[market.InstrumentID]*tracked
}

// tracked is the newest track of one instrument.
type tracked struct {
	track scorecard.Track
	// hour is the newest whole hour that track knows of; 0 before the first.
	hour market.UnixMilli
	// running is closed when what is being judged has been; nil while nothing is.
	running chan struct{}
	err     error
}

// NewTracks returns one for stored maps, each drawn with the parameters that
// params names. It judges in the background for as long as ctx is alive.
func NewTracks(ctx context.Context, maps Maps, params func(market.Listing) liqmodel.Params) *Tracks {
	return &Tracks{ctx: ctx, maps: maps, params: params, known: map[market.InstrumentID]*tracked{}}
}

// Track returns how the maps of an instrument did. The first call waits for the
// answer, a second or so; later ones return at once, and where an hour has
// closed since have the next answer prepared meanwhile. The error is the
// store's, or of a context that ended.
func (t *Tracks) Track(ctx context.Context, listing market.Listing) (scorecard.Track, error) {
	hour, err := t.newest(ctx, listing.InstrumentID)
	if err != nil || hour == 0 {
		return scorecard.Track{Records: []scorecard.Record{}}, err
	}
	t.mu.Lock()
	of := t.known[listing.InstrumentID]
	if of == nil {
		of = &tracked{}
		t.known[listing.InstrumentID] = of
	}
	if of.running == nil && (of.hour < hour || of.err != nil) {
		of.running = make(chan struct{})
		go t.judge(of, listing, hour)
	}
	running, fresh := of.running, of.hour > 0
	t.mu.Unlock()
	if running != nil && !fresh {
		select {
		case <-running:
		case <-ctx.Done():
			return scorecard.Track{}, ctx.Err()
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return of.track, of.err
}

func (t *Tracks) judge(of *tracked, listing market.Listing, hour market.UnixMilli) {
	got, err := track(t.ctx, t.maps, listing, t.params(listing))
	t.mu.Lock()
	defer t.mu.Unlock()
	if of.err = err; err == nil {
		of.track, of.hour = got, hour
	}
	close(of.running)
	of.running = nil
}

// newest returns the end of the newest whole hour of an instrument, 0 where
// there is no map.
func (t *Tracks) newest(ctx context.Context, id market.InstrumentID) (market.UnixMilli, error) {
	days, err := t.maps.MapDays(ctx, id)
	if err != nil || len(days) == 0 {
		return 0, err
	}
	d, err := t.maps.MapColumns(ctx, id, days[len(days)-1], 0)
	if err != nil {
		return 0, err
	}
	columns := d.Levels[0].Columns
	if len(columns) == 0 {
		return 0, nil
	}
	return (columns[len(columns)-1].Bucket + 1).Start(market.Minute).Floor(market.Hour), nil
}
