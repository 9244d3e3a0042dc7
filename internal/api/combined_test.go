package api

import (
	"context"
	"math"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"halcyon/engine"
	"halcyon/heatmap"
	"halcyon/internal/atlas"
	"halcyon/internal/funding"
	"halcyon/internal/lake"
	"halcyon/internal/observed"
	"halcyon/internal/sim"
	"halcyon/internal/tilewire"
	"halcyon/liqmodel"
	"halcyon/market"
)

// combinedRun is how long the market runs that the venues of combinedSite share.
const combinedRun = 3 * market.Hour

// combinedSite serves one simulated market on three instruments of two venues.
func combinedSite(t *testing.T) (*httptest.Server, *atlas.Atlas) {
	t.Helper()
	ctx := context.Background()
	l, err := lake.Open(ctx, "mem://")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	m, err := sim.New(sim.Options{Symbol: "BTC", Seed: 7, Start: start, Traders: 500, WarmUp: market.Hour, TradesPerSecond: 1})
	if err != nil {
		t.Fatal(err)
	}
	named := func(venue market.Venue, symbol string, s market.Settlement, size float64) market.Instrument {
		return market.Instrument{InstrumentID: market.InstrumentID{Venue: venue, Symbol: symbol}, Coin: "BTC", Quote: "USD", Settlement: s, ContractSize: size, TickSize: .1}
	}
	mirrors := []sim.Mirror{
		{Instrument: named("binance", "BTCUSDT", market.Linear, 1)},
		{Instrument: named("binance", "BTCUSD_PERP", market.Inverse, 100), Premium: .0004, Share: .3},
		{Instrument: named("okx", "BTC-USDT-SWAP", market.Linear, .01), Premium: -.0003, Share: .7},
	}
	engines := make([]*engine.Engine, len(mirrors))
	for i, v := range mirrors {
		listing := market.Listing{Instrument: v.Instrument, Provenance: market.Simulated}
		if err := l.PutListing(ctx, listing); err != nil {
			t.Fatal(err)
		}
		if engines[i], err = engine.New(listing, engine.Options{}, l); err != nil {
			t.Fatal(err)
		}
	}
	var mark market.Price
	apply := func(ev market.Event) {
		for i, v := range mirrors {
			if err := engines[i].Apply(ctx, v.Event(ev, mark)); err != nil {
				t.Fatal(err)
			}
		}
	}
	marks := 0
	for ev := range m.Run(start + combinedRun) {
		apply(ev)
		if p, ok := ev.(market.MarkPrice); ok {
			mark = p.MarkPrice
			// So quiet a market liquidates nobody by itself.
			if marks++; marks%100 == 0 {
				apply(market.Liquidation{EventTime: p.EventTime, Side: market.PositionSide(marks / 100 % 2), Size: 3, AvgFillPrice: mark})
			}
		}
	}
	for _, e := range engines {
		if err := e.Flush(ctx); err != nil {
			t.Fatal(err)
		}
	}
	for i, v := range mirrors {
		set := market.EventSet{FundingRates: []market.FundingRate{{EventTime: start + market.Hour, Rate: .0001 * market.Ratio(i+1)}}}
		if _, err := l.Merge(ctx, v.Instrument.InstrumentID, start.Floor(market.Day), &set); err != nil {
			t.Fatal(err)
		}
	}
	a := atlas.New(l, liqmodel.DefaultParams().Groups)
	h, err := New(Options{Atlas: a, Page: fstest.MapFS{"index.html": {}}, Status: func() Status { return Status{State: "ready"} }, DefaultTiers: liqmodel.DefaultTiers(), Funding: funding.New(l), Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server, a
}

func TestCombinationsAreListed(t *testing.T) {
	server, _ := combinedSite(t)
	var body struct{ Instruments []instrumentAnswer }
	get(t, server, "/api/v1/instruments?also="+url.QueryEscape("okx+binance:BTC")+"&also=all.z:BTC&also=nowhere:BTC", &body)
	byName := map[string]instrumentAnswer{}
	for _, in := range body.Instruments {
		byName[in.Venue+":"+in.Symbol] = in
	}
	all, ok := byName["all:BTC"]
	if !ok || len(body.Instruments) != 6 || len(all.Parts) != 3 || all.Parts[0].Symbol != "BTCUSDT" || all.Parts[2].Settlement != "inverse" ||
		all.Unit != "usd" || all.Provenance != "SIMULATED" || all.To != int64(start+combinedRun-market.Minute) {
		t.Errorf("instruments %+v", body.Instruments)
	}
	if in, ok := byName["binance+okx:BTC"]; !ok || len(in.Parts) != 3 {
		t.Errorf("the combination asked for: %+v", in)
	}
	if in := byName["all.z:BTC"]; in.Unit != "sd" {
		t.Errorf("the equalised combination: %+v", in)
	}
	if in := byName["okx:BTC-USDT-SWAP"]; in.Parts != nil {
		t.Errorf("an instrument of its own has parts %+v", in.Parts)
	}
	if res := get(t, server, "/api/v1/columns?venue=okx%2Bnowhere&symbol=BTC&from=0&to=1", nil); res.StatusCode != 404 {
		t.Errorf("a venue that does not exist: %s", res.Status)
	}
}

// Tiles, shares and profiles of a combination are what its map says.
func TestCombinedAnswersAgree(t *testing.T) {
	server, a := combinedSite(t)
	ctx := context.Background()
	groups := len(a.Groups())
	for _, venue := range []market.Venue{"all", "binance", "all.z"} {
		id := market.InstrumentID{Venue: venue, Symbol: "BTC"}
		for level := range 3 {
			width, shift := heatmap.Ladder[level].Bucket, heatmap.Ladder[level].Shift
			at := start + combinedRun - 20*market.Minute
			in, _, err := a.Instrument(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			day, column, err := a.Last(ctx, id, in.To)
			if err != nil || day == nil {
				t.Fatalf("no last column: %v", err)
			}
			x := int64(at.Bucket(width)) / tilewire.Side
			y := int64(market.BinOf(column.Price*1.01).Coarsen(shift)) / tilewire.Side
			var raw []byte
			res := get(t, server, "/api/v1/tiles/"+string(venue)+"/BTC/"+join(level, x, y), &raw)
			if strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
				t.Error("a tile of a combination claims that it never changes")
			}
			tile, err := tilewire.Decode(raw)
			if err != nil {
				t.Fatal(err)
			}
			cells := map[string][]uint16{}
			for i, name := range tile.Planes {
				cells[name] = tile.Cells[i]
			}
			w := heatmap.Window{Level: level, From: market.BucketIndex(x * tilewire.Side), To: market.BucketIndex((x + 1) * tilewire.Side),
				Lo: market.BinIndex(y * tilewire.Side), Hi: market.BinIndex((y + 1) * tilewire.Side)}
			days, err := a.Days(ctx, id, level, w.From, w.To)
			if err != nil {
				t.Fatal(err)
			}
			set, shared := 0, 0
			err = heatmap.Walk(days, w, func(c *heatmap.Column, s *heatmap.State) bool {
				for p := range heatmap.Plane(market.Sides * groups) {
					side, group := market.PositionSide(int(p)/groups).String(), a.Groups()[int(p)%groups].Name
					for bin := w.Lo; bin < w.Hi; bin++ {
						var got uint16
						if plane := cells[side+"/"+group]; plane != nil {
							got = plane[int(bin-w.Lo)*tilewire.Side+int(c.Bucket-w.From)]
						}
						if want := tilewire.Quantise(s.All(p, bin)); got != want {
							t.Fatalf("%s level %d %s/%s bin %d bucket %d: %d, want %d", venue, level, side, group, bin, c.Bucket, got, want)
						}
						if got == 0 {
							continue
						}
						if set++; set%20_000 == 1 {
							shared++
							sharesOf(t, server, id, level, c.Bucket.Start(width), bin, side, group, s.All(p, bin))
						}
					}
				}
				return true
			})
			if err != nil || set == 0 || shared == 0 {
				t.Fatalf("%s level %d: %d cells set, %v", venue, level, set, err)
			}
		}
	}
}

// sharesOf asks of what a cell is made and holds the sum against the cell.
func sharesOf(t *testing.T, server *httptest.Server, id market.InstrumentID, level int, at market.UnixMilli, bin market.BinIndex, side, group string, want float64) {
	t.Helper()
	var body struct {
		Time  int64
		Parts []shareAnswer
	}
	get(t, server, "/api/v1/shares?venue="+string(id.Venue)+"&symbol=BTC&level="+strconv.Itoa(level)+"&at="+number(at+1)+"&bin="+strconv.Itoa(int(bin)), &body)
	var sum float64
	for _, p := range body.Parts {
		sum += map[string]map[string]float64{"long": p.Long, "short": p.Short}[side][group]
	}
	if body.Time != int64(at) || math.Abs(sum-want) > float64(len(body.Parts)) {
		t.Errorf("%v level %d, bin %d: shares of %s/%s add up to %v, the cell holds %v", id, level, bin, side, group, sum, want)
	}
}

func TestProfileByInstrument(t *testing.T) {
	server, _ := combinedSite(t)
	type stack struct {
		Long, Short map[string][]float64
		Beyond      struct{ Long, Short float64 }
	}
	var whole struct {
		stack
		Parts []struct {
			Venue, Symbol string
			stack
		}
	}
	get(t, server, "/api/v1/profile?venue=all&symbol=BTC", &whole)
	if whole.Parts != nil {
		t.Error("parts without being asked for")
	}
	get(t, server, "/api/v1/profile?venue=all&symbol=BTC&parts=true&shift=4", &whole)
	if len(whole.Parts) != 3 || whole.Parts[0].Symbol != "BTCUSDT" {
		t.Fatalf("%d parts", len(whole.Parts))
	}
	var total float64
	for name, bins := range whole.Short {
		for i, want := range bins {
			var sum float64
			for _, p := range whole.Parts {
				sum += p.Short[name][i]
			}
			if math.Abs(sum-want) > 2 {
				t.Fatalf("short/%s bin %d: parts add up to %v, the whole is %v", name, i, sum, want)
			}
			total += want
		}
	}
	if total == 0 {
		t.Error("nothing stands")
	}
}

// Observed positions are told by price and side, with how much of the market they
// are and how old the venue's word is.
func TestObserved(t *testing.T) {
	server, a := combinedSite(t)
	if res := get(t, server, "/api/v1/observed?venue=okx&symbol=BTC-USDT-SWAP", nil); res.StatusCode != 404 {
		t.Errorf("without observed positions: %s", res.Status)
	}
	ctx := context.Background()
	id := market.InstrumentID{Venue: "binance", Symbol: "BTCUSDT"}
	in, _, err := a.Instrument(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	_, column, err := a.Last(ctx, id, in.To)
	if err != nil || column == nil {
		t.Fatal("no column", err)
	}
	l := observed.NewLedger(100)
	long, short := observed.Address{1}, observed.Address{2}
	l.Fill(observed.Fill{ID: 1, At: 1000, Symbol: id.Symbol, LastPrice: column.Price, Size: 1, Buyer: long, Seller: short})
	half := column.OpenInterest / 2
	below := column.Price * .9
	l.Reconcile(long, observed.Account{At: 2000, Positions: []observed.Position{{Symbol: id.Symbol, Side: market.Long, Size: half, LiquidationPrice: below}}})
	l.Reconcile(short, observed.Account{At: 3000, Positions: []observed.Position{{Symbol: id.Symbol, Side: market.Short, Size: 1}}})
	l.Fill(observed.Fill{ID: 2, At: 5000, Symbol: id.Symbol, LastPrice: column.Price, Size: 1, Buyer: observed.Address{3}, Seller: short})
	h, err := New(Options{Atlas: a, Page: fstest.MapFS{"index.html": {}}, Status: func() Status { return Status{State: "ready"} }, DefaultTiers: liqmodel.DefaultTiers(),
		Observed: func(in market.Instrument) (observed.Book, bool) { return l.Book(in), in.InstrumentID == id }})
	if err != nil {
		t.Fatal(err)
	}
	seen := httptest.NewServer(h)
	defer seen.Close()
	var body struct {
		Shift                            uint
		FirstBin                         int64 `json:"first_bin"`
		Long, Short                      observedSide
		Positions, Addresses, Reconciled int
		Age                              struct {
			Median int64 `json:"median_ms"`
			Oldest int64 `json:"oldest_ms"`
		}
	}
	get(t, seen, "/api/v1/observed?venue=binance&symbol=BTCUSDT", &body)
	at := int64(market.BinOf(below).Coarsen(body.Shift)) - body.FirstBin
	want := float64(half) * float64(below)
	if math.Abs(body.Long.USD[at]-want) > 1 || body.Long.Beyond != 0 || math.Abs(body.Long.Share-.5) > 1e-3 || body.Long.WithoutLevel != 0 || body.Long.Moved != 0 {
		t.Errorf("longs %v in the bin of %v, want %v; share %v, without level %v, moved %v", body.Long.USD[at], below, want, body.Long.Share, body.Long.WithoutLevel, body.Long.Moved)
	}
	if body.Short.WithoutLevel != 1 || body.Short.Moved != 1 || body.Short.Share <= 0 {
		t.Errorf("shorts %+v, want one without a level that has traded since", body.Short)
	}
	if body.Positions != 2 || body.Addresses != 3 || body.Reconciled != 2 || body.Age.Oldest != 3000 {
		t.Errorf("%d positions, %d addresses, %d reconciled, oldest %d ms", body.Positions, body.Addresses, body.Reconciled, body.Age.Oldest)
	}
	if res := get(t, seen, "/api/v1/observed?venue=okx&symbol=BTC-USDT-SWAP", nil); res.StatusCode != 404 {
		t.Errorf("a venue that tells nothing: %s", res.Status)
	}
}
