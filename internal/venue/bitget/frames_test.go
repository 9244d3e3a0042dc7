package bitget

import (
	"testing"

	"halcyon/internal/venue/venuetest"
	"halcyon/market"
)

const at = market.UnixMilli(1_736_348_770_627)

const (
	trade  = `{"data":[{"p":"100000","S":"buy","T":"1736348770627","v":"0.00118","i":"1260903622036942849","L":"1234568787787878787","isRPI":"no"}],"arg":{"instType":"usdt-futures","symbol":"BTCUSDT","topic":"publicTrade"},"action":"snapshot","ts":1736371104297}`
	traded = `{"data":[{"p":"99999.9","S":"sell","T":"1736348770628","v":"0.2","i":"1260903622036942850","isRPI":"no"}],"arg":{"instType":"usdt-futures","symbol":"BTCUSDT","topic":"publicTrade"},"action":"update","ts":1736371104298}`
)

// The frames are those of www.bitget.com/api-doc/uta/websocket/public, read
// 2026-06; the second trade, the short and the futures' ticker, which the pages
// describe without an example, follow them.
var suite = venuetest.Suite{
	NewParser:         newParser,
	LiquidationPrices: venuetest.Prices{Fill: true},
	Cases: []venuetest.Case{
		{Name: "S is the taker's side; the first trades repeat recent ones", Frame: trade,
			Ticks: []venuetest.Tick{{Symbol: "BTCUSDT", EventTime: at, LastPrice: 100_000, Size: .00118, Taker: market.TakerBuy, Recent: true}}},
		{Name: "the next are new", Before: []string{trade}, Frame: traded,
			Ticks: []venuetest.Tick{{Symbol: "BTCUSDT", EventTime: at + 1, LastPrice: 99_999.9, Size: .2, Taker: market.TakerSell}}},
		{Name: "ticker, dated by the frame; open interest in coins", Frame: `{"data":[{"highPrice24h":"30668.5","lastPrice":"27000.5","bid1Price":"27000","indexPrice":"25702.4","markPrice":"27000.0","fundingRate":"0.000010","nextFundingTime":"1736352000000","openInterest":"929.502","deliveryTime":""}],"arg":{"instType":"usdt-futures","symbol":"BTCUSDT","topic":"ticker"},"action":"snapshot","ts":1736348770627}`,
			Events: []venuetest.Event{{Symbol: "BTCUSDT", Event: market.MarkPrice{EventTime: at, MarkPrice: 27_000, IndexPrice: 25_702.4}},
				{Symbol: "BTCUSDT", Event: market.OpenInterest{EventTime: at, Contracts: 929.502}},
				{Symbol: "BTCUSDT", Event: market.FundingRate{EventTime: at, Rate: .00001}}}},
		{Name: "buy: a long was liquidated; the amount is in quote currency", Frame: `{"data":[{"symbol":"BTCUSDT","side":"buy","price":"89000","amount":"44500","ts":"1736348770627"},{"symbol":"ETHUSDT","side":"sell","price":"3000","amount":"1500","ts":"1736348770628"}],"arg":{"instType":"usdt-futures","topic":"liquidation"},"action":"update","ts":1736371332162}`,
			Events: []venuetest.Event{{Symbol: "BTCUSDT", Event: market.Liquidation{EventTime: at, Side: market.Long, Size: .5, AvgFillPrice: 89_000}},
				{Symbol: "ETHUSDT", Event: market.Liquidation{EventTime: at + 1, Side: market.Short, Size: .5, AvgFillPrice: 3_000}}}},
		{Name: "subscribed", Frame: `{"event":"subscribe","arg":{"instType":"usdt-futures","topic":"publicTrade","symbol":"BTCUSDT"},"connId":"xxxxxxxxxx"}`, Acks: 1},
		{Name: "refused", Frame: `{"event":"error","arg":{"instType":"usdt-futures","topic":"publicTrade","symbol":"NOPE"},"code":"30001","msg":"instType:usdt-futures,topic:publicTrade,symbol:NOPE doesn't exist"}`, Refused: "doesn't exist"},
		{Name: "something else", Frame: `{"data":[{"volume":"0.423","high":"400005","start":"1710518400000"}],"arg":{"instType":"usdt-futures","symbol":"BTCUSDT","topic":"kline","interval":"1D"},"action":"snapshot","ts":1736370735556}`, Foreign: 1},
	},
	Listings: func(body []byte) ([]market.Listing, error) {
		list, err := read[[]instrumentInfo](body)
		return listingsOf(list), err
	},
	Contracts: []venuetest.Contract{{Body: instrumentsBody, Symbol: "BTCUSDT", Coin: "BTC", Settlement: market.Linear, TickSize: .1, Contracts: .5, Price: 90_000, Notional: 45_000}},
}

// instrumentsBody is the example of www.bitget.com/api-doc/uta/public/Instruments,
// with a contract that has a date and one that is no longer traded.
const instrumentsBody = `{"code":"00000","msg":"success","requestTime":1731056538962,"data":[
	{"symbol":"BTCUSDT","category":"USDT-FUTURES","baseCoin":"BTC","quoteCoin":"USDT","minOrderQty":"0.0001","pricePrecision":"1","priceMultiplier":"0.1","quantityMultiplier":"0.0001","symbolType":"perpetual","status":"online","fundInterval":"8","maxLeverage":"125"},
	{"symbol":"BTCUSDTM26","category":"USDT-FUTURES","baseCoin":"BTC","quoteCoin":"USDT","priceMultiplier":"0.1","symbolType":"delivery","status":"online"},
	{"symbol":"GONEUSDT","category":"USDT-FUTURES","baseCoin":"GONE","quoteCoin":"USDT","priceMultiplier":"0.1","symbolType":"perpetual","status":"offline"}]}`

func TestFrames(t *testing.T) { venuetest.Run(t, suite) }

func FuzzFrames(f *testing.F) { venuetest.Fuzz(f, suite) }

func BenchmarkFrames(b *testing.B) { venuetest.Bench(b, suite) }

func TestDatedAndClosedAreLeftOut(t *testing.T) {
	if listings, err := suite.Listings([]byte(instrumentsBody)); err != nil || len(listings) != 1 {
		t.Errorf("%v, %v", listings, err)
	}
}

func TestPong(t *testing.T) {
	venuetest.Silent(t, newParser(), "pong")
}

// TestTiers: floors are in quote currency. The second is that of the page.
func TestTiers(t *testing.T) {
	list, err := read[[]positionTier]([]byte(`{"code":"00000","msg":"success","data":[{"tier":"1","minTierValue":"0","maxTierValue":"100000","leverage":"125","mmr":"0.004"},{"tier":"2","minTierValue":"100000","maxTierValue":"200000","leverage":"100","mmr":"0.005"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	tiers, err := tiersOf(list)
	if err != nil || len(tiers) != 2 || tiers[1].NotionalFloor != 100_000 || tiers[0].MaintenanceMarginRate != .004 || tiers[0].MaxLeverage != 125 {
		t.Errorf("%+v, %v", tiers, err)
	}
	if _, err := read[[]positionTier]([]byte(`{"code":"40034","msg":"Parameter does not exist"}`)); err == nil {
		t.Error("a refusal is taken for an answer")
	}
}
