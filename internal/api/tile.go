package api

import (
	"context"
	"fmt"
	"hash/crc32"

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
	if t.First+t.Closed == tilewire.Side {
		out.CacheControl = "public, max-age=31536000, immutable"
	}
	if req.IfNoneMatch == out.ETag {
		out.Status, out.Body = 304, nil
	}
	return out, nil
}

// Tile gathers the cells of one tile; see docs/API.md for its coordinates.
func Tile(ctx context.Context, a *atlas.Atlas, id market.InstrumentID, level int, x, y int64) (*tilewire.Tile, error) {
	const side = tilewire.Side
	w := heatmap.Window{
		Level: level, From: market.BucketIndex(x * side), To: market.BucketIndex((x + 1) * side),
		Lo: market.BinIndex(y * side), Hi: market.BinIndex((y + 1) * side),
	}
	days, err := a.Days(ctx, id, level, w.From, w.To)
	if err != nil {
		return nil, err
	}
	groups := len(a.Groups())
	// Planes of the wire: the groups of each side, then the side's fresh part.
	cells := make([][]uint16, market.Sides*(groups+1))
	at := func(plane, bin, column int) *uint16 {
		if cells[plane] == nil {
			cells[plane] = make([]uint16, side*side)
		}
		return &cells[plane][bin*side+column]
	}
	t := &tilewire.Tile{Header: tilewire.Header{Venue: string(id.Venue), Symbol: id.Symbol, Level: level, X: x, Y: y}}
	first, last := side, -1
	var fresh [side]float64
	err = heatmap.Walk(days, w, func(c *heatmap.Column, s *heatmap.State) bool {
		column := int(c.Bucket - w.From)
		first, last = min(first, column), column
		for sd := range market.PositionSide(market.Sides) {
			clear(fresh[:])
			occupiedLo, occupiedHi := w.Hi, w.Lo
			for g := range groups {
				p := heatmap.PlaneOf(sd, g, groups)
				lo, hi := s.Occupied(p)
				for bin := lo; bin < hi; bin++ {
					if q := tilewire.Quantise(s.All(p, bin)); q != 0 {
						*at(int(sd)*(groups+1)+g, int(bin-w.Lo), column) = q
						fresh[bin-w.Lo] += s.Fresh(p, bin)
					}
				}
				if lo < hi {
					occupiedLo, occupiedHi = min(occupiedLo, lo), max(occupiedHi, hi)
				}
			}
			for bin := occupiedLo; bin < occupiedHi; bin++ {
				if q := tilewire.Quantise(fresh[bin-w.Lo]); q != 0 {
					*at(int(sd)*(groups+1)+groups, int(bin-w.Lo), column) = q
				}
			}
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	if last >= 0 {
		t.First, t.Closed = first, last-first+1
	}
	for sd := range market.PositionSide(market.Sides) {
		for g := range groups + 1 {
			name := "fresh"
			if g < groups {
				name = a.Groups()[g].Name
			}
			if plane := cells[int(sd)*(groups+1)+g]; plane != nil {
				t.Planes, t.Cells = append(t.Planes, sd.String()+"/"+name), append(t.Cells, plane)
			}
		}
	}
	return t, nil
}
