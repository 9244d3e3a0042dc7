// Package score assembles the scorecard: it reads recorded sets, replays the
// model and its rivals over them, and has package scorecard judge. It writes
// the result as Markdown, JSON and an HTML report with plots.
//
// It knows no clock and no randomness of its own: the same data give the same
// report, byte for byte. Everything a test is given was learned before the
// instant that the set names as its split.
package score

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sync/errgroup"

	"halcyon/liqmodel"
	"halcyon/market"
	"halcyon/scorecard"
)

// Options say what to score.
type Options struct {
	// Data is the folder of recorded sets.
	Data string
	// Read reads the events of a file of market data.
	Read Reader
	// Workers is how many replays run at a time. Default 2.
	Workers int
	// Say, if set, is told what has been done.
	Say func(what string)
}

// Result is a report and the parameters that it judged.
type Result struct {
	Report scorecard.Report
	// Learned are the parameters of the main test, to be shipped.
	Learned liqmodel.Params
}

// Recorded scores the model on all recorded sets. A set that is missing is an
// error that wraps os.ErrNotExist: a scorecard with holes would not compare.
func Recorded(ctx context.Context, opt Options) (Result, error) {
	r := &recorded{opt: opt, src: source{opt.Data, opt.Read}}
	if opt.Workers == 0 {
		r.opt.Workers = 2
	}
	if err := r.load(); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return Result{}, fmt.Errorf("cannot score the recorded sets: %w: name their folder with --data or HALCYON_DATA", err)
		}
		return Result{}, fmt.Errorf("cannot score the recorded sets: %w", err)
	}
	if err := r.learn(); err != nil {
		return Result{}, fmt.Errorf("cannot learn: %w", err)
	}
	if err := r.judge(ctx); err != nil {
		return Result{}, fmt.Errorf("cannot score the recorded sets: %w", err)
	}
	return Result{Report: r.report(), Learned: r.main.params}, nil
}

// recorded is a run over the recorded sets.
type recorded struct {
	opt       Options
	src       source
	sightings []sighting
	main      judged
	half      set
	summers   []set
	levels    []print
	orders    []print
	winter    feed // BTC of December 2024
	// lines are the calibrations of the main set, to be carried over.
	lines map[string][market.Sides]scorecard.Line

	parts       []part
	truthParams liqmodel.Params
}

// part is what one task contributes, in the order of the report.
type part struct {
	howMuch  []scorecard.HowMuchRow
	where    []scorecard.WhereRow
	truth    []scorecard.TruthRow
	ablation []scorecard.AblationRow
	curves   []scorecard.Curve
	scatter  []scorecard.Scatter
}

func (r *recorded) say(what string) {
	if r.opt.Say != nil {
		r.opt.Say(what)
	}
}

func (r *recorded) load() (err error) {
	if r.main.set, err = r.src.btc2026(); err != nil {
		return err
	}
	if r.half, err = r.src.halfHourly(r.main.set); err != nil {
		return err
	}
	for _, coin := range []string{"BTC", "SOL"} {
		d, err := r.src.summer2024(coin)
		if err != nil {
			return err
		}
		r.summers = append(r.summers, d)
	}
	if r.sightings, err = r.src.sightings("hyperliquid/positions/*", "BTC"); err != nil {
		return err
	}
	if r.levels, err = r.src.prints("liquidations/binance_BTCUSDT_15m_by_price*"); err != nil {
		return err
	}
	if r.orders, err = r.src.prints("liquidations/binance_BTCUSDT_forceOrder*"); err != nil {
		return err
	}
	listing, own, err := r.src.events("binance/klines_5m/BTCUSDT_20231101*")
	if err != nil {
		return err
	}
	r.winter = feed{listing, since(own.Candles, beginWinter), nil}
	// The candles of liquidation prices begin half a day before the split.
	for len(r.levels) > 0 && r.levels[0].at < r.main.split {
		r.levels = r.levels[1:]
	}
	r.say("read the recorded sets")
	return nil
}

// Names of the sets that are not by period.
const (
	nameCandles  = "BTC 2026-02, candles of prices"
	nameOrders   = "BTC 2024-12, single orders"
	nameAccounts = "Hyperliquid BTC"
)

// beginWinter is where the replay for the forced orders of December 2024 starts.
var beginWinter = utc("2024-10-15")

// learn fits the model and its placebo on what came before the split.
func (r *recorded) learn() error {
	var g errgroup.Group
	g.Go(func() (err error) {
		r.main.params, err = r.main.lessonUntil(r.main.split, snapshots(r.sightings, carryFor)).learn(startParams(), "v3",
			"BTC: hourly liquidations of Binance, Bybit and OKX; distances over 4 % from Hyperliquid's large accounts")
		return err
	})
	g.Go(func() (err error) {
		fake := r.main.set
		fake.feed = r.main.feed.placebo(r.main.split)
		r.main.placebo, err = fake.lessonUntil(r.main.split, nil).learn(startParams(), "placebo", "bar range for volume")
		return err
	})
	err := g.Wait()
	if err == nil {
		r.main.swept, err = r.main.replayed()
	}
	if err == nil {
		r.lines, err = r.main.linesOf(market.Hour)
	}
	if err == nil {
		r.say("learned the parameters")
		err = r.main.verify()
	}
	return err
}

// judge runs the tasks, each of which fills its own part.
func (r *recorded) judge(ctx context.Context) error {
	tasks := []func(*part) error{
		func(p *part) error { return r.scatter(p) },
		r.howMuch(func() ([]scorecard.HowMuchRow, error) { return r.main.tables(market.Hour, true) }),
		r.howMuch(func() ([]scorecard.HowMuchRow, error) { return r.halfHours().tables(30*market.Minute, false) }),
		r.howMuch(func() ([]scorecard.HowMuchRow, error) { return r.main.tables(4*market.Hour, false) }),
		r.howMuch(func() ([]scorecard.HowMuchRow, error) { return r.main.tables(market.Day, false) }),
		r.howMuch(func() ([]scorecard.HowMuchRow, error) { return r.halfHours().frozenTables(30 * market.Minute) }),
		r.howMuch(func() ([]scorecard.HowMuchRow, error) { return r.main.frozenTables(market.Hour) }),
		r.howMuch(func() ([]scorecard.HowMuchRow, error) { return r.main.frozenTables(4 * market.Hour) }),
		r.howMuch(func() ([]scorecard.HowMuchRow, error) { return r.main.frozenTables(market.Day) }),
		r.howMuch(func() ([]scorecard.HowMuchRow, error) { return r.carried(r.summers[0]) }),
		r.howMuch(func() ([]scorecard.HowMuchRow, error) { return r.carried(r.summers[1]) }),
		r.where(nameCandles, r.main.feed, r.main.begin, r.levels),
		r.where(nameOrders, r.winter, beginWinter, r.orders),
		func(p *part) (err error) {
			*p, r.truthParams, err = truthTables(r.main.set, r.sightings)
			return err
		},
		func(p *part) (err error) {
			p.ablation, err = r.main.ablations(snapshots(r.sightings, carryFor))
			return err
		},
	}
	r.parts = make([]part, len(tasks))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(r.opt.Workers)
	// The longest first, so that no worker is left with them at the end.
	for i := len(tasks) - 1; i >= 0; i-- {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return tasks[i](&r.parts[i])
		})
	}
	return g.Wait()
}

func (r *recorded) howMuch(do func() ([]scorecard.HowMuchRow, error)) func(*part) error {
	return func(p *part) (err error) {
		p.howMuch, err = do()
		return err
	}
}

func (r *recorded) halfHours() judged {
	return judged{set: r.half, params: r.main.params, placebo: r.main.placebo}
}

// carried judges a set with parameters and calibration of the main one.
func (r *recorded) carried(d set) ([]scorecard.HowMuchRow, error) {
	return judged{set: d, params: r.main.params, placebo: r.main.placebo, lines: r.lines}.tables(market.Hour, false)
}

// where judges recorded prints.
func (r *recorded) where(name string, f feed, begin market.UnixMilli, prints []print) func(*part) error {
	return func(p *part) (err error) {
		p.where, err = whereTables(name, f, begin, prints, r.main.params, r.main.placebo)
		return err
	}
}

// scatter is the rescaled map's hours of the test, for the plot.
func (r *recorded) scatter(p *part) error {
	all, err := r.main.predictions(market.Hour)
	if err != nil {
		return err
	}
	h := r.main.base
	train := h.before(r.main.split)
	for _, c := range all {
		for s := range market.PositionSide(market.Sides) {
			if c.name == nameRescaled {
				p.scatter = append(p.scatter, scorecard.Scatter{Name: c.name, Side: s.String(), Predicted: c.usd[s][train:], Realised: h.usd[s][train:]})
			}
		}
	}
	return nil
}

// report joins the parts.
func (r *recorded) report() scorecard.Report {
	out := scorecard.Report{Format: scorecard.ReportFormat}
	for _, p := range []struct {
		name   string
		params liqmodel.Params
	}{{"main test", r.main.params}, {"placebo", r.main.placebo}, {"truth test", r.truthParams}} {
		o := p.params.Origin
		out.Params = append(out.Params, scorecard.ParamsNote{Name: p.name, Version: o.Version, From: o.From, To: o.To, Note: o.Note})
	}
	for _, d := range append([]set{r.main.set, r.half}, r.summers...) {
		out.Sets = append(out.Sets, scorecard.SetNote{Name: d.name, Text: d.describe()})
	}
	for _, d := range []struct {
		name   string
		prints []print
	}{{nameCandles, r.levels}, {nameOrders, r.orders}} {
		out.Sets = append(out.Sets, scorecard.SetNote{Name: d.name, Text: fmt.Sprintf("%s to %s, %d prints or cells of candles",
			d.prints[0].at.Date(), d.prints[len(d.prints)-1].at.Date(), len(d.prints))})
	}
	first, last := r.sightings[0].at, r.sightings[len(r.sightings)-1].at
	out.Sets = append(out.Sets, scorecard.SetNote{Name: nameAccounts, Text: fmt.Sprintf("%s to %s, %d sightings of true positions; test from %s",
		first.Date(), last.Date(), len(r.sightings), splitTruth.Date())})
	for _, p := range r.parts {
		out.HowMuch, out.Where = append(out.HowMuch, p.howMuch...), append(out.Where, p.where...)
		out.Truth, out.Ablation = append(out.Truth, p.truth...), append(out.Ablation, p.ablation...)
		out.Curves, out.Scatter = append(out.Curves, p.curves...), append(out.Scatter, p.scatter...)
	}
	out.Verdicts = scorecard.Verdicts(out)
	return out
}
