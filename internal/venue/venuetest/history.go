package venuetest

import (
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"halcyon/internal/venue"
	"halcyon/market"
)

// HistorySuite describes what a venue tells of the past.
type HistorySuite struct {
	// New returns the venue's feed; it must be a venue.History too.
	New func(venue.FeedOptions) venue.Feed
	// ID is the instrument that is asked for.
	ID market.InstrumentID
	// Answers are those of Canned.
	Answers map[string]string
	// From and To are what is asked for, an hour after To. Bars and OpenInterest are what comes.
	From, To     market.UnixMilli
	Bars         []market.Candle
	OpenInterest []market.OpenInterest
	// NoOpenInterest says why the venue has none of the past.
	NoOpenInterest string
}

// Run checks that the answers mean what the suite says, and that no damage to
// them panics or tells what cannot be.
func (s HistorySuite) Run(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(s.To.Time()) + time.Hour)
		s.run(t)
	})
}

func (s HistorySuite) run(t *testing.T) {
	bars, err := s.history(s.Answers).Bars(t.Context(), s.ID, s.From, s.To)
	if err != nil || !reflect.DeepEqual(bars, s.Bars) {
		t.Errorf("bars %+v, %v; want %+v", bars, err, s.Bars)
	}
	open, err := s.history(s.Answers).OpenInterest(t.Context(), s.ID, s.From, s.To)
	switch {
	case s.NoOpenInterest != "" && !errors.Is(err, venue.ErrNoHistory):
		t.Errorf("open interest %v, %v; want none, for %s", open, err, s.NoOpenInterest)
	case s.NoOpenInterest == "" && (err != nil || !reflect.DeepEqual(open, s.OpenInterest)):
		t.Errorf("open interest %+v, %v; want %+v", open, err, s.OpenInterest)
	}
	if len(s.Bars) == 0 || (len(s.OpenInterest) == 0 && s.NoOpenInterest == "") {
		t.Error("the suite pins nothing")
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		h := s.history(s.damaged(r))
		bars, _ := h.Bars(t.Context(), s.ID, s.From, s.To)
		for _, c := range bars {
			if venue.CheckCandle(c) != nil || c.OpenTime < s.From || c.CloseTime > s.To {
				t.Fatalf("a candle that cannot be: %+v", c)
			}
		}
		open, _ := h.OpenInterest(t.Context(), s.ID, s.From, s.To)
		for _, o := range open {
			if !(o.Contracts > 0) || o.EventTime < s.From || o.EventTime >= s.To {
				t.Fatalf("an open interest that cannot be: %+v", o)
			}
		}
	}
}

func (s HistorySuite) history(answers map[string]string) venue.History {
	return s.New(venue.FeedOptions{RESTURL: "http://venue.test", HTTP: Canned(answers)}).(venue.History)
}

// damaged returns the answers with one byte cut, changed or doubled in each,
// but for those that list instruments.
func (s HistorySuite) damaged(r *rand.Rand) map[string]string {
	out := map[string]string{}
	for part, body := range s.Answers {
		i := r.IntN(len(body))
		switch r.IntN(3) {
		case 0:
			body = body[:i]
		case 1:
			body = body[:i] + string(`"0,[]{}-9eE.:n`[r.IntN(14)]) + body[i+1:]
		case 2:
			body = body[:i] + body[i:i+1] + body[i:]
		}
		out[part] = body
	}
	return out
}

// Canned returns a client whose requests are answered with bodies by a part of
// the address, or of what is posted; the longest part that fits answers.
func Canned(answers map[string]string) *http.Client { return &http.Client{Transport: canned(answers)} }

type canned map[string]string

// RoundTrip implements http.RoundTripper.
func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	asked := r.URL.String()
	if r.Body != nil {
		posted, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		asked += string(posted)
	}
	body, best := "", ""
	for part, b := range c {
		if strings.Contains(asked, part) && len(part) > len(best) {
			body, best = b, part
		}
	}
	status := http.StatusOK
	if best == "" {
		status = http.StatusNotFound
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}
