package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"halcyon/internal/lake"
	"halcyon/internal/venue"
	"halcyon/market"
)

const first = 20_000 * market.Day // 2024-10-04

var id = market.InstrumentID{Venue: "test", Symbol: "BTC"}

// layout has trades with a checksum, bars in their place, and open interest.
var layout = venue.Archive{
	URL: "http://archive.test", Symbol: func(s string) bool { return s == "BTC" }, Example: "BTC",
	Day: func(symbol string, day market.UnixMilli) []venue.ArchiveFile {
		of := func(kind string) string { return "/" + symbol + "/" + kind + "-" + day.Date() + ".csv" }
		return []venue.ArchiveFile{{Path: of("trades"), Checksum: of("trades") + ".sum", Trades: true, Instead: of("bars"), InsteadChecksum: of("bars") + ".sum"},
			{Path: of("oi"), Checksum: of("oi") + ".sum"}}
	},
}

// server is an archive on which things go wrong.
type server struct {
	mu    sync.Mutex
	files map[string][]byte
	// fail is called for each request of a file, with how often it was asked
	// for; true for what is answered already.
	fail  func(w http.ResponseWriter, r *http.Request, n int) bool
	asked map[string]int
	log   []string
}

func newServer(days ...market.UnixMilli) *server {
	s := &server{files: map[string][]byte{}, asked: map[string]int{}}
	for _, day := range days {
		for _, kind := range []string{"trades", "oi"} {
			s.publish("/BTC/"+kind+"-"+day.Date()+".csv", bytes.Repeat([]byte(kind+" "+day.Date()+"\n"), 5000))
		}
	}
	return s
}

func (s *server) publish(name string, text []byte) {
	s.files[name] = text
	s.files[name+".sum"] = fmt.Appendf(nil, "%x  %s\n", sha256.Sum256(text), path.Base(name))
}

// RoundTrip implements http.RoundTripper.
func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[r.URL.Path]++
	s.log = append(s.log, strings.TrimSpace(r.URL.Path+" "+r.Header.Get("Range")))
	w := httptest.NewRecorder()
	if s.fail == nil || !s.fail(w, r, s.asked[r.URL.Path]) {
		s.serve(w, r)
	}
	response := w.Result()
	response.Request = r
	if n, err := strconv.ParseInt(response.Header.Get("Content-Length"), 10, 64); err == nil {
		response.ContentLength = n
		if body := w.Body.Bytes(); int64(len(body)) < n {
			response.Body = &broken{bytes.NewReader(body)}
		}
	}
	return response, nil
}

// broken is a body that ends too soon.
type broken struct{ *bytes.Reader }

func (b *broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err != nil {
		err = errors.New("unexpected EOF")
	}
	return n, err
}

func (b *broken) Close() error { return nil }

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	text, ok := s.files[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("ETag", fmt.Sprintf("%q", fmt.Sprint(len(text))))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text))
}

// half answers with the first half of a file, and ends.
func (s *server) half(w http.ResponseWriter, r *http.Request) bool {
	text := s.files[r.URL.Path]
	w.Header().Set("ETag", fmt.Sprintf("%q", fmt.Sprint(len(text))))
	w.Header().Set("Content-Length", fmt.Sprint(len(text)))
	w.WriteHeader(http.StatusOK)
	w.Write(text[:len(text)/2])
	return true
}

// rig is an archive, a store and where downloads go.
type rig struct {
	*server
	t      *testing.T
	lake   *lake.Lake
	opt    Options
	draws  int
	waited []time.Duration
}

func newRig(t *testing.T, s *server) *rig {
	l, err := lake.Open(t.Context(), "mem://")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	r := &rig{server: s, t: t, lake: l}
	r.opt = Options{Archive: layout, ID: id, From: first, To: first + 3*market.Day, Dir: t.TempDir(), HTTP: &http.Client{Transport: s},
		pause: func(_ context.Context, d time.Duration) error { r.waited = append(r.waited, d); return nil },
		Read:  readLines, Draw: func(context.Context) error { r.draws++; return nil }}
	return r
}

// readLines reads "trades 2024-10-04" as a trade at that noon, and so on, and
// takes nothing of a file with any other line.
func readLines(ctx context.Context, file string, into Sink) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	kind, date, _ := strings.Cut(line, " ")
	day, err := time.Parse(time.DateOnly, date)
	if err != nil || strings.Count(string(text), line+"\n")*(len(line)+1) != len(text) {
		return fmt.Errorf("%q: %w", file, market.ErrInvalid)
	}
	noon := market.UnixMilli(day.UnixMilli()) + market.Day/2
	var set market.EventSet
	switch kind {
	case "trades":
		set.Trades.Append(noon, 10, 1, market.TakerBuy)
	case "bars":
		set.Add(market.Candle{OpenTime: noon, CloseTime: noon + market.Minute, Open: 1, High: 1, Low: 1, Close: 1})
	case "oi":
		set.Add(market.OpenInterest{EventTime: noon, Contracts: 7})
	}
	_, err = into.Merge(ctx, id, noon.Floor(market.Day), &set)
	return err
}

// fetch returns what came of the days, newest first, and their statuses.
func (r *rig) fetch() (days []Day, statuses string) {
	r.t.Helper()
	days, err := Fetch(r.t.Context(), r.lake, r.opt)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, d := range days {
		statuses += string(d.Status) + "; "
	}
	if left, err := filepath.Glob(filepath.Join(r.opt.Dir, "*.csv")); err != nil || len(left) > 0 {
		r.t.Errorf("downloads left: %v, %v", left, err)
	}
	return days, statuses
}

func (r *rig) events(day market.UnixMilli) *market.EventSet {
	set, err := r.lake.Events(r.t.Context(), id, day)
	if err != nil {
		r.t.Fatal(err)
	}
	return set
}

func three() *server { return newServer(first, first+market.Day, first+2*market.Day) }

func TestNewestFirstAndOnce(t *testing.T) {
	r := newRig(t, three())
	days, got := r.fetch()
	if got != "fetched; fetched; fetched; " || days[0].Date != (first+2*market.Day).Date() || r.draws != 3 {
		t.Errorf("%s %+v, drawn %d times", got, days, r.draws)
	}
	for d := range market.UnixMilli(3) {
		if set := r.events(first + d*market.Day); set.Trades.Len() != 1 || len(set.OpenInterest) != 1 {
			t.Errorf("day %d: %+v", d, set)
		}
	}
	n := len(r.log)
	if _, got := r.fetch(); got != "known; known; known; " || len(r.log) != n || r.draws != 3 {
		t.Errorf("again: %s after %d requests, %d draws", got, len(r.log)-n, r.draws)
	}
}

// TestFaults: what goes wrong with the newest day's trades, and what comes of it.
func TestFaults(t *testing.T) {
	trades := "/BTC/trades-" + (first + 2*market.Day).Date() + ".csv"
	for _, c := range []struct {
		name string
		fail func(s *server, w http.ResponseWriter, r *http.Request, n int) bool
		want string
		ask  []string // how the file was asked for
	}{
		{"truncated once: it goes on where it broke off", func(s *server, w http.ResponseWriter, r *http.Request, n int) bool { return n == 1 && s.half(w, r) },
			"fetched; fetched; fetched; ", []string{trades, trades + " bytes=45000-"}},
		{"503 twice", func(s *server, w http.ResponseWriter, r *http.Request, n int) bool {
			if n <= 2 {
				w.Header().Set("Retry-After", "7")
				w.WriteHeader(http.StatusServiceUnavailable)
			}
			return n <= 2
		}, "fetched; fetched; fetched; ", []string{trades, trades, trades}},
		{"503 for good", func(s *server, w http.ResponseWriter, r *http.Request, n int) bool { w.WriteHeader(503); return true },
			"failed; fetched; fetched; ", []string{trades, trades, trades, trades, trades, trades}},
		{"403", func(s *server, w http.ResponseWriter, r *http.Request, n int) bool { w.WriteHeader(403); return true },
			"failed; fetched; fetched; ", []string{trades}},
		{"altered once: it is fetched again from the beginning", func(s *server, w http.ResponseWriter, r *http.Request, n int) bool {
			if n == 1 {
				w.Write(bytes.Repeat([]byte("trades 2024-10-05\n"), 5000))
			}
			return n == 1
		}, "fetched; fetched; fetched; ", []string{trades, trades}},
		{"altered for good: it never comes in", func(s *server, w http.ResponseWriter, r *http.Request, n int) bool {
			w.Write(bytes.Repeat([]byte("trades 2024-10-05\n"), 5000))
			return true
		}, "failed; fetched; fetched; ", []string{trades, trades}},
		{"changed while it was fetched: the rest of another version is not taken", func(s *server, w http.ResponseWriter, r *http.Request, n int) bool {
			if n == 1 {
				w.Header().Set("ETag", `"older"`)
				w.Header().Set("Content-Length", "90000")
				w.Write(bytes.Repeat([]byte("x"), 100))
			}
			return n == 1
		}, "fetched; fetched; fetched; ", []string{trades, trades + " bytes=100-"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, three())
			r.fail = func(w http.ResponseWriter, q *http.Request, n int) bool {
				return q.URL.Path == trades && c.fail(r.server, w, q, n)
			}
			days, got := r.fetch()
			if got != c.want {
				t.Errorf("%s, want %s: %+v", got, c.want, days)
			}
			var ask []string
			for _, l := range r.log {
				if strings.HasPrefix(l, trades) && !strings.Contains(l, ".sum") {
					ask = append(ask, l)
				}
			}
			if c.name == "503 twice" && !reflect.DeepEqual(r.waited, []time.Duration{7 * time.Second, 14 * time.Second}) {
				t.Errorf("waited %v", r.waited)
			}
			if !reflect.DeepEqual(ask, c.ask) {
				t.Errorf("asked %q, want %q", ask, c.ask)
			}
			set, failed := r.events(first+2*market.Day), strings.HasPrefix(c.want, "failed")
			if (set.Trades.Len() == 0) != failed || (days[0].Err != "") != failed {
				t.Errorf("%+v; trades %+v", days[0], set.Trades)
			}
			// What failed is tried again, and comes when it can.
			r.fail = nil
			if _, got := r.fetch(); failed && got != "fetched; known; known; " {
				t.Errorf("afterwards: %s", got)
			}
		})
	}
}

// TestUnpublishedAndCoarse: a day that is not out is told calmly; candles stand
// in where they are, and make way for trades, as do those of a cold start.
func TestUnpublishedAndCoarse(t *testing.T) {
	s := newServer(first)
	bars := "/BTC/bars-" + (first + market.Day).Date() + ".csv"
	s.publish(bars, []byte("bars "+(first+market.Day).Date()+"\n"))
	r := newRig(t, s)
	var cold market.EventSet
	cold.Add(market.Candle{OpenTime: first, CloseTime: first + market.Minute, Open: 1, High: 1, Low: 1, Close: 1})
	if _, err := r.lake.Merge(t.Context(), id, first, &cold); err != nil {
		t.Fatal(err)
	}
	days, got := r.fetch()
	if got != "not published; coarse; fetched; " || days[0].Err != "" {
		t.Errorf("%s: %+v", got, days)
	}
	if set := r.events(first); len(set.Candles) != 0 || set.Trades.Len() != 1 {
		t.Errorf("beside the trades: %+v", set.Candles)
	}
	if set := r.events(first + market.Day); len(set.Candles) != 1 {
		t.Errorf("coarse: %+v", set)
	}
	s.publish("/BTC/trades-"+(first+market.Day).Date()+".csv", []byte("trades "+(first+market.Day).Date()+"\n"))
	if _, got := r.fetch(); got != "not published; fetched; known; " {
		t.Errorf("later: %s", got)
	}
	if set := r.events(first + market.Day); len(set.Candles) != 0 || set.Trades.Len() != 1 {
		t.Errorf("upgraded: %+v", set)
	}
}

// TestOpenInterestFromElsewhere: what the archive does not have is asked for,
// until it comes.
func TestOpenInterestFromElsewhere(t *testing.T) {
	r := newRig(t, newServer(first))
	r.opt.To = first + market.Day
	r.opt.Archive.NoOpenInterest = true
	day := layout.Day
	r.opt.Archive.Day = func(symbol string, at market.UnixMilli) []venue.ArchiveFile { return day(symbol, at)[:1] }
	down := true
	r.opt.OpenInterest = func(_ context.Context, _ market.InstrumentID, from, _ market.UnixMilli) ([]market.OpenInterest, error) {
		if down {
			return nil, venue.ErrRateLimited
		}
		return []market.OpenInterest{{EventTime: from + 1, Contracts: 9}}, nil
	}
	if days, got := r.fetch(); got != "fetched; " || days[0].Err == "" {
		t.Errorf("%+v", days)
	}
	down = false
	if days, _ := r.fetch(); len(days[0].Files) != 1 || len(r.events(first).OpenInterest) != 1 {
		t.Errorf("%+v", days)
	}
	if days, got := r.fetch(); got != "known; " {
		t.Errorf("%+v", days)
	}
}

func TestMistakes(t *testing.T) {
	r := newRig(t, newServer())
	for _, change := range []func(*Options){
		func(o *Options) { o.ID.Symbol = "EUR" }, func(o *Options) { o.From++ }, func(o *Options) { o.To = o.From },
	} {
		opt := r.opt
		change(&opt)
		if _, err := Fetch(t.Context(), r.lake, opt); !errors.Is(err, market.ErrInvalid) {
			t.Error(err)
		}
	}
}
