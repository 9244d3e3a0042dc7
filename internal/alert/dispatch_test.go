package alert

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"halcyon/market"
)

var firing = Firing{ID: 7, RuleID: "a", Kind: Near, Venue: "sim", Symbol: "BTC", At: 1_781_654_400_000, Price: 64_000, Title: "BTC on sim: near", Text: "words"}

const picture = "\x89PNG picture"

// receiver answers with the given statuses in turn, then 200, and keeps what
// it was sent.
type receiver struct {
	*httptest.Server
	mu       sync.Mutex
	answers  []func(http.ResponseWriter)
	requests []received
	got      chan struct{}
}

type received struct {
	path   string
	fields map[string]string
	body   []byte
}

func newReceiver(t *testing.T, answers ...func(http.ResponseWriter)) *receiver {
	r := &receiver{answers: answers, got: make(chan struct{}, 100)}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		rec := received{path: req.URL.Path, fields: map[string]string{}}
		kind, params, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
		if err != nil || req.Method != http.MethodPost {
			t.Errorf("%s with type %q", req.Method, kind)
		}
		if kind == "multipart/form-data" {
			form := multipart.NewReader(req.Body, params["boundary"])
			for part, err := form.NextPart(); err == nil; part, err = form.NextPart() {
				value, _ := io.ReadAll(part)
				rec.fields[part.FormName()] = string(value)
			}
		} else {
			rec.body, _ = io.ReadAll(req.Body)
		}
		r.mu.Lock()
		n := len(r.requests)
		r.requests = append(r.requests, rec)
		r.mu.Unlock()
		if n < len(r.answers) {
			r.answers[n](w)
		}
		r.got <- struct{}{}
	}))
	t.Cleanup(r.Close)
	return r
}

// wait returns the first n requests.
func (r *receiver) wait(t *testing.T, n int) []received {
	t.Helper()
	for range n {
		select {
		case <-r.got:
		case <-time.After(30 * time.Second):
			t.Fatal("nothing arrived")
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.requests
}

func status(code int, body string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// deliver runs a dispatcher over a channel and hands it the firing.
func deliver(t *testing.T, c Channel) (failed chan error) {
	t.Helper()
	failed = make(chan error, 10)
	d := NewDispatcher(DispatchOptions{
		Channels: []Channel{c}, FirstWait: time.Millisecond, Failed: func(err error) { failed <- err },
		Picture: func(context.Context, market.InstrumentID) ([]byte, error) { return []byte(picture), nil },
	})
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); d.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	d.Deliver(firing)
	return failed
}

func TestWebhookIsSentJSONWithAPicture(t *testing.T) {
	r := newReceiver(t)
	deliver(t, Webhook{URL: r.URL + "/hook"})
	var body struct {
		Firing
		Picture string `json:"picture_png_base64"`
	}
	if err := json.Unmarshal(r.wait(t, 1)[0].body, &body); err != nil {
		t.Fatal(err)
	}
	png, err := base64.StdEncoding.DecodeString(body.Picture)
	if err != nil || string(png) != picture || body.Firing != firing {
		t.Errorf("sent %+v", body)
	}
}

func TestTelegramSendsAPhotoWithCaption(t *testing.T) {
	r := newReceiver(t)
	deliver(t, Telegram{Token: "12:ab", Chat: "-100", BaseURL: r.URL})
	got := r.wait(t, 1)[0]
	if got.path != "/bot12:ab/sendPhoto" || got.fields["chat_id"] != "-100" || got.fields["photo"] != picture || got.fields["caption"] != firing.Title+"\n"+firing.Text {
		t.Errorf("sent %+v", got)
	}
}

func TestDiscordPostsWithAnAttachment(t *testing.T) {
	r := newReceiver(t)
	deliver(t, Discord{URL: r.URL + "/api/webhooks/1/secret"})
	got := r.wait(t, 1)[0]
	if got.path != "/api/webhooks/1/secret" || got.fields["files[0]"] != picture || !strings.Contains(got.fields["payload_json"], `"content":"**BTC on sim: near**\nwords"`) ||
		!strings.Contains(got.fields["payload_json"], `"parse":[]`) {
		t.Errorf("sent %+v", got)
	}
}

func TestDeliveryIsTriedAgainAndGivenUp(t *testing.T) {
	r := newReceiver(t, status(500, ""), status(429, `{"retry_after":0.01}`), status(503, ""))
	failed := deliver(t, Webhook{URL: r.URL})
	r.wait(t, 4)
	select {
	case err := <-failed:
		t.Errorf("delivered at last, and told as failed: %v", err)
	default:
	}
	refused := newReceiver(t, status(403, "no"))
	err := <-deliver(t, Telegram{Token: "s3cret", Chat: "1", BaseURL: refused.URL})
	if n := len(refused.wait(t, 1)); n != 1 || !strings.Contains(err.Error(), "403") {
		t.Errorf("refused after %d attempts: %v", n, err)
	}
	refused.Close()
	err = <-deliver(t, Telegram{Token: "s3cret", Chat: "1", BaseURL: refused.URL})
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("nobody there: %v", err)
	}
}

func TestDeliverNeverBlocks(t *testing.T) {
	failed := 0
	d := NewDispatcher(DispatchOptions{Channels: []Channel{Webhook{}}, Failed: func(error) { failed++ }})
	for range queueLength + 5 {
		d.Deliver(firing)
	}
	if failed != 5 {
		t.Errorf("%d were told as not delivered, want 5", failed)
	}
}

func TestRetryAfter(t *testing.T) {
	for body, want := range map[string]time.Duration{
		`{"retry_after":1.5}`: 1500 * time.Millisecond, `{"parameters":{"retry_after":3}}`: 3 * time.Second, `nonsense`: 0,
	} {
		if got := retryAfter(http.Header{}, []byte(body)); got != want {
			t.Errorf("%s: %v, want %v", body, got, want)
		}
	}
	if got := retryAfter(http.Header{"Retry-After": {"2"}}, nil); got != 2*time.Second {
		t.Errorf("header: %v", got)
	}
}
