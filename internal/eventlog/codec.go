package eventlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"halcyon/market"
)

// ErrCorrupt marks bytes that Encode did not write.
var ErrCorrupt = errors.New("corrupt")

// Entry is an event as it arrived.
type Entry struct {
	// Recv is our clock when the frame that told of the event had arrived.
	Recv market.UnixMilli
	// Event is what it told; its own time is the venue's. Besides market's
	// kinds it may be a Heartbeat.
	Event market.Event
}

// Heartbeat states that a venue is there and that the instrument's time has
// come to EventTime although nothing happened. It closes columns and is
// stored nowhere but in the log.
type Heartbeat struct{ EventTime market.UnixMilli }

// Time implements market.Event.
func (h Heartbeat) Time() market.UnixMilli { return h.EventTime }

// The binary form of a batch, version 1. Integers are varints, signed ones
// zigzag; s32 is a string with its length before it.
//
//	batch   = version recordCount record*
//	record  = kind payload
//	trades  = frames trades (recvDelta tradesOfFrame){frames}
//	          timeDelta{trades} floats{trades} (price) floats{trades} (size) takerBits
//	others  = recvDelta timeDelta fields
//
// Times are differences to the time of the same kind before (venue's and ours
// apart), so that a frame costs a byte or two. Neighbouring frames of trades
// share one record and stay apart within it.
const codecVersion = 1

// Kinds of record. They are stored: never renumber.
const (
	kindTrades byte = iota + 1
	kindOpenInterest
	kindMarkPrice
	kindFunding
	kindLiquidation
	kindCandle
	kindGap
	kindHeartbeat
	kindLapse
)

// maxReason bounds the reason of a gap or a lapse in bytes; Encode cuts what is longer.
const maxReason = 1 << 10

// Encode appends the binary form of a batch to b. Trades without a single
// trade keep their place. It panics (BUG) on a type of event that the log does
// not know.
func Encode(b []byte, entries []Entry) []byte {
	e := encoder{b: append(b, codecVersion)}
	records := 0
	for i := 0; i < len(entries); records++ {
		i = tradesEnd(entries, i)
	}
	e.uint(uint64(records))
	for i := 0; i < len(entries); {
		end := tradesEnd(entries, i)
		if _, ok := entries[i].Event.(*market.Trades); ok {
			e.trades(entries[i:end])
		} else {
			e.other(entries[i])
		}
		i = end
	}
	return e.b
}

// tradesEnd returns the end of the record that begins at entry i: one entry,
// or all neighbouring frames of trades.
func tradesEnd(entries []Entry, i int) int {
	for end := i; ; end++ {
		if end == len(entries) {
			return end
		}
		if _, ok := entries[end].Event.(*market.Trades); !ok {
			return max(end, i+1)
		}
	}
}

type encoder struct {
	b          []byte
	recv, time market.UnixMilli
}

func (e *encoder) uint(x uint64)   { e.b = binary.AppendUvarint(e.b, x) }
func (e *encoder) delta(x int64)   { e.b = binary.AppendVarint(e.b, x) }
func (e *encoder) float(x float64) { e.b = appendFloats(e.b, []float64{x}) }

func (e *encoder) at(recv market.UnixMilli) {
	e.delta(int64(recv - e.recv))
	e.recv = recv
}

func (e *encoder) when(at market.UnixMilli) {
	e.delta(int64(at - e.time))
	e.time = at
}

func (e *encoder) reason(text string) {
	text = text[:min(len(text), maxReason)]
	e.uint(uint64(len(text)))
	e.b = append(e.b, text...)
}

func (e *encoder) trades(frames []Entry) {
	var all market.Trades
	for _, f := range frames {
		t := f.Event.(*market.Trades)
		all.EventTime = append(all.EventTime, t.EventTime...)
		all.LastPrice = append(all.LastPrice, t.LastPrice...)
		all.Size = append(all.Size, t.Size...)
		all.Taker = append(all.Taker, t.Taker...)
	}
	e.b = append(e.b, kindTrades)
	e.uint(uint64(len(frames)))
	e.uint(uint64(all.Len()))
	for _, f := range frames {
		e.at(f.Recv)
		e.uint(uint64(f.Event.(*market.Trades).Len()))
	}
	for _, at := range all.EventTime {
		e.when(at)
	}
	e.b = appendFloats(e.b, all.LastPrice)
	e.b = appendFloats(e.b, all.Size)
	bits := make([]byte, (all.Len()+7)/8)
	for i, side := range all.Taker {
		bits[i/8] |= byte(side&1) << (i % 8)
	}
	e.b = append(e.b, bits...)
}

func (e *encoder) other(x Entry) {
	begin := func(kind byte, at market.UnixMilli) {
		e.b = append(e.b, kind)
		e.at(x.Recv)
		e.when(at)
	}
	switch ev := x.Event.(type) {
	case market.OpenInterest:
		begin(kindOpenInterest, ev.EventTime)
		e.float(float64(ev.Contracts))
	case market.MarkPrice:
		begin(kindMarkPrice, ev.EventTime)
		e.float(float64(ev.MarkPrice))
		e.float(float64(ev.IndexPrice))
	case market.FundingRate:
		begin(kindFunding, ev.EventTime)
		e.float(float64(ev.Rate))
	case market.Liquidation:
		begin(kindLiquidation, ev.EventTime)
		e.b = append(e.b, byte(ev.Side&1))
		e.float(float64(ev.Size))
		e.float(float64(ev.AvgFillPrice))
		e.float(float64(ev.BankruptcyPrice))
	case market.Candle:
		begin(kindCandle, ev.OpenTime)
		e.when(ev.CloseTime)
		for _, p := range [...]market.Price{ev.Open, ev.High, ev.Low, ev.Close} {
			e.float(float64(p))
		}
		e.float(float64(ev.Volume))
		e.float(float64(ev.TakerBuyVolume))
	case market.Gap:
		begin(kindGap, ev.From)
		e.when(ev.To)
		e.reason(ev.Reason)
	case market.Lapse:
		begin(kindLapse, ev.From)
		e.when(ev.To)
		e.b = append(e.b, byte(ev.Stream))
		e.reason(ev.Reason)
	case Heartbeat:
		begin(kindHeartbeat, ev.EventTime)
	default:
		panic(fmt.Sprintf("BUG: unknown event %T", x.Event))
	}
}

// maxScale is the most decimals that numbers are tried as; rawScale marks
// numbers kept as their 8 bytes.
const (
	maxScale = 12
	rawScale = 0xff
)

var powers = func() (p [maxScale + 1]float64) {
	for i := range p {
		p[i] = math.Pow10(i)
	}
	return p
}()

// mantissa returns m with float64(m)/10^scale == x to the bit, if there is one.
// Venues quote decimals, and a decimal of up to 15 digits is exactly such a
// quotient.
func mantissa(x float64, scale int) (m int64, ok bool) {
	y := math.Round(x * powers[scale])
	if !(math.Abs(y) < 1<<53) {
		return 0, false
	}
	m = int64(y)
	return m, math.Float64bits(float64(m)/powers[scale]) == math.Float64bits(x)
}

// appendFloats writes a column: the number of decimals that all values have
// and the differences of neighbours as integers, or raw bytes where a value
// is no decimal.
func appendFloats[F ~float64](b []byte, values []F) []byte {
	scale := 0
	for _, v := range values {
		for scale <= maxScale {
			if _, ok := mantissa(float64(v), scale); ok {
				break
			}
			scale++
		}
	}
	// A value that fits one scale may be too long for a greater one.
	start, last := len(b), int64(0)
	b = append(b, byte(scale))
	for _, v := range values {
		m, ok := int64(0), false
		if scale <= maxScale {
			m, ok = mantissa(float64(v), scale)
		}
		if !ok {
			return appendRaw(b[:start], values)
		}
		b = binary.AppendVarint(b, m-last)
		last = m
	}
	return b
}

func appendRaw[F ~float64](b []byte, values []F) []byte {
	b = append(b, rawScale)
	for _, v := range values {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(float64(v)))
	}
	return b
}
