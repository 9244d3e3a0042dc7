package eventlog

import (
	"encoding/binary"
	"fmt"
	"math"

	"halcyon/market"
)

// Decode returns the batch that Encode wrote. It keeps nothing of b. The error
// wraps ErrCorrupt; memory is bounded by a small multiple of len(b).
func Decode(b []byte) (entries []Entry, err error) {
	d := &decoder{rest: b}
	if v := d.byte(); d.err == nil && v != codecVersion {
		return nil, fmt.Errorf("cannot decode a batch of version %d, want %d: %w", v, codecVersion, ErrCorrupt)
	}
	for range d.count(2) {
		entries = d.record(entries)
		if d.err != nil {
			break
		}
	}
	if d.err == nil && len(d.rest) > 0 {
		d.fail("%d bytes after the end", len(d.rest))
	}
	if d.err != nil {
		return nil, fmt.Errorf("cannot decode a batch of %d bytes at byte %d: %w", len(b), len(b)-len(d.rest), d.err)
	}
	return entries, nil
}

// decoder reads from the front of rest until its first error; after it every
// read gives zero.
type decoder struct {
	rest       []byte
	err        error
	recv, time market.UnixMilli
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), ErrCorrupt)
	}
}

func (d *decoder) bytes(n int) []byte {
	if d.err != nil || n > len(d.rest) {
		d.fail("want %d bytes, have %d", n, len(d.rest))
		return nil
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b
}

func (d *decoder) byte() byte {
	if b := d.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (d *decoder) uint() uint64 {
	x, n := binary.Uvarint(d.rest)
	if d.err != nil || n <= 0 {
		d.fail("no number")
		return 0
	}
	d.rest = d.rest[n:]
	return x
}

func (d *decoder) delta() int64 {
	x, n := binary.Varint(d.rest)
	if d.err != nil || n <= 0 {
		d.fail("no number")
		return 0
	}
	d.rest = d.rest[n:]
	return x
}

// count reads how many items of at least size bytes follow.
func (d *decoder) count(size int) int {
	n := d.uint()
	if n > uint64(len(d.rest)/size) {
		d.fail("%d items of %d bytes or more in %d bytes", n, size, len(d.rest))
		return 0
	}
	return int(n)
}

func (d *decoder) at() market.UnixMilli {
	d.recv += market.UnixMilli(d.delta())
	return d.recv
}

func (d *decoder) when() market.UnixMilli {
	d.time += market.UnixMilli(d.delta())
	return d.time
}

func (d *decoder) float() float64 {
	var x [1]float64
	readFloats(d, x[:])
	return x[0]
}

func readFloats[F ~float64](d *decoder, into []F) {
	scale := d.byte()
	if scale == rawScale {
		if b := d.bytes(8 * len(into)); b != nil {
			for i := range into {
				into[i] = F(math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:])))
			}
		}
		return
	}
	if scale > maxScale {
		d.fail("%d decimals, want at most %d", scale, maxScale)
		return
	}
	m := int64(0)
	for i := range into {
		m += d.delta()
		into[i] = F(float64(m) / powers[scale])
	}
}

func (d *decoder) side() byte {
	b := d.byte()
	if b > 1 {
		d.fail("side %d, want 0 or 1", b)
	}
	return b
}

func (d *decoder) record(to []Entry) []Entry {
	kind := d.byte()
	if kind == kindTrades {
		return d.trades(to)
	}
	x := Entry{Recv: d.at()}
	at := d.when()
	switch kind {
	case kindOpenInterest:
		x.Event = market.OpenInterest{EventTime: at, Contracts: market.Contracts(d.float())}
	case kindMarkPrice:
		x.Event = market.MarkPrice{EventTime: at, MarkPrice: market.Price(d.float()), IndexPrice: market.Price(d.float())}
	case kindFunding:
		x.Event = market.FundingRate{EventTime: at, Rate: market.Ratio(d.float())}
	case kindLiquidation:
		x.Event = market.Liquidation{
			EventTime: at, Side: market.PositionSide(d.side()), Size: market.Contracts(d.float()),
			AvgFillPrice: market.Price(d.float()), BankruptcyPrice: market.Price(d.float()),
		}
	case kindCandle:
		x.Event = market.Candle{
			OpenTime: at, CloseTime: d.when(),
			Open: market.Price(d.float()), High: market.Price(d.float()), Low: market.Price(d.float()), Close: market.Price(d.float()),
			Volume: market.Contracts(d.float()), TakerBuyVolume: market.Contracts(d.float()),
		}
	case kindGap:
		g := market.Gap{From: at, To: d.when()}
		g.Reason = string(d.bytes(d.count(1)))
		x.Event = g
	case kindLapse:
		l := market.Lapse{From: at, To: d.when(), Stream: market.Stream(d.byte())}
		if l.Stream >= market.Streams {
			d.fail("unknown stream %d", l.Stream)
		}
		l.Reason = string(d.bytes(d.count(1)))
		x.Event = l
	case kindHeartbeat:
		x.Event = Heartbeat{at}
	default:
		d.fail("unknown kind %d", kind)
	}
	return append(to, x)
}

// trades reads a record of trades: an entry a frame, sharing columns.
func (d *decoder) trades(to []Entry) []Entry {
	frames := d.count(2)
	n := d.count(3)
	recv, lens := make([]market.UnixMilli, frames), make([]int, frames)
	sum := 0
	for i := range frames {
		recv[i], lens[i] = d.at(), d.count(1)
		sum += lens[i]
		if sum > n {
			d.fail("frames of more than %d trades", n)
			return to
		}
	}
	if sum != n || d.err != nil {
		d.fail("frames of %d trades, want %d", sum, n)
		return to
	}
	all := market.Trades{
		EventTime: make([]market.UnixMilli, n), LastPrice: make([]market.Price, n),
		Size: make([]market.Contracts, n), Taker: make([]market.TakerSide, n),
	}
	for i := range all.EventTime {
		all.EventTime[i] = d.when()
	}
	readFloats(d, all.LastPrice)
	readFloats(d, all.Size)
	if bits := d.bytes((n + 7) / 8); bits != nil {
		for i := range all.Taker {
			all.Taker[i] = market.TakerSide(bits[i/8] >> (i % 8) & 1)
		}
	}
	from := 0
	for i := range frames {
		to = append(to, Entry{recv[i], all.Slice(from, from+lens[i])})
		from += lens[i]
	}
	return to
}
