package heatmap

import (
	"cmp"

	"halcyon/market"
)

// Plane numbers one of the stacked maps that a book is kept in: side and, in
// the caller's terms, a group within the side. Plane = side·groups + group.
type Plane uint8

// MaxPlanes bounds the planes of one book.
const MaxPlanes = 16

// PlaneOf returns the plane of a group (0 <= group < groups) on a side.
func PlaneOf(side market.PositionSide, group, groups int) Plane {
	return Plane(int(side)*groups + group)
}

// Cell is the raw amount in one bin of one plane, in whole units of quote
// currency at scale 1. Both amounts are at least 0 in a state, of either sign
// in a delta.
type Cell struct {
	Plane Plane
	// Bin is in bins of the level that the cell belongs to.
	Bin market.BinIndex
	// All is everything that stands in the bin.
	All int64
	// Fresh is All with every part discounted by its age, in its own scale:
	// scaled, 0 <= Fresh <= All up to rounding.
	Fresh int64
}

// Delta is a change of a cell's raw amounts within one bucket.
type Delta struct {
	Bucket market.BucketIndex
	Cell
}

// Flags mark what a reader of a column must be told.
type Flags uint8

// The flags of a column. Coarser columns unite the flags of the finer ones.
const (
	// FlagGap: events are missing within the bucket.
	FlagGap Flags = 1 << iota
	// FlagNoMark: swept on last price, for want of a mark price.
	FlagNoMark
	// FlagNoOpenInterest: no open interest has been observed yet, so amounts
	// are relative.
	FlagNoOpenInterest
	// FlagBars: drawn from candles, not trades.
	FlagBars
	// FlagNoLiquidations: observed liquidations are missing within the bucket.
	FlagNoLiquidations
	// FlagOldOpenInterest: open interest is missing within the bucket, and what
	// was observed last stands in.
	FlagOldOpenInterest
)

// Scales are the factors by which raw amounts are multiplied to get quote
// currency, in (0, 1].
type Scales struct{ All, Fresh float64 }

// Column is what a time bucket carries beside its cells.
type Column struct {
	Bucket market.BucketIndex
	// Open, High, Low and Close are last prices within the bucket; all 0 if
	// nothing traded.
	Open, High, Low, Close market.Price
	// Volume and TakerBuy are traded contracts, and those bought by the taker.
	Volume, TakerBuy market.Contracts
	// OpenInterest is the last observation at the close, in contracts; 0
	// before the first.
	OpenInterest market.Contracts
	// Price is the price that levels are swept on, at the close of the
	// bucket: mark, or last where FlagNoMark is set.
	Price market.Price
	// Swept is the quote amount of levels that price reached within the
	// bucket, by side of the position: estimated liquidations.
	Swept [market.Sides]market.Notional
	// Liquidated is the quote amount of observed liquidations within the
	// bucket, by side of the position.
	Liquidated [market.Sides]market.Notional
	// Placed is the share of open interest on each side that stands on the
	// map; the rest has no known level.
	Placed [market.Sides]market.Ratio
	Flags  Flags
	// Scales at the close, one a plane.
	Scales []Scales
}

// merge folds in the next finer column, which follows c in time.
func (c *Column) merge(next *Column) {
	if c.Open == 0 {
		c.Open, c.High, c.Low = next.Open, next.High, next.Low
	} else if next.Open != 0 {
		c.High, c.Low = max(c.High, next.High), min(c.Low, next.Low)
	}
	if next.Close != 0 {
		c.Close = next.Close
	}
	c.Volume += next.Volume
	c.TakerBuy += next.TakerBuy
	c.OpenInterest, c.Price, c.Placed, c.Scales = next.OpenInterest, next.Price, next.Placed, next.Scales
	for s := range c.Swept {
		c.Swept[s] += next.Swept[s]
		c.Liquidated[s] += next.Liquidated[s]
	}
	c.Flags |= next.Flags
}

// LevelDay is one day at one level of the ladder.
type LevelDay struct {
	// Deltas are ordered by bucket, plane and bin; none is zero.
	Deltas []Delta
	// Columns are ordered by bucket, at most one each; only closed buckets
	// from the first event on.
	Columns []Column
}

// Day is the stored map of one instrument over one UTC day. It is immutable
// once all of its columns are closed.
type Day struct {
	// Start is 00:00 UTC of the day.
	Start market.UnixMilli
	// Planes is the number of planes, at most MaxPlanes.
	Planes int
	// Keyframe is the state at Start at level 0, ordered by plane and bin.
	// Coarser keyframes are its sums.
	Keyframe []Cell
	Levels   [Levels]LevelDay
}

func byPlaneAndBin(a, b Cell) int {
	return cmp.Or(cmp.Compare(a.Plane, b.Plane), cmp.Compare(a.Bin, b.Bin))
}
