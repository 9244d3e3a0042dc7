package venue

import (
	"bytes"
	"io"
	"strings"

	"halcyon/market"
)

// Column is one column of a Table, by its index in the columns that the
// table was opened with.
type Column int

// ColumnSpec names a column.
type ColumnSpec struct {
	// Names are the header's names for it; the first is used in messages.
	Names []string
	// Optional columns may be missing from a header.
	Optional bool
}

// Col is a ColumnSpec of names.
func Col(names ...string) ColumnSpec { return ColumnSpec{Names: names} }

// Table reads rows of comma-separated values. Venues do not quote, so neither
// does Table.
type Table struct {
	*Lines
	file    string
	columns []ColumnSpec
	at      []int // where each column lies in a row; -1 for nowhere
	width   int   // fields in a row
	fields  [][]byte
	first   []byte // the first row, where there is no header
}

// OpenTable reads the header of a text whose columns these are. A text
// without a header has all columns in this order. Every column that is not
// optional must be there; others are passed over.
func OpenTable(file string, text Text, columns []ColumnSpec) (*Table, error) {
	t := &Table{Lines: NewLines(text), file: file, columns: columns, at: make([]int, len(columns))}
	line, err := t.Lines.Next()
	if err != nil {
		if err == io.EOF {
			err = Empty(file)
		}
		return nil, err
	}
	t.split(line)
	t.width = len(t.fields)
	if len(line) > 0 && line[0]-'0' <= 9 {
		if t.width != len(columns) {
			return nil, &InputError{File: file, Row: 1, Field: "columns", Got: string(line), Want: t.wantColumns()}
		}
		for i := range t.at {
			t.at[i] = i
		}
		t.first = bytes.Clone(line)
		return t, nil
	}
	for i, c := range columns {
		t.at[i] = indexOf(t.fields, c.Names)
		if t.at[i] < 0 && !c.Optional {
			return nil, &InputError{File: file, Row: 1, Field: "header", Got: string(line), Want: t.wantColumns()}
		}
	}
	return t, nil
}

func (t *Table) wantColumns() string {
	var names []string
	for _, c := range t.columns {
		if !c.Optional {
			names = append(names, c.Names[0])
		}
	}
	return "the columns " + strings.Join(names, ",")
}

func indexOf(fields [][]byte, names []string) int {
	for i, f := range fields {
		for _, name := range names {
			if string(bytes.TrimSpace(f)) == name {
				return i
			}
		}
	}
	return -1
}

// HasHeader reports whether the line is the header of a table that has these
// columns: a cheap test for Format.Detect.
func HasHeader(head []byte, names ...string) bool {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	fields := bytes.Split(bytes.TrimSuffix(line, []byte("\r")), []byte(","))
	for _, name := range names {
		if indexOf(fields, []string{name}) < 0 {
			return false
		}
	}
	return true
}

// Next moves to the next row; the error is io.EOF at the end.
func (t *Table) Next() error {
	line := t.first
	t.first = nil
	if line == nil {
		var err error
		if line, err = t.Lines.Next(); err != nil {
			return err
		}
	}
	t.split(line)
	if len(t.fields) != t.width {
		return &InputError{File: t.file, Row: t.Row(), Got: string(line), Field: "columns", Want: t.wantColumns()}
	}
	return nil
}

func (t *Table) split(line []byte) {
	t.fields = t.fields[:0]
	for {
		i := bytes.IndexByte(line, ',')
		if i < 0 {
			t.fields = append(t.fields, line)
			return
		}
		t.fields = append(t.fields, line[:i])
		line = line[i+1:]
	}
}

// Has reports whether the table has the column.
func (t *Table) Has(c Column) bool { return t.at[c] >= 0 }

// Field returns the text of a column in the present row; empty where the
// table does not have it.
func (t *Table) Field(c Column) []byte {
	if t.at[c] < 0 {
		return nil
	}
	return bytes.TrimSpace(t.fields[t.at[c]])
}

// Fault is the InputError of a column in the present row.
func (t *Table) Fault(c Column, want string) error {
	return &InputError{File: t.file, Row: t.Row(), Field: t.columns[c].Names[0], Got: string(t.Field(c)), Want: want}
}

// Time reads a column of UNIX milliseconds.
func (t *Table) Time(c Column) (market.UnixMilli, error) {
	at, want := ParseTime(t.Field(c))
	if want != "" {
		return 0, t.Fault(c, want)
	}
	return at, nil
}

// Price reads a column of prices.
func (t *Table) Price(c Column) (market.Price, error) {
	v, ok := ParseDecimal(t.Field(c))
	if want := CheckPrice(v, ok); want != "" {
		return 0, t.Fault(c, want)
	}
	return market.Price(v), nil
}

// Size reads a column of quantities in contracts, at least 0.
func (t *Table) Size(c Column) (market.Contracts, error) {
	v, ok := ParseDecimal(t.Field(c))
	if want := CheckSize(v, ok); want != "" {
		return 0, t.Fault(c, want)
	}
	return market.Contracts(v), nil
}

// Rate reads a column of fractions between -1 and 1.
func (t *Table) Rate(c Column) (market.Ratio, error) {
	v, ok := ParseDecimal(t.Field(c))
	if want := CheckRate(v, ok); want != "" {
		return 0, t.Fault(c, want)
	}
	return market.Ratio(v), nil
}

// CheckSymbol makes sure that a column names the table's instrument in every row.
func (t *Table) CheckSymbol(c Column, symbol string) error {
	if t.Has(c) && string(t.Field(c)) != symbol {
		return t.Fault(c, symbol+", as in the rows before or as asked for: one file holds one instrument")
	}
	return nil
}

// MaxSize bounds quantities; beyond it a number is taken for a fault of the input.
const MaxSize = 1e15

// CheckPrice says what would be right instead of v, a price that was parsed
// or not; empty where nothing is wrong.
func CheckPrice(v float64, ok bool) string {
	switch {
	case !ok || v <= 0:
		return "a number > 0"
	case !market.ValidPrice(market.Price(v)):
		return "a price from 1e-9 to 1e9"
	}
	return ""
}

// CheckSize is CheckPrice for a quantity, at least 0.
func CheckSize(v float64, ok bool) string {
	if !ok || v < 0 || v > MaxSize {
		return "a number >= 0, at most 1e15"
	}
	return ""
}

// CheckRate is CheckPrice for a funding rate.
func CheckRate(v float64, ok bool) string {
	if !ok || v <= -1 || v >= 1 {
		return "a fraction between -1 and 1"
	}
	return ""
}
