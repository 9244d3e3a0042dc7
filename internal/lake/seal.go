package lake

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"sync"

	"gocloud.dev/blob"
)

// A sealed object is a Parquet file with a table of checksums between its data
// and its footer, where Parquet readers, which find pages by offset and the
// footer from the end, never look:
//
//	data      pages and page indexes, as a Parquet writer wrote them
//	table     CRC-32C of each block of sealBlock data bytes, little-endian uint32
//	seal      length of data (uint64), sealBlock (uint32), CRC-32C of the footer
//	          (uint32), CRC-32C of table and seal up to here (uint32), sealMagic
//	footer    Parquet metadata, its length and "PAR1", as the writer wrote them
//
// Parquet's own page checksums do not do: they are optional, cover neither
// page headers nor footer, and parquet-go takes 0 for absent. With the table
// every byte is covered, parts can be read and checked alone, and a checksum
// costs about a tenth of a nanosecond a byte.
const (
	// sealBlock balances what a small read must fetch against the table's size.
	sealBlock = 32 << 10
	sealMagic = "HLC1"
	sealSize  = 8 + 4 + 4 + 4 + len(sealMagic)

	// footerTail is what closes a Parquet file: the footer's length and magic.
	footerTail   = 8
	parquetMagic = "PAR1"

	// tailGuess is read first, in the hope that it holds footer and table. In a
	// day of the map it holds the coarse levels too.
	tailGuess = 128 << 10
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// draft collects a Parquet file in memory in chunks of whole seal blocks, so
// that a large day grows without being copied and is sealed in one pass.
type draft struct {
	chunks [][]byte
	size   int
}

const draftChunk = 32 * sealBlock

// Write implements io.Writer; it never fails.
func (d *draft) Write(p []byte) (int, error) {
	written := len(p)
	for len(p) > 0 {
		if d.size%draftChunk == 0 {
			d.chunks = append(d.chunks, make([]byte, 0, draftChunk))
		}
		last := &d.chunks[len(d.chunks)-1]
		n := min(len(p), draftChunk-len(*last))
		*last = append(*last, p[:n]...)
		p, d.size = p[n:], d.size+n
	}
	return written, nil
}

// slice calls visit with the bytes of [from, to) in order, in pieces that lie
// within one seal block each.
func (d *draft) slice(from, to int, visit func([]byte) error) error {
	for from < to {
		end := min(to, (from/sealBlock+1)*sealBlock)
		at := from % draftChunk
		if err := visit(d.chunks[from/draftChunk][at : at+end-from]); err != nil {
			return err
		}
		from = end
	}
	return nil
}

// bytes returns a copy of [from, to).
func (d *draft) bytes(from, to int) []byte {
	out := make([]byte, 0, to-from)
	_ = d.slice(from, to, func(b []byte) error { out = append(out, b...); return nil })
	return out
}

// writeSealed writes the finished Parquet file with its seal.
func (d *draft) writeSealed(w io.Writer) error {
	if d.size < footerTail {
		return errors.New("BUG: draft is no Parquet file")
	}
	footer := int(binary.LittleEndian.Uint32(d.bytes(d.size-footerTail, d.size))) + footerTail
	if footer > d.size {
		return errors.New("BUG: draft has no footer")
	}
	data := d.size - footer
	var seal []byte
	err := d.slice(0, data, func(block []byte) error {
		seal = binary.LittleEndian.AppendUint32(seal, checksum(block))
		_, err := w.Write(block)
		return err
	})
	if err != nil {
		return err
	}
	foot := d.bytes(data, d.size)
	seal = binary.LittleEndian.AppendUint64(seal, uint64(data))
	seal = binary.LittleEndian.AppendUint32(seal, sealBlock)
	seal = binary.LittleEndian.AppendUint32(seal, checksum(foot))
	seal = binary.LittleEndian.AppendUint32(seal, checksum(seal))
	seal = append(seal, sealMagic...)
	if _, err := w.Write(seal); err != nil {
		return err
	}
	_, err = w.Write(foot)
	return err
}

// object reads a sealed object. It is an io.ReaderAt of the Parquet file and
// hands out nothing that has not passed its checksum. Not safe for concurrent use.
type object struct {
	ctx    context.Context
	bucket *blob.Bucket
	key    string
	size   int64

	data int64    // length of the checked data
	sums []uint32 // one a block
	foot []byte   // the last bytes of the object, checked

	tail    []byte // what was read first, from tailAt on, not checked
	tailAt  int64
	windows []window // checked data
	// slabs are the memory of tail and windows, the first of them that of tail.
	slabs []*[]byte
}

// slabs is memory that objects have been read into. Objects are read by the
// hundred, and new memory would have to be cleared for each.
var slabs = sync.Pool{New: func() any { return new([]byte) }}

// release gives back the memory of what was read. What is read again is
// fetched again.
func (o *object) release() {
	o.giveBack(0)
	o.tail, o.tailAt = nil, o.size
}

// giveBack gives back all but the first kept slabs.
func (o *object) giveBack(kept int) {
	for _, slab := range o.slabs[kept:] {
		slabs.Put(slab)
	}
	o.slabs, o.windows = o.slabs[:kept], o.windows[:0]
}

// window is bytes of an object from at on.
type window struct {
	at    int64
	bytes []byte
}

// span is the bytes [from, to) of an object.
type span struct{ from, to int64 }

// openObject fetches and checks footer and table.
func openObject(ctx context.Context, bucket *blob.Bucket, key string) (*object, error) {
	attrs, err := bucket.Attributes(ctx, key)
	if err != nil {
		return nil, readError(key, err)
	}
	o := &object{ctx: ctx, bucket: bucket, key: key, size: attrs.Size}
	o.tailAt = max(0, o.size-tailGuess)
	tail, err := o.fetch(o.tailAt, o.size)
	if err != nil {
		return nil, err
	}
	o.tail = tail
	seal, err := o.splitFooter(tail)
	if err != nil {
		return nil, err
	}
	if need := int64(len(o.foot)) + o.tableSize(seal); need > int64(len(tail)) && need <= o.size {
		if tail, err = o.fetch(o.size-need, o.size); err != nil {
			return nil, err
		}
		if seal, err = o.splitFooter(tail); err != nil {
			return nil, err
		}
	}
	return o, o.checkSeal(seal)
}

// splitFooter sets o.foot to the end of tail and returns what is before it.
// Where the footer is longer than tail it fetches the whole of it.
func (o *object) splitFooter(tail []byte) (seal []byte, err error) {
	if len(tail) < footerTail || string(tail[len(tail)-len(parquetMagic):]) != parquetMagic {
		return nil, corrupt(o.key, "no Parquet file, or cut short")
	}
	n := int64(binary.LittleEndian.Uint32(tail[len(tail)-footerTail:])) + footerTail
	if n+int64(sealSize) > o.size {
		return nil, corrupt(o.key, "footer of %d bytes in a file of %d", n, o.size)
	}
	if n+int64(sealSize) > int64(len(tail)) {
		if tail, err = o.fetch(o.size-n-int64(sealSize), o.size); err != nil {
			return nil, err
		}
	}
	cut := int64(len(tail)) - n
	o.foot = bytes.Clone(tail[cut:]) // strings of the footer outlive release
	return tail[:cut], nil
}

// tableSize returns how many bytes table and seal take, as the seal states.
func (o *object) tableSize(seal []byte) int64 {
	fixed := seal[len(seal)-sealSize:]
	blocks := (binary.LittleEndian.Uint64(fixed)%(1<<48) + sealBlock - 1) / sealBlock
	return int64(blocks)*4 + int64(sealSize)
}

// checkSeal verifies everything but the data and keeps the table.
func (o *object) checkSeal(seal []byte) error {
	fixed := seal[len(seal)-sealSize:]
	if string(fixed[20:]) != sealMagic {
		return corrupt(o.key, "no checksums: damaged, or written by another program")
	}
	size := o.tableSize(seal)
	o.data = int64(binary.LittleEndian.Uint64(fixed))
	if o.data < 0 || o.data+size+int64(len(o.foot)) != o.size || binary.LittleEndian.Uint32(fixed[8:]) != sealBlock {
		return corrupt(o.key, "lengths do not add up to %d bytes", o.size)
	}
	table := seal[int64(len(seal))-size:]
	if checksum(table[:size-int64(len(sealMagic))-4]) != binary.LittleEndian.Uint32(fixed[16:]) {
		return corrupt(o.key, "checksum mismatch in the checksum table")
	}
	if checksum(o.foot) != binary.LittleEndian.Uint32(fixed[12:]) {
		return corrupt(o.key, "checksum mismatch in the footer")
	}
	o.sums = make([]uint32, (size-int64(sealSize))/4)
	for i := range o.sums {
		o.sums[i] = binary.LittleEndian.Uint32(table[4*i:])
	}
	return nil
}

// fetch reads bytes [from, to) of the object, unchecked, into a slab.
func (o *object) fetch(from, to int64) ([]byte, error) {
	if from == to {
		return nil, nil
	}
	r, err := o.bucket.NewRangeReader(o.ctx, o.key, from, to-from, nil)
	if err != nil {
		return nil, readError(o.key, err)
	}
	defer r.Close()
	slab := slabs.Get().(*[]byte)
	o.slabs = append(o.slabs, slab)
	*slab = slices.Grow((*slab)[:0], int(to-from))
	buf := (*slab)[:to-from]
	if _, err := io.ReadFull(r, buf); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			return nil, corrupt(o.key, "cut short while it was read")
		}
		return nil, fmt.Errorf("cannot read %q: %w", o.key, err)
	}
	return buf, nil
}

// load makes the data bytes of spans, widened to whole blocks, the windows that
// ReadAt serves, after checking them. Those of the load before are gone.
func (o *object) load(spans ...span) error {
	o.giveBack(min(1, len(o.slabs)))
	for _, s := range spans {
		from, to := s.from/sealBlock*sealBlock, min((s.to+sealBlock-1)/sealBlock*sealBlock, o.data)
		if from < 0 || from > to {
			return corrupt(o.key, "a column lies outside the data")
		}
		w := window{at: from}
		if from >= o.tailAt {
			w.bytes = o.tail[from-o.tailAt : to-o.tailAt]
		} else {
			var err error
			if w.bytes, err = o.fetch(from, to); err != nil {
				return err
			}
		}
		if err := o.check(w); err != nil {
			return err
		}
		o.windows = append(o.windows, w)
	}
	return nil
}

// check verifies a window of whole blocks.
func (o *object) check(w window) error {
	for at := 0; at < len(w.bytes); at += sealBlock {
		block := w.bytes[at:min(at+sealBlock, len(w.bytes))]
		if from := w.at + int64(at); checksum(block) != o.sums[from/sealBlock] {
			return corrupt(o.key, "checksum mismatch in bytes %d to %d", from, from+int64(len(block)))
		}
	}
	return nil
}

// ReadAt implements io.ReaderAt over the footer and what is loaded; a file that
// points elsewhere is damaged.
func (o *object) ReadAt(p []byte, off int64) (int, error) {
	end := off + int64(len(p))
	if foot := o.size - int64(len(o.foot)); off >= foot && end <= o.size {
		return copy(p, o.foot[off-foot:]), nil
	}
	for _, w := range o.windows {
		if off >= w.at && end <= w.at+int64(len(w.bytes)) {
			return copy(p, w.bytes[off-w.at:]), nil
		}
	}
	return 0, errors.New("a column lies outside its row group")
}
