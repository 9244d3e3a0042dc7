package exchange_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"halcyon/internal/sim"
	"halcyon/internal/sim/exchange"
	"halcyon/internal/venue"
	"halcyon/internal/venue/binance"
	"halcyon/internal/venue/bitget"
	"halcyon/internal/venue/bitmex"
	"halcyon/internal/venue/bybit"
	"halcyon/internal/venue/deribit"
	"halcyon/internal/venue/gate"
	"halcyon/internal/venue/hyperliquid"
	"halcyon/internal/venue/kraken"
	"halcyon/internal/venue/okx"
	"halcyon/market"
)

// feedUnderTest is a connector and what its exchange trades.
type feedUnderTest struct {
	name        string
	make        func(venue.FeedOptions) venue.Feed
	instruments []exchange.Instrument
	// numbered: the venue numbers trades, so that a lost one is noticed.
	numbered bool
	// ages: the venue ends connections after 24 h.
	ages bool
	// past: how many trades are asked for of the past; 0 for any number, -1 for none.
	past int
	// polled: open interest is asked for, not pushed.
	polled bool
	// unstamped: the venue sends these kinds of events without a time.
	unstamped []string
}

var feeds = []feedUnderTest{
	{name: "binance-usdm", make: binance.NewUSDM, instruments: coins("BTCUSDT", "ETHUSDT"), numbered: true, ages: true, polled: true},
	{name: "binance-coinm", make: binance.NewCOINM, instruments: coins("BTCUSD_PERP", "ETHUSD_PERP"), numbered: true, ages: true, polled: true},
	{name: "hyperliquid", make: hyperliquid.NewFeed, instruments: coins("BTC", "ETH"), past: 10, unstamped: []string{"mark price", "open interest"}},
	{name: "bybit-linear", make: bybit.NewLinear, instruments: coins("BTCUSDT", "ETHUSDT"), past: 1000},
	{name: "bybit-inverse", make: bybit.NewInverse, instruments: coins("BTCUSD", "ETHUSD"), past: 1000},
	{name: "okx", make: okx.NewFeed, instruments: coins("BTC-USDT-SWAP", "ETH-USDT-SWAP"), numbered: true},
	{name: "bitmex", make: bitmex.NewFeed, instruments: coins("XBTUSD", "ETHUSDT"), unstamped: []string{"liquidation"}},
	{name: "bitget", make: bitget.NewFeed, instruments: coins("BTCUSDT", "ETHUSDT"), past: -1, ages: true},
	{name: "gate", make: gate.NewFeed, instruments: coins("BTC_USDT", "ETH_USDT"), numbered: true},
	{name: "deribit", make: deribit.NewFeed, instruments: coins("BTC-PERPETUAL", "ETH_USDC-PERPETUAL"), numbered: true},
	{name: "kraken", make: kraken.NewFeed, instruments: coins("PF_XBTUSD", "PI_ETHUSD"), past: -1, numbered: true},
}

// coins names the instruments of BTC and ETH.
func coins(btc, eth string) []exchange.Instrument {
	return []exchange.Instrument{{Symbol: btc, Coin: "BTC", TickSize: .1}, {Symbol: eth, Coin: "ETH", TickSize: .01}}
}

// begin is when tests take place; clocks of synctest begin in 2000, when no
// venue was open.
var begin = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// rig is a feed connected to its exchange, in a network and a time of its own.
type rig struct {
	t        *testing.T
	f        feedUnderTest
	x        *exchange.Exchange
	feed     venue.Feed
	options  venue.FeedOptions
	listings []market.Listing
	got      map[market.InstrumentID]*market.EventSet
	newest   map[market.InstrumentID]market.UnixMilli
	bad      []string
	lossless bool   // what did not arrive is no fault of the feed's
	trades   bool   // trades alone must arrive; what else does not is told
	dropped  bool   // and of what else does not nobody can know
	patient  bool   // events may wait long for what was missed before them
	hush     func() // ends the market
}

// conditions are those that a test takes place under.
type conditions struct {
	// lasts is how long a market plays on every instrument, from 2 s on.
	lasts time.Duration
	// poll is FeedOptions.PollEvery, skew how far the venue's clock is ahead.
	poll, skew time.Duration
	// batch is FeedOptions.BatchTime: long where days pass.
	batch time.Duration
	// through, where set, runs the feed in place of its own Run.
	through func(ctx context.Context, r *rig, ids []market.InstrumentID) error
}

// connected runs test with the feed connected and instruments listed.
func connected(t *testing.T, f feedUnderTest, c conditions, test func(r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(begin))
		network := exchange.NewNetwork()
		x, err := exchange.New(f.name, f.instruments)
		if err != nil {
			t.Fatal(err)
		}
		go x.Serve(network)
		x.SetSkew(c.skew)
		opt := venue.FeedOptions{HTTP: network.Client(), Jitter: func() float64 { return .5 }, PollEvery: c.poll, BatchTime: c.batch}
		r := &rig{t: t, f: f, x: x, got: map[market.InstrumentID]*market.EventSet{}, newest: map[market.InstrumentID]market.UnixMilli{}}
		opt.Malformed = func(frame []byte, err error) { r.bad = append(r.bad, string(frame)) }
		r.options = opt.At("http://venue.test")
		r.feed = f.make(r.options)
		if r.listings, err = r.feed.Instruments(t.Context()); err != nil {
			t.Fatal(err)
		}
		var ids []market.InstrumentID
		for _, l := range r.listings {
			ids = append(ids, l.InstrumentID)
			r.got[l.InstrumentID] = &market.EventSet{}
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		if c.through == nil {
			c.through = func(ctx context.Context, r *rig, ids []market.InstrumentID) error {
				return r.feed.Run(ctx, ids, r.take)
			}
		}
		go func() { ended <- c.through(ctx, r, ids) }()
		playing, hush := context.WithCancel(ctx)
		r.hush = hush
		for i, in := range f.instruments {
			go x.Play(playing, in.Symbol, simulated(t, i, begin.Add(c.skew+2*time.Second), c.lasts))
		}
		test(r)
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
		opt.HTTP.CloseIdleConnections()
		x.Close()
		network.Close()
		synctest.Wait()
		time.Sleep(time.Minute) // timeouts of what was cut off
	})
}

func (r *rig) take(id market.InstrumentID, recv market.UnixMilli, e market.Event) {
	waits := r.patient // what was asked for waits for the websocket to come as far
	if _, ok := e.(market.OpenInterest); ok {
		waits = waits || r.f.polled
	}
	if now := market.UnixMilli(time.Now().UnixMilli()); recv > now || (recv < now-5000 && !waits) {
		r.t.Errorf("recv %s of %T, now %s", recv, e, now)
	}
	if trades, ok := e.(*market.Trades); ok && (trades.Len() == 0 || !slices.IsSorted(trades.EventTime)) {
		r.t.Errorf("a batch that is empty or falls in time: %v", trades.EventTime)
	}
	if e.Time() < r.newest[id]-venue.FeedReorder {
		r.t.Errorf("%s: %T of %s after one of %s, beyond FeedReorder", id, e, e.Time(), r.newest[id])
	}
	r.newest[id] = max(r.newest[id], e.Time())
	if trades, ok := e.(*market.Trades); ok {
		r.newest[id] = max(r.newest[id], trades.EventTime[trades.Len()-1])
	}
	r.got[id].Add(e)
}

// simulated returns d of a simulated market with a liquidation every 7 s and
// a funding rate that changes every 20 s.
func simulated(t *testing.T, seed int, start time.Time, d time.Duration) iter.Seq[market.Event] {
	from := market.UnixMilli(start.UnixMilli())
	m, err := sim.New(sim.Options{Symbol: []string{"BTC", "ETH"}[seed], Seed: uint64(seed), Start: from, Traders: 200, WarmUp: 10 * market.Second})
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(market.Event) bool) {
		next := from
		for e := range m.Run(from + market.UnixMilli(d.Milliseconds())) {
			if _, ok := e.(market.FundingRate); ok {
				continue
			}
			if mark, ok := e.(market.MarkPrice); ok && e.Time() >= next {
				n := (next - from) / (7 * market.Second)
				if n%3 == 0 && !yield(market.FundingRate{EventTime: e.Time(), Rate: market.Ratio(n+1) * 1e-6}) {
					return
				}
				if !yield(e) || !yield(market.Liquidation{EventTime: e.Time() + 1, Side: market.PositionSide(n % 2), Size: .123 + market.Contracts(n),
					AvgFillPrice: mark.MarkPrice + .1, BankruptcyPrice: mark.MarkPrice + .2}) {
					return
				}
				next += 7 * market.Second
				continue
			}
			if !yield(e) {
				return
			}
		}
	}
}

// compare holds what arrived against what was published: nothing may have
// arrived that was not published, and what was published and did not arrive
// must lie in a gap, or if it is a liquidation in a lapse. It returns the gaps
// of all instruments.
func (r *rig) compare() (gaps []market.Gap) {
	r.t.Helper()
	r.hush()
	time.Sleep(1137 * time.Millisecond) // what is under way arrives
	synctest.Wait()
	for id, got := range r.got {
		gaps = append(gaps, got.Gaps...)
		inGap := func(at market.UnixMilli) bool {
			return slices.ContainsFunc(got.Gaps, func(g market.Gap) bool { return at >= g.From && at < g.To })
		}
		lapsed := func(at market.UnixMilli) bool {
			return slices.ContainsFunc(got.Lapses, func(l market.Lapse) bool {
				return l.Stream == market.StreamLiquidations && at >= l.From && at < l.To
			})
		}
		want := r.x.Published(id.Symbol)
		for _, k := range []kind{
			{"trade", tradesOf(got), tradesOf(want)},
			{"mark price", eventsOf(got.MarkPrices), eventsOf(want.MarkPrices)},
			{"open interest", eventsOf(got.OpenInterest), eventsOf(want.OpenInterest)},
			{"liquidation", eventsOf(got.Liquidations), eventsOf(want.Liquidations)},
			{"funding rate", changes(got.FundingRates), changes(want.FundingRates)},
		} {
			if slices.Contains(r.f.unstamped, k.name) {
				k.got, k.want = timeless(k.got), timeless(k.want)
			}
			if k.name == "open interest" || k.name == "mark price" { // repeated when asked, and subscribed to, again
				k.got, k.want = distinct(k.got), distinct(k.want)
			}
			missing := inGap
			if k.name == "liquidation" && !r.dropped {
				missing = func(at market.UnixMilli) bool { return inGap(at) || lapsed(at) }
			} else if k.name != "trade" && r.trades {
				missing = func(market.UnixMilli) bool { return true }
			}
			r.compareKind(id, k, missing)
		}
	}
	return gaps
}

// kind is what arrived and what was published of one kind of event.
type kind struct {
	name      string
	got, want []item
}

func (r *rig) compareKind(id market.InstrumentID, k kind, missing func(market.UnixMilli) bool) {
	r.t.Helper()
	if len(k.want) == 0 && (k.name == "trade" || k.name == "mark price") {
		r.t.Errorf("%s: no %s was published", id, k.name)
	}
	got, published, excused := map[string]int{}, map[string]int{}, map[string]int{}
	for _, i := range k.got {
		got[i.key]++
	}
	for _, i := range k.want {
		published[i.key]++
		if missing(i.at) || r.lossless || (r.f.polled && k.name == "open interest") {
			excused[i.key]++
		}
	}
	var wrong []string
	for key, n := range published {
		if got[key] < n-excused[key] {
			wrong = append(wrong, fmt.Sprintf("%s was published %d times, arrived %d times, and is missing nowhere", key, n, got[key]))
		}
	}
	for key, n := range got {
		if n > published[key] {
			wrong = append(wrong, fmt.Sprintf("%s arrived %d times, was published %d times", key, n, published[key]))
		}
	}
	slices.Sort(wrong)
	for _, w := range wrong[:min(3, len(wrong))] {
		r.t.Errorf("%s: %s %s (%d such)", id, k.name, w, len(wrong))
	}
}

type item struct {
	at  market.UnixMilli
	key string
}

func tradesOf(s *market.EventSet) (out []item) {
	t := &s.Trades
	for i := range t.Len() {
		out = append(out, item{t.EventTime[i], fmt.Sprint(t.EventTime[i], " ", t.LastPrice[i], " ", t.Size[i], " ", t.Taker[i])})
	}
	return out
}

func eventsOf[E market.Event](events []E) (out []item) {
	for _, e := range events {
		out = append(out, item{e.Time(), fmt.Sprintf("%+v", e)})
	}
	return out
}

// timeless leaves the time out of the keys.
func timeless(items []item) []item {
	for i := range items {
		_, items[i].key, _ = strings.Cut(items[i].key, " ")
	}
	return items
}

func distinct(items []item) []item {
	slices.SortStableFunc(items, func(a, b item) int { return strings.Compare(a.key, b.key) })
	return slices.CompactFunc(items, func(a, b item) bool { return a.key == b.key })
}

// changes keeps the funding rates that differ from the one before, without
// their times: which frame is the first to tell depends on what was lost.
func changes(rates []market.FundingRate) (out []item) {
	last := market.Ratio(2)
	for _, e := range rates {
		if e.Rate != last {
			out = append(out, item{e.EventTime, fmt.Sprint(e.Rate)})
		}
		last = e.Rate
	}
	return out
}

// each runs a test for every feed.
func each(t *testing.T, test func(t *testing.T, f feedUnderTest)) {
	eachThat(t, func(feedUnderTest) bool { return true }, test)
}

// eachThat runs a test for the feeds that it is about, and fails where there is
// none.
func eachThat(t *testing.T, about func(feedUnderTest) bool, test func(t *testing.T, f feedUnderTest)) {
	t.Helper()
	none := true
	for _, f := range feeds {
		if about(f) {
			none = false
			t.Run(f.name, func(t *testing.T) { test(t, f) })
		}
	}
	if none {
		t.Error("the test is about no feed")
	}
}

func TestEverythingArrives(t *testing.T) {
	each(t, func(t *testing.T, f feedUnderTest) {
		connected(t, f, conditions{lasts: time.Minute}, func(r *rig) {
			synctest.Wait()
			if s := r.feed.State(); s.Status != venue.FeedConnecting && s.Status != venue.FeedLive {
				t.Errorf("state before the first event: %+v", s)
			}
			time.Sleep(70 * time.Second)
			if gaps := r.compare(); len(gaps) != 0 {
				t.Errorf("gaps without a fault: %v", gaps)
			}
			s := r.feed.State()
			if s.Status != venue.FeedLive || s.Counts.Malformed+s.Counts.Foreign+s.Counts.Refused+s.Counts.Missing != 0 || s.Counts.Connects != 1 || s.Err != "" {
				t.Errorf("state %+v; malformed %q", s, r.bad)
			}
			if s.Counts.Trades < 100 || s.LastRecv == 0 {
				t.Errorf("only %d trades; last at %s", s.Counts.Trades, s.LastRecv)
			}
		})
	})
}
