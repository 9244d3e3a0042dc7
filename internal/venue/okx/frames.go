package okx

import (
	"fmt"

	"halcyon/internal/venue"
	"halcyon/market"
)

// frames reads the public channels.
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
type frames struct{}

// Parse implements venue.FrameParser.
func (frames) Parse(frame []byte, _ market.UnixMilli, out *venue.Parsed) error {
	out.Reset()
	if string(frame) == "pong" {
		return nil
	}
	var channel, event, reason []byte
	var data venue.Scan
	s := venue.NewScan(frame)
	for s.Open('{'); s.More('}'); {
		switch string(s.Key()) {
		case "arg":
			for s.Open('{'); s.More('}'); {
				if string(s.Key()) == "channel" {
					channel = s.Value()
				} else {
					s.Skip()
				}
			}
		case "data":
			data = s // the channel may stand behind it
			s.Skip()
		case "event":
			event = s.Value()
		case "msg":
			reason = s.Value()
		default:
			s.Skip()
		}
	}
	ok := s.End()
	switch string(event) {
	case "":
		ok = ok && items(string(channel), &data, out)
	case "subscribe":
		out.Acks++
	case "error":
		out.Refused = string(reason)
	}
	if !ok || data.Bad() {
		out.Reset()
		return fmt.Errorf("okx: %w", venue.ErrFrame)
	}
	return nil
}

// item holds the members of an item of any channel.
type item struct {
	symbol, side, posSide []byte
	price, mark           market.Price
	size, open            market.Contracts
	at                    market.UnixMilli
	id, count             int64
	rate                  float64
}

// items reads the items of a channel; false for what is no push at all.
func items(channel string, s *venue.Scan, out *venue.Parsed) bool {
	switch channel {
	case "":
		return false
	case "trades", "open-interest", "mark-price", "funding-rate", "liquidation-orders":
	default:
		out.Foreign++
		return true
	}
	for s.Open('['); s.More(']'); {
		it := item{count: 1, rate: 2}
		if channel == "liquidation-orders" {
			liquidations(s, out)
			continue
		}
		it.read(s)
		if s.Bad() || !it.add(channel, out) {
			s.Fail()
		}
	}
	return true
}

func (it *item) read(s *venue.Scan) {
	for s.Open('{'); s.More('}'); {
		switch string(s.Key()) {
		case "instId":
			it.symbol = s.Value()
		case "tradeId":
			it.id = s.Int()
		case "count":
			it.count = s.Int()
		case "px", "bkPx":
			it.price = s.Price()
		case "markPx":
			it.mark = s.Price()
		case "sz":
			it.size = s.Size()
		case "oi":
			it.open = s.Size()
		case "side":
			it.side = s.Value()
		case "posSide":
			it.posSide = s.Value()
		case "fundingRate":
			it.rate = s.Number()
		case "ts":
			it.at = s.Time()
		default:
			s.Skip()
		}
	}
}

func (it *item) add(channel string, out *venue.Parsed) bool {
	if it.symbol == nil || it.at == 0 {
		return false
	}
	switch channel {
	case "trades":
		t := venue.Tick{Symbol: it.symbol, EventTime: it.at, LastPrice: it.price, Size: it.size,
			FirstID: it.id - max(it.count, 1) + 1, LastID: it.id}
		side, ok := orderSide(it.side)
		if side == market.Sell {
			t.Taker = market.TakerSell
		}
		return ok && it.id > 0 && out.AddTick(t)
	case "open-interest":
		out.Add(it.symbol, market.OpenInterest{EventTime: it.at, Contracts: it.open})
	case "mark-price":
		if it.mark == 0 {
			return false
		}
		out.Add(it.symbol, market.MarkPrice{EventTime: it.at, MarkPrice: it.mark})
	case "funding-rate":
		if venue.CheckRate(it.rate, true) != "" {
			return false
		}
		out.Add(it.symbol, market.FundingRate{EventTime: it.at, Rate: market.Ratio(it.rate)})
	}
	return true
}

func orderSide(side []byte) (market.OrderSide, bool) {
	switch string(side) {
	case "buy":
		return market.Buy, true
	case "sell":
		return market.Sell, true
	}
	return 0, false
}

// liquidations reads the orders of one contract: {"instId":...,"details":[...]}.
func liquidations(s *venue.Scan, out *venue.Parsed) {
	var symbol []byte
	var details venue.Scan
	found := false
	for s.Open('{'); s.More('}'); {
		switch string(s.Key()) {
		case "instId":
			symbol = s.Value()
		case "details":
			details, found = *s, true
			s.Skip()
		default:
			s.Skip()
		}
	}
	if s.Bad() || symbol == nil || !found {
		s.Fail()
		return
	}
	for details.Open('['); details.More(']'); {
		var it item
		it.read(&details)
		side, ok := orderSide(it.side)
		e := market.Liquidation{EventTime: it.at, Side: market.ClosedBy(side), Size: it.size, BankruptcyPrice: it.price}
		switch string(it.posSide) {
		case "long":
			e.Side, ok = market.Long, true
		case "short":
			e.Side, ok = market.Short, true
		}
		if !ok || it.at == 0 || details.Bad() {
			s.Fail()
			return
		}
		if e.Size > 0 {
			out.Add(symbol, e)
		}
	}
	if details.Bad() {
		s.Fail()
	}
}
