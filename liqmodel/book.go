package liqmodel

import (
	"math/bits"

	"halcyon/market"
)

// plane is the standing mass of one side and group by liquidation bin. An
// amount in contracts is the stored raw value times the plane's scale.
type plane struct {
	bins []stock
	// dirty has a bit for every bin whose raw amounts changed since the last drain.
	dirty []uint64
	// touchedLo and touchedHi bound the dirty words, half-open.
	touchedLo, touchedHi int
	// total is the sum of all, raw.
	total                float64
	scaleAll, scaleFresh float64
}

// stock is what stands in a bin, raw: all, and the fresh part of it.
type stock struct{ all, fresh float64 }

func (p *plane) mark(k int) {
	w := k >> 6
	p.dirty[w] |= 1 << (k & 63)
	p.touchedLo = min(p.touchedLo, w)
	p.touchedHi = max(p.touchedHi, w+1)
}

// eachDirty calls visit for every dirty bin, by rising index.
func (p *plane) eachDirty(visit func(k int)) {
	for w := p.touchedLo; w < p.touchedHi; w++ {
		for set := p.dirty[w]; set != 0; set &= set - 1 {
			visit(w<<6 + bits.TrailingZeros64(set))
		}
	}
}

func (p *plane) add(k int, all, fresh float64) {
	p.bins[k].all += all
	p.bins[k].fresh += fresh
	p.total += all
	p.mark(k)
}

func (p *plane) clear(k int) {
	p.total -= p.bins[k].all
	p.bins[k] = stock{}
	p.mark(k)
}

// minScale bounds the scales from below, so that raw amounts stay far from
// the limits of their integers.
const minScale = 1e-6

// shrink keeps the given share, in [0, 1], of all that stands in the plane.
func (p *plane) shrink(kept float64) {
	p.scaleAll *= kept
	p.scaleFresh *= kept
	if p.scaleFresh < minScale {
		p.normalise()
	}
}

// normalise makes both scales 1 by multiplying them into the raw amounts.
func (p *plane) normalise() {
	p.total = 0
	for k, raw := range p.bins {
		if raw.all != 0 {
			p.bins[k] = stock{raw.all * p.scaleAll, raw.fresh * p.scaleFresh}
			p.total += p.bins[k].all
			p.mark(k)
		}
	}
	p.scaleAll, p.scaleFresh = 1, 1
}

// book is the planes of both sides over one window of bins.
type book struct {
	// lo is the bin of index 0 of every slice; a multiple of 64.
	lo     market.BinIndex
	planes []plane
	groups int
	// unit is the quote value of one contract liquidated in each bin.
	unit []float64
	inst market.Instrument
}

// growth is how many bins the window is extended by at a time.
const growth = 4096

func newBook(inst market.Instrument, groups int) *book {
	b := &book{groups: groups, inst: inst, planes: make([]plane, market.Sides*groups)}
	for i := range b.planes {
		b.planes[i].scaleAll, b.planes[i].scaleFresh = 1, 1
	}
	return b
}

func (b *book) side(s market.PositionSide) []plane {
	return b.planes[int(s)*b.groups : (int(s)+1)*b.groups]
}

// cover makes the window hold bins [from, to].
func (b *book) cover(from, to market.BinIndex) {
	if len(b.unit) > 0 && from >= b.lo && int(to-b.lo) < len(b.unit) {
		return
	}
	lo, hi := from-growth, to+growth
	if len(b.unit) > 0 {
		lo, hi = min(lo, b.lo), max(hi, b.lo+market.BinIndex(len(b.unit)))
	}
	lo = lo &^ 63
	b.resize(lo, (int(hi-lo)+63)&^63)
}

// resize makes the window n bins from lo, which must hold the present one.
func (b *book) resize(lo market.BinIndex, n int) {
	shift := 0
	if len(b.unit) > 0 {
		shift = int(b.lo - lo)
	}
	for i := range b.planes {
		p := &b.planes[i]
		bins, dirty := make([]stock, n), make([]uint64, n/64)
		copy(bins[shift:], p.bins)
		copy(dirty[shift/64:], p.dirty)
		if p.touchedLo < p.touchedHi {
			p.touchedLo, p.touchedHi = p.touchedLo+shift/64, p.touchedHi+shift/64
		} else {
			p.touchedLo, p.touchedHi = n/64, 0
		}
		p.bins, p.dirty = bins, dirty
	}
	b.unit = make([]float64, n)
	b.lo = lo
	for k := range b.unit {
		b.unit[k] = float64(b.inst.NotionalOf((lo + market.BinIndex(k)).Mid(), 1))
	}
}

// drain calls visit for every bin that changed since the last drain, by rising
// plane and bin, with its raw amounts and unit value.
func (b *book) drain(visit func(Level)) {
	for i := range b.planes {
		p := &b.planes[i]
		p.eachDirty(func(k int) { visit(b.level(i, k)) })
		if p.touchedLo < p.touchedHi {
			clear(p.dirty[p.touchedLo:p.touchedHi])
		}
		p.touchedLo, p.touchedHi = len(p.dirty), 0
	}
}

func (b *book) level(plane, k int) Level {
	raw, unit := b.planes[plane].bins[k], b.unit[k]
	return Level{
		Side: market.PositionSide(plane / b.groups), Group: plane % b.groups, Bin: b.lo + market.BinIndex(k),
		All: market.Notional(raw.all * unit), Fresh: market.Notional(raw.fresh * unit),
	}
}

// rebase makes every scale 1 by multiplying it in, drops what is worth less
// than one unit of quote currency, and returns the contracts so dropped by side.
func (b *book) rebase() (dust [market.Sides]float64) {
	for i := range b.planes {
		p := &b.planes[i]
		p.normalise()
		for k := range p.bins {
			if all := p.bins[k].all; all != 0 && all*b.unit[k] < 1 {
				dust[i/b.groups] += all
				p.clear(k)
			}
		}
	}
	b.drain(func(Level) {})
	return dust
}
