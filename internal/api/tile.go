package api

import (
	"context"
	"fmt"
	"hash/crc32"

	"golang.org/x/sync/errgroup"

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

// Tile gathers the cells of one tile; see docs/API.md for its coordinates. Its
// halves, lower and upper bins, are gathered side by side.
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
	var halves [2]gatherer
	var group errgroup.Group
	cells := make([][]uint16, market.Sides*(groups+1))
	for plane := range cells {
		cells[plane] = make([]uint16, side*side)
	}
	for i := range halves {
		h := &halves[i]
		*h = gatherer{groups: groups, from: w.From, base: w.Lo, cells: cells, filled: make([]bool, len(cells)), first: side, last: -1}
		half := w
		half.Lo += market.BinIndex(i * side / len(halves))
		half.Hi = half.Lo + side/market.BinIndex(len(halves))
		group.Go(func() error { return heatmap.Walk(days, half, h.column) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	t := &tilewire.Tile{Header: tilewire.Header{Venue: string(id.Venue), Symbol: id.Symbol, Level: level, X: x, Y: y}}
	if first, last := halves[0].first, halves[0].last; last >= 0 {
		t.First, t.Closed = first, last-first+1
	}
	for plane := range cells {
		if !halves[0].filled[plane] && !halves[1].filled[plane] {
			continue
		}
		name := "fresh"
		if g := plane % (groups + 1); g < groups {
			name = a.Groups()[g].Name
		}
		sd := market.PositionSide(plane / (groups + 1))
		t.Planes, t.Cells = append(t.Planes, sd.String()+"/"+name), append(t.Cells, cells[plane])
	}
	return t, nil
}

// gatherer quantises the cells of some bins of a tile, column by column. The
// planes of the wire are the groups of each side, then the side's fresh part.
type gatherer struct {
	groups int
	from   market.BucketIndex
	// base is the lowest bin of the tile, whose rows cells begin with.
	base  market.BinIndex
	cells [][]uint16
	// filled tells which planes hold anything.
	filled      []bool
	first, last int
	fresh       [tilewire.Side]float64
}

// column implements the visit of heatmap.Walk.
func (h *gatherer) column(c *heatmap.Column, s *heatmap.State) bool {
	column := int(c.Bucket - h.from)
	h.first, h.last = min(h.first, column), column
	for sd := range market.Sides {
		planes := sd * (h.groups + 1)
		lowest, highest := tilewire.Side, 0
		for g := range h.groups {
			p := heatmap.Plane(sd*h.groups + g)
			lo, hi := s.Occupied(p)
			for bin := lo; bin < hi; bin++ {
				row := int(bin - h.base)
				if q := tilewire.Quantise(s.All(p, bin)); q != 0 {
					h.set(planes+g, row, column, q)
					h.fresh[row] += s.Fresh(p, bin)
					lowest, highest = min(lowest, row), max(highest, row+1)
				}
			}
		}
		for row := lowest; row < highest; row++ {
			if q := tilewire.Quantise(h.fresh[row]); q != 0 {
				h.set(planes+h.groups, row, column, q)
			}
			h.fresh[row] = 0
		}
	}
	return true
}

func (h *gatherer) set(plane, row, column int, q uint16) {
	h.cells[plane][row*tilewire.Side+column] = q
	h.filled[plane] = true
}
