package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"halcyon/internal/sim/loopback"
)

// observedNow is what the tests read of /api/v1/observed.
type observedNow struct {
	Positions, Addresses, Reconciled int
	Long, Short                      struct {
		USD   []float64
		Share float64
	}
}

func (s *server) observed() (o observedNow) {
	r, err := http.Get(s.url + "/api/v1/observed?venue=hyperliquid&symbol=BTC")
	if err != nil {
		return o
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err == nil && r.StatusCode == http.StatusOK {
		err = json.Unmarshal(text, &o)
	}
	if err != nil {
		s.t.Error(err)
	}
	return o
}

// await waits until what is observed is so, long enough for a busy machine.
func (s *server) await(what string, ok func(observedNow) bool) observedNow {
	s.t.Helper()
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(200 * time.Millisecond) {
		o := s.observed()
		if ok(o) {
			return o
		}
		if time.Now().After(end) {
			s.t.Fatalf("waited in vain for %s: %+v\n%s", what, o, s.out)
		}
	}
}

// Against the street, positions are observed, more of them by and by,
// and those known stand after a restart where the venue does not answer.
func TestObservedPositionsOfTheStreet(t *testing.T) {
	url := street(t, loopback.Options{Venues: []string{"hyperliquid"}, Coins: []string{"BTC"}, Seed: 3, Past: 30 * time.Minute})
	dir := t.TempDir()
	s := serving(t, "--live", "hyperliquid", "--coins", "BTC", "--venue-url", "all="+url, "--lake", dir)
	first := s.await("positions", func(o observedNow) bool { return o.Positions > 0 && o.Long.Share > 0 && o.Short.Share > 0 })
	later := s.await("a larger share", func(o observedNow) bool {
		return o.Long.Share+o.Short.Share > first.Long.Share+first.Short.Share && o.Reconciled > first.Reconciled
	})
	var usd float64
	for _, x := range append(later.Long.USD, later.Short.USD...) {
		usd += x
	}
	if usd == 0 || later.Long.Share > 1 || later.Short.Share > 1 || later.Addresses < later.Reconciled {
		t.Errorf("%v USD observed in %+v", usd, later)
	}
	s.stop()
	again := serving(t, "--live", "hyperliquid", "--coins", "BTC", "--venue-url", "all=http://127.0.0.1:1", "--lake", dir)
	restored := again.await("what was stored", func(o observedNow) bool { return o.Positions > 0 })
	if told := fmt.Sprintf("%d observed positions as of", restored.Positions); !strings.Contains(again.out.String(), told) {
		t.Errorf("%q is not told with its age: %s", told, again.out)
	}
	t.Logf("observed share of longs %.4f, then %.4f", first.Long.Share, later.Long.Share)
}
