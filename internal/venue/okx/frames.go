package okx

import (
	"halcyon/internal/venue"
	"halcyon/internal/venue/frame"
	"halcyon/market"
)

var envelope = frame.Members{"arg": frame.Inside, "channel": frame.Topic, "data": frame.Data,
	"event": frame.Event, "msg": frame.Reason}

// channels are the public channels.
//
//	trades              side is the taker's; tradeId is the last of count ids that
//	                    the item adds up
//	open-interest       oi in contracts
//	mark-price          markPx
//	funding-rate        fundingRate
//	liquidation-orders  side is the order's (sell closes a long), posSide the
//	                    position's where it is long or short; bkPx is the
//	                    bankruptcy price; at most one a contract and second:
//	                    a lower bound
//
// Source: www.okx.com/docs-v5, "Public channels", read 2026-06. Checked by
// TestFrames and the conformance suite.
var channels = map[string]frame.Channel{
	"trades": {Kind: frame.Trades, Members: frame.Members{"instId": frame.Symbol, "ts": frame.EventTime, "px": frame.LastPrice,
		"sz": frame.Size, "side": frame.TakerSide, "tradeId": frame.ID, "count": frame.Count}},
	"open-interest": {Kind: frame.States, Members: frame.Members{"instId": frame.Symbol, "ts": frame.EventTime, "oi": frame.OpenInterest}},
	"mark-price":    {Kind: frame.States, Members: frame.Members{"instId": frame.Symbol, "ts": frame.EventTime, "markPx": frame.MarkPrice}},
	"funding-rate":  {Kind: frame.States, Members: frame.Members{"instId": frame.Symbol, "ts": frame.EventTime, "fundingRate": frame.FundingRate}},
	"liquidation-orders": {Kind: frame.Liquidations, Members: frame.Members{"ts": frame.EventTime, "side": frame.OrderSide, "posSide": frame.PositionSide,
		"sz": frame.Size, "bkPx": frame.BankruptcyPrice}},
}

// orders is the item of liquidation-orders: the orders of one instrument.
var orders = frame.Members{"instId": frame.Symbol, "details": frame.Data}

func newParser() venue.FrameParser { return frame.Parser{Venue: Venue, Read: parse} }

func parse(text []byte, _ market.UnixMilli, out *venue.Parsed) bool {
	if string(text) == "pong" {
		return true
	}
	var head frame.Item
	if !envelope.ReadAll(text, &head) {
		return false
	}
	switch string(head.Event) {
	case "":
		return items(&head, out)
	case "subscribe":
		out.Acks++
	case "error":
		out.Refused = string(head.Reason)
	}
	return true
}

func items(head *frame.Item, out *venue.Parsed) bool {
	channel, known := channels[string(head.Topic)]
	if !known {
		out.Foreign++
		return head.Topic != nil
	}
	data := &head.Data
	if channel.Kind != frame.Liquidations {
		return channel.Add(data, &frame.Item{}, out)
	}
	for data.Open('['); data.More(']'); {
		var of frame.Item
		orders.Read(data, &of)
		if data.Bad() || !channel.Add(&of.Data, &frame.Item{Symbol: of.Symbol}, out) {
			return false
		}
	}
	return !data.Bad()
}
