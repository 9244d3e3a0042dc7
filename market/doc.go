// Package market is the vocabulary that every other package of Halcyon
// shares: units, sides, instruments, margin tiers, log-price bins and the
// events a venue emits.
//
// It holds values and pure functions only. It knows no clock, no I/O and no
// goroutine, imports the standard library alone, and must never learn about
// venues' wire formats, leverage models, tiles or storage. Everything in it
// is safe for concurrent use because nothing in it is mutable.
//
//	btc := market.Instrument{Venue: "hyperliquid", Symbol: "BTC", Coin: "BTC", Quote: "USD",
//		Settlement: market.Linear, ContractSize: 1, TickSize: 1}
//	usd := btc.NotionalOf(63_000, 2) // two contracts of one coin: 126,000 USD
package market
