package venue

import (
	"encoding/json"
	"math"

	"halcyon/market"
)

// Scan walks a JSON text from left to right without building anything: the
// reader of websocket frames. It accepts every valid JSON text whatever its
// spaces, order of members and escapes; once it meets a fault, Bad is true,
// loops end, and values are empty. It checks what it walks through; values
// that are skipped are checked for balance only. Not safe for concurrent use.
//
//	s := venue.NewScan(frame)
//	for s.Open('{'); s.More('}'); {
//		switch string(s.Key()) {
//		case "p":
//			price = s.Price()
//		default:
//			s.Skip()
//		}
//	}
//	if !s.End() { ... }
type Scan struct {
	b     []byte
	i     int
	first bool // just behind an opening bracket
	bad   bool
}

// NewScan returns a scan at the beginning of b.
func NewScan(b []byte) Scan { return Scan{b: b} }

// Bad reports whether the text broke the rules of JSON, or a value was not
// what a method asked for.
func (s *Scan) Bad() bool { return s.bad }

// Fail makes the scan bad: the caller met a value that cannot be right.
func (s *Scan) Fail() { s.bad = true }

// End reports whether the whole text was walked, and well.
func (s *Scan) End() bool {
	s.space()
	return !s.bad && s.i == len(s.b)
}

func (s *Scan) space() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return
		}
	}
}

// Peek returns the first byte of the next value, 0 at the end.
func (s *Scan) Peek() byte {
	s.space()
	if s.bad || s.i >= len(s.b) {
		return 0
	}
	return s.b[s.i]
}

// Open enters an object ('{') or array ('['); anything else is a fault.
func (s *Scan) Open(bracket byte) {
	if s.Peek() != bracket {
		s.bad = true
		return
	}
	s.i++
	s.first = true
}

// More reports whether another member or element follows; where none does it
// steps over the closing bracket ('}' or ']').
func (s *Scan) More(closing byte) bool {
	c := s.Peek()
	switch {
	case c == 0:
		s.bad = true
		return false
	case c == closing:
		s.i++
		s.first = false
		return false
	case s.first:
		s.first = false
		return true
	case c != ',':
		s.bad = true
		return false
	}
	s.i++
	if s.Peek() == closing { // a comma and nothing behind it
		s.bad = true
		return false
	}
	return true
}

// Key reads a member's name and the colon behind it.
func (s *Scan) Key() []byte {
	if s.Peek() != '"' {
		s.bad = true
		return nil
	}
	key := s.text()
	if s.Peek() != ':' {
		s.bad = true
		return nil
	}
	s.i++
	return key
}

// Value reads a string, without quotes and escapes, or the text of a number,
// true or false; nil for null. An object or array is a fault. It is valid as
// long as the text.
func (s *Scan) Value() []byte {
	switch c := s.Peek(); {
	case c == '"':
		return s.text()
	case c == '{' || c == '[' || c == 0:
		s.bad = true
		return nil
	}
	from := s.i
	for s.i < len(s.b) && !isDelimiter(s.b[s.i]) {
		s.i++
	}
	v := s.b[from:s.i]
	switch {
	case isTrueOrFalse(v):
	case string(v) == "null":
		return nil
	case !isDigits(v) && !json.Valid(v):
		s.bad = true
		return nil
	}
	return v
}

// isDigits spares json.Valid most of its calls: a number of few digits that
// does not begin with 0.
func isDigits(v []byte) bool {
	if len(v) == 0 || v[0] == '0' {
		return false
	}
	for _, c := range v {
		if c-'0' > 9 {
			return false
		}
	}
	return true
}

func isTrueOrFalse(v []byte) bool { return string(v) == "true" || string(v) == "false" }

func isDelimiter(c byte) bool {
	switch c {
	case ',', '}', ']', ':', ' ', '\t', '\n', '\r':
		return true
	}
	return false
}

// text reads a string that begins here.
func (s *Scan) text() []byte {
	from := s.i + 1
	for i := from; i < len(s.b); i++ {
		switch c := s.b[i]; {
		case c == '"':
			s.i = i + 1
			return s.b[from:i]
		case c == '\\':
			return s.escaped(from - 1)
		case c < ' ':
			s.bad = true
			return nil
		}
	}
	s.bad = true
	return nil
}

// escaped reads a string with escapes, the opening quote at from.
func (s *Scan) escaped(from int) []byte {
	for i := from + 1; i < len(s.b); i++ {
		switch s.b[i] {
		case '\\':
			i++
		case '"':
			var text string
			if err := json.Unmarshal(s.b[from:i+1], &text); err != nil {
				s.bad = true
				return nil
			}
			s.i = i + 1
			return []byte(text)
		}
	}
	s.bad = true
	return nil
}

// Skip steps over the next value, whatever it is.
func (s *Scan) Skip() {
	if c := s.Peek(); c != '{' && c != '[' {
		s.Value()
		return
	}
	for depth := 0; ; {
		switch s.Peek() {
		case 0:
			s.bad = true
			return
		case '{', '[':
			depth++
			s.i++
		case '}', ']':
			depth--
			s.i++
		case ',', ':':
			s.i++
		default:
			s.Value()
		}
		if s.bad || depth == 0 {
			return
		}
	}
}

// Number reads a number, written as such or in a string. Null and the empty
// string, by which venues mean "not known", give NaN.
func (s *Scan) Number() float64 {
	b := s.Value()
	if len(b) == 0 {
		return math.NaN()
	}
	v, ok := ParseDecimal(b)
	if !ok {
		s.bad = true
		return math.NaN()
	}
	return v
}

// Price reads a price; 0 where it is null, empty or 0.
func (s *Scan) Price() market.Price {
	v := s.Number()
	if v == 0 || math.IsNaN(v) {
		return 0
	}
	if !market.ValidPrice(market.Price(v)) {
		s.bad = true
		return 0
	}
	return market.Price(v)
}

// Size reads a quantity of at least 0; 0 where it is null or empty.
func (s *Scan) Size() market.Contracts {
	v := s.Number()
	if math.IsNaN(v) {
		return 0
	}
	if CheckSize(v, true) != "" {
		s.bad = true
		return 0
	}
	return market.Contracts(v)
}

// Int reads a whole number of at least 0, in a string or not.
func (s *Scan) Int() int64 {
	v, ok := ParseDigits(s.Value())
	if !ok {
		s.bad = true
	}
	return v
}

// Time reads a UNIX time in milliseconds, in a string or not.
func (s *Scan) Time() market.UnixMilli {
	t, want := ParseTime(s.Value())
	if want != "" {
		s.bad = true
	}
	return t
}

// Bool reads true or false.
func (s *Scan) Bool() bool {
	switch string(s.Value()) {
	case "true":
		return true
	case "false":
		return false
	}
	s.bad = true
	return false
}
