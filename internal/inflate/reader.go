package inflate

import (
	"errors"
	"fmt"
	"io"
)

// ErrCorrupt marks a stream that is not DEFLATE.
var ErrCorrupt = errors.New("corrupt deflate data")

const (
	inSize = 32 << 10 // bytes asked of the source at a time
	window = 32 << 10 // the farthest that a match reaches back
	chunk  = 96 << 10 // bytes decoded beyond the window before it is moved
	// slack is the longest match and the word that copying may write too far.
	slack = 258 + 8
)

// Reader inflates a stream. Use NewReader.
type Reader struct {
	src    io.Reader
	srcErr error
	in     []byte // what of the source has been read; in[pos:] is to be decoded
	pos    int
	passed int64 // bytes of the source before in

	// bits holds the next bits of the stream, the lowest first, nbits of them
	// for certain. What is above them is 0 or a copy of what comes next.
	bits  uint64
	nbits uint

	out    [window + chunk + slack]byte
	given  int // out[given:filled] is decoded and not read yet
	filled int

	block  kind
	last   bool // the present block is the last one
	stored int  // bytes left of a stored block
	codes  *tables
	own    tables // memory for dynamic codes
	err    error
}

// kind is what the decoder is in the midst of.
type kind uint8

const (
	noBlock kind = iota
	storedBlock
	codedBlock
)

// NewReader returns a reader of the stream that src holds. It may read more of
// src than the stream is long.
func NewReader(src io.Reader) *Reader {
	return &Reader{src: src, in: make([]byte, 0, inSize)}
}

// Close implements io.Closer; there is nothing to close.
func (r *Reader) Close() error { return nil }

// Read implements io.Reader. The error is io.EOF behind the stream's last
// block, io.ErrUnexpectedEOF where the source ends before, wraps ErrCorrupt
// where the stream is none, or is the source's. What was decoded before an
// error is read first.
func (r *Reader) Read(p []byte) (int, error) {
	for r.given == r.filled {
		if r.err != nil {
			return 0, r.err
		}
		if len(p) == 0 {
			return 0, nil
		}
		r.slide()
		r.err = r.step()
	}
	n := copy(p, r.out[r.given:r.filled])
	r.given += n
	return n, nil
}

// slide makes room by moving the window to the front.
func (r *Reader) slide() {
	if r.filled < window+chunk {
		return
	}
	n := copy(r.out[:], r.out[r.filled-window:r.filled])
	r.given, r.filled = n, n
}

// step decodes as far as there is room, at most to the end of the block.
func (r *Reader) step() error {
	switch r.block {
	case storedBlock:
		return r.copyStored()
	case codedBlock:
		return r.decode()
	}
	if r.last {
		return io.EOF
	}
	return r.beginBlock()
}

func (r *Reader) corrupt(what string) error {
	return fmt.Errorf("%w: %s before byte %d", ErrCorrupt, what, r.passed+int64(r.pos))
}

// more reads from the source behind what is left of in; the error is
// io.ErrUnexpectedEOF at its end.
func (r *Reader) more() error {
	r.passed += int64(r.pos)
	left := copy(r.in[:cap(r.in)], r.in[r.pos:])
	r.in, r.pos = r.in[:left], 0
	for r.srcErr == nil {
		n, err := r.src.Read(r.in[left:cap(r.in)])
		r.in, r.srcErr = r.in[:left+n], err
		if n > 0 {
			return nil
		}
	}
	if r.srcErr == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return r.srcErr
}

// need makes sure that there are n <= 48 bits.
func (r *Reader) need(n uint) error {
	for r.nbits < n {
		if r.pos == len(r.in) {
			if err := r.more(); err != nil {
				return err
			}
		}
		r.bits |= uint64(r.in[r.pos]) << r.nbits
		r.pos++
		r.nbits += 8
	}
	return nil
}

// take returns the next n <= 16 bits.
func (r *Reader) take(n uint) (int, error) {
	if err := r.need(n); err != nil {
		return 0, err
	}
	v := int(r.bits & (1<<n - 1))
	r.bits >>= n
	r.nbits -= n
	return v, nil
}

func (r *Reader) beginBlock() error {
	header, err := r.take(3)
	if err != nil {
		return err
	}
	r.last = header&1 != 0
	switch header >> 1 {
	case 0:
		return r.beginStored()
	case 1:
		r.block, r.codes = codedBlock, fixed
		return nil
	case 2:
		r.block, r.codes = codedBlock, &r.own
		return r.readCodes()
	}
	return r.corrupt("a block of no known kind")
}

func (r *Reader) beginStored() error {
	// The rest of the byte is padding. Whole bytes go back to the input, of
	// which bits may hold copies.
	r.bits >>= r.nbits & 7
	r.nbits &^= 7
	n, err := r.take(16)
	if err != nil {
		return err
	}
	inverse, err := r.take(16)
	if err != nil {
		return err
	}
	if n^inverse != 0xffff {
		return r.corrupt("the length of a stored block")
	}
	r.block, r.stored = storedBlock, n
	return nil
}

func (r *Reader) copyStored() error {
	for ; r.stored > 0 && r.nbits > 0; r.stored-- {
		r.out[r.filled] = byte(r.bits)
		r.filled++
		r.bits >>= 8
		r.nbits -= 8
	}
	if r.stored == 0 {
		r.block = noBlock
		return nil
	}
	r.bits = 0 // copies of what is now taken from the input itself
	if r.pos == len(r.in) {
		if err := r.more(); err != nil {
			return err
		}
	}
	n := copy(r.out[r.filled:], r.in[r.pos:min(len(r.in), r.pos+r.stored)])
	r.filled, r.pos, r.stored = r.filled+n, r.pos+n, r.stored-n
	return nil
}

// lengthOrder is the order in which the lengths of length codes are told.
// Source: RFC 1951, 3.2.7.
var lengthOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// lengthEntries stand for themselves.
var lengthEntries = func() (e [19]entry) {
	for i := range e {
		e[i] = entry(i) << 16
	}
	return e
}()

// readCodes reads the codes of a dynamic block.
func (r *Reader) readCodes() error {
	sizes, err := r.take(14)
	if err != nil {
		return err
	}
	lits, dists, lens := sizes&31+257, sizes>>5&31+1, sizes>>10+4
	if lits > 286 || dists > 30 {
		return r.corrupt("the number of codes")
	}
	var lengths [19]uint8
	for _, symbol := range lengthOrder[:lens] {
		n, err := r.take(3)
		if err != nil {
			return err
		}
		lengths[symbol] = uint8(n)
	}
	// The memory of the other tables serves; they are built afterwards.
	const root = 7
	if !build(r.own.lit[:], root, lengths[:], lengthEntries[:]) {
		return r.corrupt("the code of code lengths")
	}
	var all [286 + 30]uint8
	if err := r.readLengths(all[:lits+dists], r.own.lit[:1<<root]); err != nil {
		return err
	}
	if !build(r.own.lit[:], litRoot, all[:lits], litEntries[:]) || !build(r.own.dist[:], distRoot, all[lits:lits+dists], distEntries[:]) {
		return r.corrupt("a code")
	}
	return nil
}

// readLengths reads run-length coded code lengths.
func (r *Reader) readLengths(lengths []uint8, table []entry) error {
	for i := 0; i < len(lengths); {
		symbol, err := r.symbol(table)
		if err != nil {
			return err
		}
		if symbol < 16 {
			lengths[i] = uint8(symbol)
			i++
			continue
		}
		run := [...]struct {
			bits  uint
			least int
		}{{2, 3}, {3, 3}, {7, 11}}[symbol-16]
		n, err := r.take(run.bits)
		if err != nil {
			return err
		}
		n += run.least
		if i+n > len(lengths) || symbol == 16 && i == 0 {
			return r.corrupt("the run of a code length")
		}
		for range n {
			if symbol == 16 {
				lengths[i] = lengths[i-1]
			}
			i++
		}
	}
	return nil
}

// symbol reads one symbol by a table without links, as far as there are bits
// for it.
func (r *Reader) symbol(table []entry) (int, error) {
	for {
		e := table[r.bits&uint64(len(table)-1)]
		if e == noCode && r.nbits >= 7 {
			return 0, r.corrupt("a code length")
		}
		if n := e.consume(); e != noCode && n <= r.nbits {
			r.bits >>= n
			r.nbits -= n
			return e.value(), nil
		}
		if err := r.need(r.nbits + 1); err != nil {
			return 0, err
		}
	}
}
