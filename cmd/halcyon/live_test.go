package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"halcyon/heatmap"
	"halcyon/internal/api"
	"halcyon/internal/sim/loopback"
	"halcyon/web"
)

// street serves loopback venues with some minutes of past.
func street(t *testing.T, opt loopback.Options) (url string) {
	t.Helper()
	s, err := loopback.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve(l)
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan struct{})
	go func() {
		defer close(ran)
		if err := s.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-ran
		s.Close()
	})
	return "http://" + l.Addr().String()
}

// server is 'halcyon serve' within this process.
type server struct {
	t    *testing.T
	url  string
	out  *lines
	stop func() (status int)
}

// lines is a writer that may be read meanwhile.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func serving(t *testing.T, args ...string) *server {
	t.Helper()
	if !web.Built() {
		t.Skip("the page is not built: make test builds it first")
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &server{t: t, out: &lines{}}
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...), s.out, s.out) }()
	var once sync.Once
	var status int
	s.stop = func() int {
		once.Do(func() {
			cancel()
			status = <-ended
		})
		return status
	}
	t.Cleanup(func() { s.stop() })
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	s.until("an address", func() bool {
		s.url = address.FindString(s.out.String())
		return s.url != ""
	})
	return s
}

// until waits for a condition.
func (s *server) until(what string, ok func() bool) {
	s.t.Helper()
	for end := time.Now().Add(5 * time.Minute); !ok(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("no %s within five minutes:\n%s", what, s.out)
		}
	}
}

func (s *server) get(path string, into any) {
	s.t.Helper()
	r, err := http.Get(s.url + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	if err == nil && r.StatusCode != 200 {
		err = fmt.Errorf("%s: %s", r.Status, data)
	}
	if err == nil {
		if text, ok := into.(*string); ok {
			*text = string(data)
			return
		}
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		s.t.Fatalf("GET %s: %v", path, err)
	}
}

func (s *server) venues() map[string]api.VenueState {
	var answer struct{ Venues []api.VenueState }
	s.get("/api/v1/venues", &answer)
	out := map[string]api.VenueState{}
	for _, v := range answer.Venues {
		out[v.Name] = v
	}
	return out
}

type drawn struct {
	Instruments []struct {
		Venue, Symbol, Provenance string
		From, To                  int64
	}
}

type flags struct {
	Time  []int64
	Flags []int
	Close []float64
}

// Against loopback venues every feed is live, every instrument has closed
// columns, and a restart goes on: with the trades of the time between where the
// venue tells them, behind a gap where it does not.
func TestServeLive(t *testing.T) {
	t.Parallel() // it waits for the end of a minute
	venues := street(t, loopback.Options{Coins: []string{"BTC"}, Past: 4 * time.Minute})
	at := filepath.Join(t.TempDir(), "lake")
	args := []string{"--lake", at, "--coins", "BTC", "--live", "all", "--venue-url", "all=" + venues}
	first := serving(t, args...)
	first.until("map of every feed's instrument", func() bool {
		var d drawn
		first.get("/api/v1/instruments", &d)
		return len(d.Instruments) == len(feedKinds)
	})
	var shown map[string]api.VenueState
	first.until("every feed live and its instrument without an error", func() bool {
		shown = first.venues()
		for _, v := range shown {
			if v.State != "live" || len(v.Instruments) != 1 || v.Instruments[0].Error != "" {
				return false
			}
		}
		return len(shown) == len(feedKinds)
	})
	for name, v := range shown {
		if v.Malformed != 0 {
			t.Errorf("%s: %+v", name, v)
		}
	}
	var metrics string
	first.get("/metrics", &metrics)
	for _, want := range []string{`halcyon_feed_up{feed="okx"} 1`, `halcyon_instrument_closed_timestamp_seconds{symbol="BTC",venue="hyperliquid"}`, "go_goroutines"} {
		if !strings.Contains(metrics, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	if status := first.stop(); status != 0 {
		t.Fatalf("status %d:\n%s", status, first.out)
	}

	stopped := time.Now().UnixMilli()
	time.Sleep(2 * time.Second)
	second := serving(t, args...)
	var before drawn
	second.until("stored maps", func() bool {
		second.get("/api/v1/instruments", &before)
		return len(before.Instruments) == len(feedKinds)
	})
	for _, in := range before.Instruments {
		if in.Provenance != "LIVE" {
			t.Errorf("%s:%s is %s", in.Venue, in.Symbol, in.Provenance)
		}
	}
	// closed tells up to when the instrument of a feed has columns.
	closed := func(feed string) (to int64) {
		if v := second.venues()[feed]; v.State == "live" && len(v.Instruments) == 1 {
			to = v.Instruments[0].To
		}
		return to
	}
	second.until("columns since the restart", func() bool {
		for _, feed := range []string{"kraken", "okx", "bitmex"} {
			if closed(feed) <= stopped {
				return false
			}
		}
		return true
	})
	shown = second.venues()
	for feed, gaps := range map[string]int64{"kraken": 1, "okx": 0, "bitmex": 0} {
		if shown[feed].Gaps != gaps {
			t.Errorf("%s: %d gaps, want %d", feed, shown[feed].Gaps, gaps)
		}
	}
	var c flags
	// The street tells the time of its market, which lags behind ours.
	second.get(fmt.Sprintf("/api/v1/columns?venue=kraken&symbol=PF_XBTUSD&level=0&from=%d&to=%d", stopped-600_000, stopped+180_000), &c)
	if !slices.ContainsFunc(c.Flags, func(f int) bool { return heatmap.Flags(f)&heatmap.FlagGap != 0 }) {
		t.Errorf("no column tells of kraken's gap: %+v", c)
	}
	if status := second.stop(); status != 0 {
		t.Fatalf("status %d:\n%s", status, second.out)
	}
}

// Where no venue answers, that is said, a demonstration is shown as what it is,
// and a venue that answers later appears by itself.
func TestServeWhereNoVenueAnswers(t *testing.T) {
	t.Parallel() // it waits for the end of a minute
	// An address where nobody listens yet.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	dir := t.TempDir()
	s := serving(t, "--lake", filepath.Join(dir, "lake"), "--data", dir, "--demo", "--live", "okx", "--venue-url", "okx=http://"+address+"/okx", "--backfill", "1")
	var status api.Status
	s.until("demonstration", func() bool {
		s.get("/api/v1/status", &status)
		return status.State == "ready"
	})
	if !strings.Contains(status.Message, "no venue answers") || !strings.Contains(s.out.String(), "SIMULATED") {
		t.Errorf("status %+v; said\n%s", status, s.out)
	}
	if v := s.venues()["okx"]; v.State != "waiting" || v.Message == "" || v.RetryAt == 0 {
		t.Errorf("okx: %+v", v)
	}
	opt := loopback.Options{Venues: []string{"okx"}, Past: 3 * time.Minute}
	street, err := loopback.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	if l, err = net.Listen("tcp", address); err != nil {
		t.Skipf("somebody took the address meanwhile: %v", err)
	}
	go street.Serve(l)
	ctx, cancel := context.WithCancel(t.Context())
	ran := make(chan struct{})
	go func() {
		defer close(ran)
		_ = street.Run(ctx) // it was valid above
	}()
	defer func() { cancel(); <-ran; street.Close() }()
	s.until("live instrument beside the simulated ones", func() bool {
		var d drawn
		s.get("/api/v1/instruments", &d)
		live, simulated := 0, 0
		for _, in := range d.Instruments {
			switch in.Provenance {
			case "LIVE":
				live++
			case "SIMULATED":
				simulated++
			}
		}
		return live == 3 && simulated == 3
	})
	s.until("status that is ready and has nothing to say", func() bool {
		s.get("/api/v1/status", &status)
		return status.State == "ready" && status.Message == ""
	})
}

// Mistakes about venues are one line with what was found and expected.
func TestLiveMistakes(t *testing.T) {
	at := filepath.Join(t.TempDir(), "lake")
	for _, c := range []struct {
		args []string
		says []string
	}{
		{[]string{"--live", "ftx"}, []string{`"ftx"`, "binance-usdm"}},
		{[]string{"--live", "none,okx"}, []string{`"none"`, "okx"}},
		{[]string{"--live", "okx", "--venue-url", "bitmex=http://127.0.0.1:1"}, []string{"bitmex", "--live"}},
		{[]string{"--live", "okx", "--venue-url", "okx=127.0.0.1:1"}, []string{"okx=127.0.0.1:1", "http://"}},
		{[]string{"--venue-url", "all=http://127.0.0.1:1"}, []string{"--venue-url", "--live"}},
		{[]string{"--nats", "nats://127.0.0.1:1"}, []string{"--nats", "--live"}},
		{[]string{"--live", "okx", "--lake", "mem://"}, []string{"mem://", "--nats"}},
	} {
		args := append([]string{"serve", "--listen", "127.0.0.1:0", "--lake", at}, c.args...)
		status, _, stderr := halcyon(t, args...)
		if status != 2 || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%v: status %d\n%s", c.args, status, stderr)
		}
		for _, want := range c.says {
			if !strings.Contains(stderr, want) {
				t.Errorf("%v: %q lacks %q", c.args, stderr, want)
			}
		}
	}
}

// One lake has one live server.
func TestSecondServerOnOneLog(t *testing.T) {
	venues := street(t, loopback.Options{Venues: []string{"okx"}, Coins: []string{"BTC"}})
	at := filepath.Join(t.TempDir(), "lake")
	args := []string{"--lake", at, "--live", "okx", "--venue-url", "all=" + venues}
	serving(t, args...)
	status, _, stderr := halcyon(t, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	if status != 2 || !strings.Contains(stderr, "stop the other halcyon") {
		t.Errorf("status %d: %s", status, stderr)
	}
}
