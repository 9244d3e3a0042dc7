package inflate

import "encoding/binary"

// decode decodes symbols until the block ends or there is no more room.
func (r *Reader) decode() error {
	for {
		if err := r.fast(); err != nil || r.block != codedBlock || r.filled >= window+chunk {
			return err
		}
		if err := r.slow(); err != nil || r.block != codedBlock {
			return err
		}
	}
}

// fast decodes for as long as there are the 16 bytes of input that a turn of
// the loop may look at, and room for a match.
func (r *Reader) fast() error {
	in, pos, out, at := r.in, r.pos, &r.out, r.filled
	bits, nbits := r.bits, r.nbits
	lit, dist := &r.codes.lit, &r.codes.dist
	var e entry
	for pos+16 <= len(in) && at < window+chunk {
		bits |= binary.LittleEndian.Uint64(in[pos:]) << (nbits & 63)
		pos += int((63 - nbits) >> 3)
		nbits |= 56
		// The 56 bits are enough for three literals of one look and a length.
		e = lit[bits&(1<<litRoot-1)]
		for range 3 {
			if e&literal == 0 {
				break
			}
			out[at] = byte(e >> 16)
			at++
			bits >>= e & 31
			nbits -= uint(e & 31)
			e = lit[bits&(1<<litRoot-1)]
		}
		if e&link != 0 {
			bits >>= litRoot
			nbits -= litRoot
			e = lit[(uint64(e>>16)+bits&(1<<(e>>8&15)-1))%litSize]
		}
		bits >>= e & 31
		nbits -= uint(e & 31)
		if e&literal != 0 {
			out[at] = byte(e >> 16)
			at++
			continue
		}
		if e&special != 0 {
			break
		}
		length := e.value() + int(bits&(1<<(e>>8&15)-1))
		bits >>= e >> 8 & 15
		nbits -= uint(e >> 8 & 15)

		if nbits < maxCode+maxExtra {
			bits |= binary.LittleEndian.Uint64(in[pos:]) << (nbits & 63)
			pos += int((63 - nbits) >> 3)
			nbits |= 56
		}
		e = dist[bits&(1<<distRoot-1)]
		if e&link != 0 {
			bits >>= distRoot
			nbits -= distRoot
			e = dist[(uint64(e>>16)+bits&(1<<(e>>8&15)-1))%distSize]
		}
		bits >>= e & 31
		nbits -= uint(e & 31)
		far := e.value() + int(bits&(1<<(e>>8&15)-1))
		bits >>= e >> 8 & 15
		nbits -= uint(e >> 8 & 15)
		if e&special != 0 || far > at {
			e = noCode
			break
		}
		end := at + length
		if from := at - far; far >= 8 {
			for at < end {
				binary.LittleEndian.PutUint64(out[at:], binary.LittleEndian.Uint64(out[from:]))
				at, from = at+8, from+8
			}
			at = end
		} else {
			for ; at < end; at++ {
				out[at] = out[at-far]
			}
		}
	}
	r.pos, r.filled, r.bits, r.nbits = pos, at, bits, nbits
	return r.stop(e)
}

// stop ends the block, or the stream with an error, if a special entry says so.
func (r *Reader) stop(e entry) error {
	switch {
	case e&special == 0:
		return nil
	case e.value() == 0:
		return r.corrupt("a symbol or a distance")
	}
	r.block = noBlock
	return nil
}

// slow decodes one symbol, with regard to where the source ends.
func (r *Reader) slow() error {
	// The longest symbol has 48 bits. That there are fewer matters only if one
	// of those that are missing is part of it.
	short := r.need(maxCode + 5 + maxCode + maxExtra)
	bits, had := r.bits, r.nbits
	var used uint
	look := func(table []entry, root uint) entry {
		e := table[bits&(1<<root-1)]
		if e&link != 0 {
			bits >>= root
			used += root
			e = table[e.value()+int(bits&(1<<e.extra()-1))]
		}
		bits >>= e.consume()
		used += e.consume()
		return e
	}
	value := func(e entry) int {
		v := e.value() + int(bits&(1<<e.extra()-1))
		bits >>= e.extra()
		used += e.extra()
		return v
	}
	e := look(r.codes.lit[:], litRoot)
	var length, far int
	if e&(literal|special) == 0 {
		length = value(e)
		if e = look(r.codes.dist[:], distRoot); e&special == 0 {
			far = value(e)
		}
	}
	if used > had || short != nil && e == noCode {
		return short
	}
	r.bits, r.nbits = bits, had-used
	switch {
	case e&literal != 0:
		r.out[r.filled] = byte(e >> 16)
		r.filled++
	case e&special != 0:
		return r.stop(e)
	case far > r.filled:
		return r.stop(noCode)
	default:
		for range length {
			r.out[r.filled] = r.out[r.filled-far]
			r.filled++
		}
	}
	return nil
}
