package api

import (
	"context"
	"fmt"
	"math"

	"halcyon/heatmap"
	"halcyon/internal/atlas"
	"halcyon/internal/funding"
	"halcyon/market"
)

type fundingRequest struct {
	Venue  string `query:"venue" required:"true" example:"okx"`
	Symbol string `query:"symbol" required:"true" example:"BTC-USDT-SWAP"`
	From   int64  `query:"from" required:"true" doc:"UTC ms, inclusive"`
	To     int64  `query:"to" required:"true" doc:"UTC ms, exclusive"`
	Level  int    `query:"level" minimum:"0" maximum:"5" doc:"level of the ladder whose columns the rates are of, 0 the finest"`
}

// fundingInterval tells what time an instrument's rates are for.
type fundingInterval struct {
	Venue    string  `json:"venue"`
	Symbol   string  `json:"symbol"`
	Interval float64 `json:"interval_hours" doc:"hours that the venue's rates are for"`
	Assumed  bool    `json:"interval_assumed" doc:"the venue charges by the contract and its rate does not say for how long: 8 h are assumed"`
}

type fundingAnswer struct {
	Body struct {
		fundingInterval
		Level    int               `json:"level"`
		BucketMS int64             `json:"bucket_ms"`
		Parts    []fundingInterval `json:"parts" doc:"instruments that a combination's mean is of; empty for an instrument of its own"`
		Time     []int64           `json:"time" doc:"start of a column, UTC ms; columns without a rate are missing"`
		Rate     []float64         `json:"rate" doc:"fraction of notional that longs pay shorts per interval_hours, as it stood at the column's close; negative the other way"`
		Of       []int             `json:"of" doc:"how many instruments the rate is the mean of"`
	}
}

// funding answers GET /api/v1/funding: the rates that venues told.
func (s *server) funding(ctx context.Context, req *fundingRequest) (*fundingAnswer, error) {
	in, err := s.find(ctx, req.Venue, req.Symbol)
	if err != nil {
		return nil, err
	}
	width := heatmap.Ladder[req.Level].Bucket
	from, to := max(market.UnixMilli(req.From), in.From.Floor(width)), min(market.UnixMilli(req.To), in.To)
	first, last := (from + width - 1).Bucket(width), (to + width - 1).Bucket(width)
	last = max(first, last)
	if last-first > maxColumns {
		return nil, failed(fmt.Errorf("%d columns from %v to %v at level %d, want at most %d: ask for a coarser level: %w", last-first, from, to, req.Level, maxColumns, market.ErrInvalid))
	}
	out := &fundingAnswer{}
	b := &out.Body
	b.fundingInterval, b.Level, b.BucketMS = intervalOf(in), req.Level, int64(width)
	b.Parts, b.Time, b.Rate, b.Of = []fundingInterval{}, []int64{}, []float64{}, []int{}
	instruments := in.Parts
	if len(instruments) == 0 {
		instruments = []atlas.Instrument{in}
	}
	var parts []funding.Part
	var all [][]market.Ratio
	for _, i := range instruments {
		p := funding.Part{ID: i.InstrumentID, From: i.From, To: i.To}
		rates, err := s.Funding.Closes(ctx, p, first, last, width)
		if err != nil {
			return nil, failed(err)
		}
		parts, all = append(parts, p), append(all, rates)
	}
	rates, of := all[0], []int(nil)
	if len(in.Parts) > 0 {
		rates, of = funding.Mean(parts, all)
		for k, i := range in.Parts {
			if anyRate(all[k]) {
				b.Parts = append(b.Parts, intervalOf(i))
				b.Assumed = b.Assumed || b.Parts[len(b.Parts)-1].Assumed
			}
		}
	}
	for i, x := range rates {
		if math.IsNaN(float64(x)) {
			continue
		}
		n := 1
		if of != nil {
			n = of[i]
		}
		b.Time = append(b.Time, int64((first + market.BucketIndex(i)).Start(width)))
		b.Rate, b.Of = append(b.Rate, *short(float64(x))), append(b.Of, n)
	}
	return out, nil
}

// intervalOf is what an instrument's rates are for; a combination's are brought
// to the common interval, which as such is no assumption.
func intervalOf(in atlas.Instrument) fundingInterval {
	every, known := funding.Interval(in.Venue)
	if len(in.Parts) > 0 {
		every, known = funding.Common, true
	}
	return fundingInterval{string(in.Venue), in.Symbol, float64(every) / float64(market.Hour), !known}
}

func anyRate(rates []market.Ratio) bool {
	for _, x := range rates {
		if !math.IsNaN(float64(x)) {
			return true
		}
	}
	return false
}
