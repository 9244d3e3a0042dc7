package api

import (
	"context"
	"math"

	"halcyon/heatmap"
	"halcyon/market"
)

type sharesRequest struct {
	Venue  string `query:"venue" required:"true" example:"all"`
	Symbol string `query:"symbol" required:"true" example:"BTC"`
	Level  int    `query:"level" minimum:"0" maximum:"5" doc:"level of the ladder, 0 the finest"`
	At     int64  `query:"at" required:"true" doc:"an instant within the column, UTC ms"`
	Bin    int64  `query:"bin" required:"true" minimum:"-10000000" maximum:"10000000" doc:"lowest bin of the level"`
	Bins   int64  `query:"bins" default:"1" minimum:"1" maximum:"4096" doc:"how many bins are added up"`
}

type shareAnswer struct {
	Venue  string             `json:"venue"`
	Symbol string             `json:"symbol"`
	Long   map[string]float64 `json:"long" doc:"amount by leverage group and fresh, in the instrument's unit"`
	Short  map[string]float64 `json:"short" doc:"amount by leverage group and fresh, in the instrument's unit"`
}

type sharesAnswer struct {
	Body struct {
		Time  int64         `json:"time" doc:"start of the column, UTC ms"`
		Bin   int64         `json:"bin"`
		Bins  int64         `json:"bins"`
		Parts []shareAnswer `json:"parts" doc:"by instrument, the reference first; instruments without a map of the day are left out"`
	}
}

// shares answers GET /api/v1/shares: of what the cells of a combination are made.
func (s *server) shares(ctx context.Context, req *sharesRequest) (*sharesAnswer, error) {
	in, err := s.find(ctx, req.Venue, req.Symbol)
	if err != nil {
		return nil, err
	}
	width := heatmap.Ladder[req.Level].Bucket
	bucket := market.UnixMilli(req.At).Bucket(width)
	out := &sharesAnswer{}
	out.Body.Time, out.Body.Bin, out.Body.Bins, out.Body.Parts = int64(bucket.Start(width)), req.Bin, req.Bins, []shareAnswer{}
	names, days, err := s.Atlas.Apart(ctx, in.InstrumentID, market.UnixMilli(req.At).Floor(market.Day), req.Level)
	if err != nil {
		return nil, failed(err)
	}
	w := heatmap.Window{Level: req.Level, From: bucket, To: bucket + 1, Lo: market.BinIndex(req.Bin), Hi: market.BinIndex(req.Bin + req.Bins)}
	for i, day := range days {
		share := shareAnswer{Venue: string(names[i].Venue), Symbol: names[i].Symbol, Long: map[string]float64{}, Short: map[string]float64{}}
		if err := heatmap.Walk([]*heatmap.Tracks{day}, w, func(_ *heatmap.Column, st *heatmap.State) bool {
			s.addShare(&share, st)
			return true
		}); err != nil {
			return nil, failed(err)
		}
		if len(share.Long) > 0 {
			out.Body.Parts = append(out.Body.Parts, share)
		}
	}
	return out, nil
}

// addShare adds up what stands in a state's bins.
func (s *server) addShare(share *shareAnswer, st *heatmap.State) {
	groups := s.Atlas.Groups()
	for sd, into := range [market.Sides]map[string]float64{share.Long, share.Short} {
		var fresh float64
		for g, group := range groups {
			p := heatmap.PlaneOf(market.PositionSide(sd), g, len(groups))
			var all float64
			lo, hi := st.Occupied(p)
			for bin := lo; bin < hi; bin++ {
				all += st.All(p, bin)
				fresh += st.Fresh(p, bin)
			}
			into[group.Name] = math.Round(all)
		}
		into["fresh"] = math.Round(fresh)
	}
}
