// Package deribit reads Deribit's perpetuals, inverse and linear: the live
// websocket and REST of API v2.
//
// Everything is counted in amounts: USD (inverse) or coins (linear), and one
// contract is one of those, whatever the venue calls a contract. Liquidations
// are trades that are marked. Margin grows with every coin of a position and
// is told to accounts alone: there are no tiers. The package must not know
// where events go.
package deribit

// Venue is the name of this venue in an InstrumentID.
const Venue = "deribit"
