package main

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"

	"halcyon/internal/api"
	"halcyon/internal/atlas"
	"halcyon/internal/render"
	"halcyon/liqmodel"
	"halcyon/market"
)

type renderCommand struct {
	lakeFlag
	Symbol    string  `required:"" help:"Instrument or coin, for example BTC."`
	Venue     string  `help:"Venue, for example hyperliquid; needed where several have the symbol. all, or several as binance+okx, adds them up."`
	Range     string  `default:"24h" help:"Length of time shown: 12h, 24h, 3d, 7d, 30d or any number of m, h or d. Default: ${default}."`
	To        string  `placeholder:"TIME" help:"End of the picture, as 2026-06-14T12:00:00Z. Default: the newest column."`
	Width     int     `default:"1600" help:"Pixels. Default: ${default}."`
	Height    int     `default:"900" help:"Pixels. Default: ${default}."`
	Selection string  `default:"all" help:"all, low, medium, high, some of these joined by + (low+high), or fresh. Default: ${default}."`
	Palette   string  `default:"halcyon" help:"halcyon, viridis, cividis, inferno, ice or mono. Default: ${default}."`
	Normalise string  `default:"z" help:"What colour stands for: z, robust, percentile or usd. Default: ${default}."`
	Threshold float64 `help:"Cells below it sink into the ground."`
	Out       string  `short:"o" required:"" placeholder:"FILE" help:"PNG file to write; - for standard output."`
}

func (renderCommand) Help() string {
	return `Example:
  halcyon render --symbol BTC --venue hyperliquid --range 24h -o map.png`
}

func (c renderCommand) Run(ctx context.Context, out *output) error {
	l, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	a := atlas.New(l, liqmodel.DefaultParams().Groups)
	id, err := c.find(ctx, a)
	if err != nil {
		return err
	}
	opt := render.DefaultOptions(id)
	opt.Width, opt.Height, opt.Selection, opt.Palette = c.Width, c.Height, c.Selection, c.Palette
	opt.Normalise, opt.Threshold = c.Normalise, c.Threshold
	if opt.Range, err = parseSpan(c.Range); err != nil {
		return err
	}
	if c.To != "" {
		if opt.To, err = parseInstant(c.To); err != nil {
			return err
		}
	}
	var png bytes.Buffer
	if err := render.WritePNG(ctx, &png, a, opt); err != nil {
		return err
	}
	if c.Out == "-" {
		_, err := out.stdout.Write(png.Bytes())
		return err
	}
	return writeFile(c.Out, png.Bytes())
}

// find returns the one instrument that symbol and venue name.
func (c renderCommand) find(ctx context.Context, a *atlas.Atlas) (market.InstrumentID, error) {
	if c.Venue != "" {
		in, ok, err := a.Instrument(ctx, market.InstrumentID{Venue: market.Venue(c.Venue), Symbol: c.Symbol})
		if err != nil || ok {
			return in.InstrumentID, err
		}
	}
	all, err := a.Instruments(ctx)
	if err != nil {
		return market.InstrumentID{}, err
	}
	var names []string
	var fits []market.InstrumentID
	for _, in := range all {
		names = append(names, in.InstrumentID.String())
		if (c.Venue == "" || c.Venue == string(in.Venue)) && (strings.EqualFold(c.Symbol, in.Symbol) || strings.EqualFold(c.Symbol, in.Coin)) {
			fits = append(fits, in.InstrumentID)
		}
	}
	switch {
	case len(fits) == 1:
		return fits[0], nil
	case len(fits) > 1:
		return market.InstrumentID{}, mistake("symbol %q is traded on several venues (%v): name one with --venue", c.Symbol, fits)
	case len(names) == 0:
		return market.InstrumentID{}, mistake("lake %q holds no map: run 'halcyon replay' first", c.Lake)
	default:
		return market.InstrumentID{}, mistake("no map of symbol %q, venue %q: there are %s", c.Symbol, c.Venue, strings.Join(names, ", "))
	}
}

// renderPNG answers the API's picture.
func renderPNG(a *atlas.Atlas) func(ctx context.Context, req api.RenderRequest) ([]byte, error) {
	return func(ctx context.Context, req api.RenderRequest) ([]byte, error) {
		opt := render.DefaultOptions(market.InstrumentID{Venue: market.Venue(req.Venue), Symbol: req.Symbol})
		opt.To, opt.Width, opt.Height = market.UnixMilli(req.To), req.Width, req.Height
		opt.Selection, opt.Palette, opt.Normalise, opt.Threshold = req.Selection, req.Palette, req.Normalise, req.Threshold
		var err error
		if opt.Range, err = parseSpan(req.Range); err != nil {
			return nil, err
		}
		var png bytes.Buffer
		err = render.WritePNG(ctx, &png, a, opt)
		return png.Bytes(), err
	}
}

// parseSpan reads a length of time such as 90m, 12h or 7d.
func parseSpan(s string) (market.UnixMilli, error) {
	units := map[byte]market.UnixMilli{'m': market.Minute, 'h': market.Hour, 'd': market.Day}
	if n := len(s); n > 1 {
		if v, err := strconv.Atoi(s[:n-1]); err == nil && v > 0 && v < 1_000_000 && units[s[n-1]] > 0 {
			return market.UnixMilli(v) * units[s[n-1]], nil
		}
	}
	return 0, fmt.Errorf("range %q: want a number of m, h or d, for example 24h: %w", s, market.ErrInvalid)
}
