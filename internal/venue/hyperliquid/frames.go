package hyperliquid

import (
	"halcyon/internal/venue"
	"halcyon/internal/venue/frame"
	"halcyon/market"
)

var envelope = frame.Members{"channel": frame.Topic, "data": frame.Data}

// The channels of the venue's websocket.
//
//	trades          side B: the taker bought, A: the taker sold; px, sz in coins
//	activeAssetCtx  markPx, oraclePx (index), openInterest in coins, funding a hour
//
// Contexts come without a time. The first trades of a coin on a connection
// repeat recent ones. Liquidations are not published: trades do not tell them
// from others, and fills of single users do not add up to the market.
// Source: hyperliquid.gitbook.io, "Websocket", "Subscriptions", read 2026-06.
// Checked by TestFrames and the conformance suite.
var (
	trades = frame.Channel{Kind: frame.Trades, Members: frame.Members{"coin": frame.Symbol, "side": frame.TakerSide, "px": frame.LastPrice,
		"sz": frame.Size, "time": frame.EventTime, "tid": frame.ID}}
	contexts = frame.Channel{Kind: frame.States, Members: frame.Members{"coin": frame.Symbol, "ctx": frame.Inside, "markPx": frame.MarkPrice,
		"oraclePx": frame.IndexPrice, "openInterest": frame.OpenInterest, "funding": frame.FundingRate}}
)

// frames remembers the coins whose first trades have come.
type frames struct{ firsts frame.Firsts }

func newParser() venue.FrameParser {
	return frame.Parser{Venue: Venue, Read: frames{frame.Firsts{}}.read}
}

func (f frames) read(text []byte, recv market.UnixMilli, out *venue.Parsed) bool {
	var head frame.Item
	if !envelope.ReadAll(text, &head) || len(head.Topic) == 0 {
		return false
	}
	switch string(head.Topic) {
	case "trades":
		ok := trades.Add(&head.Data, &frame.Item{}, out)
		f.firsts.Mark(out)
		return ok
	case "activeAssetCtx":
		return contexts.Add(&head.Data, &frame.Item{EventTime: recv, Unstamped: true}, out) && len(out.Events) > 0
	case "subscriptionResponse":
		out.Acks++
	case "error":
		out.Refused = string(head.Data.Value())
	case "pong":
	default:
		out.Foreign++
	}
	return !head.Data.Bad()
}
