package binance

import (
	"strings"
	"testing"

	"halcyon/internal/venue"
	"halcyon/internal/venue/venuetest"
	"halcyon/market"
)

const at = market.UnixMilli(1_780_000_000_000)

// The frames have the form of developers.binance.com, USDⓈ-M and COIN-M websocket
// market streams, read 2026-06, and of the recordings below, which are read
// whole; times are moved to 2026.
var suite = venuetest.Suite{
	NewParser:         func() venue.FrameParser { return frames{} },
	LiquidationPrices: venuetest.Prices{Fill: true, Bankruptcy: true},
	Polled:            true,
	Cases: []venuetest.Case{
		{Name: "m=true: the taker sold", Frame: `{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1780000000004,"a":2711234567,"s":"BTCUSDT","p":"95000.10","q":"0.003","f":100,"l":105,"T":1780000000000,"m":true}}`,
			Ticks: []venuetest.Tick{{Symbol: "BTCUSDT", EventTime: at, LastPrice: 95000.1, Size: .003, Taker: market.TakerSell, FirstID: 2711234567, LastID: 2711234567}}},
		{Name: "m=false: the taker bought; raw, as of 2026", Frame: `{"e":"aggTrade","E":1780000000004,"a":7,"s":"BTCUSD_PERP","p":"95000.1","q":"12","f":100,"l":105,"T":1780000000000,"m":false,"st":1}`,
			Ticks: []venuetest.Tick{{Symbol: "BTCUSD_PERP", EventTime: at, LastPrice: 95000.1, Size: 12, Taker: market.TakerBuy, FirstID: 7, LastID: 7}}},
		{Name: "a trade of nothing", Frame: `{"e":"aggTrade","E":1780000000004,"a":7,"s":"BTCUSDT","p":"95000.1","q":"0","T":1780000000000,"m":false}`},
		{Name: "mark price", Frame: `{"stream":"btcusdt@markPrice@1s","data":{"e":"markPriceUpdate","E":1780000000000,"s":"BTCUSDT","p":"11794.15000000","ap":"11794.2","P":"11784.25641265","i":"11784.62659091","r":"0.00038167","T":1780000300000}}`,
			Events: []venuetest.Event{{Symbol: "BTCUSDT", Event: market.MarkPrice{EventTime: at, MarkPrice: 11794.15, IndexPrice: 11784.62659091}},
				{Symbol: "BTCUSDT", Event: market.FundingRate{EventTime: at, Rate: .00038167}}}},
		{Name: "mark price of a contract without funding", Frame: `{"e":"markPriceUpdate","E":1780000000000,"s":"BTCUSD_260626","p":"11185.87","P":"11784.25","r":"","T":0}`,
			Events: []venuetest.Event{{Symbol: "BTCUSD_260626", Event: market.MarkPrice{EventTime: at, MarkPrice: 11185.87}}}},
		{Name: "S=SELL closes a long; ap is the fill, p the bankruptcy price, z what was filled", Frame: `{"stream":"btcusdt@forceOrder","data":{"e":"forceOrder","E":1780000000007,"o":{"s":"BTCUSDT","S":"SELL","o":"LIMIT","f":"IOC","q":"0.020","p":"94600.5","ap":"94970.1","X":"FILLED","l":"0.014","z":"0.014","T":1780000000000}}}`,
			Events: []venuetest.Event{{Symbol: "BTCUSDT", Event: market.Liquidation{EventTime: at, Side: market.Long, Size: .014, AvgFillPrice: 94970.1, BankruptcyPrice: 94600.5}}}},
		{Name: "S=BUY closes a short", Frame: `{"e":"forceOrder","E":1780000000007,"o":{"s":"BTCUSD_PERP","ps":"BTCUSD","S":"BUY","o":"LIMIT","f":"IOC","q":"3","p":"95400.5","ap":"95030.1","X":"FILLED","l":"3","z":"3","T":1780000000000}}`,
			Events: []venuetest.Event{{Symbol: "BTCUSD_PERP", Event: market.Liquidation{EventTime: at, Side: market.Short, Size: 3, AvgFillPrice: 95030.1, BankruptcyPrice: 95400.5}}}},
		{Name: "subscribed", Frame: `{"result":null,"id":1}`, Acks: 1},
		{Name: "refused", Frame: `{"error":{"code":2,"msg":"Invalid request: unknown stream"},"id":1}`, Refused: "unknown stream"},
		{Name: "something else", Frame: `{"stream":"btcusdt@depth","data":{"e":"depthUpdate","E":1,"T":2,"s":"BTCUSDT","U":1,"u":2,"pu":0,"b":[["1","2"]],"a":[]}}`, Foreign: 1},
	},
	Listings: parseInstruments,
	Contracts: []venuetest.Contract{
		{Body: usdmInfo, Symbol: "BTCUSDT", Coin: "BTC", Settlement: market.Linear, TickSize: .1, Contracts: .5, Price: 90_000, Notional: 45_000},
		{Body: coinmInfo, Symbol: "BTCUSD_PERP", Coin: "BTC", Settlement: market.Inverse, TickSize: .1, Contracts: 7, Price: 90_000, Notional: 700},
		{Body: coinmInfo, Symbol: "LINKUSD_PERP", Coin: "LINK", Settlement: market.Inverse, TickSize: .001, Contracts: 7, Price: 15, Notional: 70},
	},
	Recorded: []venuetest.Recording{
		{Path: "frames/cryptofeed/BINANCE_FUTURES.ws.1.0.gz", Frame: venuetest.AfterColon, Ticks: 80},
		{Path: "frames/cryptofeed/BINANCE_DELIVERY.ws.1.0.gz", Frame: venuetest.AfterColon, Ticks: 40},
		{Path: "frames/binance_usdm_BTCUSDT_20240718.gz", Frame: streamed},
		{Path: "frames/binance_coinm_BTCUSD_20240809.gz", Frame: streamed},
	},
}

// streamed leaves out the snapshots of the book that were recorded in between.
func streamed(line string) (string, bool) {
	frame, ok := venuetest.AfterSpace(line)
	return frame, ok && strings.HasPrefix(frame, `{"stream"`)
}

const usdmInfo = `{"timezone":"UTC","symbols":[
	{"symbol":"BTCUSDT","pair":"BTCUSDT","contractType":"PERPETUAL","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","marginAsset":"USDT",
	 "filters":[{"filterType":"LOT_SIZE","stepSize":"0.001"},{"filterType":"PRICE_FILTER","tickSize":"0.10"}]},
	{"symbol":"BTCUSDT_260626","contractType":"CURRENT_QUARTER","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","marginAsset":"USDT","filters":[]},
	{"symbol":"OLDUSDT","contractType":"PERPETUAL","status":"SETTLING","baseAsset":"OLD","quoteAsset":"USDT","marginAsset":"USDT","filters":[{"filterType":"PRICE_FILTER","tickSize":"0.1"}]},
	{"symbol":"ETHBTC","contractType":"PERPETUAL","status":"TRADING","baseAsset":"ETH","quoteAsset":"BTC","marginAsset":"BTC","filters":[{"filterType":"PRICE_FILTER","tickSize":"0.1"}]}]}`

const coinmInfo = `{"symbols":[
	{"symbol":"BTCUSD_PERP","contractType":"PERPETUAL","contractStatus":"TRADING","contractSize":100,"baseAsset":"BTC","quoteAsset":"USD","marginAsset":"BTC","filters":[{"filterType":"PRICE_FILTER","tickSize":"0.1"}]},
	{"symbol":"LINKUSD_PERP","contractType":"PERPETUAL","contractStatus":"TRADING","contractSize":10,"baseAsset":"LINK","quoteAsset":"USD","marginAsset":"LINK","filters":[{"filterType":"PRICE_FILTER","tickSize":"0.001"}]}]}`

func TestFrames(t *testing.T) { venuetest.Run(t, suite) }

func FuzzFrames(f *testing.F) { venuetest.Fuzz(f, suite) }

func TestListingsAreTheVenuesPerpetualsOnly(t *testing.T) {
	listings, err := parseInstruments([]byte(usdmInfo))
	if err != nil || len(listings) != 1 || len(listings[0].Tiers) == 0 {
		t.Errorf("listings %v, %v; want BTCUSDT with its tiers", listings, err)
	}
}

func TestOpenInterestAnswer(t *testing.T) {
	var out venue.Parsed
	body := `{"openInterest": "10659.509", "symbol": "BTCUSDT", "time": 1780000000000}`
	if err := parseOpenInterest("BTCUSDT", []byte(body), 0, &out); err != nil || out.Events[0].Event != (market.OpenInterest{EventTime: at, Contracts: 10659.509}) {
		t.Errorf("%+v, %v", out, err)
	}
	for n := range len(body) {
		if parseOpenInterest("BTCUSDT", []byte(body[:n]), 0, &out) == nil || len(out.Events) > 0 {
			t.Errorf("%q is taken: %+v", body[:n], out)
		}
	}
}

// TestStreams: USD-M market streams are served below /market since 2026-04.
func TestStreams(t *testing.T) {
	path, greet := usdm.connect([]string{"BTCUSDT"})
	if path != "/market/stream?streams=btcusdt@aggTrade/btcusdt@forceOrder/btcusdt@markPrice@1s" || greet != nil {
		t.Errorf("path %q, greeting %q", path, greet)
	}
	if path, _ := coinm.connect([]string{"BTCUSD_PERP", "ETHUSD_PERP"}); !strings.HasPrefix(path, "/stream?streams=btcusd_perp@aggTrade/") {
		t.Errorf("path %q", path)
	}
}

func BenchmarkAggTradeFrame(b *testing.B) {
	frame := []byte(suite.Cases[0].Frame)
	var out venue.Parsed
	b.ReportAllocs()
	b.SetBytes(int64(len(frame)))
	for b.Loop() {
		if err := (frames{}).Parse(frame, at, &out); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
}
