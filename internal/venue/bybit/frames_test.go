package bybit

import (
	"encoding/json"
	"testing"

	"halcyon/internal/venue/venuetest"
	"halcyon/market"
)

const at = market.UnixMilli(1_780_000_000_000)

const snapshot = `{"topic":"tickers.BTCUSDT","type":"snapshot","data":{"symbol":"BTCUSDT","tickDirection":"PlusTick","lastPrice":"17216.00","markPrice":"17217.33","indexPrice":"17227.36","openInterest":"68744.761","openInterestValue":"1183601235.91","nextFundingTime":"1673280000000","fundingRate":"-0.000212","bid1Price":"17215.50"},"cs":24987956059,"ts":1780000000000}`

// Trades and the ticker are recorded messages, liquidations and answers those of
// bybit-exchange.github.io/docs/v5/websocket/public, read 2026-06; times are
// moved to 2026.
var suite = venuetest.Suite{
	NewParser:         newParser,
	LiquidationPrices: venuetest.Prices{Bankruptcy: true},
	Cases: []venuetest.Case{
		{Name: "S is the taker's side", Frame: `{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1780000000005,"data":[{"T":1780000000000,"s":"BTCUSDT","S":"Buy","v":"0.010","p":"27451.00","L":"PlusTick","i":"9dc75fca-4bdd-4773-9f78-6f5d7ab2a110","BT":false,"seq":17},{"T":1780000000001,"s":"BTCUSDT","S":"Sell","v":"0.2","p":"27450.50","L":"MinusTick","i":"9dc75fca-4bdd-4773-9f78-6f5d7ab2a111","BT":false,"seq":18}]}`,
			Ticks: []venuetest.Tick{{Symbol: "BTCUSDT", EventTime: at, LastPrice: 27451, Size: .01, Taker: market.TakerBuy},
				{Symbol: "BTCUSDT", EventTime: at + 1, LastPrice: 27450.5, Size: .2, Taker: market.TakerSell}}},
		{Name: "ticker in full", Frame: snapshot,
			Events: []venuetest.Event{{Symbol: "BTCUSDT", Event: market.MarkPrice{EventTime: at, MarkPrice: 17217.33, IndexPrice: 17227.36}},
				{Symbol: "BTCUSDT", Event: market.OpenInterest{EventTime: at, Contracts: 68744.761}},
				{Symbol: "BTCUSDT", Event: market.FundingRate{EventTime: at, Rate: -.000212}}}},
		{Name: "a delta keeps the index of before", Before: []string{snapshot}, Frame: `{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT","markPrice":"17218.00"},"cs":24987956060,"ts":1780000000100}`,
			Events: []venuetest.Event{{Symbol: "BTCUSDT", Event: market.MarkPrice{EventTime: at + 100, MarkPrice: 17218, IndexPrice: 17227.36}}}},
		{Name: "a delta of something else", Before: []string{snapshot}, Frame: `{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT","bid1Price":"17218.00"},"cs":24987956061,"ts":1780000000200}`},
		{Name: "S=Buy: a long was liquidated, p is the bankruptcy price", Frame: `{"topic":"allLiquidation.BTCUSDT","type":"snapshot","ts":1780000000400,"data":[{"T":1780000000000,"s":"BTCUSDT","S":"Buy","v":"1.5","p":"26900.10"},{"T":1780000000001,"s":"BTCUSDT","S":"Sell","v":"0.2","p":"28000"}]}`,
			Events: []venuetest.Event{{Symbol: "BTCUSDT", Event: market.Liquidation{EventTime: at, Side: market.Long, Size: 1.5, BankruptcyPrice: 26900.1}},
				{Symbol: "BTCUSDT", Event: market.Liquidation{EventTime: at + 1, Side: market.Short, Size: .2, BankruptcyPrice: 28000}}}},
		{Name: "subscribed", Frame: `{"success":true,"ret_msg":"","conn_id":"cejreaspqfm9se7usbrg-2xh","req_id":"","op":"subscribe"}`, Acks: 1},
		{Name: "refused", Frame: `{"success":false,"ret_msg":"Invalid topic: invalid.topic.BTCUSDT","conn_id":"cejreaspqfm9se7usbrg-2xh","op":"subscribe"}`, Refused: "Invalid topic"},
		{Name: "pong", Frame: `{"success":true,"ret_msg":"pong","conn_id":"465772b1","req_id":"","op":"ping"}`},
		{Name: "something else", Frame: `{"topic":"orderbook.1.BTCUSDT","type":"delta","ts":1780000000000,"data":{"s":"BTCUSDT","b":[["1","2"]],"a":[]}}`, Foreign: 1},
	},
	Listings: func(body []byte) ([]market.Listing, error) {
		var a answer[instrumentInfo]
		err := json.Unmarshal(body, &a)
		return listingsOf(a.Result.List), err
	},
	Contracts: []venuetest.Contract{
		{Body: `{"retCode":0,"retMsg":"OK","result":{"nextPageCursor":null,"list":[{"symbol":"BTCUSDT","contractType":"LinearPerpetual","status":"Trading","baseCoin":"BTC","quoteCoin":"USDT","priceFilter":{"minPrice":"1","maxPrice":"1000000","tickSize":"0.5"},"settleCoin":"USDT"}]}}`,
			Symbol: "BTCUSDT", Coin: "BTC", Settlement: market.Linear, TickSize: .5, Contracts: .5, Price: 90_000, Notional: 45_000},
		{Body: `{"retCode":0,"retMsg":"OK","result":{"nextPageCursor":"","list":[{"symbol":"BTCUSD","contractType":"InversePerpetual","status":"Trading","baseCoin":"BTC","quoteCoin":"USD","priceFilter":{"tickSize":"0.5"},"settleCoin":"BTC"},{"symbol":"BTCUSDM26","contractType":"InverseFutures","status":"Trading","baseCoin":"BTC","quoteCoin":"USD","priceFilter":{"tickSize":"0.5"}}]}}`,
			Symbol: "BTCUSD", Coin: "BTC", Settlement: market.Inverse, TickSize: .5, Contracts: 700, Price: 90_000, Notional: 700},
	},
}

func TestFrames(t *testing.T) { venuetest.Run(t, suite) }

func FuzzFrames(f *testing.F) { venuetest.Fuzz(f, suite) }

// TestTiers: rates are published as fractions or in percent; limits are in
// USD (linear) or coins (inverse).
func TestTiers(t *testing.T) {
	for _, c := range []struct {
		settlement market.Settlement
		first      riskLimit
		floor      market.Notional
	}{
		{market.Linear, riskLimit{"X", "2000000", "0.005", "0.01", "100.00"}, 2_000_000},
		{market.Linear, riskLimit{"X", "2000000", "0.5", "1", "100.00"}, 2_000_000},
		{market.Inverse, riskLimit{"X", "150", "0.5", "1", "100.00"}, 150 * 60_000},
	} {
		second := c.first
		second.RiskLimitValue = "999999999"
		l := market.Listing{Instrument: market.Instrument{InstrumentID: market.InstrumentID{Venue: Venue, Symbol: "X"}, Settlement: c.settlement}}
		tiers, err := tiersOf([]riskLimit{c.first, {Symbol: "OTHER"}, second}, l, 60_000)
		if err != nil || len(tiers) != 2 || tiers[0].MaintenanceMarginRate != .005 || tiers[0].MaxLeverage != 100 || tiers[1].NotionalFloor != c.floor {
			t.Errorf("%+v: %+v, %v", c, tiers, err)
		}
	}
}

func BenchmarkFrames(b *testing.B) { venuetest.Bench(b, suite) }
