package market

// TakerSide tells which side of a trade crossed the spread.
type TakerSide uint8

// A taker either bought (lifted the ask) or sold (hit the bid).
const (
	TakerBuy TakerSide = iota
	TakerSell
)

// String returns "buy" or "sell".
func (s TakerSide) String() string { return [...]string{"buy", "sell"}[s&1] }

// OrderSide is the side of an order. A liquidation order of side Sell closes
// a long position.
type OrderSide uint8

// Sides of an order.
const (
	Buy OrderSide = iota
	Sell
)

// String returns "buy" or "sell".
func (s OrderSide) String() string { return [...]string{"buy", "sell"}[s&1] }

// PositionSide is the direction of a position. Long gains when price rises
// and is liquidated below its entry; Short the other way round.
type PositionSide uint8

// Directions of a position; they index arrays of length Sides.
const (
	Long PositionSide = iota
	Short

	// Sides is the number of position sides.
	Sides = 2
)

// String returns "long" or "short".
func (s PositionSide) String() string { return [...]string{"long", "short"}[s&1] }

// Sign returns +1 for Long and -1 for Short.
func (s PositionSide) Sign() float64 { return 1 - 2*float64(s&1) }

// Opposite returns the other side.
func (s PositionSide) Opposite() PositionSide { return s ^ 1 }

// ClosedBy returns the side of the position that an order of side o closes
// when it liquidates: a sell order closes a long, a buy order a short.
func ClosedBy(o OrderSide) PositionSide {
	if o == Sell {
		return Long
	}
	return Short
}
