package hyperliquid

import (
	"fmt"

	"halcyon/internal/venue"
	"halcyon/market"
)

// frames reads the venue's websocket.
//
//	trades          side B: the taker bought, A: the taker sold; px, sz in coins
//	activeAssetCtx  markPx, oraclePx (index), openInterest in coins, funding a hour
//
// Contexts come without a time. The first trades of a coin on a connection
// repeat recent ones. Liquidations are not published: trades do not tell them
// from others, and fills of single users do not add up to the market.
// Source: hyperliquid.gitbook.io, "Websocket", "Subscriptions", read 2026-06.
// Checked by TestFrames and the conformance suite.
type frames struct {
	greeted map[string]bool // coins whose first trades have come
}

func newFrames() *frames { return &frames{greeted: map[string]bool{}} }

// Parse implements venue.FrameParser.
func (f *frames) Parse(frame []byte, recv market.UnixMilli, out *venue.Parsed) error {
	out.Reset()
	var channel []byte
	var data venue.Scan
	s := venue.NewScan(frame)
	for s.Open('{'); s.More('}'); {
		switch string(s.Key()) {
		case "channel":
			channel = s.Value()
		case "data":
			data = s // the channel may stand behind it
			s.Skip()
		default:
			s.Skip()
		}
	}
	ok := s.End()
	switch string(channel) {
	case "trades":
		f.trades(&data, out)
	case "activeAssetCtx":
		readContext(&data, recv, out)
	case "subscriptionResponse":
		out.Acks++
	case "error":
		out.Refused = string(data.Value())
	case "pong":
	default:
		ok = ok && len(channel) > 0
		out.Foreign++
	}
	if !ok || data.Bad() {
		out.Reset()
		return fmt.Errorf("hyperliquid: %w", venue.ErrFrame)
	}
	return nil
}

func (f *frames) trades(s *venue.Scan, out *venue.Parsed) {
	for s.Open('['); s.More(']'); {
		var t venue.Tick
		var side []byte
		for s.Open('{'); s.More('}'); {
			switch string(s.Key()) {
			case "coin":
				t.Symbol = s.Value()
			case "side":
				side = s.Value()
			case "px":
				t.LastPrice = s.Price()
			case "sz":
				t.Size = s.Size()
			case "time":
				t.EventTime = s.Time()
			case "tid":
				t.FirstID = s.Int()
				t.LastID = t.FirstID
			default:
				s.Skip()
			}
		}
		taker, ok := takerOf(side)
		t.Taker = taker
		t.Recent = !f.greeted[string(t.Symbol)]
		if !ok || s.Bad() || !out.AddTick(t) {
			s.Fail()
			return
		}
	}
	for _, t := range out.Ticks {
		if t.Recent {
			f.greeted[string(t.Symbol)] = true
		}
	}
}

func readContext(s *venue.Scan, recv market.UnixMilli, out *venue.Parsed) {
	var coin []byte
	mark := market.MarkPrice{EventTime: recv}
	open := market.OpenInterest{EventTime: recv}
	rate := 2.0
	for s.Open('{'); s.More('}'); {
		switch string(s.Key()) {
		case "coin":
			coin = s.Value()
		case "ctx":
			for s.Open('{'); s.More('}'); {
				switch string(s.Key()) {
				case "markPx":
					mark.MarkPrice = s.Price()
				case "oraclePx":
					mark.IndexPrice = s.Price()
				case "openInterest":
					open.Contracts = s.Size()
				case "funding":
					rate = s.Number()
				default:
					s.Skip()
				}
			}
		default:
			s.Skip()
		}
	}
	if coin == nil || mark.MarkPrice == 0 {
		s.Fail()
		return
	}
	out.AddUnstamped(coin, mark)
	out.AddUnstamped(coin, open)
	if venue.CheckRate(rate, true) == "" {
		out.AddUnstamped(coin, market.FundingRate{EventTime: recv, Rate: market.Ratio(rate)})
	}
}
