package score

import (
	"context"
	"sync"

	"halcyon/liqmodel"
	"halcyon/market"
	"halcyon/scorecard"
)

// TrackRecords judges a server's own past maps as they come in, and remembers the
// result until another hour has closed. It is safe for concurrent use.
type TrackRecords struct {
	ctx    context.Context
	maps   Maps
	params func(market.Listing) liqmodel.Params

	mu    sync.Mutex
	known map[market.InstrumentID]*tracked
}

// tracked is the newest track record of one instrument or combination.
type tracked struct {
	track scorecard.TrackRecord
	// hour is the newest whole hour that track knows of; 0 before the first.
	hour market.UnixMilli
	// running is closed when what is being judged has been; nil while nothing is.
	running chan struct{}
	err     error
}

// NewTrackRecords returns one for stored maps, each drawn with the parameters that
// params names. It judges in the background for as long as ctx is alive.
func NewTrackRecords(ctx context.Context, maps Maps, params func(market.Listing) liqmodel.Params) *TrackRecords {
	return &TrackRecords{ctx: ctx, maps: maps, params: params, known: map[market.InstrumentID]*tracked{}}
}

// Track returns how the maps of an instrument did, or of the parts of a
// combination in sum; parts holds the instrument alone where it is none. The first
// call waits for the answer, a second or so a part; later ones return at once, and where an hour has
// closed since have the next answer prepared meanwhile. The error is the
// store's, or of a context that ended.
func (t *TrackRecords) Track(ctx context.Context, id market.InstrumentID, parts []market.Listing) (scorecard.TrackRecord, error) {
	var hour market.UnixMilli
	for _, part := range parts {
		newest, err := t.newest(ctx, part.InstrumentID)
		if err != nil {
			return scorecard.TrackRecord{}, err
		}
		hour = max(hour, newest)
	}
	if hour == 0 {
		return scorecard.TrackRecord{Records: []scorecard.Record{}}, nil
	}
	t.mu.Lock()
	of := t.known[id]
	if of == nil {
		of = &tracked{}
		t.known[id] = of
	}
	if of.running == nil && (of.hour < hour || of.err != nil) {
		of.running = make(chan struct{})
		go t.judge(of, parts, hour)
	}
	running, fresh := of.running, of.hour > 0
	t.mu.Unlock()
	if running != nil && !fresh {
		select {
		case <-running:
		case <-ctx.Done():
			return scorecard.TrackRecord{}, ctx.Err()
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return of.track, of.err
}

func (t *TrackRecords) judge(of *tracked, parts []market.Listing, hour market.UnixMilli) {
	got, err := track(t.ctx, t.maps, parts, t.params)
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
func (t *TrackRecords) newest(ctx context.Context, id market.InstrumentID) (market.UnixMilli, error) {
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
