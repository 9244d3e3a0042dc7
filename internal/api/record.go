package api

import (
	"context"

	"halcyon/market"
	"halcyon/scorecard"
)

type recordRequest struct {
	Venue  string `query:"venue" required:"true" example:"hyperliquid"`
	Symbol string `query:"symbol" required:"true" example:"BTC"`
}

type recordAnswer struct {
	Body struct {
		Venue    string             `json:"venue"`
		Symbol   string             `json:"symbol"`
		From     int64              `json:"from" doc:"start of the first hour judged, UTC ms; 0: none"`
		To       int64              `json:"to" doc:"end of the last hour judged, UTC ms; 0: none"`
		Observed bool               `json:"observed" doc:"false: no published liquidations are stored here, so there is nothing to judge by"`
		Model    modelAnswer        `json:"model"`
		Records  []scorecard.Record `json:"records" doc:"by window, long before short; empty where no hour can be judged"`
	}
}

// modelAnswer tells which parameters a map was drawn with.
type modelAnswer struct {
	Version string `json:"version" doc:"prior: nothing was learned"`
	From    int64  `json:"from" doc:"start of what the parameters were learned from, UTC ms; 0: nothing was"`
	To      int64  `json:"to" doc:"end of what the parameters were learned from, UTC ms; 0: nothing was"`
	Note    string `json:"note" doc:"what was learned from what"`
}

func (s *server) model(l market.Listing) modelAnswer {
	o := s.Origin(l)
	return modelAnswer{o.Version, int64(o.From), int64(o.To), o.Note}
}

// record answers GET /api/v1/record.
func (s *server) record(ctx context.Context, req *recordRequest) (*recordAnswer, error) {
	in, err := s.find(ctx, req.Venue, req.Symbol)
	if err != nil {
		return nil, err
	}
	parts := []market.Listing{in.Listing}
	if len(in.Parts) > 0 {
		parts = nil
		for _, part := range in.Parts {
			parts = append(parts, part.Listing)
		}
	}
	track, err := s.Track(ctx, in.InstrumentID, parts)
	if err != nil {
		return nil, failed(err)
	}
	out := &recordAnswer{}
	b := &out.Body
	b.Venue, b.Symbol, b.From, b.To = req.Venue, req.Symbol, int64(track.From), int64(track.To)
	b.Observed, b.Model, b.Records = track.Observed, s.model(in.Listing), track.Records
	return out, nil
}
