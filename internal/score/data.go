package score

import (
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"halcyon/market"
)

// Reader reads the events of one file of market data. It is handed in, because
// formats of files are other packages' business.
type Reader func(path string) (market.Listing, *market.EventSet, error)

// source finds and reads the recorded sets below one folder.
type source struct {
	dir  string
	read Reader
}

// events reads the one file that a pattern below the folder names. The error
// wraps os.ErrNotExist where there is none.
func (s source) events(pattern string) (market.Listing, *market.EventSet, error) {
	path, err := s.find(pattern)
	if err != nil {
		return market.Listing{}, nil, err
	}
	return s.read(path)
}

func (s source) find(pattern string) (string, error) {
	found, err := filepath.Glob(filepath.Join(s.dir, pattern))
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", fmt.Errorf("cannot find %q: %w", filepath.Join(s.dir, pattern), os.ErrNotExist)
	}
	return found[0], nil
}

// table is a CSV file with a header, by column.
type table struct {
	path string
	at   map[string]int
	rows [][]string
}

// table reads a CSV file, compressed or not.
func (s source) table(pattern string) (table, error) {
	path, err := s.find(pattern)
	if err != nil {
		return table{}, err
	}
	return readTable(path)
}

// prints reads liquidations with prices from a CSV file.
func (s source) prints(pattern string) ([]print, error) {
	t, err := s.table(pattern)
	if err != nil {
		return nil, err
	}
	return t.prints()
}

func readTable(path string) (table, error) {
	t := table{path: path, at: map[string]int{}}
	f, err := os.Open(path)
	if err != nil {
		return t, err
	}
	defer f.Close()
	var text io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if text, err = gzip.NewReader(f); err != nil {
			return t, fmt.Errorf("cannot read %q: %w", path, err)
		}
	}
	rows, err := csv.NewReader(text).ReadAll()
	if err != nil {
		return t, fmt.Errorf("cannot read %q: %w", path, err)
	}
	if len(rows) < 2 {
		return t, fmt.Errorf("cannot read %q: no rows: %w", path, market.ErrInvalid)
	}
	for i, name := range rows[0] {
		t.at[name] = i
	}
	t.rows = rows[1:]
	return t, nil
}

// has reports whether the table has every one of the columns.
func (t table) has(names ...string) bool {
	return !slices.ContainsFunc(names, func(n string) bool { _, ok := t.at[n]; return !ok })
}

// number returns a field as a number; an empty field is 0.
func (t table) number(row int, name string) (float64, error) {
	text := t.rows[row][t.at[name]]
	if text == "" {
		return 0, nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("cannot read %q: row %d, field %s: %q, want a number: %w", t.path, row+2, name, text, market.ErrInvalid)
	}
	return v, nil
}

// numbers returns several fields of a row.
func (t table) numbers(row int, names ...string) ([]float64, error) {
	out := make([]float64, len(names))
	for i, n := range names {
		v, err := t.number(row, n)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// realised is liquidations as a venue or an aggregator published them, summed
// over periods.
type realised struct {
	start []market.UnixMilli
	usd   [market.Sides][]float64
}

// liquidationColumns are the ways in which hourly tables name long and short
// liquidations; base amounts are multiplied by the column priced in.
var liquidationColumns = []struct{ at, long, short, price string }{
	{"timestamp", "liquidation_long_usd", "liquidation_short_usd", ""},
	{"timestamp", "longUsd", "shortUsd", ""},
	{"ts_ms", "liq_long_base", "liq_short_base", "close"},
	{"ts_ms", "sell_volume_usd", "buy_volume_usd", ""},
}

// liquidations reads a table of liquidations by period, labelled by its start.
func (t table) liquidations() (realised, error) {
	var out realised
	for _, c := range liquidationColumns {
		if !t.has(c.at, c.long, c.short) {
			continue
		}
		for row := range t.rows {
			names := []string{c.at, c.long, c.short}
			if c.price != "" {
				names = append(names, c.price)
			}
			v, err := t.numbers(row, names...)
			if err != nil {
				return out, err
			}
			price := 1.0
			if c.price != "" {
				price = v[3]
			}
			out.start = append(out.start, market.UnixMilli(v[0]))
			out.usd[market.Long] = append(out.usd[market.Long], v[1]*price)
			out.usd[market.Short] = append(out.usd[market.Short], v[2]*price)
		}
		return out, nil
	}
	return out, fmt.Errorf("cannot read %q: no columns of liquidations known: %w", t.path, market.ErrInvalid)
}

// spliced continues bars with those of another venue after they end. The
// volume of the continuation is scaled by the ratio of both over the time that
// they share before the seam, so nothing after it is used.
func spliced(first, then []market.Candle) []market.Candle {
	seam := first[len(first)-1].CloseTime
	var ours, theirs float64
	at := map[market.UnixMilli]market.Contracts{}
	for _, c := range then {
		at[c.OpenTime] = c.Volume
	}
	for _, c := range first {
		if v, shared := at[c.OpenTime]; shared {
			ours, theirs = ours+float64(c.Volume), theirs+float64(v)
		}
	}
	out := slices.Clone(first)
	for _, c := range then {
		if c.OpenTime >= seam {
			c.Volume *= market.Contracts(ours / theirs)
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b market.Candle) int { return cmp.Compare(a.OpenTime, b.OpenTime) })
	return out
}

// since leaves out bars that open before an instant.
func since(bars []market.Candle, from market.UnixMilli) []market.Candle {
	i := 0
	for i < len(bars) && bars[i].OpenTime < from {
		i++
	}
	return bars[i:]
}

// rangeMass returns the bars with the log range of each for a volume, scaled
// to the mean volume of the bars before an instant: the placebo that knows
// where price went and nothing of what was traded.
func rangeMass(bars []market.Candle, before market.UnixMilli) []market.Candle {
	length := func(c market.Candle) float64 { return 1 + float64(market.BinOf(c.High)-market.BinOf(c.Low)) }
	var volume, mass float64
	for _, c := range bars {
		if c.CloseTime <= before {
			volume, mass = volume+float64(c.Volume), mass+length(c)
		}
	}
	out := slices.Clone(bars)
	for i, c := range out {
		out[i].Volume = market.Contracts(length(c) * volume / mass)
	}
	return out
}
