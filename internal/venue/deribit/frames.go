package deribit

import (
	"bytes"

	"halcyon/internal/venue"
	"halcyon/internal/venue/frame"
	"halcyon/market"
)

var envelope = frame.Members{"method": frame.Event, "params": frame.Inside, "channel": frame.Topic, "data": frame.Data,
	"result": frame.Data, "error": frame.Inside, "message": frame.Reason}

// The public channels, gathered for 100 ms, as those without a key are.
//
//	trades   direction is the taker's; trade_seq follows on. liquidation marks
//	         the side that was liquidated: T the taker's order, M the maker's, MT
//	         both. They are all there, and the price is where they filled
//	ticker   always in full; open_interest is an amount; current_funding is the
//	         rate of 8 h as it stands now
//
// Source: docs.deribit.com/subscriptions, read 2026-06. Checked by TestFrames
// and the conformance suite.
var (
	trade = frame.Members{"instrument_name": frame.Symbol, "timestamp": frame.EventTime, "price": frame.LastPrice, "amount": frame.Size,
		"direction": frame.TakerSide, "trade_seq": frame.ID, "liquidation": frame.Action}
	tickers = frame.Channel{Kind: frame.States, Members: frame.Members{"instrument_name": frame.Symbol, "timestamp": frame.EventTime,
		"mark_price": frame.MarkPrice, "index_price": frame.IndexPrice, "open_interest": frame.OpenInterest, "current_funding": frame.FundingRate}}
)

func newParser() venue.FrameParser { return frame.Parser{Venue: Venue, Read: parse} }

func parse(text []byte, _ market.UnixMilli, out *venue.Parsed) bool {
	var head frame.Item
	if !envelope.ReadAll(text, &head) {
		return false
	}
	switch string(head.Event) {
	case "subscription":
		return push(&head, out)
	case "heartbeat":
		return true
	case "":
		return control(&head, out)
	}
	out.Foreign++
	return true
}

// control reads an answer: the list of channels that are subscribed to now,
// without those that do not exist, or what a ping is answered by.
func control(head *frame.Item, out *venue.Parsed) bool {
	switch {
	case head.Reason != nil:
		out.Refused = string(head.Reason)
	case head.Data.Peek() == '[':
		for head.Data.Open('['); head.Data.More(']'); {
			head.Data.Skip()
			out.Acks++
		}
		if out.Acks == 0 {
			out.Refused = "no such channels"
		}
	default:
		return head.Data.Peek() == '{'
	}
	return true
}

func push(head *frame.Item, out *venue.Parsed) bool {
	kind, _, _ := bytes.Cut(head.Topic, []byte("."))
	switch string(kind) {
	case "trades":
		return trades(&head.Data, out)
	case "ticker":
		return tickers.Add(&head.Data, &frame.Item{}, out)
	}
	out.Foreign++
	return head.Topic != nil
}

func trades(data *venue.Scan, out *venue.Parsed) bool {
	for data.Open('['); data.More(']'); {
		var it frame.Item
		trade.Read(data, &it)
		if data.Bad() || it.LastID == 0 || !it.AddTrade(out) {
			return false
		}
		if bytes.Contains(it.Action, []byte("T")) && !it.AddForced(it.Taker, out) {
			return false
		}
		if bytes.Contains(it.Action, []byte("M")) && !it.AddForced(it.Taker.Opposite(), out) {
			return false
		}
	}
	return !data.Bad()
}
