package venue

import (
	"errors"
	"slices"

	"halcyon/market"
)

// ErrFrame marks a frame that a parser cannot read: not JSON, a member that
// is missing, a number that cannot be right.
var ErrFrame = errors.New("frame cannot be read")

// FrameParser turns the frames of one connection into market events. It does
// no I/O and knows no clock; venues that send changes only make it remember
// what was before, so every connection has one of its own. Not safe for
// concurrent use.
type FrameParser interface {
	// Parse reads one frame into out, which it resets first. recv is when the
	// frame arrived (our clock): the EventTime of what a venue sends without a
	// time. The error wraps ErrFrame; then out is empty. Symbols in out are
	// valid as long as the frame.
	Parse(frame []byte, recv market.UnixMilli, out *Parsed) error
}

// Tick is one trade of a live feed.
type Tick struct {
	// Symbol is the venue's name of the instrument.
	Symbol []byte
	// EventTime, LastPrice, Size and Taker are as in market.Trades.
	EventTime market.UnixMilli
	LastPrice market.Price
	Size      market.Contracts
	Taker     market.TakerSide
	// FirstID and LastID are the venue's first and last id of what the tick
	// adds up, equal for a single trade. On venues that number trades they
	// follow each other without a hole; on others they only tell trades apart.
	FirstID, LastID int64
	// Recent says that the tick is part of what a venue repeats on
	// subscribing: it may be from before the connection.
	Recent bool
}

// SymbolEvent is an event that is no trade, with the venue's name of its
// instrument.
type SymbolEvent struct {
	Symbol []byte
	Event  market.Event
	// Unstamped says that the venue sends no time with it: its EventTime is
	// ours, and is put on the venue's clock by what is known of the two.
	Unstamped bool
}

// Parsed is what one frame held.
type Parsed struct {
	Ticks  []Tick
	Events []SymbolEvent
	// Acks is the number of subscriptions that the venue confirmed.
	Acks int
	// Refused is the venue's reason for turning a request down, "" for none.
	Refused string
	// Foreign is the number of items of a kind that the parser does not know.
	Foreign int
}

// Reset empties p and keeps its memory.
func (p *Parsed) Reset() {
	p.Ticks, p.Events = p.Ticks[:0], p.Events[:0]
	p.Acks, p.Refused, p.Foreign = 0, "", 0
}

// Add appends an event that is no trade.
func (p *Parsed) Add(symbol []byte, e market.Event) {
	p.Events = append(p.Events, SymbolEvent{Symbol: symbol, Event: e})
}

// AddUnstamped is Add for an event that came without a time.
func (p *Parsed) AddUnstamped(symbol []byte, e market.Event) {
	p.Events = append(p.Events, SymbolEvent{symbol, e, true})
}

// AddTick appends a trade and reports whether it can be one: a time, a price
// and a symbol. Trades of quantity 0, which venues do send, are left out.
func (p *Parsed) AddTick(t Tick) bool {
	if t.Symbol == nil || t.EventTime == 0 || t.LastPrice == 0 {
		return false
	}
	if t.Size > 0 {
		p.Ticks = append(p.Ticks, t)
	}
	return true
}

// HashID folds an id that is not a number into one (FNV-1a).
func HashID(id []byte) int64 {
	h := uint64(14695981039346656037)
	for _, c := range id {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return int64(h)
}

// usdQuotes are the currencies that stand for a dollar.
var usdQuotes = []string{"USD", "USDT", "USDC", "BUSD", "FDUSD"}

// IsUSD reports whether a currency is the dollar or stands for it.
func IsUSD(currency string) bool { return slices.Contains(usdQuotes, currency) }
