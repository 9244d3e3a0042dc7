package main

import (
	"context"
	"fmt"
	"path/filepath"

	"halcyon/internal/ingest"
	"halcyon/internal/venue"
	"halcyon/internal/venue/binance"
	"halcyon/internal/venue/bybit"
	"halcyon/internal/venue/hyperliquid"
	"halcyon/market"
)

// formats are the kinds of file that can be read.
func formats() (all []venue.Format) {
	all = append(all, binance.Formats()...)
	all = append(all, bybit.Formats()...)
	return append(all, hyperliquid.Formats()...)
}

// fileFlags say how files are read.
type fileFlags struct {
	Format  string `placeholder:"NAME" help:"Read every file as this format instead of recognising it; --format=help lists them."`
	Symbol  string `placeholder:"SYMBOL" help:"The venue's name of the instrument, for files that do not say."`
	Salvage bool   `help:"Take what decodes of a file that breaks off, and say what was lost."`
}

func (f fileFlags) options(progress func(label string, done, total int64)) ingest.Options {
	return ingest.Options{
		Formats: formats(), Format: f.Format, Symbol: f.Symbol, Salvage: f.Salvage,
		Progress: func(file string, done, total int64) { progress("reading "+filepath.Base(file), done, total) },
	}
}

type importCommand struct {
	lakeFlag
	fileFlags
	JSON  bool     `name:"json" help:"Print the report as JSON."`
	Paths []string `arg:"" optional:"" name:"file" type:"path" help:"Files, or folders that hold some: csv, jsonl, plain, .gz or .zip."`
}

func (importCommand) Help() string {
	return `Importing a file twice changes nothing. Afterwards 'halcyon replay' draws the maps; 'halcyon serve' does so by itself.

Example:
  halcyon import BTCUSDT-aggTrades-2026-05-11.zip BTCUSDT-metrics-2026-05-11.zip`
}

func (c importCommand) Run(ctx context.Context, out *output) error {
	if c.Format == "help" {
		for _, f := range formats() {
			out.say("%-28s %s", f.Name, f.About)
		}
		return nil
	}
	if len(c.Paths) == 0 {
		return mistake("nothing to import: name files or folders, for example 'halcyon import BTCUSDT-aggTrades-2026-05-11.zip'")
	}
	l, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	report, err := ingest.Import(ctx, l, c.Paths, c.options(out.progress()))
	if c.JSON {
		if jsonErr := out.json(reportOf(report)); err == nil {
			err = jsonErr
		}
		return err
	}
	for _, f := range report.Files {
		out.say("%s", describe(f))
	}
	for _, path := range report.Ignored {
		out.say("%s: not a format known, ignored", path)
	}
	return err
}

// importReport is an import for scripts. Times are UTC milliseconds.
type importReport struct {
	Files   []importedFile `json:"files"`
	Ignored []string       `json:"ignored"`
}

type importedFile struct {
	File        string           `json:"file"`
	Format      string           `json:"format"`
	Instrument  string           `json:"instrument"`
	Rows        int64            `json:"rows"`
	Skipped     int64            `json:"skipped"`
	MissingIDs  int64            `json:"missing_ids"`
	Backwards   int64            `json:"backwards"`
	First       market.UnixMilli `json:"first"`
	Last        market.UnixMilli `json:"last"`
	Gaps        int              `json:"gaps"`
	Days        int              `json:"days"`
	DaysChanged int              `json:"days_changed"`
	// Lost says what a salvaged file lacks.
	Lost string `json:"lost,omitempty"`
}

func reportOf(r ingest.Report) importReport {
	out := importReport{Files: []importedFile{}, Ignored: append([]string{}, r.Ignored...)}
	for _, f := range r.Files {
		out.Files = append(out.Files, importedFile{
			File: f.File, Format: f.Format, Instrument: f.Instrument.String(), Rows: f.Rows, Skipped: f.Skipped(), MissingIDs: f.MissingIDs,
			Backwards: f.Backwards, First: f.First, Last: f.Last, Gaps: f.Gaps, Days: f.Days, DaysChanged: f.DaysChanged, Lost: f.Lost,
		})
	}
	return out
}

// describe tells in a line what came of a file.
func describe(f ingest.FileReport) string {
	s := fmt.Sprintf("%s: %s of %s, %d rows, %d of %d days new or changed", f.File, f.Format, f.Instrument, f.Rows, f.DaysChanged, f.Days)
	if f.Gaps > 0 {
		s += fmt.Sprintf(", %d gaps", f.Gaps)
	}
	if counts := f.Counts.Remarks(); counts != "" {
		s += ", " + counts
	}
	if f.Lost != "" {
		s += "; LOST: " + f.Lost
	}
	return s
}
