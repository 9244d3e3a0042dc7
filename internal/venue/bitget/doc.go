// Package bitget reads Bitget's USDT-margined perpetuals: the live websocket
// and REST of the unified account's API (v3), which are open to everybody.
//
// Sizes and open interest are in coins, and one contract is one coin.
// Liquidations are published in quote currency, at most the largest of each
// side, instrument and second: sums are lower bounds. The package must not
// know where events go.
package bitget

// Venue is the name of this venue in an InstrumentID.
const Venue = "bitget"
