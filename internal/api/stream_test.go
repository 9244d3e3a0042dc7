package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/coder/websocket"

	"halcyon/internal/alert"
	"halcyon/internal/atlas"
	"halcyon/internal/lake"
	"halcyon/liqmodel"
	"halcyon/market"
)

// told is a live side whose answers a test sets.
type told struct {
	mu      sync.Mutex
	venues  []VenueState
	candles []FormingCandle
}

func (f *told) set(venues []VenueState, candles []FormingCandle) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.venues, f.candles = venues, candles
}

// liveSite serves an empty lake with a live side.
func liveSite(t *testing.T) (*httptest.Server, *Hub, *told) {
	t.Helper()
	l, err := lake.Open(t.Context(), "mem://")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	hub, f := &Hub{}, &told{}
	handler, err := New(Options{
		Atlas: atlas.New(l, nil), Page: fstest.MapFS{"index.html": {Data: []byte("page")}}, DefaultTiers: liqmodel.DefaultTiers(), Status: func() Status { return Status{} },
		Live: &Live{
			Hub:     hub,
			Venues:  func() []VenueState { f.mu.Lock(); defer f.mu.Unlock(); return f.venues },
			Forming: func() []FormingCandle { f.mu.Lock(); defer f.mu.Unlock(); return f.candles },
		},
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("halcyon_up 1\n")) }),
	})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s, hub, f
}

func dial(t *testing.T, s *httptest.Server) *websocket.Conn {
	t.Helper()
	c, _, err := websocket.Dial(t.Context(), strings.Replace(s.URL, "http", "ws", 1)+"/api/v1/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.CloseNow() })
	return c
}

// next returns the next message of a type, passing over others.
func next(t *testing.T, c *websocket.Conn, kind string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		_, data, err := c.Read(ctx)
		if err != nil {
			t.Fatalf("no message of type %q: %v", kind, err)
		}
		var m struct{ Type string }
		if err := json.Unmarshal(data, &m); err != nil {
			t.Fatal(err)
		}
		if m.Type == kind {
			return strings.TrimSpace(string(data))
		}
	}
}

func TestStream(t *testing.T) {
	s, hub, f := liveSite(t)
	f.set([]VenueState{{Name: "okx", Venue: "okx", State: "connecting"}}, nil)
	c := dial(t, s)
	if m := next(t, c, "venues"); !strings.Contains(m, `"state":"connecting"`) {
		t.Errorf("states on connecting: %s", m)
	}
	hub.Column(market.InstrumentID{Venue: "okx", Symbol: "BTC"}, 60_000)
	if m := next(t, c, "column"); m != `{"type":"column","venue":"okx","symbol":"BTC","to":60000}` {
		t.Errorf("column: %s", m)
	}
	f.set([]VenueState{{Name: "okx", Venue: "okx", State: "live"}}, []FormingCandle{{Venue: "okx", Symbol: "BTC", Time: 60_000, Close: 5}})
	if m := next(t, c, "forming"); !strings.Contains(m, `"symbol":"BTC","time":60000`) {
		t.Errorf("forming: %s", m)
	}
	if m := next(t, c, "venues"); !strings.Contains(m, `"state":"live"`) {
		t.Errorf("a change of state: %s", m)
	}
	for path, want := range map[string]string{"/api/v1/venues": `"state":"live"`, "/metrics": "halcyon_up 1"} {
		r, err := http.Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body := new(strings.Builder)
		_ = r.Write(body)
		r.Body.Close()
		if r.StatusCode != 200 || !strings.Contains(body.String(), want) {
			t.Errorf("%s: %s", path, body)
		}
	}
	// Another site's page must not listen.
	_, r, err := websocket.Dial(t.Context(), strings.Replace(s.URL, "http", "ws", 1)+"/api/v1/stream", &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {"https://elsewhere.example"}}})
	if err == nil || r.StatusCode != http.StatusForbidden {
		t.Errorf("a foreign origin got %v, %v", r, err)
	}
}

// Candles are those of the instruments that a browser watches, told at once as
// they stand each time that it says so; columns are everybody's.
func TestStreamTellsWatchedCandles(t *testing.T) {
	s, hub, f := liveSite(t)
	candle := func(symbol string, price float64) FormingCandle {
		return FormingCandle{Venue: "okx", Symbol: symbol, Time: 60_000, Close: price}
	}
	f.set(nil, []FormingCandle{candle("BTC", 1), candle("ETH", 2)})
	c := dial(t, s)
	symbols := func() string {
		var m formingMessage
		if err := json.Unmarshal([]byte(next(t, c, "forming")), &m); err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, c := range m.Candles {
			out = append(out, fmt.Sprint(c.Symbol, c.Close))
		}
		return strings.Join(out, " ")
	}
	if got := symbols(); got != "BTC1 ETH2" {
		t.Errorf("before it watches: %s", got)
	}
	say := func(text string) {
		if err := c.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		say(`{"type":"watch","instruments":["okx:ETH","nobody:knows"]}`)
		if got := symbols(); got != "ETH2" {
			t.Errorf("as it begins to watch: %s", got)
		}
	}
	f.set(nil, []FormingCandle{candle("BTC", 3), candle("ETH", 2)})
	hub.Column(market.InstrumentID{Venue: "okx", Symbol: "BTC"}, 60_000)
	next(t, c, "column")
	f.set(nil, []FormingCandle{candle("BTC", 3), candle("ETH", 4)})
	if got := symbols(); got != "ETH4" {
		t.Errorf("while it watches: %s", got)
	}
	say(`{"type":"speak"}`)
	for {
		if _, _, err := c.Read(t.Context()); err != nil {
			if websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
				t.Errorf("what is not understood ends with %v", err)
			}
			return
		}
	}
}

// A browser that does not read is disconnected, and nobody waits for it.
func TestSlowBrowserIsDisconnected(t *testing.T) {
	s, hub, _ := liveSite(t)
	slow := dial(t, s)
	heard := func() int {
		hub.mu.Lock()
		defer hub.mu.Unlock()
		return len(hub.listeners)
	}
	for heard() == 0 {
		time.Sleep(time.Millisecond)
	}
	// A name that fills buffers quickly.
	id := market.InstrumentID{Venue: "okx", Symbol: strings.Repeat("X", 60_000)}
	begin := time.Now()
	for i := 0; heard() > 0; i++ {
		hub.Column(id, market.UnixMilli(i))
		if time.Since(begin) > 20*time.Second {
			t.Fatal("a browser that reads nothing is still listened to")
		}
	}
	for {
		if _, _, err := slow.Read(t.Context()); err != nil {
			if websocket.CloseStatus(err) == websocket.StatusNormalClosure {
				t.Errorf("ended with %v", err)
			}
			return
		}
	}
}

// What fires reaches every browser at once, as GET /api/v1/alerts tells it.
func TestStreamTellsAlerts(t *testing.T) {
	site, hub, _ := liveSite(t)
	first, second := dial(t, site), dial(t, site)
	// Connected is who has been told something.
	next(t, first, "venues")
	next(t, second, "venues")
	fired := alert.Firing{ID: 7, RuleID: "1", Kind: alert.Near, Venue: "okx", Symbol: "BTC-USDT-SWAP", At: 1000, Price: 64_000, Title: "near", Text: "words", Low: 63_000, High: 63_100}
	hub.Alert(fired)
	for _, c := range []*websocket.Conn{first, second} {
		var got struct {
			Type string
			alert.Firing
		}
		if err := json.Unmarshal([]byte(next(t, c, "alert")), &got); err != nil || got.Firing != fired {
			t.Errorf("got %+v, %v, want %+v", got, err, fired)
		}
	}
}
