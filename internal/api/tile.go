package api

import (
	"context"
	"fmt"
	"hash/crc32"
	"sync"

	"halcyon/heatmap"
	"halcyon/internal/atlas"
	"halcyon/internal/tilewire"
	"halcyon/market"
)

type tileRequest struct {
	Venue       string `path:"venue"`
	Symbol      string `path:"symbol"`
	Level       int    `path:"level" minimum:"0" maximum:"5"`
	X           int64  `path:"x" minimum:"0" maximum:"10000000"`
	Y           int64  `path:"y" minimum:"-100000" maximum:"100000"`
	IfNoneMatch string `header:"If-None-Match"`
}

type tileAnswer struct {
	Status       int
	ContentType  string `header:"Content-Type"`
	CacheControl string `header:"Cache-Control"`
	ETag         string `header:"ETag"`
	Body         []byte
}

func (s *server) tile(ctx context.Context, req *tileRequest) (*tileAnswer, error) {
	in, err := s.find(ctx, req.Venue, req.Symbol)
	if err != nil {
		return nil, err
	}
	t, err := Tile(ctx, s.Atlas, in.InstrumentID, req.Level, req.X, req.Y)
	if err != nil {
		return nil, failed(err)
	}
	body, err := t.Encode()
	if err != nil {
		return nil, failed(err)
	}
	out := &tileAnswer{
		Status: 200, ContentType: "application/octet-stream", CacheControl: "no-cache",
		ETag: fmt.Sprintf(`"%08x-%x"`, crc32.ChecksumIEEE(body), len(body)), Body: body,
	}
	// A combination changes even where it is closed, when an instrument joins.
	if t.First+t.Closed == tilewire.Side && in.Parts == nil {
		out.CacheControl = "public, max-age=31536000, immutable"
	}
	if req.IfNoneMatch == out.ETag {
		out.Status, out.Body = 304, nil
	}
	return out, nil
}

// Tile gathers the cells of one tile; see docs/API.md for its coordinates. Its
// halves, lower and upper bins, are gathered side by side.
func Tile(ctx context.Context, a *atlas.Atlas, id market.InstrumentID, level int, x, y int64) (*tilewire.Tile, error) {
	const side, halves = tilewire.Side, 2
	from, to := market.BucketIndex(x*side), market.BucketIndex((x+1)*side)
	days, err := a.Days(ctx, id, level, from, to)
	if err != nil {
		return nil, err
	}
	groups := a.Groups()
	tile := newPlanes(len(groups))
	var work sync.WaitGroup
	for i := range market.BinIndex(halves) {
		lo := market.BinIndex(y*side) + i*side/halves
		work.Go(func() {
			for _, day := range days {
				tile.gather(day, from, lo, lo+side/halves)
			}
		})
	}
	work.Wait()
	t := &tilewire.Tile{Header: tilewire.Header{Venue: string(id.Venue), Symbol: id.Symbol, Level: level, X: x, Y: y}}
	t.First, t.Closed = closed(days, from, to)
	for plane := range tile.cells {
		cells := tile.cells[plane].Load()
		if cells == nil {
			continue
		}
		name := "fresh"
		if g := plane % (len(groups) + 1); g < len(groups) {
			name = groups[g].Name
		}
		sd := market.PositionSide(plane / (len(groups) + 1))
		t.Planes, t.Cells = append(t.Planes, sd.String()+"/"+name), append(t.Cells, cells[:])
	}
	return t, nil
}

// closed returns the first column of [from, to) that is stored, counted from
// from, and how many there are from it up to the last one; 0 and 0 for none.
func closed(days []*heatmap.Tracks, from, to market.BucketIndex) (first, n int) {
	var lowest, end market.BucketIndex
	for _, day := range days {
		if columns := day.In(from, to); len(columns) > 0 {
			if end == 0 {
				lowest = columns[0].Bucket
			}
			end = columns[len(columns)-1].Bucket + 1
		}
	}
	if end == 0 {
		return 0, 0
	}
	return int(lowest - from), int(end - lowest)
}
