package observed

import (
	"cmp"
	"math"
	"slices"

	"halcyon/market"
)

// What makes an address worth asking about.
const (
	// near is the distance of a liquidation price, as a fraction of price, at
	// which a position counts twice.
	near = 0.02
	// settled is for how long an answer needs no repeating, a trade or not: sizes
	// follow trades, and market makers trade all the time.
	settled = market.Minute
	// underWay is how long an answer is waited for.
	underWay = 5 * market.Second
	// perDay is how much a known position that did not trade gains in urgency a
	// day: margin is added, funding is paid.
	perDay = 1.0
)

// urgency is how much there is to learn from asking about an address, in quote
// currency: the notional that is not known for sure, larger the nearer it is to
// liquidation.
//
//	not reconciled:  gross notional traded since first seen
//	reconciled:      Σ |position| · (1 + near/distance) · (moved or age in days · perDay)
//
// A position that moved counts as such where that can have moved a liquidation
// price: not where the venue said that it has none.
func (l *Ledger) urgency(t *trader) float64 {
	if t.reconciled == 0 {
		return t.traded
	}
	age := perDay * float64(l.now-t.reconciled) / float64(market.Day)
	sum := t.traded * age
	for symbol, h := range t.holdings {
		price := float64(l.prices[symbol])
		weight := age
		if h.moved && !h.safe {
			weight++
		}
		if h.liquidation > 0 && price > 0 {
			weight *= 1 + near/max(near/20, math.Abs(h.liquidation/price-1))
		}
		sum += math.Abs(h.size) * price * weight
	}
	return sum
}

// Next returns up to n addresses to ask the venue about, the most urgent first.
// One that was handed out is not handed out again for a moment. The cost is a
// look at every address.
func (l *Ledger) Next(n int) []Address {
	l.mu.Lock()
	defer l.mu.Unlock()
	type candidate struct {
		address Address
		urgency float64
	}
	var all []candidate
	for a, t := range l.traders {
		if l.now-t.asked < underWay && t.asked > 0 || t.reconciled > 0 && l.now-t.reconciled < settled {
			continue
		}
		if u := l.urgency(t); u > 0 {
			all = append(all, candidate{a, u})
		}
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.urgency, a.urgency), slices.Compare(a.address[:], b.address[:]))
	})
	out := make([]Address, 0, n)
	for _, c := range all[:min(n, len(all))] {
		l.traders[c.address].asked = l.now
		out = append(out, c.address)
	}
	return out
}

// forget drops the tenth of the addresses that matters least: those with the
// least held or traded.
func (l *Ledger) forget() {
	type candidate struct {
		address Address
		weight  float64
	}
	all := make([]candidate, 0, len(l.traders))
	for a, t := range l.traders {
		weight := 0.0
		if t.reconciled == 0 {
			weight = t.traded
		}
		for symbol, h := range t.holdings {
			weight += math.Abs(h.size) * float64(l.prices[symbol])
		}
		all = append(all, candidate{a, weight})
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.weight, b.weight), slices.Compare(a.address[:], b.address[:]))
	})
	for _, c := range all[:len(all)/10+1] {
		delete(l.traders, c.address)
	}
}
