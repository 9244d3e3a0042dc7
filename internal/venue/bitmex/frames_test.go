package bitmex

import (
	"encoding/json"
	"testing"

	"halcyon/internal/venue/venuetest"
	"halcyon/market"
)

const at = market.UnixMilli(1_780_000_000_704)

const (
	inserted = `{"table":"liquidation","action":"insert","data":[{"orderID":"550e8400-e29b-41d4-a716-446655440099","symbol":"XBTUSD","side":"Sell","price":95000.5,"leavesQty":1000}]}`
	image    = `{"table":"instrument","action":"partial","keys":["symbol"],"types":{"symbol":"symbol"},"filter":{"symbol":"XBTUSD"},"data":[{"symbol":"XBTUSD","state":"Open","fundingRate":0.00011,"lastPrice":97893.7,"openInterest":411647400,"openValue":420691293378,"fairPrice":97849.76,"markPrice":97849.76,"indicativeSettlePrice":97843.77,"timestamp":"2026-05-28T20:26:40.704Z"}]}`
)

// Trades and the instrument are recorded messages, liquidations and answers those
// of www.bitmex.com/app/wsAPI, read 2026-06; times are moved to 2026.
var suite = venuetest.Suite{
	NewParser:         newParser,
	LiquidationPrices: venuetest.Prices{Bankruptcy: true},
	Cases: []venuetest.Case{
		{Name: "side is the taker's, size is in contracts", Frame: `{"table":"trade","action":"insert","data":[{"timestamp":"2026-05-28T20:26:40.704Z","symbol":"XBTUSD","side":"Sell","size":100,"price":98570.9,"tickDirection":"ZeroPlusTick","trdMatchID":"00000000-006d-1000-0000-000e8737d536","grossValue":101450,"homeNotional":0.0010145,"foreignNotional":100.0,"trdType":"Regular"},{"timestamp":"2026-05-28T20:26:40.704Z","symbol":"XBTUSDT","side":"Buy","size":2000,"price":98571,"tickDirection":"PlusTick","trdMatchID":"00000000-006d-1000-0000-000e8737d537"}]}`,
			Ticks: []venuetest.Tick{{Symbol: "XBTUSD", EventTime: at, LastPrice: 98570.9, Size: 100, Taker: market.TakerSell},
				{Symbol: "XBTUSDT", EventTime: at, LastPrice: 98571, Size: 2000, Taker: market.TakerBuy}}},
		{Name: "the image repeats the last trade", Frame: `{"table":"trade","action":"partial","keys":[],"filter":{"symbol":"XBTUSD"},"data":[{"timestamp":"2026-05-28T20:26:40.704Z","symbol":"XBTUSD","side":"Buy","size":100,"price":98570.9,"trdMatchID":"00000000-006d-1000-0000-000e8737d536"}]}`,
			Ticks: []venuetest.Tick{{Symbol: "XBTUSD", EventTime: at, LastPrice: 98570.9, Size: 100, Taker: market.TakerBuy, Recent: true}}},
		{Name: "instrument in full", Frame: image,
			Events: []venuetest.Event{{Symbol: "XBTUSD", Event: market.MarkPrice{EventTime: at, MarkPrice: 97849.76, IndexPrice: 97843.77}},
				{Symbol: "XBTUSD", Event: market.OpenInterest{EventTime: at, Contracts: 411647400}},
				{Symbol: "XBTUSD", Event: market.FundingRate{EventTime: at, Rate: .00011}}}},
		{Name: "an update keeps the index of before", Before: []string{image}, Frame: `{"table":"instrument","action":"update","data":[{"symbol":"XBTUSD","fairPrice":97850.5,"markPrice":97850.5,"timestamp":"2026-05-28T20:26:41.704Z"}]}`,
			Events: []venuetest.Event{{Symbol: "XBTUSD", Event: market.MarkPrice{EventTime: at + 1000, MarkPrice: 97850.5, IndexPrice: 97843.77}}}},
		{Name: "Sell closes a long; price is the bankruptcy price", Frame: inserted,
			Events: []venuetest.Event{{Symbol: "XBTUSD", Event: market.Liquidation{EventTime: venuetest.Recv, Side: market.Long, Size: 1000, BankruptcyPrice: 95000.5}, Unstamped: true}}},
		{Name: "Buy closes a short", Frame: `{"table":"liquidation","action":"insert","data":[{"orderID":"x","symbol":"XBTUSD","side":"Buy","price":95000.5,"leavesQty":1000}]}`,
			Events: []venuetest.Event{{Symbol: "XBTUSD", Event: market.Liquidation{EventTime: venuetest.Recv, Side: market.Short, Size: 1000, BankruptcyPrice: 95000.5}, Unstamped: true}}},
		{Name: "an update is a fill of the same order", Before: []string{inserted}, Frame: `{"table":"liquidation","action":"update","data":[{"orderID":"550e8400-e29b-41d4-a716-446655440099","symbol":"XBTUSD","leavesQty":400}]}`},
		{Name: "inserted twice is one liquidation", Before: []string{inserted}, Frame: inserted},
		{Name: "a deletion is its end", Before: []string{inserted}, Frame: `{"table":"liquidation","action":"delete","data":[{"orderID":"550e8400-e29b-41d4-a716-446655440099","symbol":"XBTUSD"}]}`},
		{Name: "the image is of orders from before", Frame: `{"table":"liquidation","action":"partial","keys":["orderID"],"data":[{"orderID":"y","symbol":"XBTUSD","side":"Buy","price":95000.5,"leavesQty":1000}]}`},
		{Name: "subscribed", Frame: `{"success":true,"subscribe":"trade:XBTUSD","request":{"op":"subscribe","args":["trade:XBTUSD"]}}`, Acks: 1},
		{Name: "refused", Frame: `{"status":400,"error":"Unknown table: trades","meta":{},"request":{"op":"subscribe","args":["trades:XBTUSD"]}}`, Refused: "Unknown table"},
		{Name: "welcome", Frame: `{"info":"Welcome to the BitMEX Realtime API.","version":"2.0.0","timestamp":"2026-05-28T20:26:40.704Z","docs":"https://www.bitmex.com/app/wsAPI","limit":{"remaining":39}}`},
		{Name: "something else", Frame: `{"table":"quote","action":"insert","data":[{"timestamp":"2026-05-28T20:26:40.704Z","symbol":"XBTUSD","bidSize":1}]}`, Foreign: 1},
	},
	Listings: func(body []byte) ([]market.Listing, error) {
		var list []instrumentInfo
		err := json.Unmarshal(body, &list)
		return listingsOf(list), err
	},
	Contracts: []venuetest.Contract{
		{Body: active, Symbol: "XBTUSD", Coin: "BTC", Settlement: market.Inverse, TickSize: .1, Contracts: 700, Price: 90_000, Notional: 700},
		{Body: active, Symbol: "XBTUSDT", Coin: "BTC", Settlement: market.Linear, TickSize: .5, Contracts: 500_000, Price: 90_000, Notional: 45_000},
	},
	Recorded: []venuetest.Recording{{Path: "frames/cryptofeed/BITMEX.ws.1.0.gz", Frame: venuetest.AfterColon, Ticks: 15}},
}

const active = `[
	{"symbol":"XBTUSD","typ":"FFWCSX","state":"Open","underlying":"XBT","quoteCurrency":"USD","tickSize":0.1,"multiplier":-100000000,"settlCurrency":"XBt","underlyingToSettleMultiplier":-100000000,"quoteToSettleMultiplier":null,"isQuanto":false,"isInverse":true,"initMargin":0.01,"maintMargin":0.005,"riskLimit":20000000000,"riskStep":15000000000},
	{"symbol":"XBTUSDT","typ":"FFWCSX","state":"Open","underlying":"XBT","quoteCurrency":"USDT","tickSize":0.5,"multiplier":1,"settlCurrency":"USDt","underlyingToSettleMultiplier":null,"quoteToSettleMultiplier":1000000,"isQuanto":false,"isInverse":false},
	{"symbol":"ETHUSD","typ":"FFWCSX","state":"Open","underlying":"ETH","quoteCurrency":"USD","tickSize":0.05,"multiplier":100,"settlCurrency":"XBt","quoteToSettleMultiplier":3108,"isQuanto":true,"isInverse":false},
	{"symbol":"XBTM26","typ":"FFCCSX","state":"Open","underlying":"XBT","quoteCurrency":"USD","tickSize":0.5,"multiplier":-100000000,"underlyingToSettleMultiplier":-100000000,"isQuanto":false,"isInverse":true}]`

func TestFrames(t *testing.T) { venuetest.Run(t, suite) }

func FuzzFrames(f *testing.F) { venuetest.Fuzz(f, suite) }

func TestQuantosAndFuturesAreLeftOut(t *testing.T) {
	listings, err := suite.Listings([]byte(active))
	if err != nil || len(listings) != 2 {
		t.Errorf("%v, %v", listings, err)
	}
}

// TestTiers: XBTUSD is at 0.5 % up to 200 XBT, and at 1 % from there on.
func TestTiers(t *testing.T) {
	var list []instrumentInfo
	if err := json.Unmarshal([]byte(active), &list); err != nil {
		t.Fatal(err)
	}
	tiers, err := list[0].tiers(60_000)
	if err != nil || tiers[0].MaintenanceMarginRate != .005 || tiers[0].MaxLeverage != 100 || tiers[1].NotionalFloor != 200*60_000 || tiers[1].MaintenanceMarginRate != .01 {
		t.Errorf("%+v, %v", tiers, err)
	}
	if _, err := list[1].tiers(60_000); err == nil {
		t.Error("tiers without a risk limit")
	}
}

func BenchmarkFrames(b *testing.B) { venuetest.Bench(b, suite) }
