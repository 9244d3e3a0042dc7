package api

import (
	"context"
	"math"

	"github.com/danielgtaylor/huma/v2"

	"halcyon/heatmap"
	"halcyon/market"
)

type profileRequest struct {
	Venue  string  `query:"venue" required:"true" example:"hyperliquid"`
	Symbol string  `query:"symbol" required:"true" example:"BTC"`
	At     int64   `query:"at" doc:"UTC ms; default the newest"`
	Shift  uint    `query:"shift" default:"2" maximum:"8" doc:"bins are 2^shift basis points wide"`
	Band   float64 `query:"band" default:"0.5" minimum:"0.001" maximum:"2" doc:"half-width around price"`
}

type profileAnswer struct {
	Body struct {
		At       int64                `json:"at" doc:"close of the column, UTC ms"`
		Price    float64              `json:"price"`
		Shift    uint                 `json:"shift"`
		FirstBin int64                `json:"first_bin"`
		Long     map[string][]float64 `json:"long" doc:"USD a bin, by leverage group and fresh"`
		Short    map[string][]float64 `json:"short" doc:"USD a bin, by leverage group and fresh"`
		Beyond   struct {
			Long  float64 `json:"long"`
			Short float64 `json:"short"`
		} `json:"beyond" doc:"USD that stands outside of the band"`
	}
}

func (s *server) profile(ctx context.Context, req *profileRequest) (*profileAnswer, error) {
	in, err := s.find(ctx, req.Venue, req.Symbol)
	if err != nil {
		return nil, err
	}
	at := market.UnixMilli(req.At)
	if at == 0 {
		at = in.To
	}
	day, column, err := s.Atlas.Last(ctx, in.InstrumentID, at)
	if err != nil {
		return nil, failed(err)
	}
	if column == nil || column.Price == 0 {
		return nil, huma.Error404NotFound("no column with a price at or before " + at.String() + ": the map begins at " + in.From.String())
	}
	lo, hi := heatmap.BandOf(0, column.Price, market.Ratio(req.Band))
	lo, hi = lo.Coarsen(req.Shift), (hi-1).Coarsen(req.Shift)+1
	out := &profileAnswer{}
	b := &out.Body
	b.At, b.Price, b.Shift, b.FirstBin = int64((column.Bucket + 1).Start(heatmap.BaseBucket)), float64(column.Price), req.Shift, int64(lo)
	b.Long, b.Short = map[string][]float64{}, map[string][]float64{}
	groups := s.Atlas.Groups()
	everything := heatmap.Window{From: column.Bucket, To: column.Bucket + 1}
	everything.Lo, everything.Hi = day.Bins()
	err = heatmap.Walk([]*heatmap.Tracks{day}, everything, func(_ *heatmap.Column, st *heatmap.State) bool {
		for sd := range market.PositionSide(market.Sides) {
			into, beyond := b.Long, &b.Beyond.Long
			if sd == market.Short {
				into, beyond = b.Short, &b.Beyond.Short
			}
			into["fresh"] = make([]float64, hi-lo)
			for g, group := range groups {
				sums := make([]float64, hi-lo)
				p := heatmap.PlaneOf(sd, g, len(groups))
				first, last := st.Occupied(p)
				for bin := first; bin < last; bin++ {
					k := bin.Coarsen(req.Shift)
					if k < lo || k >= hi {
						*beyond += st.All(p, bin)
						continue
					}
					sums[k-lo] += st.All(p, bin)
					into["fresh"][k-lo] += st.Fresh(p, bin)
				}
				into[group.Name] = sums
			}
			for _, sums := range into {
				for i, x := range sums {
					sums[i] = math.Round(x)
				}
			}
			*beyond = math.Round(*beyond)
		}
		return true
	})
	if err != nil {
		return nil, failed(err)
	}
	return out, nil
}
