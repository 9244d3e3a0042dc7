package sim

import (
	"math"

	"halcyon/market"
)

// Trading between the populations.
const (
	makersCount    = 16
	depthShare     = .05 // of open interest moves price by 1 % at usual volatility
	churnPerDay    = 1.5 // makers' trades among themselves, in open interests
	churnSizes     = 1.2
	halfSpread     = .15e-4 // at usual volatility, as a fraction of price
	sliceOfDepth   = 1.0 / 50
	clipOfDepth    = 1.0 / 300
	keepDirection  = .80 // chance that a maker's taker order repeats the last side
	followReturn   = .25 // chance that it follows the price of the moment
	largestOrders  = 3000
	burstPerShare  = 60.0 // excitement per share of open interest liquidated
	largestExcited = 3.0
)

// act is what an order of the step is about.
type act uint8

const (
	leaveNow act = iota // a stop or a taken profit
	decideNow
	arriveNow
	churnNow
)

// order is something to happen within the running step.
type order struct {
	at    market.UnixMilli
	act   act
	agent int32
	// life is the agent's when the order was made; an agent that is gone by
	// then has another.
	life uint32
}

func (m *Market) enqueue(o order) {
	o.at = min(o.at, m.now+m.opt.MarkInterval-1)
	m.orders = append(m.orders, o)
}

// execute carries out one order at its time.
func (m *Market) execute(o order) {
	m.at = o.at
	switch o.act {
	case arriveNow:
		m.arrive()
	case churnNow:
		m.churn()
	case decideNow, leaveNow:
		if a := &m.book.agents[o.agent]; a.life != o.life || a.size == 0 {
			return
		}
		if o.act == leaveNow {
			m.unwind(o.agent)
			return
		}
		m.decide(o.agent)
	}
}

// fillAgent trades q of an agent's contracts against makers and returns the
// average price. A passive order waits in the book: makers come to it.
func (m *Market) fillAgent(id int32, q micro, opens, passive bool) (avg float64) {
	direction := market.Sell
	if (m.book.agents[id].side == market.Long) == opens {
		direction = market.Buy
	}
	against := direction ^ 1
	cost := 0.0
	for rest := q; rest > 0; {
		k := m.pickMaker(against, nil)
		part := k.fillable(against, min(rest, m.clip()))
		price := m.quote(direction, part, passive)
		makerOpens := m.book.trade(k, against, part, price, m.at)
		if opens {
			m.book.increase(id, part, price)
		} else {
			m.book.decrease(id, part)
		}
		m.record(price, part, takerOf(direction, passive), dealOf(direction, m.book.agents[id].party(id), m.makerParty(k)))
		if m.audit != nil {
			m.audit(part, opens, makerOpens)
		}
		cost += price * part.float()
		rest -= part
	}
	return cost / q.float()
}

func takerOf(direction market.OrderSide, passive bool) market.TakerSide {
	if (direction == market.Buy) != passive {
		return market.TakerBuy
	}
	return market.TakerSell
}

// churn lets one maker trade with another: turnover that leaves no lasting
// position.
func (m *Market) churn() {
	if !m.rand.chance(keepDirection) {
		m.churnSide ^= 1
	}
	direction := m.churnSide
	if m.rand.chance(followReturn) {
		direction = market.Buy
		if m.price.step < 0 {
			direction = market.Sell
		}
	}
	taker := m.pickMaker(direction, nil)
	giver := m.pickMaker(direction^1, taker)
	for rest := m.lots(m.churnSize * m.rand.logNormal(churnSizes)); rest > 0; {
		part := giver.fillable(direction^1, taker.fillable(direction, min(rest, m.clip())))
		price := m.quote(direction, part, false)
		takerOpens := m.book.trade(taker, direction, part, price, m.at)
		giverOpens := m.book.trade(giver, direction^1, part, price, m.at)
		m.record(price, part, takerOf(direction, false), dealOf(direction, m.makerParty(taker), m.makerParty(giver)))
		if m.audit != nil {
			m.audit(part, takerOpens, giverOpens)
		}
		rest -= part
	}
}

// pickMaker returns, of two drawn by lot, the maker whose inventory the
// direction helps more; never the one excepted.
func (m *Market) pickMaker(direction market.OrderSide, except *maker) *maker {
	draw := func() *maker {
		for {
			if k := &m.book.makers[m.rand.IntN(makersCount)]; k != except {
				return k
			}
		}
	}
	a, b := draw(), draw()
	if (a.inventory < b.inventory) == (direction == market.Buy) {
		return a
	}
	return b
}

// quote moves price by the impact of a taker order and returns what it pays;
// for a passive order, the price at which it waited.
func (m *Market) quote(direction market.OrderSide, q micro, passive bool) float64 {
	sign := 1 - 2*float64(direction)
	spread := sign * halfSpread * max(1, m.price.sigma)
	if passive {
		spread = -spread
	} else {
		m.price.push(sign, q.float()/m.depth)
	}
	fraction := float64(m.at-m.now) / float64(m.opt.MarkInterval)
	return m.tick(m.price.mid(fraction) * (1 + spread))
}

// record appends a trade to the step's batch.
func (m *Market) record(price float64, q micro, taker market.TakerSide, deal Deal) {
	m.deals = append(m.deals, deal)
	m.batch.Append(m.at, market.Price(price), q.contracts(), taker)
}

// liquidate closes a whole position by force at the running step's start.
func (m *Market) liquidate(id int32) {
	a := m.book.agents[id]
	avg := m.fillAgent(id, a.size, false, false)
	m.emit(market.Liquidation{
		EventTime:       m.now,
		Side:            a.side,
		Size:            a.size.contracts(),
		AvgFillPrice:    market.Price(avg),
		BankruptcyPrice: market.Price(bankruptcyPrice(a.side, a.entry, a.size.float(), a.margin)),
	})
	m.liquidated[a.side] += market.Notional(avg * a.size.float())
	m.price.burst = min(largestExcited, m.price.burst+burstPerShare*a.size.float()/float64(m.opt.OpenInterest))
	m.book.leave(id)
}

// clip is the most that one maker gives to one order at a price.
func (m *Market) clip() micro {
	return m.lots(m.depth * clipOfDepth * m.rand.between(.3, 2))
}

// lots rounds a number of contracts to whole lots, at least one.
func (m *Market) lots(contracts float64) micro {
	return max(1, micro(math.Round(contracts*microPerContract/float64(m.lot)))) * m.lot
}

// tick rounds a price to the tick, at least one.
func (m *Market) tick(price float64) float64 {
	return max(1, math.Round(price*m.ticks)) / m.ticks
}
