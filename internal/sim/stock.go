package sim

import (
	"math"

	"halcyon/market"
)

const pastHours = 90 * 24

// past is an invented course of price before the market begins: hourly
// logarithms going back from now, and the extremes since each hour.
type past struct{ price, low, high []float64 }

// newPast walks back from the anchor. The walk is reversible, so that forward
// it looks like any other course of price.
func newPast(r random, p *priceModel) past {
	var h past
	at, low, high := p.anchor, p.anchor, p.anchor
	keep := decay(1.0/24, anchorHalfLife)
	for range pastHours {
		h.price, h.low, h.high = append(h.price, at), append(h.low, low), append(h.high, high)
		at = p.anchor + (at-p.anchor)*keep + p.daily*math.Sqrt(1.0/24)*r.NormFloat64()
		low, high = min(low, at), max(high, at)
	}
	return h
}

// survives reports whether a position entered an hour index ago has not been
// liquidated since.
func (h *past) survives(side market.PositionSide, hour int, liq float64) bool {
	if liq == 0 {
		return true
	}
	if side == market.Long {
		return math.Log(liq) < h.low[hour]-.002
	}
	return math.Log(liq) > h.high[hour]+.002
}

// stockUp fills the book with Stock and hedged positions of plausible past:
// ages as a look at any moment finds them, entries on the past course of
// price, none that would have been liquidated since. The lighter side gets
// the next position; makers hold the small difference that remains.
func (m *Market) stockUp() {
	course := newPast(m.rand, &m.price)
	for range m.opt.Traders {
		side := market.Long
		if m.book.open[market.Long] > m.book.open[market.Short] {
			side = market.Short
		}
		m.place(&course, side)
	}
	difference := m.book.open[market.Long] - m.book.open[market.Short]
	k, direction := &m.book.makers[0], market.Sell
	if difference < 0 {
		direction, difference = market.Buy, -difference
	}
	if difference > 0 {
		m.book.trade(k, direction, difference, float64(m.mark), m.now)
	}
}

// place enters one position of a plausible past.
func (m *Market) place(course *past, side market.PositionSide) {
	for {
		a := m.newStock(side)
		mean := drawLife(m.rand, stockLives, true)
		age := min(mean*m.rand.ExpFloat64(), pastHours/24-1)
		hour := int(age * 24)
		entry := m.tick(math.Exp(course.price[hour]))
		size := a.want
		liq := 0.0
		if a.kind != Hedged {
			liq = liquidationPrice(side, entry, size.float(), entry*size.float()/a.lever, m.opt.Tiers)
		}
		if !course.survives(side, hour, liq) {
			continue
		}
		a.want = 0
		a.opened = m.now - days(age)
		a.closeAt = m.now + 1 + days(mean*m.rand.ExpFloat64())
		id := m.book.enter(a)
		m.book.increase(id, size, entry)
		m.book.reprice(id, float64(m.mark))
		m.arm(id)
		m.schedule(id)
		return
	}
}
