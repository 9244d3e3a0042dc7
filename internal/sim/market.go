package sim

import (
	"cmp"
	"iter"
	"math"
	"slices"

	"halcyon/market"
)

// Market is a running simulation of one instrument. It is not safe for
// concurrent use.
type Market struct {
	opt   Options
	rand  random
	book  book
	price priceModel

	now  market.UnixMilli // start of the next step
	at   market.UnixMilli // within a step, the time of the running order
	mark market.Price

	ticks float64 // price steps per unit of quote currency
	lot   micro
	depth float64 // contracts that move price by 1 %
	slice micro   // most that an agent trades at once of its own will

	stockSize, flowSize, churnSize       float64 // mean, contracts
	stockPerDay, flowPerDay, churnPerDay float64

	sentiment float64 // of unit variance, > 0 likes longs
	appetite  float64 // of unit variance, > 0 wants more open interest
	churnSide market.OrderSide

	orders     []order
	batch      market.Trades
	deals      []Deal // of batch
	dealsOf    map[*market.Trades][]Deal
	pending    []market.Event // emitted, not yet delivered
	delivered  int
	liquidated [market.Sides]market.Notional

	// audit, where set, sees every trade: its quantity, and whether its two
	// parties opened.
	audit func(q micro, firstOpens, secondOpens bool)
}

// New returns a market that stands at opt.Start, warmed up. The error wraps
// market.ErrInvalid and names the option.
func New(opt Options) (*Market, error) {
	if err := opt.Validate(); err != nil {
		return nil, err
	}
	opt = opt.withDefaults()
	m := &Market{opt: opt, rand: newRandom(opt.Seed, opt.Symbol), now: opt.Start - opt.WarmUp}
	m.at = m.now
	m.scale()
	anchor := math.Log(float64(opt.StartPrice))
	m.price = priceModel{daily: float64(opt.DailyVolatility), anchor: anchor, fund: anchor, centre: anchor, sigma: 1,
		slow: m.rand.NormFloat64(), fast: m.rand.NormFloat64()}
	m.sentiment, m.appetite = m.rand.NormFloat64(), 0
	m.mark = m.markNow()
	m.book = book{tiers: opt.Tiers, makers: make([]maker, makersCount)}
	m.stockUp()
	for m.now < opt.Start {
		m.step()
		m.pending = m.pending[:0]
	}
	m.liquidated = [market.Sides]market.Notional{}
	return m, nil
}

// scale derives sizes and rates from the options, such that turnover, depth
// and the length of lives add up to the open interest asked for.
func (m *Market) scale() {
	oi := float64(m.opt.OpenInterest)
	perDay := m.opt.TradesPerSecond * 86_400
	m.ticks = ticksPerUnit(m.opt.StartPrice)
	m.depth = depthShare * oi
	m.stockPerDay = float64(m.opt.Traders) / meanLife(stockLives)
	m.flowPerDay = max(.05*perDay, .17*perDay-m.stockPerDay)
	m.churnPerDay = max(.1*perDay, .88*perDay-2.5*(m.stockPerDay+m.flowPerDay))
	m.stockSize = 2 * oi * (1 - flowShare) / float64(m.opt.Traders)
	m.flowSize = 2 * oi * flowShare / meanLife(flowLives) / m.flowPerDay
	m.churnSize = churnPerDay * oi / m.churnPerDay
	m.lot = micro(max(1, math.Pow(10, math.Floor(math.Log10(m.churnSize*microPerContract))-2)))
	m.slice = m.lots(m.depth * sliceOfDepth)
}

// Listing describes the instrument: linear, one contract one coin, quoted in
// USD, with the margin table in force.
func (m *Market) Listing() market.Listing {
	return market.Listing{
		Instrument: market.Instrument{
			InstrumentID: market.InstrumentID{Venue: Venue, Symbol: m.opt.Symbol},
			Coin:         m.opt.Symbol, Quote: "USD", Settlement: market.Linear,
			ContractSize: 1, TickSize: market.Price(1 / m.ticks),
		},
		Provenance: market.Simulated,
		Tiers:      m.opt.Tiers,
	}
}

// Now returns the time up to which the market has run: every event before it
// has happened, none at or after it.
func (m *Market) Now() market.UnixMilli { return m.now }

// MarkPrice returns the latest mark price.
func (m *Market) MarkPrice() market.Price { return m.mark }

// Liquidated returns the quote value at which positions have been liquidated
// since Start, by the side of the position.
func (m *Market) Liquidated() [market.Sides]market.Notional { return m.liquidated }

// Run yields the events from where the market stands up to, not including,
// until, which is rounded down to a multiple of MarkInterval; it runs no step
// that is not asked for. Events are ordered by time and, at equal times, as
// market.EventSet.Events orders them. A caller that stops early gets the rest
// of the step from the next call; Positions and Now then already stand at the
// step's end. Yielded batches belong to the caller.
func (m *Market) Run(until market.UnixMilli) iter.Seq[market.Event] {
	return func(yield func(market.Event) bool) {
		for {
			for m.delivered < len(m.pending) {
				e := m.pending[m.delivered]
				m.delivered++
				if !yield(e) {
					return
				}
			}
			m.pending, m.delivered = m.pending[:0], 0
			if m.now+m.opt.MarkInterval > until {
				return
			}
			m.step()
		}
	}
}

func (m *Market) emit(e market.Event) { m.pending = append(m.pending, e) }

// step lets one MarkInterval happen: the mark price and what it triggers at
// its start, then orders in order of time.
func (m *Market) step() {
	dt := float64(m.opt.MarkInterval) / float64(market.Day)
	m.at = m.now
	m.dealsOf = map[*market.Trades][]Deal{}
	m.publish()
	m.mood(dt)
	m.price.begin(m.rand, m.now, dt)
	m.trigger()
	m.expect(dt)
	slices.SortStableFunc(m.orders, func(a, b order) int { return cmp.Compare(a.at, b.at) })
	for _, o := range m.orders {
		m.execute(o)
	}
	m.orders = m.orders[:0]
	m.flush()
	m.price.end(dt)
	m.now += m.opt.MarkInterval
}

// publish emits what a venue publishes by the clock.
func (m *Market) publish() {
	m.mark = m.markNow()
	m.emit(market.MarkPrice{EventTime: m.now, MarkPrice: m.mark, IndexPrice: m.reference(m.price.index())})
	if m.now%m.opt.OpenInterestInterval == 0 {
		m.emit(market.OpenInterest{EventTime: m.now, Contracts: m.book.open[market.Long].contracts()})
	}
	if m.now%m.opt.FundingInterval == 0 {
		const interest, band = .0001, .0005
		rate := m.price.premium + max(-band, min(band, interest-m.price.premium))
		m.emit(market.FundingRate{EventTime: m.now, Rate: market.Ratio(math.Round(rate*1e8) / 1e8)})
	}
}

// reference rounds a mark or index price to a tenth of a tick.
func (m *Market) reference(price float64) market.Price {
	return market.Price(max(1, math.Round(price*m.ticks*10)) / (m.ticks * 10))
}

func (m *Market) markNow() market.Price { return m.reference(m.price.mark()) }

// mood moves what the crowd likes.
func (m *Market) mood(dt float64) {
	m.sentiment = ornstein(m.rand, m.sentiment, decay(dt, 8.0/24))
	m.appetite = ornstein(m.rand, m.appetite, decay(dt, 1.5))
	m.price.basis = .0010 * math.Tanh(m.sentiment)
}

// trigger acts on every price that the mark has reached: first liquidations,
// which happen now and move the last price, then stops, calls and profits.
func (m *Market) trigger() {
	mark := float64(m.mark)
	for side := range market.PositionSide(market.Sides) {
		for {
			id, ok := m.book.liq[side].popUpTo(adverse(side, mark))
			if !ok {
				break
			}
			m.liquidate(id)
		}
	}
	for side := range market.PositionSide(market.Sides) {
		for {
			id, ok := m.book.alert[side].popUpTo(adverse(side, mark))
			if !ok {
				break
			}
			m.alerted(id)
		}
		for {
			id, ok := m.book.profit[side].popUpTo(favourable(side, mark))
			if !ok {
				break
			}
			m.enqueue(order{at: m.now + reaction(m.rand), act: leaveNow, agent: id, life: m.book.agents[id].life})
		}
	}
}

// expect draws the orders of the step that nothing has triggered.
func (m *Market) expect(dt float64) {
	end := m.now + m.opt.MarkInterval
	for {
		id, ok := m.book.clock.popUpTo(float64(end - 1))
		if !ok {
			break
		}
		m.enqueue(order{at: m.now + m.within(), act: decideNow, agent: id, life: m.book.agents[id].life})
	}
	activity := m.price.activity(m.now)
	for range m.poisson((m.stockPerDay + m.flowPerDay) * dt * activity * m.pull()) {
		m.enqueue(order{at: m.now + m.within(), act: arriveNow})
	}
	for range m.poisson(m.churnPerDay * dt * activity) {
		m.enqueue(order{at: m.now + m.within(), act: churnNow})
	}
}

func (m *Market) poisson(mean float64) int { return min(largestOrders, m.rand.poisson(mean)) }

// within draws a time within the step, after its first millisecond.
func (m *Market) within() market.UnixMilli {
	return 1 + market.UnixMilli(m.rand.IntN(int(m.opt.MarkInterval)-1))
}

// pull is how much more than usual is opened, so that open interest follows
// its wandering level.
func (m *Market) pull() float64 {
	level := earlyExits * float64(m.opt.OpenInterest) * math.Exp(.12*m.appetite)
	return max(.25, min(2.5, math.Pow(level/m.book.open[market.Long].float(), 3)))
}

// flush emits the step's trades in batches.
func (m *Market) flush() {
	n := m.batch.Len()
	most := m.opt.BatchTrades
	if most == 0 {
		most = n
	}
	for from := 0; from < n; from += most {
		part := m.batch.Slice(from, min(n, from+most))
		out := &market.Trades{EventTime: slices.Clone(part.EventTime), LastPrice: slices.Clone(part.LastPrice),
			Size: slices.Clone(part.Size), Taker: slices.Clone(part.Taker)}
		m.dealsOf[out] = slices.Clone(m.deals[from : from+part.Len()])
		m.emit(out)
	}
	m.batch.Reset()
	m.deals = m.deals[:0]
}
