// Package bitmex reads BitMEX's perpetuals, inverse and linear: the live
// websocket and REST.
//
// Sizes are in contracts, whose worth follows from the multiplier of the
// instrument; quanto contracts, whose worth moves with another coin, are left
// out. The package must not know where events go.
package bitmex

// Venue is the name of this venue in an InstrumentID.
const Venue = "bitmex"
