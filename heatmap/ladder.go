package heatmap

import "halcyon/market"

// Level is one resolution of the map.
type Level struct {
	// Bucket is the width of a column in milliseconds.
	Bucket market.UnixMilli
	// Shift is the binary logarithm of the bin width in base bins of one
	// basis point: bins of this level are 2^Shift basis points wide.
	Shift uint
}

// Ladder lists the resolutions from fine to coarse. Each bucket and each bin
// is a whole number of those of the level before, and every bucket divides a
// UTC day.
var Ladder = [...]Level{
	{1 * market.Minute, 0},
	{5 * market.Minute, 1},
	{15 * market.Minute, 2},
	{1 * market.Hour, 3},
	{4 * market.Hour, 4},
	{1 * market.Day, 5},
}

// Levels is the number of levels of the Ladder.
const Levels = len(Ladder)

// BaseBucket is the width of a column at level 0.
const BaseBucket = 1 * market.Minute
