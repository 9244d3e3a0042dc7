package bitmex

import (
	"halcyon/internal/venue"
	"halcyon/internal/venue/frame"
	"halcyon/market"
)

var envelope = frame.Members{"table": frame.Topic, "action": frame.Action, "data": frame.Data,
	"subscribe": frame.Event, "info": frame.Event, "success": frame.Success, "error": frame.Reason}

// The tables of the realtime API.
//
//	trade        side is the taker's; the image on subscribing repeats the last
//	instrument   an image, then what has changed; indicativeSettlePrice is the index
//	liquidation  a table of standing orders: side is the order's (Sell closes a
//	             long), price the bankruptcy price. A row that is inserted is a
//	             liquidation; updates are fills of the same order and deletions
//	             its end, not further liquidations. Rows carry no time. The
//	             image on subscribing is of orders from before.
//
// Source: www.bitmex.com/app/wsAPI, read 2026-06. Checked by TestFrames and
// the conformance suite.
var (
	trades = frame.Channel{Kind: frame.Trades, Members: frame.Members{"timestamp": frame.ISOTime, "symbol": frame.Symbol, "side": frame.TakerSide,
		"size": frame.Size, "price": frame.LastPrice, "trdMatchID": frame.Name}}
	instrumentStates = frame.Channel{Kind: frame.States, Members: frame.Members{"timestamp": frame.ISOTime, "symbol": frame.Symbol, "markPrice": frame.MarkPrice,
		"indicativeSettlePrice": frame.IndexPrice, "openInterest": frame.OpenInterest, "fundingRate": frame.FundingRate}}
	liquidation = frame.Members{"orderID": frame.Name, "symbol": frame.Symbol, "side": frame.OrderSide,
		"price": frame.BankruptcyPrice, "leavesQty": frame.Size}
)

// frames remembers what an update may leave out.
type frames struct {
	indexes map[string]market.Price
	// standing holds the names of liquidation orders that stand.
	standing map[int64]bool
}

func newParser() venue.FrameParser {
	return frame.Parser{Venue: Venue, Read: frames{map[string]market.Price{}, map[int64]bool{}}.read}
}

func (f frames) read(text []byte, recv market.UnixMilli, out *venue.Parsed) bool {
	if string(text) == "pong" {
		return true
	}
	var head frame.Item
	if !envelope.ReadAll(text, &head) {
		return false
	}
	action := string(head.Action)
	image := action == "partial"
	switch string(head.Topic) {
	case "trade":
		return (!image && action != "insert") || trades.Add(&head.Data, &frame.Item{Recent: image}, out)
	case "instrument":
		return (!image && action != "update") || instrumentStates.Add(&head.Data, &frame.Item{Indexes: f.indexes}, out)
	case "liquidation":
		return f.liquidations(&head.Data, action, recv, out)
	case "":
		return control(&head, out)
	}
	out.Foreign++
	return true
}

// control reads a greeting, or an answer to what we sent.
func control(head *frame.Item, out *venue.Parsed) bool {
	switch {
	case head.Reason != nil:
		out.Refused = string(head.Reason)
	case head.Success:
		out.Acks++
	default:
		return head.Event != nil
	}
	return true
}

func (f frames) liquidations(data *venue.Scan, action string, recv market.UnixMilli, out *venue.Parsed) bool {
	for data.Open('['); data.More(']'); {
		it := frame.Item{EventTime: recv, Unstamped: true}
		liquidation.Read(data, &it)
		if data.Bad() || it.LastID == 0 || it.Symbol == nil {
			return false
		}
		switch action {
		case "delete":
			delete(f.standing, it.LastID)
		case "partial":
			f.standing[it.LastID] = true
		case "insert":
			if !f.standing[it.LastID] && !it.AddLiquidation(out) {
				return false
			}
			f.standing[it.LastID] = true
		}
	}
	return !data.Bad()
}
