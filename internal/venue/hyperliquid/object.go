package hyperliquid

import (
	"bytes"
	"slices"

	"halcyon/internal/venue"
)

// object walks the members of a flat JSON object, the only shape in a
// recording. Values come as they are written, strings without their quotes;
// what they mean is for the caller to check. Nothing is unescaped: no name or
// value that we know needs it.
type object struct{ rest []byte }

// openObject begins with a line, and reports whether it looks like an object.
func openObject(line []byte) (object, bool) {
	line = bytes.TrimSpace(line)
	if len(line) < 2 || line[0] != '{' || line[len(line)-1] != '}' {
		return object{}, false
	}
	return object{line[1 : len(line)-1]}, true
}

// next returns the next member. ok is false at the end, or where the text is
// no object; then bad is true.
func (o *object) next() (key, value []byte, ok, bad bool) {
	rest := skipSpace(o.rest)
	if len(rest) == 0 {
		return nil, nil, false, false
	}
	key, rest, ok = quoted(rest)
	rest = skipSpace(rest)
	if !ok || len(rest) == 0 || rest[0] != ':' {
		return nil, nil, false, true
	}
	rest = skipSpace(rest[1:])
	if len(rest) > 0 && rest[0] == '"' {
		value, rest, ok = quoted(rest)
	} else {
		n := 0
		for n < len(rest) && rest[n] != ',' && rest[n] != ' ' {
			n++
		}
		value, rest, ok = rest[:n], rest[n:], n > 0
	}
	rest = skipSpace(rest)
	if len(rest) > 0 {
		// A comma, and a member behind it.
		ok = ok && rest[0] == ',' && len(rest) > 1
		rest = rest[1:]
	}
	if !ok {
		return nil, nil, false, true
	}
	o.rest = rest
	return key, value, true, false
}

func quoted(b []byte) (text, rest []byte, ok bool) {
	if len(b) < 2 || b[0] != '"' {
		return nil, b, false
	}
	// Names and values are a few bytes: a loop beats a call.
	for i := 1; i < len(b); i++ {
		if b[i] == '"' {
			return b[1:i], b[i+1:], true
		}
	}
	return nil, b, false
}

func skipSpace(b []byte) []byte {
	for len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	return b
}

// hasKeys reports whether the first line of a head is an object with all
// these keys.
func hasKeys(head []byte, keys ...string) bool {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	o, ok := openObject(line)
	found := 0
	for ok {
		var key []byte
		if key, _, ok, _ = o.next(); !ok {
			break
		}
		for _, k := range keys {
			if string(key) == k {
				found++
			}
		}
	}
	return found == len(keys)
}

// members reads the values of one row by key.
type members struct {
	file   string
	row    int64
	keys   []string
	values [][]byte
}

// read finds every one of the keys in a line.
func (m *members) read(line []byte, row int64) error {
	m.row = row
	clear(m.values)
	o, ok := openObject(line)
	bad := !ok
	for i := 0; ok; i++ {
		var key, value []byte
		if key, value, ok, bad = o.next(); !ok {
			break
		}
		// Members nearly always come in the order of keys.
		if i >= len(m.keys) || string(key) != m.keys[i] {
			i = slices.Index(m.keys, string(key))
		}
		if i >= 0 {
			m.values[i] = value
		}
	}
	if bad {
		return &venue.InputError{File: m.file, Row: row, Field: "line", Got: string(line), Want: "a JSON object on one line"}
	}
	for i, v := range m.values {
		if v == nil {
			return &venue.InputError{File: m.file, Row: row, Field: m.keys[i], Got: string(line), Want: "a value for it"}
		}
	}
	return nil
}

func (m *members) fault(i int, want string) error {
	return &venue.InputError{File: m.file, Row: m.row, Field: m.keys[i], Got: string(m.values[i]), Want: want}
}

// number reads a number and checks it by one of venue's rules.
func (m *members) number(i int, check func(float64, bool) string) (float64, error) {
	v, ok := venue.ParseDecimal(m.values[i])
	if want := check(v, ok); want != "" {
		return 0, m.fault(i, want)
	}
	return v, nil
}

func newMembers(file string, keys ...string) *members {
	return &members{file: file, keys: keys, values: make([][]byte, len(keys))}
}
