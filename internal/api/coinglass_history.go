package api

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"halcyon/heatmap"
	"halcyon/internal/atlas"
	"halcyon/market"
)

var glassIntervals = []string{"1d", "1m", "3m", "5m", "15m", "30m", "1h", "4h", "6h", "8h", "12h", "1w"}

const (
	// glassRows and glassMostRows are how many intervals are answered unless a
	// limit says otherwise, and at most.
	glassRows, glassMostRows = 1000, 4500
	// glassMostOrders is how many single liquidations are answered.
	glassMostOrders = 200
	// monday is an instant at which a week begins.
	monday = 4 * market.Day
)

// published is the liquidations that venues reported, USD, by side of the position.
type published [market.Sides]market.Notional

func (p *published) add(c *heatmap.Column) {
	for side, usd := range c.Liquidated {
		p[side] += usd
	}
}

func (p published) long() float64  { return cents(p[market.Long]) }
func (p published) short() float64 { return cents(p[market.Short]) }
func (p published) total() float64 { return cents(p[market.Long] + p[market.Short]) }

// interval is what was published within one interval.
type interval struct {
	start market.UnixMilli
	published
}

func (s *server) glassPairHistory(ctx context.Context, q glassQuery) (any, error) {
	in, err := s.pair(ctx, q)
	if err != nil {
		return nil, err
	}
	rows, err := s.intervals(ctx, in, q)
	out := make([]map[string]any, len(rows))
	for i, row := range rows {
		out[i] = map[string]any{"time": row.start, "long_liquidation_usd": decimal(row.long()), "short_liquidation_usd": decimal(row.short())}
	}
	return out, err
}

func (s *server) glassCoinHistory(ctx context.Context, q glassQuery) (any, error) {
	in, err := s.coin(ctx, q.Get("symbol"), q.Get("exchange_list"))
	if err != nil {
		return nil, err
	}
	rows, err := s.intervals(ctx, in, q)
	out := make([]map[string]any, len(rows))
	for i, row := range rows {
		out[i] = map[string]any{"time": row.start, "aggregated_long_liquidation_usd": row.long(), "aggregated_short_liquidation_usd": row.short()}
	}
	return out, err
}

// intervals sums up the newest intervals that a query asks for, rising; none
// where nothing was published in any of them.
func (s *server) intervals(ctx context.Context, in atlas.Instrument, q glassQuery) ([]interval, error) {
	width, err := q.span("interval", glassIntervals...)
	if err != nil {
		return nil, err
	}
	limit, err := q.number("limit", glassRows)
	if err != nil {
		return nil, err
	}
	if limit < 1 || limit > glassMostRows {
		return nil, glassBad("limit %v: want 1 to %d", limit, glassMostRows)
	}
	from, to, err := q.between(in.From, in.To)
	if err != nil {
		return nil, err
	}
	var offset market.UnixMilli
	if width == glassSpans["1w"] {
		offset = monday
	}
	start := func(t market.UnixMilli) market.UnixMilli { return (t - offset).Floor(width) + offset }
	from = max(start(from), start(to-1)-market.UnixMilli(limit-1)*width)
	var out []interval
	var any bool
	err = s.Atlas.EachColumn(ctx, in.InstrumentID, from, to, func(c *heatmap.Column) {
		if at := start(c.Bucket.Start(heatmap.BaseBucket)); len(out) == 0 || out[len(out)-1].start != at {
			out = append(out, interval{start: at})
		}
		last := &out[len(out)-1]
		last.add(c)
		any = any || last.total() > 0
	})
	if !any {
		out = nil
	}
	return out, err
}

// between reads start_time and end_time, ms, within what is stored.
func (q glassQuery) between(first, last market.UnixMilli) (from, to market.UnixMilli, err error) {
	start, err := q.number("start_time", float64(first))
	if err != nil {
		return 0, 0, err
	}
	end, err := q.number("end_time", float64(last))
	if err != nil {
		return 0, 0, err
	}
	from, to = max(market.UnixMilli(start), first), min(market.UnixMilli(end), last)
	if from >= to {
		return 0, 0, glassBad("start_time %.0f to end_time %.0f: want a span within %d to %d", start, end, first, last)
	}
	return from, to, nil
}

// recent sums up what an instrument published within spans that end at to.
func (s *server) recent(ctx context.Context, in atlas.Instrument, to market.UnixMilli, spans []string) ([]published, error) {
	out := make([]published, len(spans))
	longest := slices.MaxFunc(spans, func(a, b string) int { return int(glassSpans[a] - glassSpans[b]) })
	err := s.Atlas.EachColumn(ctx, in.InstrumentID, to-glassSpans[longest], to, func(c *heatmap.Column) {
		for i, name := range spans {
			if c.Bucket.Start(heatmap.BaseBucket) >= to-glassSpans[name] {
				out[i].add(c)
			}
		}
	})
	return out, err
}

// glassCoinList answers with what was liquidated on an exchange of late, coin by coin.
func (s *server) glassCoinList(ctx context.Context, q glassQuery) (any, error) {
	exchange := q.Get("exchange")
	if exchange == "" {
		return nil, glassBad("want exchange, such as Binance")
	}
	found, err := s.singles(ctx)
	if err != nil {
		return nil, err
	}
	spans := []string{"24h", "12h", "4h", "1h"}
	sums, to := map[string][]published{}, newest(found)
	var coins []string
	for _, in := range found {
		if !strings.EqualFold(string(in.Venue), exchange) {
			continue
		}
		own, err := s.recent(ctx, in, to, spans)
		if err != nil {
			return nil, err
		}
		if sums[in.Coin] == nil {
			coins, sums[in.Coin] = append(coins, in.Coin), make([]published, len(spans))
		}
		for i := range spans {
			for side := range own[i] {
				sums[in.Coin][i][side] += own[i][side]
			}
		}
	}
	if len(coins) == 0 {
		return nil, glassMissing("no instrument of %s: GET /api/v1/instruments lists what there is", exchange)
	}
	out := make([]map[string]any, len(coins))
	for i, coin := range coins {
		out[i] = map[string]any{"symbol": coin}
		for k, span := range spans {
			p := sums[coin][k]
			out[i]["liquidation_usd_"+span], out[i]["long_liquidation_usd_"+span], out[i]["short_liquidation_usd_"+span] = p.total(), p.long(), p.short()
		}
	}
	return out, nil
}

// newest returns the end of the newest column of any instrument.
func newest(found []atlas.Instrument) (to market.UnixMilli) {
	for _, in := range found {
		to = max(to, in.To)
	}
	return to
}

// glassExchangeList answers with what was liquidated of late, of a coin or of
// all, exchange by exchange and in sum ("All"). CoinGlass spells two members in
// one way in its documentation and in another in its answers; both are here.
func (s *server) glassExchangeList(ctx context.Context, q glassQuery) (any, error) {
	if _, err := q.span("range", "24h", "1h", "4h", "12h"); err != nil {
		return nil, err
	}
	found, err := s.singles(ctx)
	if err != nil {
		return nil, err
	}
	names, sums := []string{"All"}, map[string]*published{"All": {}}
	to, span := newest(found), cmp.Or(q.Get("range"), "24h")
	for _, in := range found {
		if coin := q.Get("symbol"); coin != "" && !strings.EqualFold(in.Coin, coin) {
			continue
		}
		own, err := s.recent(ctx, in, to, []string{span})
		if err != nil {
			return nil, err
		}
		name := glassVenue(in.Venue)
		if sums[name] == nil {
			names, sums[name] = append(names, name), &published{}
		}
		for side, usd := range own[0] {
			sums["All"][side] += usd
			sums[name][side] += usd
		}
	}
	out := make([]map[string]any, len(names))
	for i, name := range names {
		p := sums[name]
		out[i] = map[string]any{
			"exchange": name, "liquidation_usd": p.total(), "long_liquidation_usd": p.long(), "short_liquidation_usd": p.short(),
			"longLiquidation_usd": p.long(), "shortLiquidation_usd": p.short(),
		}
	}
	return out, nil
}

// glassOrder is one published liquidation. Side is of the order that closed the
// position: 1 bought (a short was liquidated), 2 sold (a long).
type glassOrder struct {
	Exchange string  `json:"exchange_name"`
	Symbol   string  `json:"symbol"`
	Coin     string  `json:"base_asset"`
	Price    float64 `json:"price"`
	USD      float64 `json:"usd_value"`
	Side     int     `json:"side"`
	Time     int64   `json:"time"`
}

// glassOrders answers with the newest single liquidations of a coin on an exchange.
func (s *server) glassOrders(ctx context.Context, q glassQuery) (any, error) {
	exchange, symbol := q.Get("exchange"), q.Get("symbol")
	if s.Liquidations == nil {
		return nil, glassMissing("single liquidations are not served here")
	}
	if exchange == "" || symbol == "" {
		return nil, glassBad("want exchange and symbol, a coin such as BTC")
	}
	least, err := q.number("min_liquidation_amount", 0)
	if err != nil {
		return nil, err
	}
	found, err := s.singles(ctx)
	if err != nil {
		return nil, err
	}
	out := []glassOrder{}
	for _, in := range found {
		if !strings.EqualFold(string(in.Venue), exchange) || !strings.EqualFold(in.Coin, symbol) && !strings.EqualFold(in.Symbol, symbol) {
			continue
		}
		from, to, err := q.between(in.From, in.To)
		if err != nil {
			return nil, err
		}
		if q.Get("start_time") == "" {
			from = max(from, to-7*market.Day)
		}
		if out, err = s.appendOrders(ctx, out, in, from, to, least); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(out, func(a, b glassOrder) int { return int(b.Time - a.Time) })
	return out[:min(len(out), glassMostOrders)], nil
}

// appendOrders appends an instrument's liquidations of at least so many USD, the
// newest day first, until there are enough.
func (s *server) appendOrders(ctx context.Context, out []glassOrder, in atlas.Instrument, from, to market.UnixMilli, least float64) ([]glassOrder, error) {
	before := len(out)
	for day := (to - 1).Floor(market.Day); day+market.Day > from && len(out) < before+glassMostOrders; day -= market.Day {
		told, err := s.Liquidations(ctx, in.InstrumentID, day)
		if err != nil {
			return nil, err
		}
		for _, l := range told {
			price := l.PublishedPrice()
			usd := cents(in.NotionalOf(price, l.Size))
			if l.EventTime < from || l.EventTime >= to || usd < least {
				continue
			}
			side := 2
			if l.Side == market.Short {
				side = 1
			}
			out = append(out, glassOrder{glassVenue(in.Venue), in.Symbol, in.Coin, float64(price), usd, side, int64(l.EventTime)})
		}
	}
	return out, nil
}
