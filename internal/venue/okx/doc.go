// Package okx reads OKX's perpetual swaps, linear and inverse: the live
// websocket and REST of API v5.
//
// Sizes are in contracts; what one is worth is ctVal · ctMult of the
// instrument: coins (linear) or USD (inverse). The package must not know
// where events go.
package okx

// Venue is the name of this venue in an InstrumentID.
const Venue = "okx"
