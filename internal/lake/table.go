package lake

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"
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

// tableWriter writes rows of struct type R as a Parquet file into a draft.
type tableWriter[R any] struct {
	draft  *draft
	writer *parquet.GenericWriter[R]
}

// newTableWriter begins a file. meta are pairs of key and value.
func newTableWriter[R any](k kind, units string, meta ...string) *tableWriter[R] {
	options := []parquet.WriterOption{
		parquet.PageBufferSize(1 << 20),
		parquet.CreatedBy("halcyon", formatVersion, ""),
		parquet.KeyValueMetadata(metaFormat, formatVersion),
		parquet.KeyValueMetadata(metaKind, string(k)),
		parquet.KeyValueMetadata(metaUnits, units),
	}
	for pair := range slices.Chunk(meta, 2) {
		options = append(options, parquet.KeyValueMetadata(pair[0], pair[1]))
	}
	d := new(draft)
	return &tableWriter[R]{draft: d, writer: parquet.NewGenericWriter[R](d, options...)}
}

// group writes n rows as one row group; none if n is 0. row(i) makes row i.
func (t *tableWriter[R]) group(n int, row func(i int) R) error {
	if n == 0 {
		return nil
	}
	batch := make([]R, 0, min(n, 4096))
	for i := range n {
		batch = append(batch, row(i))
		if len(batch) == cap(batch) || i == n-1 {
			if _, err := t.writer.Write(batch); err != nil {
				return err
			}
			batch = batch[:0]
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

// groupAt loads row group i, with the bytes that separate it from the next, so
// that whoever loads all groups has checked all of the object.
func (t *table) groupAt(i int) (parquet.RowGroup, error) {
	from, to := int64(0), t.data
	if i > 0 {
		from = t.groupStart(i)
	}
	if i+1 < len(t.file.RowGroups()) {
		to = t.groupStart(i + 1)
	}
	if err := t.load(from, to); err != nil {
		return nil, err
	}
	return t.file.RowGroups()[i], nil
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

// pages calls visit with each page of a chunk and the index of its first value.
func pages(c parquet.ColumnChunk, visit func(at int, p parquet.Page)) error {
	it := c.Pages()
	defer it.Close()
	for at := 0; ; {
		p, err := it.ReadPage()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		visit(at, p)
		at += int(p.NumValues())
		parquet.Release(p)
	}
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

// eachNumber calls set with the index and value of each of the n values of a
// chunk, which must be exactly n.
func eachNumber[T number](c parquet.ColumnChunk, n int, set func(at int, values []T)) error {
	seen := 0
	var looked []T
	err := pages(c, func(at int, p parquet.Page) {
		values := p.Data()
		if dict := p.Dictionary(); dict != nil {
			known := numbers[T](dict.Page().Data())
			looked = looked[:0]
			for _, i := range values.Int32() {
				looked = append(looked, known[i])
			}
			seen += len(looked)
			set(at, looked)
			return
		}
		plain := numbers[T](values)
		seen += len(plain)
		set(at, plain)
	})
	if err == nil && seen != n {
		err = fmt.Errorf("column has %d values, want %d", seen, n)
	}
	return err
}

// readNumbers fills dst with the values of a chunk.
func readNumbers[T number, D ~int64 | ~float64](c parquet.ColumnChunk, dst []D) error {
	return eachNumber(c, len(dst), func(at int, values []T) {
		for i, v := range values {
			dst[at+i] = D(v)
		}
	})
}
