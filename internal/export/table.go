package export

import (
	"encoding/csv"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"

	"halcyon/market"
)

// Format is a kind of file.
type Format string

// The formats.
const (
	CSV     Format = "csv"
	Parquet Format = "parquet"
)

// ContentType returns the media type of files of the format.
func (f Format) ContentType() string {
	if f == Parquet {
		return "application/vnd.apache.parquet"
	}
	return "text/csv; charset=utf-8"
}

// groupRows is how many rows a Parquet row group holds, and so how many are
// kept in memory.
const groupRows = 1 << 17

// table takes rows in order. close writes what remains.
type table[R row] interface {
	write(r R) error
	close() error
}

// newTable begins a table. meta are pairs of key and value that Parquet keeps
// with the file.
func newTable[R row](w io.Writer, f Format, meta ...string) (table[R], error) {
	switch f {
	case CSV:
		t := &csvTable[R]{csv.NewWriter(w)}
		var r R
		return t, t.w.Write(r.names())
	case Parquet:
		options := []parquet.WriterOption{parquet.Compression(&parquet.Zstd)}
		for i := 0; i+1 < len(meta); i += 2 {
			options = append(options, parquet.KeyValueMetadata(meta[i], meta[i+1]))
		}
		return &parquetTable[R]{w: parquet.NewGenericWriter[R](w, options...)}, nil
	}
	return nil, fmt.Errorf("format %q: want csv or parquet: %w", f, market.ErrInvalid)
}

type csvTable[R row] struct{ w *csv.Writer }

func (t *csvTable[R]) write(r R) error { return t.w.Write(r.values()) }

func (t *csvTable[R]) close() error {
	t.w.Flush()
	return t.w.Error()
}

type parquetTable[R row] struct {
	w    *parquet.GenericWriter[R]
	rows int
}

func (t *parquetTable[R]) write(r R) error {
	if _, err := t.w.Write([]R{r}); err != nil {
		return err
	}
	if t.rows++; t.rows%groupRows == 0 {
		return t.w.Flush()
	}
	return nil
}

func (t *parquetTable[R]) close() error { return t.w.Close() }
