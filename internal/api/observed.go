package api

import (
	"context"
	"fmt"
	"math"

	"github.com/danielgtaylor/huma/v2"

	"halcyon/heatmap"
	"halcyon/internal/observed"
	"halcyon/market"
)

type observedRequest struct {
	Venue  string  `query:"venue" required:"true" example:"hyperliquid"`
	Symbol string  `query:"symbol" required:"true" example:"BTC"`
	Shift  uint    `query:"shift" default:"2" maximum:"8" doc:"bins are 2^shift basis points wide"`
	Band   float64 `query:"band" default:"0.5" minimum:"0.001" maximum:"2" doc:"half-width around price"`
}

// observedSide is what is known of one side.
type observedSide struct {
	USD          []float64 `json:"usd" doc:"OBSERVED notional a bin, by the venue's own liquidation price"`
	Beyond       float64   `json:"beyond" doc:"USD outside of the band"`
	Share        float64   `json:"share" doc:"part of the side's open interest that is observed, 0..1"`
	WithoutLevel float64   `json:"without_level" doc:"part of what is observed that has no liquidation price, 0..1"`
	Moved        float64   `json:"moved" doc:"part of what is observed that has traded since the venue was asked: its liquidation price may have moved too"`
}

type observedAnswer struct {
	Body struct {
		At         int64        `json:"at" doc:"newest trade that is in it, UTC ms"`
		Price      float64      `json:"price" doc:"what longs lie below and shorts above"`
		Shift      uint         `json:"shift"`
		FirstBin   int64        `json:"first_bin"`
		Long       observedSide `json:"long"`
		Short      observedSide `json:"short"`
		Positions  int          `json:"positions"`
		Addresses  int          `json:"addresses" doc:"seen trading, any instrument"`
		Reconciled int          `json:"reconciled" doc:"of these, asked about"`
		Age        struct {
			Median int64 `json:"median_ms"`
			P90    int64 `json:"p90_ms"`
			Oldest int64 `json:"oldest_ms"`
		} `json:"age" doc:"time since the venue told of a position; 0 without positions"`
	}
}

// observed answers GET /api/v1/observed: positions as they are, where a venue
// tells, and how much of the market that is.
func (s *server) observed(ctx context.Context, req *observedRequest) (*observedAnswer, error) {
	in, err := s.find(ctx, req.Venue, req.Symbol)
	if err != nil {
		return nil, err
	}
	book, ok := s.Observed(in.Instrument)
	if !ok {
		return nil, huma.Error404NotFound(fmt.Sprintf("no positions of %q are observed: want a venue that names the parties of its trades, connected with --live", in.InstrumentID.String()))
	}
	_, column, err := s.Atlas.Last(ctx, in.InstrumentID, in.To)
	if err != nil {
		return nil, failed(err)
	}
	if column == nil || column.Price == 0 {
		return nil, huma.Error404NotFound("no column with a price yet")
	}
	lo, hi := heatmap.BandOf(0, column.Price, market.Ratio(req.Band))
	bins := profileBins{lo.Coarsen(req.Shift), (hi - 1).Coarsen(req.Shift) + 1, req.Shift}
	out := &observedAnswer{}
	b := &out.Body
	b.At, b.Price, b.Shift, b.FirstBin = int64(book.At), float64(column.Price), req.Shift, int64(bins.lo)
	b.Positions, b.Addresses, b.Reconciled = book.Positions, book.Counts.Addresses, book.Counts.Reconciled
	b.Long, b.Short = observedOf(book, market.Long, column.OpenInterest, bins), observedOf(book, market.Short, column.OpenInterest, bins)
	if n := len(book.Ages); n > 0 {
		b.Age.Median, b.Age.P90, b.Age.Oldest = int64(book.Ages[n/2]), int64(book.Ages[n*9/10]), int64(book.Ages[n-1])
	}
	return out, nil
}

func observedOf(book observed.Book, side market.PositionSide, open market.Contracts, bins profileBins) observedSide {
	out := observedSide{USD: make([]float64, bins.hi-bins.lo), Share: part(book.Size[side], open),
		WithoutLevel: part(book.WithoutLevel[side], book.Size[side]), Moved: part(book.Moved[side], book.Size[side])}
	for bin, usd := range book.Levels[side] {
		if k := bin.Coarsen(bins.shift); k >= bins.lo && k < bins.hi {
			out.USD[k-bins.lo] += float64(usd)
		} else {
			out.Beyond += float64(usd)
		}
	}
	for i, x := range out.USD {
		out.USD[i] = math.Round(x)
	}
	out.Beyond = math.Round(out.Beyond)
	return out
}

// part is a share, to four digits; 0 of nothing.
func part(of, whole market.Contracts) float64 {
	if whole <= 0 {
		return 0
	}
	return math.Round(float64(of/whole)*1e4) / 1e4
}
