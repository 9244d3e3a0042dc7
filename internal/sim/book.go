package sim

import "halcyon/market"

// micro is a whole number of millionths of a contract, in which everything is
// booked so that sums are exact.
type micro int64

const microPerContract = 1e6

func (q micro) contracts() market.Contracts { return market.Contracts(float64(q) / microPerContract) }
func (q micro) float() float64              { return float64(q) / microPerContract }

// agent is a trader with a position, or about to have one.
type agent struct {
	kind    Kind
	side    market.PositionSide
	life    uint32 // counts the users of this slot, so that late orders find out
	size    micro
	want    micro // still to be opened, slice by slice
	closing bool
	calls   bool    // adds margin at the alert; otherwise the alert is a stop
	entry   float64 // average
	margin  float64 // quote
	lever   float64 // effective leverage of what it opens
	setting market.Leverage
	liq     float64 // 0: cannot be liquidated
	opened  market.UnixMilli
	closeAt market.UnixMilli
}

// maker is a market maker; inventory is > 0 long, < 0 short.
type maker struct {
	inventory micro
	entry     float64
	since     market.UnixMilli
}

func (k *maker) side() market.PositionSide {
	if k.inventory < 0 {
		return market.Short
	}
	return market.Long
}

// book knows every position and what price or time concerns which of them.
//
// Invariants: open[Long] = open[Short] after every trade; open[s] is the sum
// of the sizes of the agents and makers on side s; an agent is in liq exactly
// while it has contracts and its liquidation price is above 0.
type book struct {
	tiers  market.MarginTiers
	agents []agent
	free   []int32
	makers []maker
	open   [market.Sides]micro
	// liq, alert and profit are keyed by prices, times -1 where the highest
	// concerns first; see adverse and favourable.
	liq, alert, profit [market.Sides]heap
	// clock is keyed by the time of the agent's next decision.
	clock heap
}

// adverse orders prices that a position meets while losing: a long's highest
// first. A price is reached when its key is at most that of the mark.
func adverse(side market.PositionSide, price float64) float64 { return -side.Sign() * price }

// favourable orders prices that a position meets while gaining.
func favourable(side market.PositionSide, price float64) float64 { return side.Sign() * price }

// enter takes in a new agent without contracts.
func (b *book) enter(a agent) int32 {
	var id int32
	if n := len(b.free); n > 0 {
		id = b.free[n-1]
		b.free = b.free[:n-1]
		a.life = b.agents[id].life + 1
		b.agents[id] = a
	} else {
		id = int32(len(b.agents))
		b.agents = append(b.agents, a)
	}
	return id
}

// leave frees the slot of an agent without contracts.
func (b *book) leave(id int32) {
	a := &b.agents[id]
	b.liq[a.side].remove(id)
	b.alert[a.side].remove(id)
	b.profit[a.side].remove(id)
	b.clock.remove(id)
	b.agents[id] = agent{life: a.life + 1}
	b.free = append(b.free, id)
}

// increase books contracts opened by an agent at a price, with margin by its
// leverage.
func (b *book) increase(id int32, q micro, price float64) {
	a := &b.agents[id]
	a.entry = (a.entry*a.size.float() + price*q.float()) / (a.size + q).float()
	a.margin += price * q.float() / a.lever
	a.size += q
	b.open[a.side] += q
}

// decrease books contracts closed by an agent; margin is released in
// proportion.
func (b *book) decrease(id int32, q micro) {
	a := &b.agents[id]
	a.margin *= (a.size - q).float() / a.size.float()
	a.size -= q
	b.open[a.side] -= q
}

// reprice finds the agent's liquidation price anew after a change of entry,
// size or margin. A liquidation price that the mark has already reached would
// be refused by a venue: margin is topped up until it is clear.
func (b *book) reprice(id int32, mark float64) {
	a := &b.agents[id]
	if a.kind == Hedged || a.size == 0 {
		b.liq[a.side].remove(id)
		a.liq = 0
		return
	}
	limit := mark * (1 - a.side.Sign()*.0005)
	for {
		a.liq = liquidationPrice(a.side, a.entry, a.size.float(), a.margin, b.tiers)
		if a.liq == 0 || adverse(a.side, a.liq) > adverse(a.side, limit) {
			break
		}
		a.margin *= 1.3
	}
	if a.liq == 0 {
		b.liq[a.side].remove(id)
		return
	}
	b.liq[a.side].set(id, adverse(a.side, a.liq))
}

// fillable returns how much of q a maker can trade in one direction without
// passing through zero, so that a trade either opens or closes for it.
func (k *maker) fillable(direction market.OrderSide, q micro) micro {
	if direction == market.Buy && k.inventory < 0 || direction == market.Sell && k.inventory > 0 {
		return min(q, max(k.inventory, -k.inventory))
	}
	return q
}

// trade books a maker's part of a trade of at most its fillable quantity and
// reports whether it opened.
func (b *book) trade(k *maker, direction market.OrderSide, q micro, price float64, at market.UnixMilli) (opens bool) {
	before := max(k.inventory, -k.inventory)
	if direction == market.Buy {
		k.inventory += q
	} else {
		k.inventory -= q
	}
	after := max(k.inventory, -k.inventory)
	if opens = after > before; opens {
		if before == 0 {
			k.since = at
		}
		k.entry = (k.entry*before.float() + price*q.float()) / after.float()
		b.open[k.side()] += q
		return true
	}
	// It closed the side opposite to the order.
	b.open[market.ClosedBy(direction)] -= q
	if after == 0 {
		k.entry = 0
	}
	return false
}

// inventory returns the makers' net position in contracts, > 0 long.
func (b *book) inventory() float64 {
	var sum micro
	for i := range b.makers {
		sum += b.makers[i].inventory
	}
	return sum.float()
}
