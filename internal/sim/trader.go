package sim

import (
	"math"

	"halcyon/market"
)

// life is one kind of patience: a share of arrivals and the mean holding time
// (days) of an exponential distribution.
type life struct{ share, mean float64 }

var (
	stockLives = []life{{.30, .5}, {.50, 3}, {.20, 12}}
	flowLives  = []life{{.40, 20.0 / 1440}, {.40, 2.0 / 24}, {.20, 8.0 / 24}}
)

// What traders are like.
const (
	flowShare      = .08 // of open interest, where nothing cuts Flow short
	stockSizes     = 1.7 // deviation of the logarithm of sizes: heavy tails
	flowSizes      = 1.3
	largestShare   = .01       // of open interest in one position
	routineDays    = 18.0 / 24 // mean time between changes of a Stock position
	sliceGapDays   = 2.0 / 1440
	passiveShare   = .30 // of openings that wait in the order book
	followTrend    = .22 // how far momentum tilts the side of Flow
	leanToMakers   = 5.0 // how far makers' inventory over open interest tilts it
	sentimentTilt  = .06
	largestTilt    = .35
	flowStops      = .50
	flowCalls      = .20
	flowProfits    = .50
	stockStops     = .25
	stockCalls     = .40
	stockProfits   = .30
	earlyExits     = 1.1 // makes up for lives that stops, profits and liquidations cut short
	farthestProfit = .15 // from entry, as a fraction of it
)

func meanLife(lives []life) (days float64) {
	for _, l := range lives {
		days += l.share * l.mean
	}
	return days
}

// drawLife returns the mean holding time (days) of a new position or, for a
// standing one, of those that a look at any moment finds: the long ones more
// often, by their mean.
func drawLife(r random, lives []life, standing bool) float64 {
	total := 1.0
	if standing {
		total = meanLife(lives)
	}
	u := r.Float64() * total
	for _, l := range lives {
		weight := l.share
		if standing {
			weight *= l.mean
		}
		if u -= weight; u < 0 {
			return l.mean
		}
	}
	return lives[len(lives)-1].mean
}

func days(d float64) market.UnixMilli { return market.UnixMilli(d * float64(market.Day)) }

// newStock draws a trader of Stock or a hedged one, but for its times.
func (m *Market) newStock(side market.PositionSide) agent {
	kind, bands := Stock, m.opt.Leverage.Stock[side]
	if m.rand.chance(float64(m.opt.Leverage.Hedged[side])) {
		kind = Hedged
	}
	return m.newAgent(kind, side, m.stockSize*m.rand.logNormal(stockSizes), bands)
}

func (m *Market) newFlow(side market.PositionSide) agent {
	return m.newAgent(Flow, side, m.flowSize*m.rand.logNormal(flowSizes), m.opt.Leverage.Flow[side])
}

func (m *Market) newAgent(kind Kind, side market.PositionSide, size float64, bands []LeverageBand) agent {
	size = min(size, largestShare*float64(m.opt.OpenInterest))
	a := agent{kind: kind, side: side, want: m.lots(size), lever: 1}
	if kind != Hedged {
		tier := m.opt.Tiers.Lookup(market.Notional(size * float64(m.mark)))
		a.lever = min(drawLeverage(m.rand, bands), float64(tier.MaxLeverage))
	}
	a.setting = drawSetting(m.rand, kind, a.lever)
	return a
}

// arrive lets a new trader open a position.
func (m *Market) arrive() {
	lean := leanToMakers * m.book.inventory() / m.book.open[market.Long].float()
	stock := m.rand.chance(m.stockPerDay / (m.stockPerDay + m.flowPerDay))
	follow := followTrend
	if stock {
		follow = -followTrend / 4 // patient money buys weakness
	}
	tilt := follow*math.Tanh(m.price.flow()) + sentimentTilt*m.sentiment + lean
	side := market.Short
	if m.rand.chance(.5 + max(-largestTilt, min(largestTilt, tilt))) {
		side = market.Long
	}
	draw, lives := m.newFlow, flowLives
	if stock {
		draw, lives = m.newStock, stockLives
	}
	trader := draw(side)
	trader.opened = m.at
	trader.closeAt = m.at + days(drawLife(m.rand, lives, false)*m.rand.ExpFloat64())
	m.build(m.book.enter(trader))
}

// decide is called when an agent's clock is due.
func (m *Market) decide(id int32) {
	a := &m.book.agents[id]
	switch {
	case a.closing || m.at >= a.closeAt:
		m.unwind(id)
	case a.want > 0:
		m.build(id)
	default:
		m.routine(id)
	}
}

// build opens the next slice of what the agent wants.
func (m *Market) build(id int32) {
	a := &m.book.agents[id]
	q := min(a.want, m.slice)
	a.want -= q
	m.fillAgent(id, q, true, m.rand.chance(passiveShare))
	m.book.reprice(id, float64(m.mark))
	if a.want == 0 {
		m.arm(id)
	}
	m.schedule(id)
}

// unwind closes the next slice of an agent that wants out.
func (m *Market) unwind(id int32) {
	a := &m.book.agents[id]
	a.closing, a.want = true, 0
	m.reduce(id, min(a.size, m.slice))
}

// reduce closes q of an agent's contracts at market.
func (m *Market) reduce(id int32, q micro) {
	a := &m.book.agents[id]
	m.fillAgent(id, q, false, false)
	if a.size == 0 {
		m.book.leave(id)
		return
	}
	m.book.reprice(id, float64(m.mark))
	m.schedule(id)
}

// routine is what holders of Stock do now and then: add margin, add contracts,
// take some off. It makes liquidation prices drift with age.
func (m *Market) routine(id int32) {
	a := &m.book.agents[id]
	switch u := m.rand.Float64(); {
	case u < .40:
		m.addMargin(id, m.rand.between(.03, .4))
		m.schedule(id)
	case u < .65:
		a.want = m.lots(a.size.float() * m.rand.between(.05, .3))
		m.build(id)
	case u < .90:
		m.reduce(id, min(a.size, m.slice, m.lots(a.size.float()*m.rand.between(.1, .4))))
	default:
		m.schedule(id)
	}
}

// addMargin raises the agent's margin by a fraction of it.
func (m *Market) addMargin(id int32, fraction float64) {
	m.book.agents[id].margin *= 1 + fraction
	m.book.reprice(id, float64(m.mark))
}

// schedule sets when the agent decides next.
func (m *Market) schedule(id int32) {
	a := &m.book.agents[id]
	next := a.closeAt
	switch {
	case a.closing || a.want > 0:
		next = m.at + 1 + days(sliceGapDays*m.rand.ExpFloat64())
	case a.kind != Flow:
		next = min(next, m.at+1+days(routineDays*m.rand.ExpFloat64()))
	}
	m.book.clock.set(id, float64(max(next, m.at+1)))
}

// arm sets the agent's alert between entry and liquidation, at which it stops
// or adds margin, and the price at which it takes profit. Either may be absent.
func (m *Market) arm(id int32) {
	a := &m.book.agents[id]
	if a.liq == 0 {
		return
	}
	stops, calls, profits := stockStops, stockCalls, stockProfits
	if a.kind == Flow {
		stops, calls, profits = flowStops, flowCalls, flowProfits
	}
	distance := math.Abs(a.entry - a.liq)
	if u := m.rand.Float64(); u < stops+calls {
		a.calls = u >= stops
		m.setAlert(id, a.entry-a.side.Sign()*distance*m.rand.between(.4, .92))
	}
	if m.rand.chance(profits) {
		gain := min(distance*m.rand.between(.5, 2), farthestProfit*a.entry)
		m.book.profit[a.side].set(id, favourable(a.side, a.entry+a.side.Sign()*gain))
	}
}

// setAlert arms an alert unless the mark is already beyond it.
func (m *Market) setAlert(id int32, price float64) {
	side := m.book.agents[id].side
	if adverse(side, price) > adverse(side, float64(m.mark)) {
		m.book.alert[side].set(id, adverse(side, price))
	}
}

// alerted is called when the mark reaches an agent's alert.
func (m *Market) alerted(id int32) {
	a := &m.book.agents[id]
	if !a.calls {
		m.enqueue(order{at: m.at + reaction(m.rand), act: leaveNow, agent: id, life: a.life})
		return
	}
	m.addMargin(id, m.rand.between(.4, 1))
	if a.liq != 0 && m.rand.chance(.5) {
		m.setAlert(id, a.liq+a.side.Sign()*float64(m.mark)*m.rand.between(.1, .3)/a.lever)
	}
}

// reaction is how long a triggered order takes to reach the market.
func reaction(r random) market.UnixMilli { return market.UnixMilli(2 + r.IntN(400)) }
