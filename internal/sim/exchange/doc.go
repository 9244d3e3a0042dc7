// Package exchange stands in for real venues on loopback: servers that speak
// each venue's own REST and websocket protocol, fed with simulated or recorded
// events, and that misbehave on demand. Connectors talk to them through the
// code that talks to the venues; only the base URL differs.
//
//	market.Event ─→ Exchange.Publish ─→ dialect.encode ─→ frames ─→ faults ─→ websockets
//	                                        └─→ Published: what a perfect listener knows
//
// It must not know the connectors that are tested on it: frames are written
// here from the venues' documents and recordings, and read there.
//
// An Exchange is safe for concurrent use. It keeps time by package time alone,
// so that testing/synctest can hold the clock when it is served on a Network,
// which is a network inside the process.
//
//	x, err := exchange.New("binance-usdm", []exchange.Instrument{{Symbol: "BTCUSDT", Coin: "BTC"}})
//	go x.Serve(listener)
//	go x.Play(ctx, "BTCUSDT", market.Run(until))
//	x.Fault(exchange.Fault{Kind: exchange.Duplicate, Frames: 5})
package exchange
