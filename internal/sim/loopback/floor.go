package loopback

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"halcyon/internal/sim"
	"halcyon/market"
)

// loadEvery is the time between two batches of load.
const loadEvery = 5 * time.Millisecond

// clock is the time of the markets: past behind ours at begin, and speed times
// as fast until it has caught up.
type clock struct {
	begin time.Time
	past  time.Duration
	speed float64
}

// behind is how far the markets' time lies behind ours at an instant.
func (c clock) behind(at time.Time) time.Duration {
	return max(0, c.past-time.Duration(float64(at.Sub(c.begin))*(c.speed-1)))
}

// due is when our clock shows that the markets' has come to t.
func (c clock) due(t market.UnixMilli) time.Time {
	after := t.Time().Sub(c.begin.Add(-c.past))
	// In the past time runs fast; from where it meets ours, it is ours.
	return c.begin.Add(max(time.Duration(float64(after)/c.speed), after-c.past))
}

// waitFor waits until it is t; false where ctx ended first.
func (c clock) waitFor(ctx context.Context, t market.UnixMilli) bool {
	wait := time.Until(c.due(t))
	if wait <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// floor is where one coin is traded: its market, parted over the venues.
type floor struct {
	street *Street
	clock  clock
	coin   string
	number int // among the street's floors
	market *sim.Market
	rand   *rand.Rand

	accounts accounts

	mu   sync.Mutex
	last market.Price // of the newest trade, 0 before it
}

// newFloor warms a market up to where its time begins.
func newFloor(s *Street, c clock, number int) (*floor, error) {
	coin := s.opt.Coins[number]
	start := market.UnixMilli(c.begin.Add(-c.past).UnixMilli()).Floor(market.Second)
	m, err := sim.New(sim.Options{Symbol: coin, Seed: s.opt.Seed, Start: start, DailyVolatility: s.opt.Volatility, Traders: 2000, TradesPerSecond: 12})
	if err != nil {
		return nil, fmt.Errorf("cannot trade %q: %w", coin, err)
	}
	return &floor{street: s, clock: c, coin: coin, number: number, market: m, rand: rand.New(rand.NewPCG(s.opt.Seed, uint64(len(coin)))),
		accounts: accounts{makers: map[sim.Party]market.Contracts{}}}, nil
}

// trade publishes the market's events when it is time for them.
func (f *floor) trade(ctx context.Context) {
	f.publish(market.FundingRate{EventTime: f.market.Now(), Rate: 1e-4})
	for ctx.Err() == nil {
		for e := range f.market.Run(f.market.Now() + market.Second) {
			if t, ok := e.(*market.Trades); ok {
				f.trades(ctx, t)
			} else if f.clock.waitFor(ctx, e.Time()) {
				f.publish(e)
			}
			if ctx.Err() != nil {
				return
			}
		}
	}
}

// trades publishes a batch, those of one moment together.
func (f *floor) trades(ctx context.Context, t *market.Trades) {
	venues := f.deal(t)
	for from, to := 0, 0; from < t.Len(); from = to {
		for to = from + 1; to < t.Len() && t.EventTime[to] == t.EventTime[from]; to++ {
		}
		if !f.clock.waitFor(ctx, t.EventTime[from]) {
			return
		}
		f.part(t.Slice(from, to), venues[from:to], f.market.Deals(t)[from:to])
	}
}

// deal says where each trade of a batch is made, and books them at the teller.
func (f *floor) deal(t *market.Trades) (venues []*stall) {
	var deals []sim.Deal
	var sizes []market.Contracts
	for i, d := range f.market.Deals(t) {
		st := f.venueOf(d)
		venues = append(venues, st)
		if st.name == teller {
			deals, sizes = append(deals, d), append(sizes, t.Size[i])
		}
	}
	if f.street.Exchange(teller) != nil {
		f.accounts.book(f.market, deals, sizes)
	}
	return venues
}

// publish parts an event over the venues: a liquidation happens on one of them,
// marks and rates on all, open interest by share.
func (f *floor) publish(e market.Event) {
	switch e := e.(type) {
	case market.Liquidation:
		st := f.pick()
		e.AvgFillPrice, e.BankruptcyPrice = st.priced(f.coin, e.AvgFillPrice), st.priced(f.coin, e.BankruptcyPrice)
		st.Publish(symbolOf(st.name, f.coin), e)
	case market.MarkPrice:
		for _, st := range f.street.stalls {
			own := e
			own.MarkPrice = st.priced(f.coin, e.MarkPrice)
			st.Publish(symbolOf(st.name, f.coin), own)
		}
	case market.OpenInterest:
		for _, st := range f.street.stalls {
			own := e
			own.Contracts *= market.Contracts(st.share)
			st.Publish(symbolOf(st.name, f.coin), own)
		}
	default:
		for _, st := range f.street.stalls {
			st.Publish(symbolOf(st.name, f.coin), e)
		}
	}
}

// part publishes trades of one moment, each on its venue.
func (f *floor) part(t *market.Trades, venues []*stall, deals []sim.Deal) {
	parts := make(map[*stall]*market.Trades, len(f.street.stalls))
	var names [][2]string
	for i, st := range venues {
		if parts[st] == nil {
			parts[st] = &market.Trades{}
		}
		parts[st].Append(t.EventTime[i], st.priced(f.coin, t.LastPrice[i]), t.Size[i], t.Taker[i])
		if st.name == teller {
			names = append(names, f.addresses(deals[i]))
		}
	}
	for _, st := range f.street.stalls {
		switch symbol := symbolOf(st.name, f.coin); {
		case parts[st] == nil:
		case st.name == teller:
			st.PublishDeals(symbol, parts[st], names)
		default:
			st.Publish(symbol, parts[st])
		}
	}
	if n := t.Len(); n > 0 {
		f.mu.Lock()
		f.last = t.LastPrice[n-1]
		f.mu.Unlock()
	}
}

// pick draws a venue, each by its share.
func (f *floor) pick() *stall { return f.street.at(f.rand.Float64()) }

// at is the venue at a point of [0, 1), where each takes up its share.
func (s *Street) at(point float64) *stall {
	for _, st := range s.stalls {
		if point -= st.share; point < 0 {
			return st
		}
	}
	return s.stalls[0]
}

// priced is the venue's own price where the market's is p, on its tick.
func (st *stall) priced(coin string, p market.Price) market.Price {
	if p == 0 {
		return 0
	}
	ticks := 1 / tickOf(coin)
	return market.Price(math.Round(float64(p)*(1+st.basis)*ticks) / ticks)
}

// load adds trades at a rate a second, spread over the venues, so that they
// come evenly and are late rather than lost where the machine is busy.
func (f *floor) load(ctx context.Context, rate float64) {
	begin, sent := time.Now(), 0
	tick := time.NewTicker(loadEvery)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		f.mu.Lock()
		last := f.last
		f.mu.Unlock()
		due := int(time.Since(begin).Seconds()*rate) - sent
		if last == 0 || due <= 0 {
			continue
		}
		sent += due
		now := market.UnixMilli(time.Now().Add(-f.clock.behind(time.Now())).UnixMilli())
		for i, st := range f.street.stalls {
			part := due / len(f.street.stalls)
			if i < due%len(f.street.stalls) {
				part++
			}
			t := &market.Trades{}
			for k := range part {
				t.Append(now, st.priced(f.coin, last), 1e-6, market.TakerSide((n+k)%2))
			}
			if part > 0 {
				st.Publish(symbolOf(st.name, f.coin), t)
			}
		}
	}
}
