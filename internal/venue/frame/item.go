package frame

import (
	"halcyon/internal/venue"
	"halcyon/market"
)

// Item is what the members of one object said: a trade, the state of an
// instrument, a liquidation, or the frame around them. Members that were
// absent are zero.
type Item struct {
	// Topic, Action, Event and Reason are words of the frame; Data its unread
	// part. Success and Refused are what the venue says of a request.
	Topic, Action, Event, Reason []byte
	Data                         venue.Scan
	Success, Refused             bool

	// Symbol is valid as long as the frame.
	Symbol    []byte
	EventTime market.UnixMilli
	// Unstamped says that EventTime is our own, because the venue sends none.
	Unstamped bool
	// Recent marks what a venue repeats on subscribing.
	Recent bool

	LastPrice, MarkPrice, IndexPrice market.Price
	FillPrice, BankruptcyPrice       market.Price
	Size, OpenInterest               market.Contracts
	// Quote stands for Size where that is 0.
	Quote       market.Notional
	FundingRate market.Ratio
	// Funded says that there is a FundingRate, which may be 0.
	Funded                 bool
	Taker, Order, Position Side
	LastID, Count          int64

	// Indexes, where set, remembers index prices by symbol, for venues that
	// leave out what has not changed.
	Indexes map[string]market.Price
}

// AddTrade adds the item as a trade and reports whether it is one. Trades of
// size 0, which venues do send, are left out.
func (it *Item) AddTrade(out *venue.Parsed) bool {
	if it.Taker == Unknown {
		return false
	}
	t := venue.Tick{Symbol: it.Symbol, EventTime: it.EventTime, LastPrice: it.LastPrice, Size: it.Size,
		FirstID: it.LastID, LastID: it.LastID, Recent: it.Recent}
	if it.Count > 1 {
		t.FirstID -= it.Count - 1
	}
	if it.Taker == SellOrShort {
		t.Taker = market.TakerSell
	}
	return out.AddTick(t)
}

// AddState adds what the item says of an instrument's mark price, open
// interest and funding, and reports whether it is of an instrument at all.
func (it *Item) AddState(out *venue.Parsed) bool {
	if it.Symbol == nil || it.EventTime == 0 {
		return false
	}
	if it.Indexes != nil {
		it.rememberIndex()
	}
	if it.MarkPrice > 0 {
		it.add(market.MarkPrice{EventTime: it.EventTime, MarkPrice: it.MarkPrice, IndexPrice: it.IndexPrice}, out)
	}
	if it.OpenInterest > 0 {
		it.add(market.OpenInterest{EventTime: it.EventTime, Contracts: it.OpenInterest}, out)
	}
	if it.Funded {
		it.add(market.FundingRate{EventTime: it.EventTime, Rate: it.FundingRate}, out)
	}
	return true
}

func (it *Item) rememberIndex() {
	if it.IndexPrice > 0 {
		it.Indexes[string(it.Symbol)] = it.IndexPrice
	} else {
		it.IndexPrice = it.Indexes[string(it.Symbol)]
	}
}

// AddLiquidation adds the item as a liquidation and reports whether it is one:
// with a side, a price and a time. The position's side counts before the
// order's, by which a sell closes a long. One of size 0 is left out.
func (it *Item) AddLiquidation(out *venue.Parsed) bool {
	e := market.Liquidation{EventTime: it.EventTime, Size: it.Size, AvgFillPrice: it.FillPrice, BankruptcyPrice: it.BankruptcyPrice}
	switch {
	case it.Position == BuyOrLong:
		e.Side = market.Long
	case it.Position == SellOrShort:
		e.Side = market.Short
	case it.Order == BuyOrLong:
		e.Side = market.ClosedBy(market.Buy)
	case it.Order == SellOrShort:
		e.Side = market.ClosedBy(market.Sell)
	default:
		return false
	}
	price := max(it.FillPrice, it.BankruptcyPrice)
	if it.Symbol == nil || it.EventTime == 0 || price == 0 {
		return false
	}
	if e.Size == 0 {
		e.Size = market.Contracts(float64(it.Quote) / float64(price))
	}
	if e.Size > venue.MaxSize {
		return false
	}
	if e.Size > 0 {
		it.add(e, out)
	}
	return true
}

// AddForced adds the liquidation that a trade was, for venues that mark such
// trades: an order of the side given, filled at the trade's price.
func (it Item) AddForced(order Side, out *venue.Parsed) bool {
	it.Order, it.FillPrice = order, it.LastPrice
	return it.AddLiquidation(out)
}

func (it *Item) add(e market.Event, out *venue.Parsed) {
	out.Events = append(out.Events, venue.SymbolEvent{Symbol: it.Symbol, Event: e, Unstamped: it.Unstamped})
}
