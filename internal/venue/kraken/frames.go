package kraken

import (
	"halcyon/internal/venue"
	"halcyon/internal/venue/frame"
	"halcyon/market"
)

// message is a message of any feed, which are all flat.
//
//	trade           side is the taker's; seq follows on. type tells a liquidation
//	                from a fill: the taker's order closed the position, and the
//	                price is where it filled. All are there. Blocks are traded
//	                beside the market, and left out
//	trade_snapshot  the last 100 trades, on subscribing, newest first
//	ticker          always in full; relative_funding_rate is the rate of an hour,
//	                left out where it is 0 (funding_rate is USD a contract)
//
// Source: docs.kraken.com/api/docs/futures-api/websocket, read 2026-06. Checked
// by TestFrames and the conformance suite.
var message = frame.Members{"feed": frame.Topic, "event": frame.Event, "message": frame.Reason, "product_id": frame.Symbol, "time": frame.EventTime,
	"trades": frame.Data, "side": frame.TakerSide, "type": frame.Action, "qty": frame.Size, "price": frame.LastPrice, "seq": frame.ID,
	"markPrice": frame.MarkPrice, "index": frame.IndexPrice, "openInterest": frame.OpenInterest, "relative_funding_rate": frame.FundingRate}

func newParser() venue.FrameParser { return frame.Parser{Venue: Venue, Read: parse} }

func parse(text []byte, _ market.UnixMilli, out *venue.Parsed) bool {
	it := frame.Item{Funded: true}
	if !message.ReadAll(text, &it) {
		return false
	}
	if it.Event != nil {
		control(&it, out)
		return true
	}
	switch string(it.Topic) {
	case "trade":
		return addTrade(&it, out)
	case "trade_snapshot":
		return snapshot(&it.Data, out)
	case "ticker":
		return it.AddState(out)
	case "heartbeat":
		return true
	}
	out.Foreign++
	return it.Topic != nil
}

// control reads a greeting, or an answer to what we sent.
func control(it *frame.Item, out *venue.Parsed) {
	switch string(it.Event) {
	case "subscribed":
		out.Acks++
	case "subscribed_failed", "error", "alert":
		out.Refused = "an error: " + string(it.Reason)
	}
}

func addTrade(it *frame.Item, out *venue.Parsed) bool {
	if string(it.Action) == "block" {
		return true
	}
	if it.LastID == 0 || !it.AddTrade(out) {
		return false
	}
	return it.Recent || string(it.Action) != "liquidation" || it.AddForced(it.Taker, out)
}

func snapshot(data *venue.Scan, out *venue.Parsed) bool {
	for data.Open('['); data.More(']'); {
		it := frame.Item{Recent: true}
		message.Read(data, &it)
		if data.Bad() || !addTrade(&it, out) {
			return false
		}
	}
	return !data.Bad()
}
