package feed

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"halcyon/internal/venue"
)

// answers is a venue made of a function.
type answers func(r *http.Request) (status int, header map[string]string)

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	status, header := a(r)
	h := http.Header{}
	for k, v := range header {
		h.Set(k, v)
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader("body")), Request: r}, nil
}

func rest(a answers, l Limits) *REST {
	return NewREST("http://venue.test", &http.Client{Transport: a}, l)
}

func TestRequestsAreSpreadOverWindows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rest(func(*http.Request) (int, map[string]string) { return 200, nil }, Limits{Weight: 10, Window: time.Minute})
		start := time.Now()
		for range 12 { // four a window
			if body, err := r.Get(t.Context(), "/x", 2); err != nil || string(body) != "body" {
				t.Fatal(string(body), err)
			}
		}
		if took := time.Since(start); took != 2*time.Minute {
			t.Errorf("twelve requests of weight 2 took %s at 10 a minute, want 2m0s", took)
		}
		if _, err := r.Get(t.Context(), "/x", 50); err != nil {
			t.Errorf("a request above the whole allowance must go alone: %v", err)
		}
	})
}

func TestRefusalsAreWaitedOut(t *testing.T) {
	for _, c := range []struct {
		status int
		header map[string]string
		want   []time.Duration // after each refusal in a row
	}{
		{429, map[string]string{"Retry-After": "7"}, []time.Duration{7 * time.Second, 7 * time.Second}},
		{429, nil, []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute}},
		{418, nil, []time.Duration{2 * time.Minute, 4 * time.Minute}},
		{403, map[string]string{"Retry-After": "soon"}, []time.Duration{10 * time.Minute}},
		{418, map[string]string{"Retry-After": "9999999"}, []time.Duration{24 * time.Hour}},
	} {
		synctest.Test(t, func(t *testing.T) {
			asked := 0
			r := rest(func(*http.Request) (int, map[string]string) { asked++; return c.status, c.header }, Limits{})
			for i, want := range c.want {
				if _, err := r.Get(t.Context(), "/x", 1); !errors.Is(err, venue.ErrRateLimited) {
					t.Errorf("%d: %v", c.status, err)
				}
				if left := time.Until(r.LimitedUntil()); left != want {
					t.Errorf("%d, refusal %d: wait %s, want %s", c.status, i+1, left, want)
				}
				time.Sleep(want - time.Millisecond)
				if _, err := r.Get(t.Context(), "/x", 1); !errors.Is(err, venue.ErrRateLimited) || asked != i+1 {
					t.Errorf("%d: asked %d times, before it was time: %v", c.status, asked, err)
				}
				time.Sleep(time.Millisecond)
			}
			if r.Limited() != int64(len(c.want)) {
				t.Errorf("counted %d refusals", r.Limited())
			}
		})
	}
}

// TestHeadersThatWarn: near the end of the allowance the client stops by itself.
func TestHeadersThatWarn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wait := func(h http.Header, _ time.Time) time.Duration {
			if h.Get("Used") == "2000" {
				return 20 * time.Second
			}
			return 0
		}
		r := rest(func(*http.Request) (int, map[string]string) { return 200, map[string]string{"Used": "2000"} }, Limits{Wait: wait})
		if _, err := r.Get(t.Context(), "/x", 1); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Get(t.Context(), "/x", 1); !errors.Is(err, venue.ErrRateLimited) {
			t.Errorf("asked on: %v", err)
		}
		time.Sleep(20 * time.Second)
		if _, err := r.Get(t.Context(), "/x", 1); err != nil {
			t.Error(err)
		}
	})
}

func TestOtherFailuresSayWhat(t *testing.T) {
	r := rest(func(*http.Request) (int, map[string]string) { return 503, nil }, Limits{})
	_, err := r.Get(context.Background(), "/x", 1)
	if err == nil || err.Error() != `cannot ask "http://venue.test/x": the venue answered 503: body` || errors.Is(err, venue.ErrRateLimited) {
		t.Error(err)
	}
}
