package venuetest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"halcyon/internal/venue"
	"halcyon/market"
)

// Contract pins what contracts of one instrument are worth.
type Contract struct {
	// Body is the answer that lists it, Symbol its name there.
	Body, Symbol string
	// Coin, Settlement and TickSize are what the listing must say.
	Coin       string
	Settlement market.Settlement
	TickSize   market.Price
	// Contracts at Price are worth Notional (quote currency).
	Contracts market.Contracts
	Price     market.Price
	Notional  market.Notional
}

// contracts holds listings to what contracts are worth, one of each settlement
// that is listed.
func (s Suite) contracts(t *testing.T) {
	if len(s.Contracts) == 0 {
		t.Fatal("no contract is pinned")
	}
	pinned := map[market.Settlement]bool{}
	for _, c := range s.Contracts {
		pinned[c.Settlement] = true
	}
	for _, c := range s.Contracts {
		listings, err := s.Listings([]byte(c.Body))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, l := range listings {
			if err := l.Validate(); err != nil {
				t.Error(err)
			}
			if !pinned[l.Settlement] {
				t.Errorf("%s is listed: no contract that is %v is pinned", l.Symbol, l.Settlement)
			}
			if l.Symbol != c.Symbol {
				continue
			}
			found = true
			if l.Coin != c.Coin || l.Settlement != c.Settlement || l.TickSize != c.TickSize || l.Quote != "USD" {
				t.Errorf("%s: listing %+v, want %+v", c.Symbol, l, c)
			}
			if n := l.NotionalOf(c.Price, c.Contracts); n < c.Notional*(1-1e-12) || n > c.Notional*(1+1e-12) {
				t.Errorf("%s: %v contracts at %v are worth %v, want %v", c.Symbol, c.Contracts, c.Price, n, c.Notional)
			}
		}
		if !found {
			t.Errorf("%s is not listed", c.Symbol)
		}
	}
	for _, body := range []string{"", "{", "[]", "{}", "null", `"text"`, `[{"universe":7},[]]`} {
		if listings, _ := s.Listings([]byte(body)); len(listings) > 0 {
			t.Errorf("the answer %q lists %v", body, listings)
		}
	}
}

// Recording is a file of real frames below the folder of recorded data, one a
// line behind something else.
type Recording struct {
	// Path is the file, gzip'ed.
	Path string
	// Frame cuts the frame out of a line; false for a line that holds none.
	Frame func(line string) (string, bool)
	// Ticks and Events are how many of them the file holds at least.
	Ticks, Events int
}

// AfterColon finds the frame behind "time: ", as cryptofeed records them.
func AfterColon(line string) (string, bool) {
	head, frame, ok := strings.Cut(line, ": ")
	return frame, ok && !strings.Contains(head, "<-")
}

// AfterSpace finds the frame behind "nanoseconds ".
func AfterSpace(line string) (string, bool) {
	_, frame, ok := strings.Cut(line, " ")
	return frame, ok
}

// Data returns a path below the folder of recorded data, HALCYON_DATA or
// ../shared/data beside the repository, and skips the test where it is absent.
func Data(t *testing.T, path string) string {
	t.Helper()
	dir := os.Getenv("HALCYON_DATA")
	if dir == "" {
		root := "."
		for {
			if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
				break
			}
			root = filepath.Join(root, "..")
			if len(root) > 60 {
				t.Fatal("no go.mod above the test")
			}
		}
		dir = filepath.Join(root, "..", "shared", "data")
	}
	file := filepath.Join(dir, path)
	if _, err := os.Stat(file); err != nil {
		t.Skipf("no recorded data at %s: set HALCYON_DATA to the folder that holds it", file)
	}
	return file
}

// recorded reads every frame of the recordings without a fault.
func (s Suite) recorded(t *testing.T) {
	for _, rec := range s.Recorded {
		t.Run(rec.Path, func(t *testing.T) {
			f, err := os.Open(Data(t, rec.Path))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			z, err := gzip.NewReader(f)
			if err != nil {
				t.Fatal(err)
			}
			p := s.NewParser()
			var out venue.Parsed
			ticks, events, frames := 0, 0, 0
			lines := bufio.NewScanner(z)
			lines.Buffer(nil, 16<<20)
			for lines.Scan() {
				frame, ok := rec.Frame(lines.Text())
				if !ok || len(bytes.TrimSpace([]byte(frame))) == 0 {
					continue
				}
				frames++
				err := p.Parse([]byte(frame), Recv, &out)
				if err != nil {
					t.Fatalf("%v: %s", err, frame)
				}
				if fault := impossible(out, err); fault != "" {
					t.Fatalf("%s: %s", fault, frame)
				}
				ticks += len(out.Ticks)
				events += len(out.Events)
			}
			if err := lines.Err(); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d frames, %d trades, %d other events", frames, ticks, events)
			if ticks < rec.Ticks || events < rec.Events {
				t.Errorf("%d trades and %d other events, want at least %d and %d", ticks, events, rec.Ticks, rec.Events)
			}
		})
	}
}
