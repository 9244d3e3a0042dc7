package api

import "context"

// RenderRequest is the query of GET /api/v1/render.png.
type RenderRequest struct {
	Venue     string  `query:"venue" required:"true" example:"hyperliquid"`
	Symbol    string  `query:"symbol" required:"true" example:"BTC"`
	Range     string  `query:"range" default:"24h" doc:"12h, 24h, 3d, 7d, 30d or any number of m, h, d" example:"24h"`
	To        int64   `query:"to" doc:"UTC ms; default the newest"`
	Width     int     `query:"width" default:"1600" minimum:"320" maximum:"7680"`
	Height    int     `query:"height" default:"900" minimum:"200" maximum:"4320"`
	Selection string  `query:"selection" default:"all" doc:"all, a leverage group's name, several joined by +, or fresh"`
	Palette   string  `query:"palette" default:"halcyon" doc:"halcyon, viridis, cividis, inferno, ice or mono"`
	Normalise string  `query:"normalise" default:"z" doc:"z, robust, percentile or usd"`
	Threshold float64 `query:"threshold" doc:"cells below it sink into the ground"`
}

type renderAnswer struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

func (s *server) render(ctx context.Context, req *RenderRequest) (*renderAnswer, error) {
	if _, err := s.find(ctx, req.Venue, req.Symbol); err != nil {
		return nil, err
	}
	png, err := s.Render(ctx, *req)
	if err != nil {
		return nil, failed(err)
	}
	return &renderAnswer{"image/png", png}, nil
}
