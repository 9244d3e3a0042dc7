package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"halcyon/engine"
	"halcyon/heatmap"
	"halcyon/internal/atlas"
	"halcyon/internal/funding"
	"halcyon/internal/lake"
	"halcyon/internal/tilewire"
	"halcyon/liqmodel"
	"halcyon/market"
	"halcyon/scorecard"
)

const start = market.UnixMilli(20_000)*market.Day + 20*market.Hour

var listing = market.Listing{
	Instrument: market.Instrument{
		InstrumentID: market.InstrumentID{Venue: "test", Symbol: "BTC"}, Coin: "BTC", Quote: "USD", ContractSize: 1, TickSize: 0.1,
	},
	Provenance: market.Simulated,
}

// site serves eight hours of a random walk over midnight, out of a lake in memory.
func site(t *testing.T) (*httptest.Server, *atlas.Atlas) {
	t.Helper()
	server, a, _ := storedSite(t)
	return server, a
}

// storedSite is site with the lake that it serves.
func storedSite(t *testing.T) (*httptest.Server, *atlas.Atlas, *lake.Lake) {
	t.Helper()
	ctx := context.Background()
	l, err := lake.Open(ctx, "mem://")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	if err := l.PutListing(ctx, listing); err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(listing, engine.Options{}, l)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(4, 2))
	price := 60_000.0
	var set market.EventSet
	for s := range market.UnixMilli(8 * 3600) {
		at := start + s*market.Second
		price *= math.Exp(r.NormFloat64() * 0.0002)
		set.Trades.Append(at, market.Price(math.Round(price*10)/10), market.Contracts(r.Float64()), market.TakerSide(r.IntN(2)))
		if s%60 == 0 {
			set.OpenInterest = append(set.OpenInterest, market.OpenInterest{EventTime: at, Contracts: market.Contracts(30_000 + 100*r.Float64())})
		}
	}
	for ev := range set.Events() {
		if err := e.Apply(ctx, ev); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	a := atlas.New(l, liqmodel.DefaultParams().Groups)
	h, err := New(Options{
		Atlas: a, Page: fstest.MapFS{"index.html": {Data: []byte("<title>page</title>")}, "assets/x-1.js": {Data: []byte("1")}},
		Funding: funding.New(l), Liquidations: l.Liquidations, DefaultTiers: liqmodel.DefaultTiers(), Status: func() Status { return Status{State: "ready", Progress: 1} }, Version: "test",
		Render: func(context.Context, RenderRequest) ([]byte, error) { return []byte("\x89PNG"), nil },
		Origin: func(market.Listing) liqmodel.Origin {
			return liqmodel.Origin{Version: "v3", From: 1000, To: 2000, Note: "learned somewhere"}
		},
		Track: func(context.Context, market.InstrumentID, []market.Listing) (scorecard.TrackRecord, error) {
			past := scorecard.Past{Baselines: []scorecard.PastBaseline{{Name: "price move"}}}
			records := []scorecard.Record{scorecard.NewRecord(past, market.Long, 3000, market.Day, 1)}
			return scorecard.TrackRecord{From: 1000, To: 3000, Observed: true, Records: records}, nil
		},
		Docs: fstest.MapFS{"plots/a.svg": {Data: []byte("<svg/>")}, "MODEL.md": {Data: []byte("# The model\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server, a, l
}

func get(t *testing.T, server *httptest.Server, path string, into any) *http.Response {
	t.Helper()
	res, err := http.Get(server.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if into != nil {
		if res.StatusCode != 200 {
			t.Fatalf("GET %s: %s\n%s", path, res.Status, body)
		}
		if raw, ok := into.(*[]byte); ok {
			*raw = body
		} else if err := json.Unmarshal(body, into); err != nil {
			t.Fatalf("GET %s: %v\n%s", path, err, body)
		}
	}
	return res
}

func TestInstrumentsAndStatus(t *testing.T) {
	server, _ := site(t)
	var status Status
	get(t, server, "/api/v1/status", &status)
	if status.State != "ready" || status.Version != "test" {
		t.Errorf("status %+v", status)
	}
	var body struct {
		Instruments []instrumentAnswer
		Levels      []levelAnswer
	}
	get(t, server, "/api/v1/instruments", &body)
	if len(body.Instruments) != 1 || len(body.Levels) != heatmap.Levels {
		t.Fatalf("%d instruments, %d levels", len(body.Instruments), len(body.Levels))
	}
	in := body.Instruments[0]
	var columns columnsAnswer
	get(t, server, fmt.Sprintf("/api/v1/columns?venue=test&symbol=BTC&level=0&from=%d&to=%d", in.From, in.To), &columns.Body)
	if price := columns.Body.Price; in.Price <= 0 || in.Price != price[len(price)-1] {
		t.Errorf("listed at %v, the last column has %v", in.Price, price[len(price)-1])
	}
	// The walk's last minute is still open when it ends.
	if in.From != int64(start) || in.To != int64(start+8*market.Hour-market.Minute) || in.Provenance != "SIMULATED" || in.SweptOn != "last" || len(in.Groups) != 3 {
		t.Errorf("instrument %+v", in)
	}
}

// A tile's cells are those of the stored map, at every level, to the wire's precision.
func TestTilesAreTheMap(t *testing.T) {
	server, a := site(t)
	groups := len(a.Groups())
	for level := range 4 {
		width, shift := heatmap.Ladder[level].Bucket, heatmap.Ladder[level].Shift
		x := int64((start + 5*market.Hour).Bucket(width)) / tilewire.Side
		y := int64(market.BinOf(58_500).Coarsen(shift)) / tilewire.Side
		var raw []byte
		res := get(t, server, "/api/v1/tiles/test/BTC/"+join(level, x, y), &raw)
		tile, err := tilewire.Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		if complete := tile.First+tile.Closed == tilewire.Side; complete != strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("level %d: %d + %d columns, Cache-Control %q", level, tile.First, tile.Closed, res.Header.Get("Cache-Control"))
		}
		planes := map[string][]uint16{}
		for i, name := range tile.Planes {
			planes[name] = tile.Cells[i]
		}
		w := heatmap.Window{Level: level, From: market.BucketIndex(x * tilewire.Side), To: market.BucketIndex((x + 1) * tilewire.Side), Lo: market.BinIndex(y * tilewire.Side), Hi: market.BinIndex((y + 1) * tilewire.Side)}
		days, err := a.Days(context.Background(), listing.InstrumentID, level, w.From, w.To)
		if err != nil {
			t.Fatal(err)
		}
		columns, set := 0, 0
		err = heatmap.Walk(days, w, func(c *heatmap.Column, s *heatmap.State) bool {
			columns++
			for p := range heatmap.Plane(market.Sides * groups) {
				name := market.PositionSide(int(p)/groups).String() + "/" + a.Groups()[int(p)%groups].Name
				for bin := w.Lo; bin < w.Hi; bin++ {
					var got uint16
					if cells := planes[name]; cells != nil {
						got = cells[int(bin-w.Lo)*tilewire.Side+int(c.Bucket-w.From)]
					}
					if want := tilewire.Quantise(s.All(p, bin)); got != want {
						t.Fatalf("level %d %s bin %d bucket %d: %d, want %d", level, name, bin, c.Bucket, got, want)
					}
					if got > 0 {
						set++
					}
				}
			}
			return true
		})
		if err != nil {
			t.Fatal(err)
		}
		if columns != tile.Closed || set == 0 {
			t.Errorf("level %d: %d columns, header says %d; %d cells set", level, columns, tile.Closed, set)
		}
		etag, _ := http.NewRequest("GET", server.URL+"/api/v1/tiles/test/BTC/"+join(level, x, y), nil)
		etag.Header.Set("If-None-Match", res.Header.Get("ETag"))
		if again, err := http.DefaultClient.Do(etag); err != nil || again.StatusCode != 304 {
			t.Errorf("level %d: asked again with its ETag: %v, %v", level, again.Status, err)
		}
	}
}

func join(level int, x, y int64) string {
	b, _ := json.Marshal([]int64{int64(level), x, y})
	return strings.ReplaceAll(strings.Trim(string(b), "[]"), ",", "/")
}

func TestColumns(t *testing.T) {
	server, _ := site(t)
	type answer struct {
		Time  []int64
		Open  []float64
		Price []float64
		Norm  struct {
			Population string
			Selections map[string]struct {
				N         []int64
				Mean, SD  []*float64
				Quantiles [][]float64
			}
		}
	}
	query := "/api/v1/columns?venue=test&symbol=BTC&level=1&from=" + number(start) + "&to="
	var whole, early answer
	get(t, server, query+number(start+8*market.Hour), &whole)
	if len(whole.Time) != 95 || len(whole.Open) != 95 || len(whole.Norm.Selections) != 5 {
		t.Fatalf("%d columns, %d opens, %d selections", len(whole.Time), len(whole.Open), len(whole.Norm.Selections))
	}
	if !strings.Contains(whole.Norm.Population, "±5 %") {
		t.Errorf("population %q", whole.Norm.Population)
	}
	// Fact 8 again, over HTTP: a shorter span gives the same statistics.
	get(t, server, query+number(start+4*market.Hour), &early)
	for name, sel := range early.Norm.Selections {
		for i := range sel.N {
			if sel.N[i] != whole.Norm.Selections[name].N[i] || !same(sel.Mean[i], whole.Norm.Selections[name].Mean[i]) {
				t.Fatalf("%s: column %d depends on the columns after it", name, i)
			}
		}
	}
	all := whole.Norm.Selections["all"]
	if all.SD[len(all.SD)-1] == nil || all.N[len(all.N)-1] < 100 || len(all.Quantiles[0]) != len(heatmap.QuantilePoints) {
		t.Errorf("norm of the last column: n %d, sd %v", all.N[len(all.N)-1], all.SD[len(all.SD)-1])
	}
}

func same(a, b *float64) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }

func number(t market.UnixMilli) string {
	b, _ := json.Marshal(int64(t))
	return string(b)
}

func TestProfile(t *testing.T) {
	server, _ := site(t)
	var body struct {
		At          int64
		Price       float64
		Shift       uint
		FirstBin    int64 `json:"first_bin"`
		Long, Short map[string][]float64
	}
	get(t, server, "/api/v1/profile?venue=test&symbol=BTC", &body)
	if body.At != int64(start+8*market.Hour-market.Minute) || body.Shift != 2 {
		t.Errorf("at %d, shift %d", body.At, body.Shift)
	}
	here := int64(market.BinOf(market.Price(body.Price)).Coarsen(body.Shift)) - body.FirstBin
	sum := func(v []float64) (s float64) {
		for _, x := range v {
			s += x
		}
		return s
	}
	for name := range body.Long {
		if above := sum(body.Long[name][here+1:]); above != 0 {
			t.Errorf("longs of group %s above price: %v", name, above)
		}
		if below := sum(body.Short[name][:here]); below != 0 {
			t.Errorf("shorts of group %s below price: %v", name, below)
		}
	}
	everything := sum(body.Long["low"]) + sum(body.Long["medium"]) + sum(body.Long["high"])
	if fresh := sum(body.Long["fresh"]); fresh <= 0 || fresh > everything {
		t.Errorf("fresh %v of %v", fresh, everything)
	}
}

func TestErrorsSayWhatWouldBeRight(t *testing.T) {
	server, _ := site(t)
	for path, want := range map[string]struct {
		status int
		says   string
	}{
		"/api/v1/columns?venue=test&symbol=PEPE&level=1&from=0&to=1":                     {404, "/api/v1/instruments"},
		"/api/v1/columns?venue=test&symbol=BTC&level=9&from=0&to=1":                      {422, "level"},
		"/api/v1/columns?venue=test&symbol=BTC&level=0":                                  {422, "from"},
		"/api/v1/columns?venue=test&symbol=BTC&level=0&from=0&to=1&band=7":               {422, "band"},
		"/api/v1/columns?venue=test&symbol=BTC&level=0&from=0&to=1&selections=huge":      {422, "low+medium+high"},
		"/api/v1/profile?venue=test&symbol=BTC&at=1":                                     {404, "begins"},
		"/api/v1/tiles/test/BTC/0/-4/0":                                                  {422, "x"},
		"/api/v1/tiles/test/BTC/0/north/0":                                               {422, "x"},
		"/api/v1/columns?venue=test&symbol=BTC&level=1&from=0&to=9223372036854775807":    {200, ""},
		"/api/v1/columns?venue=test&symbol=BTC&level=1&from=9000000000000000000&to=1000": {200, ""},
	} {
		res, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != want.status || !strings.Contains(string(body), want.says) {
			t.Errorf("GET %s: %s, want %d and %q\n%s", path, res.Status, want.status, want.says, body)
		}
	}
}

func TestPageAndHeaders(t *testing.T) {
	server, _ := site(t)
	res := get(t, server, "/", nil)
	if policy := res.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'self'") {
		t.Errorf("policy %q lets the page ask third parties", policy)
	}
	if res := get(t, server, "/assets/x-1.js", nil); !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("asset is cached as %q", res.Header.Get("Cache-Control"))
	}
	if res := get(t, server, "/nothing", nil); res.StatusCode != 404 {
		t.Errorf("an unknown page: %s", res.Status)
	}
	if res := get(t, server, "/api/v1/render.png?venue=test&symbol=BTC", nil); res.Header.Get("Content-Type") != "image/png" {
		t.Errorf("picture served as %q", res.Header.Get("Content-Type"))
	}
	var spec map[string]any
	get(t, server, "/openapi.json", &spec)
	if paths, _ := spec["paths"].(map[string]any); len(paths) < 5 {
		t.Errorf("the contract lists %d paths", len(paths))
	}
}
