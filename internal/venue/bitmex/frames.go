package bitmex

import (
	"fmt"
	"time"

	"halcyon/internal/venue"
	"halcyon/market"
)

// frames reads the tables of the realtime API.
//
//	trade        side is the taker's; the image on subscribing repeats the last
//	instrument   an image, then what has changed: markPrice, openInterest,
//	             fundingRate, indicativeSettlePrice (index)
//	liquidation  a table of standing orders: side is the order's (Sell closes a
//	             long), price the bankruptcy price. A row that is inserted is a
//	             liquidation; updates are fills of the same order and deletions
//	             its end, not further liquidations. Rows carry no time. The
//	             image on subscribing is of orders from before.
//
// Source: www.bitmex.com/app/wsAPI, read 2026-06. Checked by TestFrames and
// the conformance suite.
type frames struct {
	index map[string]market.Price
	// standing holds the ids of liquidation orders that stand.
	standing map[string]bool
}

func newFrames() *frames {
	return &frames{index: map[string]market.Price{}, standing: map[string]bool{}}
}

// Parse implements venue.FrameParser.
func (f *frames) Parse(frame []byte, recv market.UnixMilli, out *venue.Parsed) error {
	out.Reset()
	if string(frame) == "pong" {
		return nil
	}
	var table, action []byte
	var data venue.Scan
	known := false
	s := venue.NewScan(frame)
	for s.Open('{'); s.More('}'); {
		switch string(s.Key()) {
		case "table":
			table = s.Value()
		case "action":
			action = s.Value()
		case "data":
			data = s // the table may stand behind it
			s.Skip()
		case "subscribe":
			s.Skip()
			out.Acks++
		case "error":
			out.Refused = string(s.Value())
		case "info":
			s.Skip()
			known = true
		default:
			s.Skip()
		}
	}
	ok := s.End()
	image := string(action) == "partial"
	switch string(table) {
	case "trade":
		if image || string(action) == "insert" {
			trades(&data, image, out)
		}
	case "instrument":
		if image || string(action) == "update" {
			f.instruments(&data, out)
		}
	case "liquidation":
		f.liquidations(&data, string(action), recv, out)
	case "":
		ok = ok && (known || out.Acks > 0 || out.Refused != "")
	default:
		out.Foreign++
	}
	if !ok || data.Bad() {
		out.Reset()
		return fmt.Errorf("bitmex: %w", venue.ErrFrame)
	}
	return nil
}

// timeOf reads a time such as 2024-11-24T08:15:38.704Z.
func timeOf(s *venue.Scan) market.UnixMilli {
	t, err := time.Parse(time.RFC3339, string(s.Value()))
	at := market.UnixMilli(t.UnixMilli())
	if err != nil || at < venue.MinTime || at >= venue.MaxTime {
		s.Fail()
	}
	return at
}

func orderSide(side []byte) (market.OrderSide, bool) {
	switch string(side) {
	case "Buy":
		return market.Buy, true
	case "Sell":
		return market.Sell, true
	}
	return 0, false
}

func trades(s *venue.Scan, recent bool, out *venue.Parsed) {
	for s.Open('['); s.More(']'); {
		t := venue.Tick{Recent: recent}
		var side []byte
		for s.Open('{'); s.More('}'); {
			switch string(s.Key()) {
			case "timestamp":
				t.EventTime = timeOf(s)
			case "symbol":
				t.Symbol = s.Value()
			case "side":
				side = s.Value()
			case "size":
				t.Size = s.Size()
			case "price":
				t.LastPrice = s.Price()
			case "trdMatchID":
				t.FirstID = venue.HashID(s.Value())
				t.LastID = t.FirstID
			default:
				s.Skip()
			}
		}
		taker, ok := orderSide(side)
		if taker == market.Sell {
			t.Taker = market.TakerSell
		}
		if !ok || s.Bad() || !out.AddTick(t) {
			s.Fail()
			return
		}
	}
}

func (f *frames) instruments(s *venue.Scan, out *venue.Parsed) {
	for s.Open('['); s.More(']'); {
		var symbol []byte
		var at market.UnixMilli
		var mark, index market.Price
		open, rate := market.Contracts(0), 2.0
		for s.Open('{'); s.More('}'); {
			switch string(s.Key()) {
			case "symbol":
				symbol = s.Value()
			case "timestamp":
				at = timeOf(s)
			case "markPrice":
				mark = s.Price()
			case "indicativeSettlePrice":
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
		if index > 0 {
			f.index[string(symbol)] = index
		}
		if mark > 0 {
			out.Add(symbol, market.MarkPrice{EventTime: at, MarkPrice: mark, IndexPrice: f.index[string(symbol)]})
		}
		if open > 0 {
			out.Add(symbol, market.OpenInterest{EventTime: at, Contracts: open})
		}
		if venue.CheckRate(rate, true) == "" {
			out.Add(symbol, market.FundingRate{EventTime: at, Rate: market.Ratio(rate)})
		}
	}
}

func (f *frames) liquidations(s *venue.Scan, action string, recv market.UnixMilli, out *venue.Parsed) {
	for s.Open('['); s.More(']'); {
		var id, symbol, side []byte
		e := market.Liquidation{EventTime: recv}
		for s.Open('{'); s.More('}'); {
			switch string(s.Key()) {
			case "orderID":
				id = s.Value()
			case "symbol":
				symbol = s.Value()
			case "side":
				side = s.Value()
			case "price":
				e.BankruptcyPrice = s.Price()
			case "leavesQty":
				e.Size = s.Size()
			default:
				s.Skip()
			}
		}
		if s.Bad() || id == nil || symbol == nil {
			s.Fail()
			return
		}
		switch action {
		case "delete":
			delete(f.standing, string(id))
		case "partial":
			f.standing[string(id)] = true
		case "insert":
			order, ok := orderSide(side)
			if !ok {
				s.Fail()
				return
			}
			if e.Side = market.ClosedBy(order); e.Size > 0 && !f.standing[string(id)] {
				out.AddUnstamped(symbol, e)
			}
			f.standing[string(id)] = true
		}
	}
}
