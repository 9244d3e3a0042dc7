package api

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"halcyon/internal/atlas"
	"halcyon/liqmodel"
)

// The page comes with the answers to its first questions, and they are those
// that it would get by asking.
func TestPageBringsFirstAnswers(t *testing.T) {
	_, a, l := storedSite(t)
	h, err := New(Options{
		Atlas: a, Page: fstest.MapFS{"index.html": {Data: []byte("<body>" + answersStart + "null</script></body>")}},
		DefaultTiers: liqmodel.DefaultTiers(), Status: func() Status { return Status{State: "ready", Message: "</script>"} }, Version: "test",
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	var page []byte
	res := get(t, server, "/", &page)
	if cache := res.Header.Get("Cache-Control"); cache != "no-store" {
		t.Errorf("what is true now may be kept: %q", cache)
	}
	text, rest, ok := strings.Cut(strings.TrimPrefix(string(page), "<body>"+answersStart), "</script>")
	if !ok || rest != "</body>" {
		t.Fatalf("the page is %q", page)
	}
	var brought struct {
		Status      Status
		Instruments json.RawMessage
	}
	if err := json.Unmarshal([]byte(text), &brought); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	if brought.Status.State != "ready" || brought.Status.Message != "</script>" || brought.Status.Version != "test" {
		t.Errorf("status %+v", brought.Status)
	}
	var asked, told bytes.Buffer
	var plain []byte
	get(t, server, "/api/v1/instruments", &plain)
	if json.Compact(&asked, plain) != nil || json.Compact(&told, brought.Instruments) != nil || asked.String() != told.String() {
		t.Errorf("brought %s, asking gives %s", told.String(), asked.String())
	}

	// Where they cannot be told the page comes without them.
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if get(t, server, "/", &page); string(page) != "<body>"+answersStart+"null</script></body>" {
		t.Errorf("without answers the page is %q", page)
	}
}

// Assets travel packed to whoever takes them so, and are the same for all.
func TestAssetsArePacked(t *testing.T) {
	script := strings.Repeat("let halcyon = 1;\n", 400)
	h, err := New(Options{
		Atlas: atlas.New(nil, nil), Page: fstest.MapFS{"index.html": {}, "assets/x-1.js": {Data: []byte(script)}},
		DefaultTiers: liqmodel.DefaultTiers(), Status: func() Status { return Status{} },
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	for _, accepts := range []string{"gzip, br", "identity"} {
		req, _ := http.NewRequest(http.MethodGet, server.URL+"/assets/x-1.js", nil)
		req.Header.Set("Accept-Encoding", accepts)
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body := io.Reader(res.Body)
		if packed := res.Header.Get("Content-Encoding") == "gzip"; packed != (accepts != "identity") {
			t.Errorf("to %q it is sent as %q", accepts, res.Header.Get("Content-Encoding"))
		} else if packed {
			if body, err = gzip.NewReader(res.Body); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := io.ReadAll(body); err != nil || string(got) != script {
			t.Errorf("to %q: %d of %d bytes, %v", accepts, len(got), len(script), err)
		}
		if kind := res.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/javascript") {
			t.Errorf("to %q it is %q", accepts, kind)
		}
	}
}
