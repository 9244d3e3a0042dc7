// Package binancetest writes days of market data in the file formats of
// Binance's archive, for tests and benchmarks: as long as the real thing,
// about as compressible, and the same for the same seed. The market in them
// is made up; only its texture is realistic.
package binancetest

import (
	"archive/zip"
	"bufio"
	"cmp"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/klauspost/compress/flate"

	"halcyon/market"
)

// DayOptions say what day to write.
type DayOptions struct {
	// Symbol is the instrument. Default "BTCUSDT".
	Symbol string
	// Day is a moment of the UTC day to write. Default 2026-05-11. From
	// 2026-06-25 on, metrics are labelled by the start of their five minutes.
	Day market.UnixMilli
	// Trades is the number of aggTrades rows, > 0. Default 2,000,000: about
	// 132 MB of csv, 28 MB of zip.
	Trades int
	// Price is the first price in quote currency, in steps of 0.1. Default 95,000.
	Price float64
	// NoHeader leaves out the header of aggTrades, as in files before
	// 2022-08-11. Default false.
	NoHeader bool
	// Seed chooses the market. Default 1.
	Seed uint64
}

func (o DayOptions) withDefaults() DayOptions {
	o.Symbol = cmp.Or(o.Symbol, "BTCUSDT")
	o.Day = cmp.Or(o.Day, market.UnixMilli(time.Date(2026, 5, 11, 0, 0, 0, 0, time.UTC).UnixMilli())).Floor(market.Day)
	o.Trades = cmp.Or(o.Trades, 2_000_000)
	o.Price = cmp.Or(o.Price, 95_000)
	o.Seed = cmp.Or(o.Seed, 1)
	return o
}

// WriteDay writes SYMBOL-aggTrades-DATE.zip and SYMBOL-metrics-DATE.zip into
// a folder and returns their paths. It takes about 2 s for the default day.
func WriteDay(dir string, opt DayOptions) (aggTrades, metrics string, err error) {
	opt = opt.withDefaults()
	name := func(kind string) string { return fmt.Sprintf("%s-%s-%s", opt.Symbol, kind, opt.Day.Date()) }
	aggTrades, err = writeZip(dir, name("aggTrades"), func(w io.Writer) error { return WriteAggTrades(w, opt) })
	if err != nil {
		return "", "", err
	}
	metrics, err = writeZip(dir, name("metrics"), func(w io.Writer) error { return WriteMetrics(w, opt) })
	return aggTrades, metrics, err
}

func writeZip(dir, name string, write func(io.Writer) error) (path string, err error) {
	path = filepath.Join(dir, name+".zip")
	file, err := os.Create(path)
	if err != nil {
		return "", fmt.Errorf("cannot write %q: %w", path, err)
	}
	defer file.Close()
	archive := zip.NewWriter(file)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 6) })
	text, err := archive.Create(name + ".csv")
	if err == nil {
		buffered := bufio.NewWriterSize(text, 1<<20)
		if err = write(buffered); err == nil {
			err = buffered.Flush()
		}
	}
	if err == nil {
		err = archive.Close()
	}
	if err != nil {
		return "", fmt.Errorf("cannot write %q: %w", path, err)
	}
	return path, nil
}

// round sizes that people and programs trade, in coins.
var roundSizes = []int{1, 1, 1, 2, 2, 3, 5, 5, 10, 10, 20, 50, 100, 200, 500, 1000}

// WriteAggTrades writes the csv of the day's trades. Times never fall, ids
// have no holes.
//
// The price is a random walk in ticks whose steps come with orders that sweep
// the book; its activity is itself a random walk, so that hours are quiet and
// minutes burst.
func WriteAggTrades(w io.Writer, opt DayOptions) error {
	opt = opt.withDefaults()
	rng := rand.New(rand.NewPCG(opt.Seed, 0xa99))
	if !opt.NoHeader {
		if _, err := io.WriteString(w, "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker\n"); err != nil {
			return err
		}
	}
	var (
		ticks   = int64(math.Round(opt.Price * 10))
		id      = int64(2_701_000_000)
		trade   = int64(6_010_000_000)
		mean    = float64(market.Day) / float64(opt.Trades) // ms between rows
		buying  = true
		line    []byte
		arrival = arrivals(opt, mean)
	)
	for i := range opt.Trades {
		if rng.IntN(3) == 0 {
			buying = rng.IntN(2) == 0
		}
		if rng.IntN(5) == 0 {
			step := 1 + int64(rng.ExpFloat64()*14)
			if !buying {
				step = -step
			}
			ticks = max(ticks+step, 1)
		}
		fills := 1 + int64(rng.ExpFloat64()*0.8)
		line = strconv.AppendInt(line[:0], id, 10)
		line = append(line, ',')
		line = appendFixed(line, ticks, 1)
		line = append(line, ',')
		line = appendFixed(line, size(rng), 3)
		line = append(line, ',')
		line = strconv.AppendInt(line, trade, 10)
		line = append(line, ',')
		line = strconv.AppendInt(line, trade+fills-1, 10)
		line = append(line, ',')
		line = strconv.AppendInt(line, int64(arrival(i)), 10)
		line = append(line, ',')
		line = strconv.AppendBool(line, !buying)
		line = append(line, '\n')
		if _, err := w.Write(line); err != nil {
			return err
		}
		id++
		trade += fills
	}
	return nil
}

// size draws a quantity in thousandths of a coin.
func size(rng *rand.Rand) int64 {
	if rng.IntN(2) == 0 {
		return int64(roundSizes[rng.IntN(len(roundSizes))])
	}
	return 1 + int64(math.Exp(rng.NormFloat64()*1.6+2.3))
}

// arrivals returns the time of each row: activity changes every minute by a
// random walk that reverts to its mean, and rows of one sweep share a
// millisecond.
func arrivals(opt DayOptions, mean float64) func(row int) market.UnixMilli {
	rng := rand.New(rand.NewPCG(opt.Seed, 0x71e))
	const minutes = int(market.Day / market.Minute)
	upTo := make([]float64, minutes+1) // share of the day's rows before each minute
	level := 0.0
	for m := range minutes {
		level = 0.97*level + 0.25*rng.NormFloat64()
		upTo[m+1] = upTo[m] + math.Exp(level)
	}
	minute, last := 0, opt.Day
	return func(row int) market.UnixMilli {
		share := (float64(row) + 0.5) / float64(opt.Trades) * upTo[minutes]
		for minute < minutes-1 && upTo[minute+1] <= share {
			minute++
		}
		within := (share - upTo[minute]) / (upTo[minute+1] - upTo[minute])
		at := opt.Day + market.UnixMilli(minute)*market.Minute + market.UnixMilli(within*float64(market.Minute))
		if rng.IntN(3) > 0 && last > at-market.UnixMilli(3*mean)-1 {
			return last // the same sweep
		}
		last = max(last, min(at, opt.Day+market.Day-1))
		return last
	}
}

// appendFixed appends v / 10^decimals.
func appendFixed(b []byte, v int64, decimals int) []byte {
	unit := int64(1)
	for range decimals {
		unit *= 10
	}
	b = strconv.AppendInt(b, v/unit, 10)
	b = append(b, '.')
	for unit > 1 {
		v %= unit
		unit /= 10
		b = append(b, byte('0'+v/unit))
	}
	return b
}

// metricsChange is when labels turned from the end to the start of their five minutes.
var metricsChange = market.UnixMilli(time.Date(2026, 6, 25, 0, 0, 0, 0, time.UTC).UnixMilli())

// WriteMetrics writes the csv of the day's 288 open-interest rows.
func WriteMetrics(w io.Writer, opt DayOptions) error {
	opt = opt.withDefaults()
	rng := rand.New(rand.NewPCG(opt.Seed, 0x0e1))
	if _, err := io.WriteString(w, "create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,"+
		"sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio\n"); err != nil {
		return err
	}
	oi := 85_000.0
	for i := range 288 {
		label := opt.Day + market.UnixMilli(i)*5*market.Minute
		if opt.Day < metricsChange {
			label += 5 * market.Minute
		}
		oi *= math.Exp(rng.NormFloat64() * 0.0015)
		if _, err := fmt.Fprintf(w, "%s,%s,%.8f,%.8f,%.8f,%.8f,%.8f,%.8f\n", label.Time().Format(time.DateTime), opt.Symbol,
			math.Round(oi*1000)/1000, oi*opt.Price, 1.2, 1.1, 1.3, math.Exp(rng.NormFloat64()*0.3)); err != nil {
			return err
		}
	}
	return nil
}
