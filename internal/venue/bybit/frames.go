package bybit

import (
	"bytes"

	"halcyon/internal/venue"
	"halcyon/internal/venue/frame"
	"halcyon/market"
)

var envelope = frame.Members{"topic": frame.Topic, "data": frame.Data, "ts": frame.EventTime,
	"op": frame.Event, "success": frame.Success, "ret_msg": frame.Reason}

// channels are the public topics of linear and inverse contracts, which are
// alike.
//
//	publicTrade     S is the side of the taker
//	tickers         a snapshot, then what has changed
//	allLiquidation  S=Buy: a long was liquidated, S=Sell a short (the side of the
//	                position, not of the order); p is the bankruptcy price; all
//	                liquidations, every 500 ms
//
// Sizes are in coins (linear) or USD (inverse), and one contract is one of
// those. Source: bybit-exchange.github.io/docs/v5/websocket/public, read
// 2026-06. Checked by TestFrames and the conformance suite.
var channels = map[string]frame.Channel{
	"publicTrade": {Kind: frame.Trades, Members: frame.Members{"T": frame.EventTime, "s": frame.Symbol, "S": frame.TakerSide,
		"v": frame.Size, "p": frame.LastPrice, "i": frame.Name}},
	"tickers": {Kind: frame.States, Members: frame.Members{"symbol": frame.Symbol, "markPrice": frame.MarkPrice, "indexPrice": frame.IndexPrice,
		"openInterest": frame.OpenInterest, "fundingRate": frame.FundingRate}},
	"allLiquidation": {Kind: frame.Liquidations, Members: frame.Members{"T": frame.EventTime, "s": frame.Symbol, "S": frame.PositionSide,
		"v": frame.Size, "p": frame.BankruptcyPrice}},
}

// frames remembers what a delta of a ticker may leave out.
type frames struct{ indexes map[string]market.Price }

func newParser() venue.FrameParser {
	return frame.Parser{Venue: Venue, Read: frames{map[string]market.Price{}}.read}
}

func (f frames) read(text []byte, _ market.UnixMilli, out *venue.Parsed) bool {
	var head frame.Item
	if !envelope.ReadAll(text, &head) {
		return false
	}
	if head.Topic == nil {
		return control(&head, out)
	}
	kind, _, _ := bytes.Cut(head.Topic, []byte("."))
	channel, known := channels[string(kind)]
	if !known {
		out.Foreign++
		return true
	}
	common := frame.Item{EventTime: head.EventTime, Indexes: f.indexes}
	return channel.Add(&head.Data, &common, out)
}

// control reads an answer to what we sent.
func control(head *frame.Item, out *venue.Parsed) bool {
	switch op := string(head.Event); {
	case op == "subscribe" && !head.Refused:
		out.Acks++
	case op == "ping" || op == "pong":
	case op != "" && head.Refused:
		out.Refused = string(head.Reason)
	default:
		return false
	}
	return true
}
