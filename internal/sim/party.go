package sim

import "halcyon/market"

// Party is a side of a trade: one trader's position from its first contract to
// its last, or a maker. The zero value is nobody.
type Party uint64

// firstMaker is above every trader.
const firstMaker Party = 1 << 63

// Maker says whether it is a maker: every trade has one at least.
func (p Party) Maker() bool { return p >= firstMaker }

func (a *agent) party(id int32) Party { return Party(uint64(a.life)<<32|uint64(uint32(id))) + 1 }

func (m *Market) makerParty(k *maker) Party {
	for i := range m.book.makers {
		if k == &m.book.makers[i] {
			return firstMaker + Party(i)
		}
	}
	panic("BUG: a maker of another market")
}

// Deal is the parties of a trade.
type Deal struct{ Buyer, Seller Party }

func dealOf(direction market.OrderSide, taker, other Party) Deal {
	if direction == market.Buy {
		return Deal{taker, other}
	}
	return Deal{other, taker}
}

// Deals returns the parties of the trades of a batch that Run yielded, until the
// market makes its next step.
func (m *Market) Deals(t *market.Trades) []Deal { return m.dealsOf[t] }
