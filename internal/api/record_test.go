package api

import (
	"net/http"
	"strings"
	"testing"
)

func TestRecordTellsModelAndWhatIsUndefined(t *testing.T) {
	server, _ := site(t)
	var body struct {
		From, To int64
		Observed bool
		Model    struct {
			Version, Note string
			To            int64
		}
		Records []struct {
			WindowMS  int64 `json:"window_ms"`
			Side      string
			Periods   int
			Map       struct{ Value *float64 }
			Baselines []struct{ Name string }
			Beats     bool `json:"beats_baselines"`
		}
	}
	get(t, server, "/api/v1/record?venue=test&symbol=BTC", &body)
	if body.From != 1000 || body.To != 3000 || !body.Observed || body.Model.Version != "v3" || body.Model.To != 2000 || len(body.Records) != 1 {
		t.Fatalf("record %+v", body)
	}
	if r := body.Records[0]; r.WindowMS != 86_400_000 || r.Side != "long" || r.Beats || r.Map.Value != nil || len(r.Baselines) != 1 {
		t.Errorf("record %+v, want one of no hours, undefined", r)
	}
	if res := get(t, server, "/api/v1/record?venue=test&symbol=NONE", nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("unknown instrument: %s", res.Status)
	}
	var list struct {
		Instruments []struct{ Model modelAnswer }
	}
	get(t, server, "/api/v1/instruments", &list)
	if len(list.Instruments) != 1 || list.Instruments[0].Model.Note != "learned somewhere" {
		t.Errorf("instruments %+v, want the model told", list)
	}
}

func TestDocumentsAreServed(t *testing.T) {
	server, _ := site(t)
	var page []byte
	res := get(t, server, "/docs/model", &page)
	if ct := res.Header.Get("Content-Type"); !strings.HasPrefix(ct, "text/html") || !strings.Contains(string(page), "<td>2</td>") {
		t.Errorf("%s: %s", ct, page)
	}
	var plot []byte
	if res = get(t, server, "/docs/plots/a.svg", &plot); res.Header.Get("Content-Type") != "image/svg+xml" || string(plot) != "<svg/>" {
		t.Errorf("a plot: %s, %q", res.Header.Get("Content-Type"), plot)
	}
	for _, path := range []string{"/docs/nothing", "/docs/..%2fserver.go", "/docs/", "/docs/plots/b.svg", "/docs/plots/..%2fMODEL.md"} {
		if res := get(t, server, path, nil); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s, want 404", path, res.Status)
		}
	}
}
