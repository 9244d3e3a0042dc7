// Package frame reads websocket frames by tables. A venue says what its
// members mean, once each; how a side becomes a side, what makes a trade
// whole, and when a frame is refused is the same for all and is here.
//
//	var trades = frame.Channel{Kind: frame.Trades, Members: frame.Members{
//		"T": frame.EventTime, "s": frame.Symbol, "S": frame.TakerSide,
//		"p": frame.LastPrice, "v": frame.Size, "i": frame.Name,
//	}}
//
// It must not know any one venue. Tables are values and safe to share; an Item
// belongs to one goroutine. Nothing is allocated but the events themselves.
package frame
