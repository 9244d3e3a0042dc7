// Package kraken reads the perpetuals of Kraken's derivatives, linear (PF_) and
// inverse (PI_): the live websocket (v1) and REST (v3).
//
// Sizes and open interest are in contracts of contractSize coins (linear) or
// USD (inverse), 1 of either for all that are listed. Liquidations are trades
// that are marked. The package must not know where events go.
package kraken

// Venue is the name of this venue in an InstrumentID.
const Venue = "kraken"
