package api

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"halcyon/internal/atlas"
	"halcyon/internal/export"
	"halcyon/market"
)

type exportRequest struct {
	Venue  string        `query:"venue" required:"true" example:"hyperliquid"`
	Symbol string        `query:"symbol" required:"true" example:"BTC"`
	What   string        `query:"what" default:"cells" enum:"cells,columns" doc:"a row a cell, or a row a column"`
	Format export.Format `query:"format" default:"csv" enum:"csv,parquet"`
	Level  int           `query:"level" minimum:"0" maximum:"5" doc:"level of the ladder, 0 the finest"`
	From   int64         `query:"from" required:"true" doc:"UTC ms, inclusive"`
	To     int64         `query:"to" required:"true" doc:"UTC ms, exclusive"`
	Low    float64       `query:"low" minimum:"0" doc:"lowest price of cells; default any"`
	High   float64       `query:"high" minimum:"0" doc:"highest price of cells; default any"`
}

func (s *server) export(ctx context.Context, req *exportRequest) (*huma.StreamResponse, error) {
	in, err := s.find(ctx, req.Venue, req.Symbol)
	if err != nil {
		return nil, err
	}
	w := export.Window{Level: req.Level, From: market.UnixMilli(req.From), To: market.UnixMilli(req.To), Low: market.Price(req.Low), High: market.Price(req.High)}
	if err := w.Validate(); err != nil {
		return nil, failed(err)
	}
	write := export.Cells
	if req.What == "columns" {
		write = export.Columns
	}
	return &huma.StreamResponse{Body: func(answer huma.Context) {
		answer.SetHeader("Content-Type", req.Format.ContentType())
		answer.SetHeader("Content-Disposition", fmt.Sprintf("attachment; filename=%q", exportName(in, req)))
		stream(answer.BodyWriter(), func(out io.Writer) error { return write(ctx, out, req.Format, s.Atlas, in, w) })
	}}, nil
}

// stream breaks the connection off where writing fails: half a table must not
// look like a whole one, and the status has been sent.
func stream(out io.Writer, write func(io.Writer) error) {
	if err := write(out); err != nil {
		panic(http.ErrAbortHandler)
	}
}

// exportName names the file for what it holds.
func exportName(in atlas.Instrument, req *exportRequest) string {
	kind := "columns"
	if req.What != "columns" {
		kind = "ESTIMATED-cells"
	}
	day := func(ms int64) string { return market.UnixMilli(ms).Time().UTC().Format("20060102T1504") }
	return fmt.Sprintf("%s-%s-%s-%s-%s-%s.%s", in.Venue, in.Symbol, in.Provenance, kind, day(req.From), day(req.To), req.Format)
}
