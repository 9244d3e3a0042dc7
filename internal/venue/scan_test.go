package venue

import (
	"bytes"
	"encoding/json"
	"testing"
)

// tree builds with Scan what encoding/json builds.
func tree(s *Scan) any {
	switch s.Peek() {
	case '{':
		m := map[string]any{}
		for s.Open('{'); s.More('}'); {
			k := string(s.Key())
			m[k] = tree(s)
		}
		return m
	case '[':
		a := []any{}
		for s.Open('['); s.More(']'); {
			a = append(a, tree(s))
		}
		return a
	case '"':
		return string(s.Value())
	}
	switch v := s.Value(); string(v) {
	case "true":
		return true
	case "false":
		return false
	case "":
		return nil
	default:
		return json.Number(v)
	}
}

// FuzzScan compares Scan with encoding/json on any text: both take it or
// refuse it, and where they take it they read the same.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		`{"e":"aggTrade","E":123456789,"a":5933014,"s":"BTCUSDT","p":"0.001","m":true,"x":null}`,
		`[ ]`, `{}`, `[1,2.5e-7,-0,"a\"\u00e9\\",[[{"b":[]}]]]`, `[1,]`, `{"a":1,}`, `{"a"}`, `[01]`, `[+1]`, `[.5]`, `"\ud800"`,
		` {"a" : [ true , false , null ] } `, `{"a":1`, `[tru]`, `[1 2]`, `{"a" 1}`, "[\"\n\"]", `[,1]`, `{,}`, `nul`, ``, `]`, `[}`, `{"a":nan}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		// Scan passes broken characters through, encoding/json replaces them.
		b = bytes.ToValidUTF8(b, []byte("?"))
		var want any
		dec := json.NewDecoder(bytes.NewReader(b))
		dec.UseNumber()
		valid := json.Valid(b)
		if valid {
			if err := dec.Decode(&want); err != nil {
				t.Fatalf("%q: valid, and not decoded: %v", b, err)
			}
		}
		s := NewScan(b)
		got := tree(&s)
		if s.End() != valid {
			t.Fatalf("%q: taken %v, valid %v", b, !valid, valid)
		}
		if valid {
			g, _ := json.Marshal(got)
			w, _ := json.Marshal(want)
			if !bytes.Equal(g, w) {
				t.Fatalf("%q: got %s, want %s", b, g, w)
			}
			s := NewScan(b)
			if s.Skip(); !s.End() {
				t.Fatalf("%q: Skip did not step over it", b)
			}
		}
	})
}
