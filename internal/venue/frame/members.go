package frame

import (
	"math"
	"time"

	"halcyon/internal/venue"
	"halcyon/market"
)

// Members is a table: what the members of an object mean, by key. Members that
// it does not name are skipped; an object may have them in any order. Up to
// eight are found without hashing.
type Members map[string]Meaning

// Meaning is what a value is, and so where in an Item it goes. Numbers may be
// written as such or in strings; null is as good as absent.
type Meaning uint8

// The meanings. Sides are spelled out: whose side it is decides what "buy" is.
const (
	nothing Meaning = iota

	// Inside: an object whose members count as if they stood here.
	Inside
	// Data: kept unread, for a Channel: other members may stand behind it.
	Data
	// Topic, Action and Event are words that tell kinds of frames apart.
	Topic
	Action
	Event
	// Reason is why the venue refuses, in words.
	Reason
	// Success: whether the venue did what was asked.
	Success

	// Symbol is the venue's name of the instrument.
	Symbol
	// EventTime is in milliseconds since 1970.
	EventTime
	// ISOTime is EventTime written as 2024-11-24T08:15:38.704Z.
	ISOTime
	// RoughTime is EventTime in seconds, with a fraction or without, or in
	// milliseconds, as the number tells; of several times of one item the finest
	// counts.
	RoughTime
	// LastPrice is the price of a trade.
	LastPrice
	// MarkPrice, IndexPrice, OpenInterest (contracts) and FundingRate are the
	// state of an instrument.
	MarkPrice
	IndexPrice
	OpenInterest
	FundingRate
	// FillPrice is where a liquidation filled, BankruptcyPrice where the
	// position's margin is zero.
	FillPrice
	BankruptcyPrice
	// Size is a quantity in contracts.
	Size
	// SignedSize is a Size whose sign is the side of the taker, or of the order
	// that liquidates: below 0 it sells.
	SignedSize
	// QuoteSize is a quantity in quote currency, of contracts of one coin each.
	QuoteSize
	// TakerSide is the side of the taker: buy or sell.
	TakerSide
	// OrderSide is the side of the order that liquidates: sell closes a long.
	OrderSide
	// PositionSide is the side of the position that is closed: long or short, or,
	// where a venue says so, the side that opened it (buy is a long). Other words
	// leave it open.
	PositionSide
	// ID is a number that names a trade; where Count is more than one, the last
	// number of so many.
	ID
	Count
	// Name is any other text that names a trade or an order.
	Name
)

// ReadAll reads a frame that is one object, and reports whether it is.
func (m Members) ReadAll(text []byte, it *Item) bool {
	s := venue.NewScan(text)
	m.Read(&s, it)
	return s.End()
}

// Read reads an object into it, which may hold already what the frame says of
// all its items. A value that cannot be right makes the scan bad.
func (m Members) Read(s *venue.Scan, it *Item) {
	for s.Open('{'); s.More('}'); {
		switch means := m[string(s.Key())]; means {
		case nothing:
			s.Skip()
		case Inside:
			if s.Peek() == '{' {
				m.Read(s, it)
			} else {
				s.Skip()
			}
		default:
			it.set(means, s)
		}
	}
}

// set reads one value.
func (it *Item) set(means Meaning, s *venue.Scan) {
	switch means {
	case Data:
		it.Data = *s
		s.Skip()
	case Topic:
		it.Topic = s.Value()
	case Action:
		it.Action = s.Value()
	case Event:
		it.Event = s.Value()
	case Reason:
		it.Reason = s.Value()
	case Success:
		it.Success = s.Bool()
		it.Refused = !it.Success
	case Symbol:
		it.Symbol = s.Value()
	case EventTime:
		it.EventTime, it.Unstamped = s.Time(), false
	case ISOTime:
		it.EventTime, it.Unstamped = isoTime(s), false
	case RoughTime:
		it.setRoughTime(s)
	case LastPrice:
		it.LastPrice = s.Price()
	case MarkPrice:
		it.MarkPrice = s.Price()
	case IndexPrice:
		it.IndexPrice = s.Price()
	case OpenInterest:
		it.OpenInterest = s.Size()
	case FundingRate:
		it.setRate(s)
	case FillPrice:
		it.FillPrice = s.Price()
	case BankruptcyPrice:
		it.BankruptcyPrice = s.Price()
	case Size:
		it.Size = s.Size()
	case SignedSize:
		it.setSigned(s)
	case QuoteSize:
		it.Quote = market.Notional(s.Size())
	case TakerSide:
		it.Taker = sideOf(s.Value())
	case OrderSide:
		it.Order = sideOf(s.Value())
	case PositionSide:
		it.Position = sideOf(s.Value())
	case ID:
		it.LastID = s.Int()
	case Count:
		it.Count = s.Int()
	case Name:
		it.LastID = venue.HashID(s.Value())
	}
}

func (it *Item) setRate(s *venue.Scan) {
	v := s.Number()
	if math.IsNaN(v) {
		return
	}
	if venue.CheckRate(v, true) != "" {
		s.Fail()
	}
	it.FundingRate, it.Funded = market.Ratio(v), true
}

func (it *Item) setSigned(s *venue.Scan) {
	v := s.Number()
	if math.IsNaN(v) || venue.CheckSize(math.Abs(v), true) != "" {
		s.Fail()
		return
	}
	it.Size, it.Taker = market.Contracts(math.Abs(v)), BuyOrLong
	if v < 0 {
		it.Taker = SellOrShort
	}
	it.Order = it.Taker
}

func (it *Item) setRoughTime(s *venue.Scan) {
	v := s.Number()
	if v < float64(venue.MinTime) {
		v *= 1000
	}
	if !(v >= float64(venue.MinTime) && v < float64(venue.MaxTime)) {
		s.Fail()
		return
	}
	it.EventTime, it.Unstamped = max(it.EventTime, market.UnixMilli(math.Round(v))), false
}

func isoTime(s *venue.Scan) market.UnixMilli {
	t, err := time.Parse(time.RFC3339, string(s.Value()))
	at := market.UnixMilli(t.UnixMilli())
	if err != nil || at < venue.MinTime || at >= venue.MaxTime {
		s.Fail()
	}
	return at
}

// Side is one of two sides, or not known.
type Side uint8

// The sides: of a taker and of an order, who bought and who sold; of a
// position, long and short.
const (
	Unknown Side = iota
	BuyOrLong
	SellOrShort
)

// Opposite returns the other side.
func (s Side) Opposite() Side {
	switch s {
	case BuyOrLong:
		return SellOrShort
	case SellOrShort:
		return BuyOrLong
	}
	return Unknown
}

// sideOf reads the words that venues use. Hyperliquid's are B, for bid, and
// A, for ask.
func sideOf(word []byte) Side {
	switch string(word) {
	case "buy", "Buy", "BUY", "long", "B":
		return BuyOrLong
	case "sell", "Sell", "SELL", "short", "A":
		return SellOrShort
	}
	return Unknown
}
