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
	Parts  bool    `query:"parts" doc:"also what each instrument of a combination brings"`
}

// standing is what stands in the bins of a profile.
type standing struct {
	Long   map[string][]float64 `json:"long" doc:"USD a bin, by leverage group and fresh"`
	Short  map[string][]float64 `json:"short" doc:"USD a bin, by leverage group and fresh"`
	Beyond struct {
		Long  float64 `json:"long"`
		Short float64 `json:"short"`
	} `json:"beyond" doc:"USD that stands outside of the band"`
}

type partStanding struct {
	Venue  string `json:"venue"`
	Symbol string `json:"symbol"`
	standing
}

type profileAnswer struct {
	Body struct {
		At       int64   `json:"at" doc:"close of the column, UTC ms"`
		Price    float64 `json:"price"`
		Shift    uint    `json:"shift"`
		FirstBin int64   `json:"first_bin"`
		standing
		Parts []partStanding `json:"parts,omitempty" doc:"of a combination, where asked for: the same by instrument"`
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
	bins := profileBins{lo.Coarsen(req.Shift), (hi - 1).Coarsen(req.Shift) + 1, req.Shift}
	out := &profileAnswer{}
	b := &out.Body
	b.At, b.Price, b.Shift, b.FirstBin = int64((column.Bucket + 1).Start(heatmap.BaseBucket)), float64(column.Price), req.Shift, int64(bins.lo)
	if b.standing, err = s.standing(day, column.Bucket, bins); err != nil {
		return nil, failed(err)
	}
	if !req.Parts {
		return out, nil
	}
	names, parts, err := s.Atlas.Apart(ctx, in.InstrumentID, day.Start, 0)
	if err != nil {
		return nil, failed(err)
	}
	for i, p := range parts {
		part := partStanding{Venue: string(names[i].Venue), Symbol: names[i].Symbol}
		if part.standing, err = s.standing(p, column.Bucket, bins); err != nil {
			return nil, failed(err)
		}
		b.Parts = append(b.Parts, part)
	}
	return out, nil
}

// profileBins are the bins of a profile, half-open, 2^shift base bins wide each.
type profileBins struct {
	lo, hi market.BinIndex
	shift  uint
}

// standing adds up what stands at the close of a base column.
func (s *server) standing(day *heatmap.Tracks, bucket market.BucketIndex, bins profileBins) (standing, error) {
	out := standing{Long: map[string][]float64{}, Short: map[string][]float64{}}
	w := heatmap.Window{From: bucket, To: bucket + 1}
	w.Lo, w.Hi = day.Bins()
	groups := s.Atlas.Groups()
	err := heatmap.Walk([]*heatmap.Tracks{day}, w, func(_ *heatmap.Column, st *heatmap.State) bool {
		for sd := range market.PositionSide(market.Sides) {
			into, beyond := out.Long, &out.Beyond.Long
			if sd == market.Short {
				into, beyond = out.Short, &out.Beyond.Short
			}
			fresh := make([]float64, bins.hi-bins.lo)
			for g, group := range groups {
				into[group.Name] = make([]float64, bins.hi-bins.lo)
				bins.add(st, heatmap.PlaneOf(sd, g, len(groups)), into[group.Name], fresh, beyond)
			}
			into["fresh"] = fresh
			for _, sums := range into {
				for i, x := range sums {
					sums[i] = math.Round(x)
				}
			}
			*beyond = math.Round(*beyond)
		}
		return true
	})
	return out, err
}

// add adds a plane's cells to the profile's bins, or beyond them.
func (b profileBins) add(st *heatmap.State, p heatmap.Plane, all, fresh []float64, beyond *float64) {
	first, last := st.Occupied(p)
	for bin := first; bin < last; bin++ {
		k := bin.Coarsen(b.shift)
		if k < b.lo || k >= b.hi {
			*beyond += st.All(p, bin)
			continue
		}
		all[k-b.lo] += st.All(p, bin)
		fresh[k-b.lo] += st.Fresh(p, bin)
	}
}
