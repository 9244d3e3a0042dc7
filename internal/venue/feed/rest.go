package feed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"halcyon/internal/venue"
	"halcyon/market"
)

const (
	requestTimeout = 10 * time.Second
	largestAnswer  = 64 << 20
	longestLimit   = 24 * time.Hour
)

// REST asks a venue over HTTP and respects its limits: it paces requests,
// reads what is left of the allowance, and after a 429, 418 or 403 asks
// nothing until the venue allows it. Safe for concurrent use.
type REST struct {
	base   string
	client *http.Client
	limits Limits

	mu      sync.Mutex
	window  time.Time // start of the window that spent counts in
	spent   int
	until   time.Time // nothing is asked before
	repeats int       // refusals in a row
	limited int64
}

// NewREST returns a client of the venue at base, scheme and host.
func NewREST(base string, client *http.Client, limits Limits) *REST {
	if client == nil {
		client = http.DefaultClient
	}
	return &REST{base: base, client: client, limits: limits}
}

// Get returns the body of the answer to a GET of path. The error wraps
// venue.ErrRateLimited where the venue asked for patience, now or before.
func (r *REST) Get(ctx context.Context, path string, weight int) ([]byte, error) {
	return r.do(ctx, http.MethodGet, path, nil, weight)
}

// Post is Get for a POST with a JSON body.
func (r *REST) Post(ctx context.Context, path string, body []byte, weight int) ([]byte, error) {
	return r.do(ctx, http.MethodPost, path, body, weight)
}

// LimitedUntil returns when the venue may be asked again, zero if ever since.
func (r *REST) LimitedUntil() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.until
}

// Limited returns how often the venue refused for being asked too often.
func (r *REST) Limited() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.limited
}

func (r *REST) do(ctx context.Context, method, path string, body []byte, weight int) ([]byte, error) {
	if err := r.admit(ctx, weight); err != nil {
		return nil, fmt.Errorf("cannot ask %q: %w", r.base+path, err)
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, r.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("cannot ask %q: %w", r.base+path, err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := r.client.Do(request)
	if err != nil {
		// Go's own error names method and address once more.
		if u := (*url.Error)(nil); errors.As(err, &u) {
			err = u.Err
		}
		return nil, fmt.Errorf("cannot ask %q: %w", r.base+path, err)
	}
	defer response.Body.Close()
	if err := r.heed(response); err != nil {
		return nil, fmt.Errorf("cannot ask %q: %w", r.base+path, err)
	}
	answer, err := io.ReadAll(io.LimitReader(response.Body, largestAnswer))
	if err != nil {
		return nil, fmt.Errorf("cannot read the answer of %q: %w", r.base+path, err)
	}
	return answer, nil
}

// admit waits for a place in the window, and refuses while the venue does.
func (r *REST) admit(ctx context.Context, weight int) error {
	for {
		r.mu.Lock()
		now := time.Now()
		if now.Before(r.until) {
			until := r.until
			r.mu.Unlock()
			return fmt.Errorf("%w until %s", venue.ErrRateLimited, market.UnixMilli(until.UnixMilli()))
		}
		if now.Sub(r.window) >= r.limits.Window {
			r.window, r.spent = now, 0
		}
		if r.limits.Weight == 0 || r.spent == 0 || r.spent+weight <= r.limits.Weight {
			r.spent += weight
			r.mu.Unlock()
			return nil
		}
		wait := r.window.Add(r.limits.Window).Sub(now)
		r.mu.Unlock()
		if !sleep(ctx, wait) {
			return ctx.Err()
		}
	}
}

// heed takes note of what an answer says about limits.
func (r *REST) heed(response *http.Response) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	switch code := response.StatusCode; code {
	case http.StatusTooManyRequests, http.StatusTeapot, http.StatusForbidden:
		r.limited++
		r.until = now.Add(r.patience(response))
		r.repeats++
		return fmt.Errorf("the venue answered %d: %w until %s", code, venue.ErrRateLimited, market.UnixMilli(r.until.UnixMilli()))
	case http.StatusOK:
		r.repeats = 0
	default:
		text, _ := io.ReadAll(io.LimitReader(response.Body, 200))
		return fmt.Errorf("the venue answered %d: %s", code, bytes.TrimSpace(text))
	}
	if r.limits.Wait != nil {
		if wait := r.limits.Wait(response.Header, now); wait > 0 {
			r.until = now.Add(min(wait, longestLimit))
		}
	}
	return nil
}

// patience returns how long to wait after a refusal: what the venue says, or
// else 30 s after a 429, 2 min after a 418 (Binance: banned), 10 min after a
// 403 (Bybit: banned), and twice as long each further time.
func (r *REST) patience(response *http.Response) time.Duration {
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds > 0 {
		return min(time.Duration(seconds)*time.Second, longestLimit)
	}
	first := 30 * time.Second
	switch response.StatusCode {
	case http.StatusTeapot:
		first = 2 * time.Minute
	case http.StatusForbidden:
		first = 10 * time.Minute
	}
	return min(first<<min(r.repeats, 8), longestLimit)
}

// sleep waits and reports whether it did so to the end.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
