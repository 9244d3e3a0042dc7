package market

// Event is anything a venue tells about one instrument. The concrete types
// are *Trades, OpenInterest, MarkPrice, FundingRate, Liquidation, Candle and
// Gap; the set is closed. Every event carries EventTime, the venue's clock,
// which orders the events of one instrument.
type Event interface {
	// Time returns the event's EventTime; for *Trades that of the first
	// trade, for a Candle its last millisecond, when it became known.
	Time() UnixMilli
}

// Trades is a batch of public trades in columns of equal length, ordered by
// EventTime. Trades travel in batches because there are millions of them.
type Trades struct {
	// EventTime is the venue's time of each trade, never falling.
	EventTime []UnixMilli
	// LastPrice is each trade's price (quote per base).
	LastPrice []Price
	// Size is each trade's quantity in contracts, > 0.
	Size []Contracts
	// Taker tells which side crossed the spread.
	Taker []TakerSide
}

// Len returns the number of trades.
func (t *Trades) Len() int { return len(t.EventTime) }

// Time implements Event.
func (t *Trades) Time() UnixMilli {
	if len(t.EventTime) == 0 {
		return 0
	}
	return t.EventTime[0]
}

// Slice returns trades [from, to) as a batch that shares memory with t.
func (t *Trades) Slice(from, to int) *Trades {
	return &Trades{t.EventTime[from:to], t.LastPrice[from:to], t.Size[from:to], t.Taker[from:to]}
}

// Append adds one trade at the end.
func (t *Trades) Append(at UnixMilli, p Price, q Contracts, taker TakerSide) {
	t.EventTime = append(t.EventTime, at)
	t.LastPrice = append(t.LastPrice, p)
	t.Size = append(t.Size, q)
	t.Taker = append(t.Taker, taker)
}

// Reset empties t and keeps its memory.
func (t *Trades) Reset() {
	t.EventTime, t.LastPrice, t.Size, t.Taker = t.EventTime[:0], t.LastPrice[:0], t.Size[:0], t.Taker[:0]
}

// OpenInterest is an observation of all contracts that are open. Every one is
// held by one long and one short, and is counted once.
type OpenInterest struct {
	EventTime UnixMilli
	// Contracts is the open interest in contracts, never in quote currency.
	Contracts Contracts
}

// MarkPrice is an observation of the price that triggers liquidations.
type MarkPrice struct {
	EventTime UnixMilli
	// MarkPrice is the venue's mark price (quote per base).
	MarkPrice Price
	// IndexPrice is the underlying index or oracle price; 0 where not given.
	IndexPrice Price
}

// FundingRate is what longs pay shorts per funding interval (negative: shorts
// pay longs).
type FundingRate struct {
	EventTime UnixMilli
	// Rate is the fraction of notional paid per interval of the venue.
	Rate Ratio
}

// Liquidation is an observed forced closing, as a venue published it. It is
// never an estimate; estimates are levels of the model.
type Liquidation struct {
	EventTime UnixMilli
	// Side is the side of the position that was closed.
	Side PositionSide
	// Size is the closed quantity in contracts, > 0.
	Size Contracts
	// AvgFillPrice is where the order filled; 0 where not published.
	AvgFillPrice Price
	// BankruptcyPrice is where the position's margin is zero; 0 where not published.
	BankruptcyPrice Price
}

// PublishedPrice returns where the order filled or, where the venue does not
// tell, the bankruptcy price; 0 where it tells neither.
func (l Liquidation) PublishedPrice() Price {
	if l.AvgFillPrice > 0 {
		return l.AvgFillPrice
	}
	return l.BankruptcyPrice
}

// Candle is a finished bar of a venue's own kline history, used where trades
// are not at hand. It becomes known at its close and never before.
type Candle struct {
	// OpenTime and CloseTime bound the bar, half-open.
	OpenTime, CloseTime UnixMilli
	// Open, High, Low and Close are last prices.
	Open, High, Low, Close Price
	// Volume is the traded quantity in contracts, >= 0.
	Volume Contracts
	// TakerBuyVolume is the part of Volume whose taker bought; negative where
	// not published.
	TakerBuyVolume Contracts
}

// Gap states that events are missing over [From, To): a feed was lost, ids
// jumped, a file ended early. A gap is data: it is stored and drawn.
type Gap struct {
	// From and To bound what is missing, half-open. From < To.
	From, To UnixMilli
	// Reason says in a few words what was lost, for people.
	Reason string
}

// Stream names what a venue tells beside trades and prices. The values are
// stored: never renumber.
type Stream uint8

const (
	// StreamLiquidations are observed liquidations.
	StreamLiquidations Stream = iota
	// StreamOpenInterest is open interest.
	StreamOpenInterest
	// Streams is the number of streams.
	Streams = iota
)

// String returns what is missing where the stream is, for people.
func (s Stream) String() string {
	return [Streams]string{"liquidations", "open interest"}[s]
}

// Lapse states that one stream is missing over [From, To) while trades are
// there, as where trades were asked for after an outage and liquidations
// cannot be. What is missing altogether is a Gap.
type Lapse struct {
	// From and To bound what is missing, half-open. From < To.
	From, To UnixMilli
	// Stream is what is missing.
	Stream Stream
	// Reason says in a few words why, for people.
	Reason string
}

// Time implements Event.
func (e OpenInterest) Time() UnixMilli { return e.EventTime }

// Time implements Event.
func (e MarkPrice) Time() UnixMilli { return e.EventTime }

// Time implements Event.
func (e FundingRate) Time() UnixMilli { return e.EventTime }

// Time implements Event.
func (e Liquidation) Time() UnixMilli { return e.EventTime }

// Time implements Event: a candle is known from its last millisecond on, so it
// belongs to the time bucket that closes together with it.
func (e Candle) Time() UnixMilli { return e.CloseTime - 1 }

// Time implements Event: a gap is known once it has ended, in its last millisecond.
func (e Gap) Time() UnixMilli { return e.To - 1 }

// Time implements Event: a lapse comes before what happened during it, so that
// columns which lie in it are flagged while they are open.
func (e Lapse) Time() UnixMilli { return e.From }
