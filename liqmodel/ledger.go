package liqmodel

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"halcyon/market"
)

// Level is what stands in one liquidation bin of one side and group.
type Level struct {
	Side  market.PositionSide
	Group int
	Bin   market.BinIndex
	// All and Fresh are raw amounts: quote currency at the bin's middle, to be
	// multiplied by the plane's Scale.
	All, Fresh market.Notional
}

// Scale is the factors that turn raw amounts of a side and group into quote
// currency, each in (0, 1].
type Scale struct{ All, Fresh float64 }

// Ledger is the position ledger of one instrument; see the package comment.
type Ledger struct {
	inst   market.Instrument
	params Params
	book   *book
	// offset is, a side and tier, how many bins the level lies from its entry
	// (negative for longs); group and weight belong to the same tiers.
	offset [market.Sides][]market.BinIndex
	weight [market.Sides][]float64
	group  []int
	// farthest is, a side, the offset of the level farthest from its entry.
	farthest [market.Sides]market.BinIndex
	// maxSpan is the most bins a step may span; see MustEnd.
	maxSpan market.BinIndex
	// watch, if set, is told of every level swept; see Watch.
	watch func(Sweep)

	st state
}

// state is what changes beside the book. Its fields are exported for encoding
// only; see snapshot.go.
type state struct {
	// Unplaced is contracts without a known level, by side.
	Unplaced [market.Sides]float64
	// Target is the open interest (contracts) that both sides must have;
	// Observed tells whether there is one yet.
	Target   float64
	Observed bool
	// Pending is an open interest seen since the last step ended.
	Pending    float64
	HasPending bool
	// Suspect is an open interest too far from the last to be believed before
	// a second observation confirms it; 0 if none.
	Suspect float64
	// Now is when the last step ended.
	Now market.UnixMilli
	// Step is the flow since the last step, Interval that since the last
	// open interest.
	Step, Interval flow
	// Price is the bin last touched, once Priced. Nearest bounds, a side, the
	// level closest to price.
	Price   market.BinIndex
	Priced  bool
	Nearest [market.Sides]market.BinIndex
	// Swept is the quote value expected to have been liquidated since the last
	// TakeSwept.
	Swept [market.Sides]market.Notional
}

// NewLedger returns an empty ledger. tiers may be empty: DefaultTiers then
// stands in. The error wraps market.ErrInvalid.
func NewLedger(inst market.Instrument, tiers market.MarginTiers, params Params) (*Ledger, error) {
	if err := inst.Validate(); err != nil {
		return nil, fmt.Errorf("cannot start a ledger: %w", err)
	}
	if err := params.Validate(); err != nil {
		return nil, fmt.Errorf("cannot start a ledger for %q: %w", inst.InstrumentID.String(), err)
	}
	return newLedger(inst, tiers, params), nil
}

// newLedger is NewLedger with what has been validated.
func newLedger(inst market.Instrument, tiers market.MarginTiers, params Params) *Ledger {
	if len(tiers) == 0 {
		tiers = DefaultTiers()
	}
	l := &Ledger{inst: inst, params: params, book: newBook(inst, len(params.Groups))}
	l.place(tiers)
	l.st.Nearest[market.Long], l.st.Nearest[market.Short] = math.MinInt32, math.MaxInt32
	return l
}

// place turns the leverage distribution into bin offsets. Leverage that the
// venue does not grant at the typical size is left out and its weight spread
// over the rest, because those traders take the highest there is.
func (l *Ledger) place(tiers market.MarginTiers) {
	limit := tiers.Lookup(l.params.PositionNotional).MaxLeverage
	if l.params.NetLeverage {
		limit = market.Leverage(math.Inf(1))
	}
	for _, t := range l.params.Tiers {
		if t.Leverage <= limit {
			l.group = append(l.group, l.params.groupOf(t.Leverage))
		}
	}
	for s := range market.PositionSide(market.Sides) {
		var granted, wanted float64
		for _, t := range l.params.Tiers {
			wanted += t.Weight[s]
			if t.Leverage > limit {
				continue
			}
			w := t.Weight[s]
			granted += w
			ratio := l.ratio(s, t.Leverage, tiers)
			offset := market.BinIndex(0)
			if ratio > 0 && !math.IsInf(ratio, 0) {
				offset = market.BinIndex(math.Round(market.BinsOf(ratio)))
			}
			if offset*market.BinIndex(s.Sign()) >= 0 {
				w, offset = 0, 0 // below maintenance from the start, or never liquidated
			}
			if s == market.Long {
				l.farthest[s] = min(l.farthest[s], offset)
			} else {
				l.farthest[s] = max(l.farthest[s], offset)
			}
			l.offset[s] = append(l.offset[s], offset)
			l.weight[s] = append(l.weight[s], w)
		}
		for i := range l.weight[s] {
			if granted > 0 {
				l.weight[s][i] *= wanted / granted
			}
		}
	}
	l.maxSpan = market.BinIndex(max(1, min(l.nearest()/2, 256)))
}

// negligible is the share of what opens on a side whose levels may be so near
// that they are swept within the step they were opened in: such levels are then
// never seen (their contracts are booked as unplaced), which saves most steps.
const negligible = 0.002

// nearest returns how many bins the nearest levels lie from their entry, those
// of a negligible share left out.
func (l *Ledger) nearest() int {
	nearest := math.MaxInt32
	for s := range l.offset {
		order := make([]int, len(l.offset[s]))
		for i := range order {
			order[i] = i
		}
		distance := func(i int) int { return int(max(l.offset[s][i], -l.offset[s][i])) }
		slices.SortFunc(order, func(a, b int) int { return cmp.Compare(distance(a), distance(b)) })
		var share float64
		for _, i := range order {
			if share += l.weight[s][i]; share > negligible {
				nearest = min(nearest, distance(i))
				break
			}
		}
	}
	return nearest
}

// ratio returns liquidation price over entry price of a tier; 0 or +Inf where
// it cannot be liquidated.
func (l *Ledger) ratio(s market.PositionSide, lev market.Leverage, tiers market.MarginTiers) float64 {
	switch {
	case !l.params.NetLeverage:
		return liquidationRatio(l.inst, s, lev, l.params.PositionNotional, tiers)
	case l.inst.Settlement == market.Inverse:
		return float64(InverseLiquidationPrice(s, 1, lev, 0))
	default:
		return float64(LiquidationPrice(s, 1, lev, 1, market.MarginTier{}))
	}
}

// Groups returns the leverage groups, in the order of Level.Group.
func (l *Ledger) Groups() []Group { return l.params.Groups }

// Trade books volume (contracts) traded in a price bin within the current
// step, by what the taker did. The price must have been Touched before where
// it is what levels are swept on.
func (l *Ledger) Trade(bin market.BinIndex, bought, sold market.Contracts) {
	l.st.Step.add(bin, float64(bought), float64(sold))
}

// MustEnd reports whether trading in bin would stretch the step so far that
// what opened early in it could be swept before it ends. The caller then ends
// the step first.
func (l *Ledger) MustEnd(bin market.BinIndex) bool {
	f := &l.st.Step
	if f.empty() {
		return false
	}
	last := f.Lo + market.BinIndex(len(f.Bought)) - 1
	return max(bin, last)-min(bin, f.Lo) > l.maxSpan
}

// OpenInterest books an observation, to take effect when the step ends.
//
//   - Zero, negative or not a number: ignored; venues publish such rows by mistake.
//   - More than twice or less than half the one before: held back until the
//     next observation confirms it within a fifth.
//   - The same again: no change.
//
// It reports whether the observation was taken.
func (l *Ledger) OpenInterest(q market.Contracts) bool {
	v := float64(q)
	if !(v > 0) || math.IsInf(v, 0) {
		return false
	}
	last := l.st.Target
	if l.st.HasPending {
		last = l.st.Pending
	}
	if last > 0 && (v > 2*last || v < last/2) {
		confirmed := l.st.Suspect > 0 && math.Abs(v-l.st.Suspect) <= l.st.Suspect/5
		if !confirmed {
			l.st.Suspect = v
			return false
		}
	}
	l.st.Suspect = 0
	l.st.Pending, l.st.HasPending = v, true
	return true
}

// Touch states that the price which triggers liquidations is in bin, and
// removes every level it has reached: longs at or above it, shorts at or
// below. Any jump since the last touch is covered, because all levels between
// lie on the wrong side now.
func (l *Ledger) Touch(bin market.BinIndex) {
	l.st.Price, l.st.Priced = bin, true
	if bin <= l.st.Nearest[market.Long] {
		l.sweep(market.Long, bin, l.st.Nearest[market.Long])
		l.st.Nearest[market.Long] = bin - 1
	}
	if bin >= l.st.Nearest[market.Short] {
		l.sweep(market.Short, l.st.Nearest[market.Short], bin)
		l.st.Nearest[market.Short] = bin + 1
	}
	l.st.Step.touch(bin)
	l.st.Interval.touch(bin)
}

func (l *Ledger) sweep(side market.PositionSide, from, to market.BinIndex) {
	first, last := max(int(from-l.book.lo), 0), min(int(to-l.book.lo), len(l.book.unit)-1)
	planes := l.book.side(side)
	for g := range planes {
		p := &planes[g]
		share := float64(l.params.Groups[g].SweptShare)
		for k := first; k <= last; k++ {
			if raw := p.bins[k]; raw != (stock{}) {
				swept := market.Notional(raw.all * p.scaleAll * l.book.unit[k] * share)
				l.st.Swept[side] += swept
				if l.watch != nil {
					l.watch(Sweep{side, g, l.book.lo + market.BinIndex(k), swept})
				}
				p.clear(k)
			}
		}
	}
}

// TakeSwept returns the quote value (times the groups' SweptShare) of the levels swept
// since the last call, by side of the position, and starts anew. It is the
// model's estimate of what was liquidated.
func (l *Ledger) TakeSwept() [market.Sides]market.Notional {
	out := l.st.Swept
	l.st.Swept = [market.Sides]market.Notional{}
	return out
}

// Drain calls visit for every level that changed since the last Drain, by
// rising side, group and bin, with its new raw amounts (0 where swept).
func (l *Ledger) Drain(visit func(Level)) { l.book.drain(visit) }

// Scale returns the scale of a side and group now.
func (l *Ledger) Scale(side market.PositionSide, group int) Scale {
	p := &l.book.side(side)[group]
	return Scale{p.scaleAll, p.scaleFresh}
}

// Standing returns the contracts that stand on a side, and the part of them
// that has a known level.
func (l *Ledger) Standing(side market.PositionSide) (total, placed market.Contracts) {
	for _, p := range l.book.side(side) {
		placed += market.Contracts(p.total * p.scaleAll)
	}
	return placed + market.Contracts(l.st.Unplaced[side]), placed
}

// Observed returns the open interest in force, and whether one has been
// observed yet.
func (l *Ledger) Observed() (market.Contracts, bool) {
	return market.Contracts(l.st.Target), l.st.Observed
}

// Rebase multiplies all scales in so that they are 1 again, and moves levels
// worth less than one unit of quote currency to what has no known level. It
// changes no amount otherwise. The caller must Drain first; afterwards Levels
// gives the state.
func (l *Ledger) Rebase() {
	dust := l.book.rebase()
	for s := range dust {
		l.st.Unplaced[s] += dust[s]
	}
}

// Levels calls visit for every level that stands, by rising side, group and bin.
func (l *Ledger) Levels(visit func(Level)) {
	for i := range l.book.planes {
		for k, raw := range l.book.planes[i].bins {
			if raw.all != 0 {
				visit(l.book.level(i, k))
			}
		}
	}
}
