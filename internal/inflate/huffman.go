package inflate

import "math/bits"

// An entry of a decoding table says what the next bits of the stream mean.
//
//	bits 0-4    how many bits to consume
//	bits 5-7    kind
//	bits 8-11   extra bits that follow, or for a link the bits of its subtable
//	bits 16-31  literal byte, base length, base distance, or for a link the
//	            index of its subtable
type entry uint32

// The kinds of an entry. The zero entry is no code: consuming nothing, it is a
// fault of the stream.
const (
	literal entry = 1 << 5
	special entry = 1 << 6 // end of block or no code
	link    entry = 1 << 7

	noCode = special
)

func (e entry) consume() uint { return uint(e & 31) }
func (e entry) extra() uint   { return uint(e >> 8 & 15) }
func (e entry) value() int    { return int(e >> 16) }

const (
	maxCode  = 15 // bits of the longest code
	maxExtra = 13 // most extra bits of a distance

	// A code of up to litRoot or distRoot bits is found with one look. Longer
	// ones take a second one, in a subtable for each beginning. Beginnings of
	// longer codes have two codes at least, which bounds the tables' sizes:
	// 2^11 + 288/2·2^4 and 2^8 + 32/2·2^7.
	litRoot  = 11
	distRoot = 8
	litSize  = 8192
	distSize = 4096
)

// litEntries and distEntries are the entries of symbols, less what their codes consume.
// Source: RFC 1951, section 3.2.5.
var (
	litEntries = func() (e [288]entry) {
		for i := range e {
			switch {
			case i < 256:
				e[i] = literal | entry(i)<<16
			case i == 256:
				e[i] = special | 1<<16
			case i < 265:
				e[i] = entry(i-254) << 16
			case i < 285:
				n := (i - 261) / 4
				e[i] = entry(n)<<8 | entry(3+(4+(i-265)%4)<<n)<<16
			case i == 285:
				e[i] = 258 << 16
			default:
				e[i] = noCode
			}
		}
		return e
	}()
	distEntries = func() (e [32]entry) {
		for i := range e {
			switch {
			case i < 4:
				e[i] = entry(i+1) << 16
			case i < 30:
				n := (i - 2) / 2
				e[i] = entry(n)<<8 | entry(1+(2+i%2)<<n)<<16
			default:
				e[i] = noCode
			}
		}
		return e
	}()
)

// build fills a table for the code whose symbols have the given lengths in
// bits, 0 for none, and reports whether there is such a code: complete, or of
// one symbol of one bit, or empty. symbols are what the symbols mean.
func build(table []entry, root uint, lengths []uint8, symbols []entry) bool {
	var count [maxCode + 1]int
	longest := uint(0)
	for _, n := range lengths {
		count[n]++
		longest = max(longest, uint(n))
	}
	if longest == 0 {
		fill(table[:1<<root], noCode)
		return true
	}
	// next is the next code of each length, in the order of RFC 1951, 3.2.2.
	var next [maxCode + 1]int
	code := 0
	for n := uint(1); n <= longest; n++ {
		code <<= 1
		next[n] = code
		code += count[n]
	}
	if code != 1<<longest {
		if code != 1 || longest != 1 {
			return false
		}
		fill(table[:1<<root], noCode)
	}
	subBits := longest - min(longest, root)
	free := 1 << root // where the next subtable goes
	for i := range table[:1<<root] {
		table[i] &^= link
	}
	for symbol, length := range lengths {
		n := uint(length)
		if n == 0 {
			continue
		}
		// Codes come with their highest bit first, the stream is read from the lowest.
		reversed := int(bits.Reverse16(uint16(next[n])) >> (16 - n))
		next[n]++
		if n <= root {
			e := symbols[symbol] | entry(n)
			for i := reversed; i < 1<<root; i += 1 << n {
				table[i] = e
			}
			continue
		}
		from := &table[reversed&(1<<root-1)]
		if *from&link == 0 {
			*from = link | entry(root) | entry(subBits)<<8 | entry(free)<<16
			free += 1 << subBits
		}
		e := symbols[symbol] | entry(n-root)
		for i := reversed >> root; i < 1<<subBits; i += 1 << (n - root) {
			table[from.value()+i] = e
		}
	}
	return true
}

func fill(table []entry, e entry) {
	for i := range table {
		table[i] = e
	}
}

// fixed are the tables of blocks with fixed codes. Source: RFC 1951, 3.2.6.
var fixed = func() *tables {
	var lengths [288]uint8
	for i := range lengths {
		switch {
		case i < 144:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		case i < 280:
			lengths[i] = 7
		default:
			lengths[i] = 8
		}
	}
	var distances [32]uint8
	for i := range distances {
		distances[i] = 5
	}
	t := new(tables)
	if !build(t.lit[:], litRoot, lengths[:], litEntries[:]) || !build(t.dist[:], distRoot, distances[:], distEntries[:]) {
		panic("BUG: the fixed codes are none")
	}
	return t
}()

// tables decode one block.
type tables struct {
	lit  [litSize]entry
	dist [distSize]entry
}
