// Package liqmodel estimates where leveraged positions of one instrument would
// be liquidated. It is a pure position ledger: trades, open interest and the
// price that triggers liquidations go in; amounts by liquidation price, side
// and leverage group stand in it.
//
// It has never heard of pictures, files, venues' formats or clocks: the time
// is what its caller says. Prices are base log-price bins (market.BinIndex),
// quantities are contracts, and the model's quantities are float64 because
// they are estimates.
//
// # The mechanism
//
//  1. Flow. Of the volume traded in a step, the share Stickiness changes hands
//     between positions that can be liquidated (the rest is market makers
//     turning over). A buyer either opens a long or closes a short, a seller
//     opens a short or closes a long.
//  2. Opening. What opens at price bin b is spread over liquidation bins by
//     the effective-leverage distribution of its side.
//  3. Closing. Whatever more than the open interest would stand is closed:
//     proportionally within a leverage group, and across groups in proportion
//     to their hazards. One lazy scalar a group and side; no level is visited.
//  4. Sweeping. Levels that the price touches are removed once, for good.
//  5. Ageing. The fresh view of a level fades with FreshHalfLife. It is the
//     same level seen with every part weighted by 2^(−age/half-life).
//
// # Invariants
//
//  1. After every step in which the open interest T is known,
//     longs = shorts = T, counting what has no known level (Unplaced).
//  2. No long level lies at or above a bin that price has touched since the
//     level's opening, no short level at or below one.
//  3. A step spans fewer bins than lie between an entry and its nearest
//     level, so nothing opened in a step can be swept within it. MustEnd tells
//     the caller when.
//  4. The cost of a step depends on the bins it traded in, not on history.
//
// A Ledger is owned by one goroutine.
package liqmodel
