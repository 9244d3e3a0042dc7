package engine

import (
	"context"
	"fmt"
	"iter"
	"math"

	"halcyon/heatmap"
	"halcyon/liqmodel"
	"halcyon/market"
)

// Sink takes the map, a UTC day at a time.
type Sink interface {
	// PutMap stores a day, replacing what is stored for it. The day is
	// complete, or it is the newest and holds the columns closed so far.
	PutMap(ctx context.Context, id market.InstrumentID, day *heatmap.Day) error
}

// noBin is no price's bin.
const noBin market.BinIndex = math.MinInt32

// Options configure an Engine.
type Options struct {
	// Params are the model's; default liqmodel.DefaultParams().
	Params *liqmodel.Params
	// MarkMaxAge is how long (ms) a mark price stands for the price that
	// triggers liquidations. When it is older, levels are swept on last price,
	// and the column says so. Default 10 s.
	MarkMaxAge market.UnixMilli
}

// Engine turns the events of one instrument into its map. See the package comment.
type Engine struct {
	listing market.Listing
	opt     Options
	sink    Sink
	ledger  *liqmodel.Ledger
	builder *heatmap.Builder
	binner  binner
	groups  int

	// column is the open base column; started tells whether there is one.
	column  heatmap.Column
	started bool
	// end is the end of the open column.
	end market.UnixMilli
	// bin holds the volume traded in the present bin that the ledger has not
	// been told yet.
	bin    market.BinIndex
	volume [2]market.Contracts
	last   market.Price
	// sweepPrice is the price that levels were last swept on.
	sweepPrice market.Price
	// markUntil is when the last mark price is too old to sweep on.
	markUntil market.UnixMilli
	openInt   market.Contracts
	// gapUntil is the end of the gap that columns up to there are flagged with.
	gapUntil market.UnixMilli
	// lapsed is the same of lapses, by stream.
	lapsed [market.Streams]market.UnixMilli
	// late counts events older than the open column; they are booked into it.
	late int64
}

// New returns an engine that starts with an empty ledger. It reports invalid
// options or listings with an error that wraps market.ErrInvalid.
func New(listing market.Listing, opt Options, sink Sink) (*Engine, error) {
	if opt.Params == nil {
		p := liqmodel.DefaultParams()
		opt.Params = &p
	}
	if opt.MarkMaxAge == 0 {
		opt.MarkMaxAge = 10 * market.Second
	}
	if opt.MarkMaxAge < 0 {
		return nil, fmt.Errorf("engine option MarkMaxAge: %d ms, want above 0: %w", opt.MarkMaxAge, market.ErrInvalid)
	}
	ledger, err := liqmodel.NewLedger(listing.Instrument, listing.Tiers, *opt.Params)
	if err != nil {
		return nil, err
	}
	groups := len(opt.Params.Groups)
	if market.Sides*groups > heatmap.MaxPlanes {
		return nil, fmt.Errorf("engine: %d leverage groups, want at most %d: %w", groups, heatmap.MaxPlanes/market.Sides, market.ErrInvalid)
	}
	return &Engine{listing: listing, opt: opt, sink: sink, ledger: ledger, groups: groups, bin: noBin}, nil
}

// Run applies every event of the stream and then Flushes. It stops at the
// first error.
func (e *Engine) Run(ctx context.Context, events iter.Seq2[market.Event, error]) error {
	for ev, err := range events {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := e.Apply(ctx, ev); err != nil {
			return err
		}
	}
	return e.Flush(ctx)
}

// Apply takes the next event. Events come in order of time; one that is older
// than the open column is counted as late and booked into it, because a closed
// column never changes. The error is the sink's.
func (e *Engine) Apply(ctx context.Context, ev market.Event) error {
	if t, ok := ev.(*market.Trades); ok {
		return e.trades(ctx, t)
	}
	at := ev.Time()
	if g, ok := ev.(market.Gap); ok {
		at = g.From
		e.gapUntil = max(e.gapUntil, g.To)
	}
	if err := e.advance(ctx, at); err != nil {
		return err
	}
	switch ev := ev.(type) {
	case market.OpenInterest:
		e.flushBin()
		if e.ledger.OpenInterest(ev.Contracts) {
			e.openInt = ev.Contracts
			e.ledger.EndStep(at)
		}
	case market.MarkPrice:
		e.flushBin()
		e.markUntil = at + e.opt.MarkMaxAge
		e.sweep(ev.MarkPrice)
	case market.Candle:
		e.candle(ev, at)
	case market.Liquidation:
		e.liquidation(ev)
	case market.FundingRate:
		// Funding moves no position; it is kept in the lake for those who ask.
	case market.Gap:
		e.column.Flags |= heatmap.FlagGap
	case market.Lapse:
		e.lapsed[ev.Stream] = max(e.lapsed[ev.Stream], ev.To)
		e.flagLapsed()
	default:
		panic(fmt.Sprintf("BUG: unknown event %T", ev))
	}
	return nil
}

// trades books a batch, a stay of price in one bin at a time.
func (e *Engine) trades(ctx context.Context, t *market.Trades) error {
	for i := 0; i < t.Len(); {
		at := t.EventTime[i]
		if at >= e.end || !e.started {
			if err := e.advance(ctx, at); err != nil {
				return err
			}
		}
		e.enter(at, t.LastPrice[i])
		i = e.stay(t, i)
	}
	return nil
}

// enter makes the bin of price p the present one.
func (e *Engine) enter(at market.UnixMilli, p market.Price) {
	bin := e.binner.find(p)
	if bin == e.bin {
		return
	}
	e.flushBin()
	if e.ledger.MustEnd(bin) {
		e.ledger.EndStep(at)
	}
	e.bin = bin
	if at >= e.markUntil {
		e.column.Flags |= heatmap.FlagNoMark
		e.sweepPrice = p
		e.ledger.Touch(bin)
	}
}

// stay books trades from the i-th on while they lie in the open column and in
// the bin that was just entered, and returns the index of the first that does
// not. This is the hot path: nothing but comparisons and additions a trade.
func (e *Engine) stay(t *market.Trades, i int) int {
	n := t.Len()
	times, prices, sizes, takers := t.EventTime[:n], t.LastPrice[:n], t.Size[:n], t.Taker[:n]
	low, high := e.binner.lo, e.binner.hi
	begin, end := e.end-heatmap.BaseBucket, e.end
	c := &e.column
	if c.Open == 0 {
		c.Open, c.High, c.Low = prices[i], prices[i], prices[i]
	}
	top, bottom := c.High, c.Low
	bought, sold := e.volume[market.TakerBuy], e.volume[market.TakerSell]
	for {
		p := prices[i]
		if times[i] < begin {
			e.late++
		}
		if p > top {
			top = p
		}
		if p < bottom {
			bottom = p
		}
		// Sides alternate without a pattern: adding nothing to one of the two
		// is quicker than a branch.
		size, sell := math.Float64bits(float64(sizes[i])), -uint64(takers[i]&1)
		bought += market.Contracts(math.Float64frombits(size &^ sell))
		sold += market.Contracts(math.Float64frombits(size & sell))
		if i++; i == n || times[i] >= end || prices[i] < low || prices[i] >= high {
			break
		}
	}
	c.High, c.Low, c.Close = top, bottom, prices[i-1]
	e.last, e.volume = prices[i-1], [2]market.Contracts{market.TakerBuy: bought, market.TakerSell: sold}
	return i
}

// flushBin tells the ledger what traded in the present bin.
func (e *Engine) flushBin() {
	if bought, sold := e.volume[market.TakerBuy], e.volume[market.TakerSell]; bought+sold > 0 {
		e.column.Volume += bought + sold
		e.column.TakerBuy += bought
		e.ledger.Trade(e.bin, bought, sold)
		e.volume = [2]market.Contracts{}
	}
}

// sweep removes the levels that price p has reached.
func (e *Engine) sweep(p market.Price) {
	e.sweepPrice = p
	e.ledger.Touch(e.binner.find(p))
}

// liquidation books an observed liquidation into the open column. It does not
// touch the ledger: price has swept the level already, and observed and
// estimated amounts are never mixed.
func (e *Engine) liquidation(l market.Liquidation) {
	price := l.PublishedPrice()
	if price == 0 {
		price = e.last
	}
	e.column.Liquidated[l.Side] += e.listing.NotionalOf(price, l.Size)
}

// advance closes columns until at lies in the open one.
func (e *Engine) advance(ctx context.Context, at market.UnixMilli) error {
	if !e.started {
		return e.begin(at)
	}
	for at >= e.end {
		e.closeColumn()
		// A day or more without events is left out instead of drawn flat.
		if next := at.Floor(market.Day); e.end%market.Day == 0 && next > e.end {
			e.end = next
		}
		if e.end%market.Day == 0 {
			if err := e.rollover(ctx, e.end); err != nil {
				return err
			}
		}
		e.openColumn(e.end)
	}
	return nil
}

// begin opens the first column.
func (e *Engine) begin(at market.UnixMilli) error {
	b, err := heatmap.NewBuilder(at.Floor(market.Day), market.Sides*e.groups, nil)
	if err != nil {
		return err
	}
	e.builder, e.started = b, true
	e.openColumn(at.Floor(heatmap.BaseBucket))
	return nil
}

func (e *Engine) openColumn(start market.UnixMilli) {
	e.end = start + heatmap.BaseBucket
	e.column = heatmap.Column{Bucket: start.Bucket(heatmap.BaseBucket)}
	if start < e.gapUntil {
		e.column.Flags |= heatmap.FlagGap
	}
	e.flagLapsed()
}

// lapseFlags say in a column which stream is missing.
var lapseFlags = [market.Streams]heatmap.Flags{
	market.StreamLiquidations: heatmap.FlagNoLiquidations, market.StreamOpenInterest: heatmap.FlagOldOpenInterest,
}

// flagLapsed flags the open column with the streams that are missing in it.
func (e *Engine) flagLapsed() {
	for s, until := range e.lapsed {
		if e.end-heatmap.BaseBucket < until {
			e.column.Flags |= lapseFlags[s]
		}
	}
}

// closeColumn ends the step and commits the open column.
func (e *Engine) closeColumn() {
	e.flushBin()
	e.ledger.EndStep(e.end)
	c := &e.column
	c.Price, c.OpenInterest, c.Swept = e.sweepPrice, e.openInt, e.ledger.TakeSwept()
	if _, observed := e.ledger.Observed(); !observed {
		c.Flags |= heatmap.FlagNoOpenInterest
	}
	e.ledger.Drain(func(l liqmodel.Level) { e.builder.Set(c.Bucket, e.cell(l)) })
	c.Scales = make([]heatmap.Scales, 0, market.Sides*e.groups)
	for s := range market.PositionSide(market.Sides) {
		if total, placed := e.ledger.Standing(s); total > 0 {
			c.Placed[s] = market.Ratio(placed / total)
		}
		for g := range e.groups {
			c.Scales = append(c.Scales, heatmap.Scales(e.ledger.Scale(s, g)))
		}
	}
	if err := e.builder.Commit(*c); err != nil {
		panic("BUG: " + err.Error())
	}
}

// cell rounds a level to the whole units that maps are kept in.
func (e *Engine) cell(l liqmodel.Level) heatmap.Cell {
	return heatmap.Cell{
		Plane: heatmap.PlaneOf(l.Side, l.Group, e.groups), Bin: l.Bin,
		All: int64(l.All + 0.5), Fresh: int64(l.Fresh + 0.5),
	}
}

// rollover hands over the finished day and starts the one from start.
func (e *Engine) rollover(ctx context.Context, start market.UnixMilli) error {
	e.ledger.Rebase()
	var keyframe []heatmap.Cell
	e.ledger.Levels(func(l liqmodel.Level) {
		if c := e.cell(l); c.All != 0 || c.Fresh != 0 {
			keyframe = append(keyframe, c)
		}
	})
	return e.sink.PutMap(ctx, e.listing.InstrumentID, e.builder.Rollover(start, keyframe))
}

// Advance states that time has come to at and that no earlier event is waited
// for: columns that end by then are closed. The map is the one that later
// events would have made by themselves, only sooner. It stays within the UTC
// day of the open column, whose last column stays open too: a day begins with
// an event, so that days without events are left out. The error is the sink's.
func (e *Engine) Advance(ctx context.Context, at market.UnixMilli) error {
	if !e.started {
		return nil
	}
	day := (e.end - 1).Floor(market.Day)
	return e.advance(ctx, min(at, day+market.Day-1))
}

// Flush hands the closed columns of the day under way to the sink. The open
// column stays open: nobody knows yet how it closes.
func (e *Engine) Flush(ctx context.Context) error {
	if !e.started || len(e.builder.Day().Levels[0].Columns) == 0 {
		return nil
	}
	return e.sink.PutMap(ctx, e.listing.InstrumentID, e.builder.Day())
}

// Late returns how many trades came after their column had closed.
func (e *Engine) Late() int64 { return e.late }
