package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"halcyon/internal/ingest"
	"halcyon/internal/lake"
	"halcyon/internal/score"
	"halcyon/liqmodel"
	"halcyon/market"
	"halcyon/scorecard"
)

type scoreCommand struct {
	lakeFlag
	Data         string   `default:"../shared/data" env:"HALCYON_DATA" placeholder:"DIR" help:"Folder of recorded sets, scored where no symbol is named. Default: ${default}."`
	Venue        string   `placeholder:"VENUE" help:"Score this venue's instrument in the lake instead of the recorded sets."`
	Symbol       string   `placeholder:"SYMBOL" help:"Instrument in the lake, for example BTCUSDT."`
	From         string   `placeholder:"TIME" help:"Score from this time on. Default: the first liquidation."`
	To           string   `placeholder:"TIME" help:"Score up to this time. Default: the last liquidation."`
	Liquidations []string `type:"path" placeholder:"FILE" help:"Tables of published liquidations by hour; default: those in the lake."`
	Params       string   `type:"path" placeholder:"FILE" help:"Parameters to score. Default: those shipped with Halcyon."`
	JSON         string   `name:"json" type:"path" placeholder:"FILE" help:"Write the report as JSON."`
	HTML         string   `name:"html" type:"path" placeholder:"FILE" help:"Write the report as one HTML file with plots."`
	Plots        string   `type:"path" placeholder:"DIR" help:"Write the plots into a folder, as SVG."`
	Into         string   `type:"path" placeholder:"FILE" help:"Write the tables into a document, between its marks."`
	Learned      string   `type:"path" placeholder:"FILE" help:"Write the parameters learned for the main test."`
}

func (scoreCommand) Help() string {
	return `Without a symbol, the model is learned from and judged on the recorded sets; that takes a minute or two.
With one, maps drawn with the shipped parameters are judged on what the lake holds: the first 60 % of the periods fit the baselines, the rest is the test.

Examples:
  halcyon score --html scorecard.html
  halcyon score --venue binance --symbol BTCUSDT --liquidations liquidations.csv`
}

func (c scoreCommand) Run(ctx context.Context, out *output) error {
	result, err := c.score(ctx, out)
	if err != nil {
		return err
	}
	out.say("%s", score.Markdown(result.Report))
	if c.JSON != "" {
		if err := writeJSON(c.JSON, result.Report); err != nil {
			return err
		}
	}
	if c.HTML != "" {
		if err := writeFile(c.HTML, []byte(score.HTML(result.Report))); err != nil {
			return err
		}
	}
	if c.Plots != "" {
		if err := writePlots(c.Plots, score.Plots(result.Report)); err != nil {
			return err
		}
	}
	if c.Learned != "" {
		if err := writeJSON(c.Learned, result.Learned); err != nil {
			return err
		}
	}
	if c.Into != "" {
		return writeInto(c.Into, result.Report)
	}
	return nil
}

// writePlots puts plots into a folder.
func writePlots(dir string, plots []score.Plot) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("cannot write plots: %w", err)
	}
	for _, p := range plots {
		if err := writeFile(filepath.Join(dir, p.Name+".svg"), p.File()); err != nil {
			return err
		}
	}
	return nil
}

// writeInto puts the tables into a document, between its marks.
func writeInto(path string, r scorecard.Report) error {
	text, err := os.ReadFile(path)
	if err == nil {
		text, err = score.Into(text, r)
	}
	if err != nil {
		return fmt.Errorf("cannot write the tables into %q: %w", path, err)
	}
	return writeFile(path, text)
}

func (c scoreCommand) score(ctx context.Context, out *output) (score.Result, error) {
	if c.Symbol == "" {
		if c.Venue != "" || len(c.Liquidations) > 0 || c.From != "" || c.To != "" {
			return score.Result{}, mistake("--venue, --from, --to and --liquidations need a --symbol")
		}
		say := func(what string) { fmt.Fprintln(out.stderr, what) }
		return score.Recorded(ctx, score.Options{Data: c.Data, Read: readFile, Say: say})
	}
	q := score.Question{Liquidations: c.Liquidations, Params: liqmodel.LearnedParams(), To: 1 << 60}
	var err error
	if c.From != "" {
		if q.From, err = parseInstant(c.From); err != nil {
			return score.Result{}, err
		}
	}
	if c.To != "" {
		if q.To, err = parseInstant(c.To); err != nil {
			return score.Result{}, err
		}
	}
	if c.Params != "" {
		if q.Params, err = readParams(c.Params); err != nil {
			return score.Result{}, err
		}
	}
	l, err := c.open(ctx)
	if err != nil {
		return score.Result{}, err
	}
	defer l.Close()
	id := market.InstrumentID{Venue: market.Venue(c.Venue), Symbol: c.Symbol}
	if q.Listing, err = l.Listing(ctx, id); errors.Is(err, lake.ErrNotFound) {
		return score.Result{}, mistake("no instrument %q in lake %q: import its files first ('halcyon import --help')", id, c.Lake)
	} else if err != nil {
		return score.Result{}, err
	}
	return score.Stored(ctx, l, q)
}

// readFile reads a file of market data whole.
func readFile(path string) (market.Listing, *market.EventSet, error) {
	s, err := ingest.Open(path, ingest.Options{Formats: formats(), Salvage: true})
	if err != nil {
		return market.Listing{}, nil, err
	}
	defer s.Close()
	set := &market.EventSet{}
	for ev, err := range ingest.Stream([]*ingest.Source{s}) {
		if err != nil {
			return market.Listing{}, nil, err
		}
		set.Add(ev)
	}
	set.Sort()
	return s.Instrument(), set, nil
}

func writeJSON(path string, v any) error {
	var text bytes.Buffer
	if err := (&output{stdout: &text}).json(v); err != nil {
		return fmt.Errorf("cannot write %q: %w", path, err)
	}
	return writeFile(path, text.Bytes())
}

func readParams(path string) (liqmodel.Params, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return liqmodel.Params{}, err
	}
	p, err := liqmodel.ParseParams(data)
	if err != nil {
		return p, fmt.Errorf("cannot read %q: %w", path, err)
	}
	return p, nil
}
