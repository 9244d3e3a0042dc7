package lake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
	"github.com/parquet-go/parquet-go/encoding"
)

// formatVersion is raised when an older program would misread a newer file.
const formatVersion = "1"

// Keys of a Parquet file's own metadata.
const (
	metaFormat = "halcyon.format"
	metaKind   = "halcyon.kind"
	metaUnits  = "halcyon.units"
)

const parquetType = "application/vnd.apache.parquet"

// maxGroupRows bounds what a row group may claim before memory is reserved for
// it: some ten times the trades of the busiest market's busiest day.
const maxGroupRows = 1 << 26

// Page sizes before encoding, in bytes. An hour of trades in one or two pages a
// column reads a fifth faster than in five. The columns of the map are read
// side by side and fare better when a page of each fits in cache.
const (
	tradePage = 1 << 20
	smallPage = 128 << 10
)

// mapCodec compresses the columns of maps. The levels of zstd above the lowest
// take a sixth longer over a day, and save nothing: after splitting bytes there
// is nothing to match.
var mapCodec = zstd.Codec{Level: zstd.SpeedFastest}

// tableWriter writes rows of struct type R as a Parquet file into a draft.
type tableWriter[R any] struct {
	draft  *draft
	writer *parquet.GenericWriter[R]
}

// newTableWriter begins a file. meta are pairs of key and value.
func newTableWriter[R any](k kind, units string, meta ...string) *tableWriter[R] {
	pageBytes := smallPage
	if k == kindTrades {
		pageBytes = tradePage
	}
	options := []parquet.WriterOption{
		parquet.PageBufferSize(pageBytes),
		parquet.DataPageStatistics(false), // the column index has them
		parquet.CreatedBy("halcyon", formatVersion, ""),
		parquet.KeyValueMetadata(metaFormat, formatVersion),
		parquet.KeyValueMetadata(metaKind, string(k)),
		parquet.KeyValueMetadata(metaUnits, units),
	}
	if k == kindLevels {
		options = append(options, parquet.Compression(&mapCodec))
	}
	// Nobody seeks pages by these, and finding their bounds is a tenth of the
	// time that writing a day of the map takes.
	for _, column := range []string{"side", "group", "price_bin", "all_raw", "fresh_raw"} {
		options = append(options, parquet.SkipPageBounds(column))
	}
	for pair := range slices.Chunk(meta, 2) {
		options = append(options, parquet.KeyValueMetadata(pair[0], pair[1]))
	}
	d := new(draft)
	return &tableWriter[R]{draft: d, writer: parquet.NewGenericWriter[R](d, options...)}
}

// groupBatch is how many rows are made at a time: few enough to stay in cache
// until they have been written.
const groupBatch = 256

// group writes n rows as one row group; none if n is 0. set sets every field
// of row i.
func (t *tableWriter[R]) group(n int, set func(i int, r *R)) error {
	if n == 0 {
		return nil
	}
	batch := make([]R, min(n, groupBatch))
	for at := 0; at < n; at += len(batch) {
		batch = batch[:min(len(batch), n-at)]
		for i := range batch {
			set(at+i, &batch[i])
		}
		if _, err := t.writer.Write(batch); err != nil {
			return err
		}
	}
	return t.writer.Flush()
}

// finish ends the file.
func (t *tableWriter[R]) finish() (*draft, error) {
	if err := t.writer.Close(); err != nil {
		return nil, err
	}
	return t.draft, nil
}

// table is an open Parquet object whose footer has been checked.
type table struct {
	*object
	file *parquet.File
}

// openTable opens the object under key as a table of rows of struct type R.
func openTable[R any](ctx context.Context, l *Lake, key string, k kind) (t *table, err error) {
	o, err := openObject(ctx, l.bucket, key)
	if err != nil {
		return nil, err
	}
	return t, guard(key, func() error {
		f, err := parquet.OpenFile(o, o.size, parquet.SkipMagicBytes(true), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
		if err != nil {
			return err
		}
		if v, _ := f.Lookup(metaFormat); v != formatVersion {
			return fmt.Errorf("format %q, want %q", v, formatVersion)
		}
		if v, _ := f.Lookup(metaKind); v != string(k) {
			return fmt.Errorf("kind %q, want %q", v, k)
		}
		if !parquet.EqualNodes(parquet.SchemaOf(*new(R)), f.Root()) {
			return fmt.Errorf("columns are not those of kind %q", k)
		}
		for i, g := range f.RowGroups() {
			if n := g.NumRows(); n <= 0 || n > maxGroupRows {
				return fmt.Errorf("row group %d claims %d rows", i, n)
			}
		}
		t = &table{object: o, file: f}
		return nil
	})
}

// guard turns whatever goes wrong while decoding an object into ErrCorrupt,
// panics of the Parquet decoder included: its input has passed the checksums,
// but a checksum can be forged and the server must outlive that.
func guard(key string, decode func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = corrupt(key, "%v", r)
		}
	}()
	if err := decode(); err != nil {
		return corrupt(key, "%v", err)
	}
	return nil
}

// groups loads row groups, each with the bytes that separate it from the next,
// so that whoever loads all groups has checked all of the object.
func (t *table) groups(which ...int) ([]parquet.RowGroup, error) {
	spans, out := make([]span, len(which)), make([]parquet.RowGroup, len(which))
	all := t.file.RowGroups()
	for k, i := range which {
		out[k], spans[k] = all[i], span{0, t.data}
		if i > 0 {
			spans[k].from = t.groupStart(i)
		}
		if i+1 < len(all) {
			spans[k].to = t.groupStart(i + 1)
		}
	}
	return out, t.load(spans...)
}

// groupStart returns where the pages of row group i begin.
func (t *table) groupStart(i int) int64 {
	start := t.data
	for _, c := range t.file.Metadata().RowGroups[i].Columns {
		start = min(start, c.MetaData.DataPageOffset)
		if at := c.MetaData.DictionaryPageOffset; at > 0 {
			start = min(start, at)
		}
	}
	return start
}

// column returns the chunk of a leaf column.
func (t *table) column(g parquet.RowGroup, path ...string) parquet.ColumnChunk {
	leaf, ok := t.file.Schema().Lookup(path...)
	if !ok {
		panic("BUG: no column " + fmt.Sprint(path))
	}
	return g.ColumnChunks()[leaf.ColumnIndex]
}

// number is a physical type that columns of numbers are stored in.
type number interface{ int32 | int64 | float64 }

// numbers returns the decoded values of a page without copying.
func numbers[T number](v encoding.Values) []T {
	switch out := any(new([]T)).(type) {
	case *[]int32:
		*out = v.Int32()
		return any(*out).([]T)
	case *[]int64:
		*out = v.Int64()
		return any(*out).([]T)
	case *[]float64:
		*out = v.Double()
		return any(*out).([]T)
	}
	panic("BUG: no such number")
}

// cursor walks the values of one column chunk, a page at a time. Close it.
type cursor[T number] struct {
	// lookup decodes a dictionary; by default it must be one of numbers.
	lookup func(parquet.Dictionary) []T

	pages   parquet.Pages
	page    parquet.Page
	values  []T     // at hand
	known   []T     // the dictionary of the page, if it has one
	indexes []int32 // into known, still to be looked up
	looked  []T     // memory for what was looked up
}

// lookupRows are looked up at a time, so that they stay in cache.
const lookupRows = 4096

func newCursor[T number](c parquet.ColumnChunk) *cursor[T] {
	return &cursor[T]{pages: c.Pages(), lookup: func(d parquet.Dictionary) []T { return numbers[T](d.Page().Data()) }}
}

// ahead makes sure that values remain and returns how many are at hand.
func (c *cursor[T]) ahead() (int, error) {
	for len(c.values) == 0 {
		if len(c.indexes) > 0 {
			c.lookUp()
			continue
		}
		c.release()
		page, err := c.pages.ReadPage()
		if err == io.EOF {
			return 0, errors.New("a column is shorter than its row group")
		}
		if err != nil {
			return 0, err
		}
		c.page = page
		values := page.Data()
		if dict := page.Dictionary(); dict == nil {
			c.values = numbers[T](values)
		} else {
			c.known, c.indexes = c.lookup(dict), values.Int32()
		}
	}
	return len(c.values), nil
}

// lookUp brings the values of the next indexes to hand.
func (c *cursor[T]) lookUp() {
	n := min(len(c.indexes), lookupRows)
	c.looked = slices.Grow(c.looked[:0], n)[:n]
	for i, word := range c.indexes[:n] {
		c.looked[i] = c.known[word]
	}
	c.values, c.indexes = c.looked, c.indexes[n:]
}

// take consumes n values, at most as many as are ahead.
func (c *cursor[T]) take(n int) []T {
	taken := c.values[:n]
	c.values = c.values[n:]
	return taken
}

func (c *cursor[T]) release() {
	if c.page != nil {
		parquet.Release(c.page)
		c.page = nil
	}
}

func (c *cursor[T]) close() {
	c.release()
	_ = c.pages.Close() // reads from memory: nothing to fail
}

// each calls set with the next n values in order, in parts, and the index of
// each part's first value. It closes the cursor.
func (c *cursor[T]) each(n int, set func(at int, values []T)) error {
	defer c.close()
	for at := 0; at < n; {
		have, err := c.ahead()
		if err != nil {
			return err
		}
		part := c.take(min(have, n-at))
		set(at, part)
		at += len(part)
	}
	return nil
}

// eachNumber is each of a new cursor.
func eachNumber[T number](chunk parquet.ColumnChunk, n int, set func(at int, values []T)) error {
	return newCursor[T](chunk).each(n, set)
}

// readNumbers fills dst with the values of a chunk.
func readNumbers[T number, D anyNumber](c parquet.ColumnChunk, dst []D) error {
	return fill(newCursor[T](c), dst)
}

type anyNumber interface {
	~uint8 | ~uint16 | ~int32 | ~int64 | ~float64
}

// fill fills dst with the next values, and closes the cursor.
func fill[T number, D anyNumber](c *cursor[T], dst []D) error {
	return c.each(len(dst), func(at int, values []T) {
		out := dst[at : at+len(values)]
		for i, v := range values {
			out[i] = D(v)
		}
	})
}
