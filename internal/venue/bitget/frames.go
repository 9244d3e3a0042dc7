package bitget

import (
	"halcyon/internal/venue"
	"halcyon/internal/venue/frame"
	"halcyon/market"
)

var envelope = frame.Members{"arg": frame.Inside, "topic": frame.Topic, "symbol": frame.Symbol, "data": frame.Data,
	"ts": frame.EventTime, "event": frame.Event, "msg": frame.Reason}

// channels are the public topics.
//
//	publicTrade  S is the side of the fill, the taker's; v in coins; the first
//	             push of an instrument repeats recent trades
//	ticker       always in full, dated by the frame; openInterest in coins
//	liquidation  side is the position's: buy, a long was liquidated; amount is in
//	             quote currency. price is called the liquidation price, without
//	             saying more; as a bankruptcy price would be called one, it is
//	             taken for where the position was closed
//
// Source: www.bitget.com/api-doc/uta/websocket/public, read 2026-06. Checked by
// TestFrames and the conformance suite.
var channels = map[string]frame.Channel{
	"publicTrade": {Kind: frame.Trades, Members: frame.Members{"T": frame.EventTime, "p": frame.LastPrice, "v": frame.Size,
		"S": frame.TakerSide, "i": frame.Name}},
	"ticker": {Kind: frame.States, Members: frame.Members{"markPrice": frame.MarkPrice, "indexPrice": frame.IndexPrice,
		"openInterest": frame.OpenInterest, "fundingRate": frame.FundingRate}},
	"liquidation": {Kind: frame.Liquidations, Members: frame.Members{"symbol": frame.Symbol, "ts": frame.EventTime, "side": frame.PositionSide,
		"price": frame.FillPrice, "amount": frame.QuoteSize}},
}

// frames remembers the instruments whose first trades have come.
type frames struct{ firsts frame.Firsts }

func newParser() venue.FrameParser {
	return frame.Parser{Venue: Venue, Read: frames{frame.Firsts{}}.read}
}

func (f frames) read(text []byte, _ market.UnixMilli, out *venue.Parsed) bool {
	if string(text) == "pong" {
		return true
	}
	var head frame.Item
	if !envelope.ReadAll(text, &head) {
		return false
	}
	switch string(head.Event) {
	case "":
		return f.push(&head, out)
	case "subscribe":
		out.Acks++
	case "error":
		out.Refused = "an error: " + string(head.Reason)
	}
	return true
}

func (f frames) push(head *frame.Item, out *venue.Parsed) bool {
	channel, known := channels[string(head.Topic)]
	if !known {
		out.Foreign++
		return head.Topic != nil
	}
	common := frame.Item{Symbol: head.Symbol, EventTime: head.EventTime}
	ok := channel.Add(&head.Data, &common, out)
	f.firsts.Mark(out)
	return ok
}
