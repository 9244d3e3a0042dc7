package binance

import (
	"fmt"

	"halcyon/internal/venue"
	"halcyon/market"
)

// frames reads the market streams of USD-M and COIN-M futures, which are
// alike: combined ({"stream":...,"data":{...}}) or raw.
//
//	aggTrade         m=true: the buyer's order stood in the book, the taker sold
//	markPriceUpdate  p mark price, i index price, r funding rate
//	forceOrder       o.S=SELL closes a long; o.ap is where it filled, o.p, beyond
//	                 it, the bankruptcy price, o.z what was filled. At most one
//	                 order a symbol and second is sent: a lower bound.
//
// Sizes are as the venue counts them: coins (USD-M) or contracts (COIN-M),
// and a listing's ContractSize says what one is worth.
// Source: developers.binance.com, USDⓈ-M and COIN-M websocket market streams,
// read 2026-06. Checked by TestFrames and the conformance suite.
type frames struct{}

// event holds the members of any event as they are written; what they mean
// depends on e.
type event struct {
	e, at, id, symbol, price, size, time, maker, index, rate []byte
	order                                                    order
}

// order is what is used of the member o of a forceOrder.
type order struct {
	symbol, side []byte
	price, fill  market.Price
	size         market.Contracts
	at           market.UnixMilli
}

// Parse implements venue.FrameParser.
func (frames) Parse(frame []byte, _ market.UnixMilli, out *venue.Parsed) error {
	out.Reset()
	var ev event
	s := venue.NewScan(frame)
	for s.Open('{'); s.More('}'); {
		switch key := s.Key(); string(key) {
		case "data":
			for s.Open('{'); s.More('}'); {
				ev.member(&s, s.Key())
			}
		case "result":
			s.Skip()
			out.Acks++
		case "error":
			out.Refused = refusal(&s)
		default:
			ev.member(&s, key)
		}
	}
	if !s.End() || !ev.add(out) {
		out.Reset()
		return fmt.Errorf("binance: %w", venue.ErrFrame)
	}
	return nil
}

// member reads the value of one member of an event.
func (ev *event) member(s *venue.Scan, key []byte) {
	if c := s.Peek(); c == '{' && string(key) == "o" {
		ev.order.read(s)
		return
	} else if c == '{' || c == '[' || len(key) != 1 {
		s.Skip()
		return
	}
	switch v := s.Value(); key[0] {
	case 'e':
		ev.e = v
	case 'E':
		ev.at = v
	case 'a':
		ev.id = v
	case 's':
		ev.symbol = v
	case 'p':
		ev.price = v
	case 'q':
		ev.size = v
	case 'T':
		ev.time = v
	case 'm':
		ev.maker = v
	case 'i':
		ev.index = v
	case 'r':
		ev.rate = v
	}
}

func (o *order) read(s *venue.Scan) {
	for s.Open('{'); s.More('}'); {
		switch string(s.Key()) {
		case "s":
			o.symbol = s.Value()
		case "S":
			o.side = s.Value()
		case "p":
			o.price = s.Price()
		case "ap":
			o.fill = s.Price()
		case "z":
			o.size = s.Size()
		case "T":
			o.at = s.Time()
		default:
			s.Skip()
		}
	}
}

// add turns the event into market events; false where it cannot be right.
func (ev *event) add(out *venue.Parsed) bool {
	switch string(ev.e) {
	case "aggTrade":
		return ev.addTrade(out)
	case "markPriceUpdate":
		return ev.addMark(out)
	case "forceOrder":
		return ev.order.add(out)
	case "":
		return out.Acks > 0 || out.Refused != ""
	}
	out.Foreign++
	return true
}

func (ev *event) addTrade(out *venue.Parsed) bool {
	id, idOK := venue.ParseDigits(ev.id)
	at, fault := venue.ParseTime(ev.time)
	price, priceOK := venue.ParseDecimal(ev.price)
	size, sizeOK := venue.ParseDecimal(ev.size)
	taker, takerOK := takerOf(ev.maker)
	if !idOK || fault != "" || venue.CheckPrice(price, priceOK) != "" || venue.CheckSize(size, sizeOK) != "" || !takerOK {
		return false
	}
	return out.AddTick(venue.Tick{Symbol: ev.symbol, EventTime: at, LastPrice: market.Price(price),
		Size: market.Contracts(size), Taker: taker, FirstID: id, LastID: id})
}

func (ev *event) addMark(out *venue.Parsed) bool {
	at, fault := venue.ParseTime(ev.at)
	mark, ok := venue.ParseDecimal(ev.price)
	if fault != "" || venue.CheckPrice(mark, ok) != "" || ev.symbol == nil {
		return false
	}
	e := market.MarkPrice{EventTime: at, MarkPrice: market.Price(mark)}
	if index, ok := venue.ParseDecimal(ev.index); venue.CheckPrice(index, ok) == "" {
		e.IndexPrice = market.Price(index)
	}
	out.Add(ev.symbol, e)
	// A contract with a delivery date has no funding: r is empty.
	if rate, ok := venue.ParseDecimal(ev.rate); ok {
		if venue.CheckRate(rate, ok) != "" {
			return false
		}
		out.Add(ev.symbol, market.FundingRate{EventTime: at, Rate: market.Ratio(rate)})
	}
	return true
}

func (o *order) add(out *venue.Parsed) bool {
	e := market.Liquidation{EventTime: o.at, Size: o.size, AvgFillPrice: o.fill, BankruptcyPrice: o.price}
	switch string(o.side) {
	case "SELL":
		e.Side = market.ClosedBy(market.Sell)
	case "BUY":
		e.Side = market.ClosedBy(market.Buy)
	default:
		return false
	}
	if o.symbol == nil || o.at == 0 {
		return false
	}
	if o.size > 0 {
		out.Add(o.symbol, e)
	}
	return true
}

// refusal reads {"code":2,"msg":"..."}.
func refusal(s *venue.Scan) (text string) {
	for s.Open('{'); s.More('}'); {
		if string(s.Key()) == "msg" {
			text = string(s.Value())
		} else {
			s.Skip()
		}
	}
	return "an error: " + text
}

// parseOpenInterest reads the answer of /fapi/v1/openInterest and its COIN-M
// twin: coins (USD-M) or contracts (COIN-M).
func parseOpenInterest(symbol string, body []byte, _ market.UnixMilli, out *venue.Parsed) error {
	out.Reset()
	var e market.OpenInterest
	s := venue.NewScan(body)
	for s.Open('{'); s.More('}'); {
		switch string(s.Key()) {
		case "openInterest":
			e.Contracts = s.Size()
		case "time":
			e.EventTime = s.Time()
		default:
			s.Skip()
		}
	}
	if !s.End() || e.EventTime == 0 {
		return fmt.Errorf("binance: open interest of %s: %w", symbol, venue.ErrFrame)
	}
	out.Add([]byte(symbol), e)
	return nil
}
