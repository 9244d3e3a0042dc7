// Package tilewire is the binary form in which cells travel to the browser:
// squares of 256 columns by 256 bins, integers all through, as docs/API.md
// describes them. The page's reader is web/src/wire/tile.ts; both are held to
// the same golden bytes in web/testdata.
package tilewire

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

const (
	// Side is the number of columns and of bins of a tile.
	Side = 256
	// LogStep is the number of cell values a doubling of 1+USD.
	LogStep = 1024

	magic     = "HTL1"
	planeSize = Side * Side * 2
)

// ErrMalformed marks bytes that are not a tile.
var ErrMalformed = errors.New("malformed tile")

// Header says what a tile holds; its JSON is part of the wire format.
type Header struct {
	Venue  string `json:"venue"`
	Symbol string `json:"symbol"`
	Level  int    `json:"level"`
	// X counts tiles of Side columns from the epoch, Y tiles of Side bins from
	// bin 0; Y may be negative.
	X       int64 `json:"x"`
	Y       int64 `json:"y"`
	Columns int   `json:"columns"`
	Bins    int   `json:"bins"`
	LogStep int   `json:"log_step"`
	// First is the first column that holds data, Closed how many do from there.
	First  int      `json:"first"`
	Closed int      `json:"closed"`
	Planes []string `json:"planes"`
}

// Tile is a header and its planes' cells.
type Tile struct {
	Header
	// Cells holds a plane of Header.Planes each: Side·Side values, bin by bin
	// from the lowest, Side columns each. See Quantise.
	Cells [][]uint16
}

// Dequantise returns the amount that a cell value stands for, 2^(q/LogStep) − 1.
func Dequantise(q uint16) float64 { return math.Exp2(float64(q)/LogStep) - 1 }

// Encode returns the tile's bytes.
func (t *Tile) Encode() ([]byte, error) {
	t.Columns, t.Bins, t.Header.LogStep = Side, Side, LogStep
	if t.Planes == nil {
		t.Planes = []string{}
	}
	if len(t.Planes) != len(t.Cells) {
		return nil, fmt.Errorf("cannot encode a tile of %d planes with %d names", len(t.Cells), len(t.Planes))
	}
	header, err := json.Marshal(t.Header)
	if err != nil {
		return nil, fmt.Errorf("cannot encode a tile header: %w", err)
	}
	out := make([]byte, 0, 8+len(header)+len(t.Cells)*planeSize)
	out = append(out, magic...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(header)))
	out = append(out, header...)
	for _, cells := range t.Cells {
		if len(cells) != Side*Side {
			return nil, fmt.Errorf("cannot encode a plane of %d cells: want %d", len(cells), Side*Side)
		}
		at := len(out)
		out = out[:at+planeSize]
		for bin := 0; bin < len(cells); bin += Side {
			encodeRow(out[at+2*bin:at+2*(bin+Side)], cells[bin:bin+Side])
		}
	}
	return out, nil
}

// encodeRow writes the differences of a bin's cells, four in one go.
func encodeRow(into []byte, cells []uint16) {
	before := uint16(0)
	for len(cells) >= 4 && len(into) >= 8 {
		a, b, c, d := cells[0], cells[1], cells[2], cells[3]
		binary.LittleEndian.PutUint64(into, uint64(a-before)|uint64(b-a)<<16|uint64(c-b)<<32|uint64(d-c)<<48)
		before, cells, into = d, cells[4:], into[8:]
	}
}

// Decode reads a tile; the error wraps ErrMalformed.
func Decode(b []byte) (*Tile, error) {
	if len(b) < 8 || string(b[:4]) != magic {
		return nil, fmt.Errorf("no %q at the start: %w", magic, ErrMalformed)
	}
	n := int64(binary.LittleEndian.Uint32(b[4:]))
	if n > int64(len(b)-8) {
		return nil, fmt.Errorf("header of %d bytes in %d: %w", n, len(b), ErrMalformed)
	}
	t := &Tile{}
	if err := json.Unmarshal(b[8:8+n], &t.Header); err != nil {
		return nil, fmt.Errorf("%w: header: %w", ErrMalformed, err)
	}
	body := b[8+n:]
	if t.Columns != Side || t.Bins != Side || t.Header.LogStep != LogStep {
		return nil, fmt.Errorf("%d columns, %d bins, log step %d: %w", t.Columns, t.Bins, t.Header.LogStep, ErrMalformed)
	}
	if len(body) != len(t.Planes)*planeSize {
		return nil, fmt.Errorf("%d bytes for %d planes, want %d: %w", len(body), len(t.Planes), len(t.Planes)*planeSize, ErrMalformed)
	}
	for range t.Planes {
		cells := make([]uint16, Side*Side)
		for i := range cells {
			cells[i] = binary.LittleEndian.Uint16(body[2*i:])
			if i%Side > 0 {
				cells[i] += cells[i-1]
			}
		}
		t.Cells, body = append(t.Cells, cells), body[planeSize:]
	}
	return t, nil
}
