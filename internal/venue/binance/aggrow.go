package binance

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"halcyon/internal/venue"
	"halcyon/market"
)

// aggRow is what is used of one row of aggTrades.
type aggRow struct {
	id    int64
	at    market.UnixMilli
	price market.Price
	size  market.Contracts
	taker market.TakerSide
}

// layout remembers how wide the ids of the row before were and the high
// digits of its id and time. They hardly ever change, and while they do not,
// scanRow knows where columns begin without looking for commas.
type layout struct {
	id, firstID, lastID int    // widths, 8..16; id 0: nothing is known
	price, size         int    // widths, 1..8; a guess, checked for every row
	idHigh, idMask      uint64 // the id's digits before its last 8, as text
	idBase              int64  // and as a number, times 1e8
	timeHigh            uint64 // the time's first 5 digits, as text
	timeBase            int64
}

// scanAhead is the number of bytes that scanRow may look at: more than any
// row that it takes.
const scanAhead = 96

const timeMask = 1<<40 - 1 // the first 5 bytes of a word

// scanRow reads the row at the beginning of b, which has at least scanAhead
// bytes. It returns the row and its length, or 0 where the row is not of the
// usual form, such as one with a price of more than 8 bytes; then parseAggRow
// must judge. It takes no row that parseAggRow
// would not read alike. Checked by FuzzAggRow.
func scanRow(b []byte, w *layout) (row aggRow, used int) {
	b = b[:scanAhead]
	if w.id == 0 || b[w.id] != ',' || word(b, 0)&w.idMask != w.idHigh {
		return row, 0
	}
	tail, ok := eightDigits(word(b, w.id-8))
	row.id = w.idBase + tail
	at := w.id + 1

	if b[at+w.price] != ',' {
		w.price = widthOf(b, at)
	}
	price, ok2 := decimalField(b, at, w.price)
	at += w.price + 1
	if b[at+w.size] != ',' {
		w.size = widthOf(b, at)
	}
	size, ok3 := decimalField(b, at, w.size)
	at += w.size + 1
	if !ok || !ok2 || !ok3 {
		return row, 0
	}

	if b[at+w.firstID] != ',' || !digitsOnly(word(b, at)) || !digitsOnly(word(b, at+w.firstID-8)) {
		return row, 0
	}
	at += w.firstID + 1
	if b[at+w.lastID] != ',' || !digitsOnly(word(b, at)) || !digitsOnly(word(b, at+w.lastID-8)) {
		return row, 0
	}
	at += w.lastID + 1
	if word(b, at)&timeMask != w.timeHigh || b[at+13] != ',' {
		return row, 0
	}
	tail, ok = eightDigits(word(b, at+5))
	row.at = market.UnixMilli(w.timeBase + tail)
	at += 14
	row.price, row.size = market.Price(price), market.Contracts(size)

	// is_buyer_maker: the buyer's order stood in the book, so the taker sold.
	// It is as random as a coin, so it must not be branched on: bit 4 tells
	// 't' from 'f'.
	flag := word(b, at)
	maker := flag >> 4 & 1
	if flag&flagMasks[maker] != flagLines[maker] {
		return row, 0
	}
	row.taker = market.TakerSide(maker) // TakerSell is 1
	at += 6 - int(maker)
	if !ok || row.at < venue.MinTime || row.at >= venue.MaxTime || !market.ValidPrice(row.price) {
		return row, 0
	}
	return row, at
}

// flagLines are "false\n" and "true\n" as little-endian words, and flagMasks
// cover them.
var (
	flagLines = [2]uint64{'f' | 'a'<<8 | 'l'<<16 | 's'<<24 | 'e'<<32 | '\n'<<40, 't' | 'r'<<8 | 'u'<<16 | 'e'<<24 | '\n'<<32}
	flagMasks = [2]uint64{1<<48 - 1, 1<<40 - 1}
)

func word(b []byte, at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }

const (
	everyByte = 0x0101010101010101
	highBits  = 0x80 * everyByte
)

// digitsOnly reports whether all eight bytes of w are decimal digits.
func digitsOnly(w uint64) bool {
	v := w ^ '0'*everyByte
	return ((v+0x76*everyByte)|v)&highBits == 0
}

// eightDigits returns the number that eight digits write, the first digit in
// the lowest byte, by three multiplications: pairs, fours, all.
func eightDigits(w uint64) (v int64, ok bool) {
	v8 := w ^ '0'*everyByte
	ok = ((v8+0x76*everyByte)|v8)&highBits == 0
	return joinDigits(v8), ok
}

func joinDigits(v uint64) int64 {
	const pairs = 0x000000FF000000FF
	v = v*10 + v>>8
	return int64(((v&pairs)*(100+1_000_000<<32) + (v>>16&pairs)*(1+10_000<<32)) >> 32)
}

// firstOf returns the index of the first byte c in w, 8 where there is none.
func firstOf(w uint64, c byte) int {
	x := w ^ uint64(c)*everyByte
	return bits.TrailingZeros64((x-everyByte)&^x&highBits) >> 3
}

// powers are the powers of ten that decimals of 8 bytes need.
var powers = [8]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7}

// masks[n] keeps the low n bytes of a word.
var masks = [16]uint64{0, 1<<8 - 1, 1<<16 - 1, 1<<24 - 1, 1<<32 - 1, 1<<40 - 1, 1<<48 - 1, 1<<56 - 1, 1<<64 - 1}

// widthOf returns the distance from at to the next comma, at most 8.
func widthOf(b []byte, at int) int { return firstOf(word(b, at), ',') }

// decimalField reads the decimal of n <= 8 bytes, point included, at b[at:].
// ok is false where that is none, or where no comma follows it.
func decimalField(b []byte, at, n int) (v float64, ok bool) {
	w := word(b, at)
	point := min(firstOf(w, '.'), n)
	digits, decimals := n-1, n-1-point
	if point == n {
		digits, decimals = n, 0
	}
	// Close the gap that the point leaves, then shift the digits to the high
	// end: what comes in at the low end are leading zeros.
	below := masks[point&15]
	v8 := (w&below | w>>8&^below) ^ '0'*everyByte
	v8 <<= (64 - 8*digits) & 63 // digits is 1..8, or the field is refused
	ok = digits > 0 && b[at+n] == ',' && ((v8+0x76*everyByte)|v8)&highBits == 0
	return float64(joinDigits(v8)) / powers[decimals&7], ok
}

// parseAggRow reads a row of any form, and says how it was laid out. The
// fault lacks File and Row.
func parseAggRow(line []byte) (row aggRow, w layout, fault *venue.InputError) {
	var f [7][]byte
	rest, more := line, true
	n := 0
	for ; more && n < len(f); n++ {
		f[n], rest, more = bytes.Cut(rest, []byte(","))
	}
	if more || n < len(f) {
		want := "7 columns, " + aggHeader
		if more && bytes.IndexByte(rest, ',') < 0 {
			want += "; a file of the spot market has 8"
		}
		return row, w, &venue.InputError{Field: "columns", Got: string(line), Want: want}
	}
	for _, i := range []int{0, 3, 4} {
		id, ok := venue.ParseDigits(f[i])
		if !ok {
			return row, w, aggFault(i, f[i], "a whole number")
		}
		if i == 0 {
			row.id = id
		}
	}
	p, ok := venue.ParseDecimal(f[1])
	if want := venue.CheckPrice(p, ok); want != "" {
		return row, w, aggFault(1, f[1], want)
	}
	q, ok := venue.ParseDecimal(f[2])
	if want := venue.CheckSize(q, ok); want != "" {
		return row, w, aggFault(2, f[2], want)
	}
	at, want := venue.ParseTime(f[5])
	if want != "" {
		return row, w, aggFault(5, f[5], want)
	}
	taker, ok := takerOf(f[6])
	if !ok {
		return row, w, aggFault(6, f[6], "true or false")
	}
	row = aggRow{row.id, at, market.Price(p), market.Contracts(q), taker}
	return row, layoutOf(f, row), nil
}

// takerOf reads is_buyer_maker: where the buyer's order stood in the book,
// the taker sold.
func takerOf(b []byte) (side market.TakerSide, ok bool) {
	switch string(b) {
	case "true", "True":
		return market.TakerSell, true
	case "false", "False":
		return market.TakerBuy, true
	}
	return 0, false
}

func aggFault(column int, got []byte, want string) *venue.InputError {
	name := bytes.Split([]byte(aggHeader), []byte(","))[column]
	return &venue.InputError{Field: string(name), Got: string(got), Want: want}
}

// layoutOf remembers the layout of a row; the zero layout, with which scanRow
// takes nothing, where a width is out of scanRow's reach.
func layoutOf(f [7][]byte, row aggRow) (w layout) {
	for _, i := range []int{0, 3, 4} {
		if len(f[i]) < 8 || len(f[i]) > 16 {
			return layout{}
		}
	}
	if len(f[5]) != 13 {
		return layout{}
	}
	high := len(f[0]) - 8
	w = layout{id: len(f[0]), firstID: len(f[3]), lastID: len(f[4])}
	if high < 8 {
		w.idMask = 1<<(8*high) - 1
	} else {
		w.idMask = 1<<64 - 1
	}
	w.idHigh = word(f[0], 0) & w.idMask
	w.idBase = row.id - row.id%1e8
	w.timeHigh = word(f[5], 0) & timeMask
	w.timeBase = int64(row.at) - int64(row.at)%1e8
	return w
}
