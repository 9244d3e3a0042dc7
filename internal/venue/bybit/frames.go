package bybit

import (
	"bytes"
	"fmt"

	"halcyon/internal/venue"
	"halcyon/market"
)

// frames reads the public topics of linear and inverse contracts, which are
// alike.
//
//	publicTrade     S is the side of the taker
//	tickers         a snapshot, then what has changed: markPrice, indexPrice,
//	                openInterest, fundingRate
//	allLiquidation  S=Buy: a long was liquidated, S=Sell a short (the side of the
//	                position, not of the order); p is the bankruptcy price; all
//	                liquidations, every 500 ms
//
// Sizes are in coins (linear) or USD (inverse), and one contract is one of
// those. Source: bybit-exchange.github.io/docs/v5/websocket/public, read
// 2026-06. Checked by TestFrames and the conformance suite.
type frames struct {
	tickers map[string]*ticker
}

// ticker is what a delta may leave out.
type ticker struct{ index market.Price }

func newFrames() *frames { return &frames{tickers: map[string]*ticker{}} }

// Parse implements venue.FrameParser.
func (f *frames) Parse(frame []byte, _ market.UnixMilli, out *venue.Parsed) error {
	out.Reset()
	var topic, op, reason []byte
	var data venue.Scan
	var at market.UnixMilli
	success := true
	s := venue.NewScan(frame)
	for s.Open('{'); s.More('}'); {
		switch string(s.Key()) {
		case "topic":
			topic = s.Value()
		case "data":
			data = s // other members may stand behind it
			s.Skip()
		case "ts":
			at = s.Time()
		case "op":
			op = s.Value()
		case "success":
			success = s.Bool()
		case "ret_msg":
			reason = s.Value()
		default:
			s.Skip()
		}
	}
	ok := s.End()
	kind, _, _ := bytes.Cut(topic, []byte("."))
	switch string(kind) {
	case "publicTrade":
		trades(&data, out)
	case "tickers":
		f.ticker(&data, at, out)
	case "allLiquidation":
		liquidations(&data, out)
	case "":
		ok = ok && control(string(op), string(reason), success, out)
	default:
		out.Foreign++
	}
	if !ok || data.Bad() {
		out.Reset()
		return fmt.Errorf("bybit: %w", venue.ErrFrame)
	}
	return nil
}

// control reads an answer to what we sent.
func control(op, reason string, success bool, out *venue.Parsed) bool {
	switch {
	case op == "subscribe" && success:
		out.Acks++
	case op == "ping" || op == "pong":
	case op != "" && !success:
		out.Refused = reason
	default:
		return false
	}
	return true
}

func trades(s *venue.Scan, out *venue.Parsed) {
	for s.Open('['); s.More(']'); {
		var t venue.Tick
		var side []byte
		for s.Open('{'); s.More('}'); {
			switch string(s.Key()) {
			case "T":
				t.EventTime = s.Time()
			case "s":
				t.Symbol = s.Value()
			case "S":
				side = s.Value()
			case "v":
				t.Size = s.Size()
			case "p":
				t.LastPrice = s.Price()
			case "i":
				t.FirstID = venue.HashID(s.Value())
				t.LastID = t.FirstID
			default:
				s.Skip()
			}
		}
		switch string(side) {
		case "Buy":
			t.Taker = market.TakerBuy
		case "Sell":
			t.Taker = market.TakerSell
		default:
			s.Fail()
		}
		if s.Bad() || !out.AddTick(t) {
			s.Fail()
			return
		}
	}
}

func (f *frames) ticker(s *venue.Scan, at market.UnixMilli, out *venue.Parsed) {
	var symbol []byte
	var mark, index market.Price
	open, rate := market.Contracts(0), 2.0
	for s.Open('{'); s.More('}'); {
		switch string(s.Key()) {
		case "symbol":
			symbol = s.Value()
		case "markPrice":
			mark = s.Price()
		case "indexPrice":
			index = s.Price()
		case "openInterest":
			open = s.Size()
		case "fundingRate":
			rate = s.Number()
		default:
			s.Skip()
		}
	}
	if s.Bad() || symbol == nil || at == 0 {
		s.Fail()
		return
	}
	known := f.tickers[string(symbol)]
	if known == nil {
		known = &ticker{}
		f.tickers[string(symbol)] = known
	}
	if index > 0 {
		known.index = index
	}
	if mark > 0 {
		out.Add(symbol, market.MarkPrice{EventTime: at, MarkPrice: mark, IndexPrice: known.index})
	}
	if open > 0 {
		out.Add(symbol, market.OpenInterest{EventTime: at, Contracts: open})
	}
	if venue.CheckRate(rate, true) == "" {
		out.Add(symbol, market.FundingRate{EventTime: at, Rate: market.Ratio(rate)})
	}
}

func liquidations(s *venue.Scan, out *venue.Parsed) {
	for s.Open('['); s.More(']'); {
		var e market.Liquidation
		var symbol, side []byte
		for s.Open('{'); s.More('}'); {
			switch string(s.Key()) {
			case "T":
				e.EventTime = s.Time()
			case "s":
				symbol = s.Value()
			case "S":
				side = s.Value()
			case "v":
				e.Size = s.Size()
			case "p":
				e.BankruptcyPrice = s.Price()
			default:
				s.Skip()
			}
		}
		switch string(side) {
		case "Buy":
			e.Side = market.Long
		case "Sell":
			e.Side = market.Short
		default:
			s.Fail()
		}
		if s.Bad() || symbol == nil || e.EventTime == 0 {
			s.Fail()
			return
		}
		if e.Size > 0 {
			out.Add(symbol, e)
		}
	}
}
