// Package gate reads Gate's USDT-settled perpetuals: the live websocket and
// REST of API v4.
//
// Sizes are in contracts of quanto_multiplier coins. Sides are signs: a size
// below 0 sells. The venue cuts fractions of a contract off the sizes that it
// sends to clients that do not ask for them in a header, as here; few
// instruments trade in fractions. The package must not know where events go.
package gate

// Venue is the name of this venue in an InstrumentID.
const Venue = "gate"
