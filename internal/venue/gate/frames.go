package gate

import (
	"halcyon/internal/venue"
	"halcyon/internal/venue/frame"
	"halcyon/market"
)

var envelope = frame.Members{"channel": frame.Topic, "event": frame.Event, "result": frame.Data,
	"error": frame.Inside, "message": frame.Reason}

// channels are the public channels.
//
//	futures.trades             the sign of size is the taker's side; id follows on
//	futures.tickers            mark, index, funding; total_size counts the longs and
//	                           the shorts, so that open interest is half of it: it is
//	                           twice the position_size ("total long position size")
//	                           of the contract
//	futures.public_liquidates  the sign of size is that of the order: below 0 it
//	                           sells, and closes a long (the size of the same name
//	                           over REST is the position's, with the other sign);
//	                           price is the order's, at which the position is
//	                           bankrupt. All since 2026-08-20, a batch a second;
//	                           before that one a contract and second
//
// Source: www.gate.com/docs/developers/futures/ws, read 2026-08. Checked by
// TestFrames and the conformance suite.
var channels = map[string]frame.Channel{
	"futures.trades": {Kind: frame.Trades, Members: frame.Members{"contract": frame.Symbol, "create_time_ms": frame.EventTime, "id": frame.ID,
		"price": frame.LastPrice, "size": frame.SignedSize}},
	"futures.tickers": {Kind: frame.States, Members: frame.Members{"contract": frame.Symbol, "t": frame.EventTime, "mark_price": frame.MarkPrice,
		"index_price": frame.IndexPrice, "funding_rate": frame.FundingRate, "total_size": frame.OpenInterest}},
	"futures.public_liquidates": {Kind: frame.Liquidations, Members: frame.Members{"contract": frame.Symbol, "time": frame.RoughTime, "time_ms": frame.RoughTime,
		"price": frame.BankruptcyPrice, "size": frame.SignedSize}},
}

func newParser() venue.FrameParser { return frame.Parser{Venue: Venue, Read: parse} }

func parse(text []byte, recv market.UnixMilli, out *venue.Parsed) bool {
	var head frame.Item
	if !envelope.ReadAll(text, &head) || head.Topic == nil {
		return false
	}
	switch event := string(head.Event); {
	case head.Reason != nil:
		out.Refused = string(head.Reason)
	case event == "subscribe":
		out.Acks++
	case event == "update":
		return update(&head, recv, out)
	case string(head.Topic) != "futures.pong":
		out.Foreign++
	}
	return true
}

func update(head *frame.Item, recv market.UnixMilli, out *venue.Parsed) bool {
	channel, known := channels[string(head.Topic)]
	if !known {
		out.Foreign++
		return true
	}
	common := frame.Item{}
	if channel.Kind == frame.States { // not every ticker is dated
		common = frame.Item{EventTime: recv, Unstamped: true}
	}
	ok := channel.Add(&head.Data, &common, out)
	for i, e := range out.Events {
		if open, is := e.Event.(market.OpenInterest); is {
			open.Contracts /= 2
			out.Events[i].Event = open
		}
	}
	return ok
}
