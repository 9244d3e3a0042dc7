package hyperliquid

import (
	"compress/gzip"
	"io"
	"os"
	"testing"

	"halcyon/internal/venue"
	"halcyon/internal/venue/venuetest"
	"halcyon/market"
)

const at = market.UnixMilli(1_780_000_000_000)

const (
	bought = `{"channel":"trades","data":[{"coin":"BTC","side":"B","px":"104310.5","sz":"0.02","hash":"0x02","time":1780000000000,"tid":300002,"users":["0xbuyer2","0xseller2"]}]}`
	sold   = `{"channel":"trades","data":[{"coin":"BTC","side":"A","px":"104320.0","sz":"0.015","hash":"0x03","time":1780000000000,"tid":300003,"users":["0xbuyer3","0xseller3"]}]}`
)

// Trades and the context are recorded messages, answers those of
// hyperliquid.gitbook.io, "Websocket", read 2026-06; times are moved to 2026.
var suite = venuetest.Suite{
	NewParser:      newParser,
	NoLiquidations: "trades do not tell liquidations from others",
	Cases: []venuetest.Case{
		{Name: "B: the taker bought; the first trades repeat recent ones", Frame: bought,
			Ticks: []venuetest.Tick{{Symbol: "BTC", EventTime: at, LastPrice: 104310.5, Size: .02, Taker: market.TakerBuy, FirstID: 300002, LastID: 300002, Recent: true}}},
		{Name: "A: the taker sold", Before: []string{bought}, Frame: sold,
			Ticks: []venuetest.Tick{{Symbol: "BTC", EventTime: at, LastPrice: 104320, Size: .015, Taker: market.TakerSell, FirstID: 300003, LastID: 300003}}},
		{Name: "context", Frame: `{"channel":"activeAssetCtx","data":{"coin":"BTC","ctx":{"funding":"-0.0000015186","openInterest":"27353.17682","prevDayPx":"76317.0","dayNtlVlm":"1516669192.1953897476","premium":null,"oraclePx":"77605.0","markPx":"77562.0","midPx":null,"impactPxs":["77558.0","77559.0"],"dayBaseVlm":"19707.77457"}}}`,
			Events: []venuetest.Event{{Symbol: "BTC", Event: market.MarkPrice{EventTime: venuetest.Recv, MarkPrice: 77562, IndexPrice: 77605}, Unstamped: true},
				{Symbol: "BTC", Event: market.OpenInterest{EventTime: venuetest.Recv, Contracts: 27353.17682}, Unstamped: true},
				{Symbol: "BTC", Event: market.FundingRate{EventTime: venuetest.Recv, Rate: -.0000015186}, Unstamped: true}}},
		{Name: "subscribed", Frame: `{"channel":"subscriptionResponse","data":{"method":"subscribe","subscription":{"type":"trades","coin":"BTC"}}}`, Acks: 1},
		{Name: "refused", Frame: `{"channel":"error","data":"Invalid subscription {\"type\":\"trades\"}"}`, Refused: "Invalid subscription"},
		{Name: "pong", Frame: `{"channel":"pong"}`},
		{Name: "something else", Frame: `{"channel":"allMids","data":{"mids":{"BTC":"1.0"}}}`, Foreign: 1},
	},
	Listings: parseInstruments,
	Contracts: []venuetest.Contract{
		{Body: `[{"universe":[{"szDecimals":5,"name":"BTC","maxLeverage":40,"marginTableId":56},{"name":"GONE","maxLeverage":3,"marginTableId":3,"isDelisted":true}],
			"marginTables":[[56,{"description":"tiered 40x","marginTiers":[{"lowerBound":"0.0","maxLeverage":40},{"lowerBound":"150000000.0","maxLeverage":20}]}]]},[{"markPx":"77562.0"},{"markPx":"1.0"}]]`,
			Symbol: "BTC", Coin: "BTC", Settlement: market.Linear, TickSize: 1, Contracts: .5, Price: 90_000, Notional: 45_000},
	},
}

func TestFrames(t *testing.T) { venuetest.Run(t, suite) }

func FuzzFrames(f *testing.F) { venuetest.Fuzz(f, suite) }

// TestRecordedMeta reads the recorded answer, and finds in it the tiers that
// are built in.
func TestRecordedMeta(t *testing.T) {
	f, err := os.Open(venuetest.Data(t, "tiers/hyperliquid_meta_2026-03.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	listings, err := parseInstruments(body)
	if err != nil || len(listings) < 100 {
		t.Fatalf("%d listings, %v", len(listings), err)
	}
	compared := 0
	for _, l := range listings {
		if want, ok := MarginTiers(l.Symbol, venue.MaxTime); ok {
			compared++
			if len(want) != len(l.Tiers) || want[len(want)-1] != l.Tiers[len(want)-1] {
				t.Errorf("%s: tiers %v, built in %v", l.Symbol, l.Tiers, want)
			}
		}
	}
	if compared < 20 {
		t.Errorf("only %d coins have built-in tiers", compared)
	}
}

func BenchmarkFrames(b *testing.B) { venuetest.Bench(b, suite) }
