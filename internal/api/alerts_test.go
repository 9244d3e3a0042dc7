package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"halcyon/internal/alert"
	"halcyon/liqmodel"
)

// alertSite is a site with an empty book of alerts.
func alertSite(t *testing.T) (*httptest.Server, *alert.Book) {
	t.Helper()
	_, a, l := storedSite(t)
	book, err := alert.OpenBook(context.Background(), l)
	if err != nil {
		t.Fatal(err)
	}
	h, err := New(Options{
		Atlas: a, Page: fstest.MapFS{"index.html": {}}, Status: func() Status { return Status{} }, DefaultTiers: liqmodel.DefaultTiers(),
		Alerts: &Alerts{Book: book, Channels: []string{"webhook"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server, book
}

const nearRule = `{"kind":"near","venue":"test","symbol":"BTC","within":0.01,"usd":1e6}`

// send makes a request and returns its status.
func send(t *testing.T, server *httptest.Server, method, path, body string, header ...string) int {
	t.Helper()
	req, err := http.NewRequest(method, server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode
}

func TestAlertsAreMadeChangedAndDeleted(t *testing.T) {
	server, book := alertSite(t)
	if got := send(t, server, "POST", "/api/v1/alerts", nearRule); got != http.StatusCreated {
		t.Fatalf("added: %d", got)
	}
	var body struct {
		Rules    []alert.Rule
		Fired    []alert.Firing
		Channels []string
	}
	get(t, server, "/api/v1/alerts", &body)
	if len(body.Rules) != 1 || body.Rules[0].Within != 0.01 || body.Fired == nil || len(body.Channels) != 1 {
		t.Fatalf("%+v", body)
	}
	id := body.Rules[0].ID
	if got := send(t, server, "PUT", "/api/v1/alerts/"+id, strings.Replace(nearRule, "0.01", "0.02", 1)); got != 200 || book.Rules()[0].Within != 0.02 {
		t.Errorf("changed: %d, %+v", got, book.Rules())
	}
	if got := send(t, server, "DELETE", "/api/v1/alerts/none", ""); got != 404 {
		t.Errorf("deleted what is not there: %d", got)
	}
	if got := send(t, server, "DELETE", "/api/v1/alerts/"+id, ""); got != 204 || len(book.Rules()) != 0 {
		t.Errorf("deleted: %d, %+v", got, book.Rules())
	}
	for name, rule := range map[string]string{
		"an unknown kind": strings.Replace(nearRule, "near", "far", 1), "no distance": strings.Replace(nearRule, "0.01", "0", 1), "no JSON": "{",
	} {
		if got := send(t, server, "POST", "/api/v1/alerts", rule); got/100 != 4 {
			t.Errorf("%s: %d", name, got)
		}
	}
	if got := send(t, server, "POST", "/api/v1/alerts", strings.Replace(nearRule, "BTC", "NONE", 1)); got != 404 {
		t.Errorf("an unknown instrument: %d", got)
	}
}

// What another site makes a browser send changes nothing.
func TestAlertsAreNotChangedFromOtherSites(t *testing.T) {
	server, book := alertSite(t)
	for name, header := range map[string][]string{
		"another site": {"Sec-Fetch-Site", "cross-site"}, "another origin": {"Origin", "https://elsewhere.example"}, "a form": {"Content-Type", "text/plain"},
	} {
		if got := send(t, server, "POST", "/api/v1/alerts", nearRule, header...); got != 403 && got != 415 {
			t.Errorf("%s: %d", name, got)
		}
	}
	if n := len(book.Rules()); n != 0 {
		t.Errorf("%d rules were made", n)
	}
	for name, header := range map[string][]string{"the page": {"Sec-Fetch-Site", "same-origin"}, "a script": nil} {
		if got := send(t, server, "POST", "/api/v1/alerts", nearRule, header...); got != 201 {
			t.Errorf("%s: %d", name, got)
		}
	}
}
