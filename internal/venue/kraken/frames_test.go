package kraken

import (
	"testing"

	"halcyon/internal/venue/venuetest"
	"halcyon/market"
)

const at = market.UnixMilli(1_790_360_004_381)

// trade is a trade of a type.
func trade(side, kind string) string {
	return `{"product_id":"PF_XBTUSD","feed":"trade","uid":"8a2be12f-7a3f-4f8f-a111-d1b5200ab1d0","side":"` + side + `","type":"` + kind + `","time":1790360004381,"qty":0.0002,"price":83994.0,"seq":421135}`
}

func tick(taker market.TakerSide) []venuetest.Tick {
	return []venuetest.Tick{{Symbol: "PF_XBTUSD", EventTime: at, LastPrice: 83_994, Size: .0002, Taker: taker, FirstID: 421135, LastID: 421135}}
}

func closed(side market.PositionSide) []venuetest.Event {
	return []venuetest.Event{{Symbol: "PF_XBTUSD", Event: market.Liquidation{EventTime: at, Side: side, Size: .0002, AvgFillPrice: 83_994}}}
}

// The frames were recorded from the venue in 2026-09, but for the types of
// trades other than fill, which are those that docs.kraken.com/api/docs/futures-api/websocket/trade,
// read 2026-06, lists.
var suite = venuetest.Suite{
	NewParser:         newParser,
	LiquidationPrices: venuetest.Prices{Fill: true},
	Cases: []venuetest.Case{
		{Name: "side is the taker's", Frame: trade("sell", "fill"), Ticks: tick(market.TakerSell)},
		{Name: "a liquidation that sold closed a long; price is where it filled", Frame: trade("sell", "liquidation"), Ticks: tick(market.TakerSell), Events: closed(market.Long)},
		{Name: "one that bought closed a short", Frame: trade("buy", "liquidation"), Ticks: tick(market.TakerBuy), Events: closed(market.Short)},
		{Name: "a block is no trade of the market", Frame: trade("buy", "block")},
		{Name: "the last trades, newest first", Frame: `{"feed":"trade_snapshot","product_id":"PF_XBTUSD","trades":[{"product_id":"PF_XBTUSD","feed":"trade","uid":"1893f0aa-0084-4289-b02f-67444b325728","side":"sell","type":"liquidation","time":1790359963339,"qty":0.0001,"price":83999.0,"seq":421131},{"product_id":"PF_XBTUSD","feed":"trade","uid":"26ec9b3a-0cf1-41c0-8ac3-72ab82f97c61","side":"buy","type":"fill","time":1790359961107,"qty":0.0003,"price":84002.0,"seq":421130}]}`,
			Ticks: []venuetest.Tick{{Symbol: "PF_XBTUSD", EventTime: 1_790_359_963_339, LastPrice: 83_999, Size: .0001, Taker: market.TakerSell, FirstID: 421131, LastID: 421131, Recent: true},
				{Symbol: "PF_XBTUSD", EventTime: 1_790_359_961_107, LastPrice: 84_002, Size: .0003, Taker: market.TakerBuy, FirstID: 421130, LastID: 421130, Recent: true}}},
		{Name: "relative_funding_rate is the rate", Frame: `{"time":1790359997224,"product_id":"PF_XBTUSD","funding_rate":0.912482213835,"funding_rate_prediction":1.3232500286425,"relative_funding_rate":0.00001089345,"relative_funding_rate_prediction":0.00001575425,"next_funding_rate_time":1790362800000,"leverage":"100x","premium":0.0,"feed":"ticker","bid":84001.0,"ask":84002.0,"bid_size":0.0273,"ask_size":0.006,"volume":4237.2723,"dtm":0,"index":83995.76,"last":83997.0,"change":-0.22,"suspended":false,"tag":"perpetual","pair":"XBT:USD","openInterest":2189.7813,"markPrice":84004.11362574516,"maturityTime":0,"post_only":false,"volumeQuote":356641614.007}`,
			Events: []venuetest.Event{{Symbol: "PF_XBTUSD", Event: market.MarkPrice{EventTime: 1_790_359_997_224, MarkPrice: 84_004.11362574516, IndexPrice: 83_995.76}},
				{Symbol: "PF_XBTUSD", Event: market.OpenInterest{EventTime: 1_790_359_997_224, Contracts: 2_189.7813}},
				{Symbol: "PF_XBTUSD", Event: market.FundingRate{EventTime: 1_790_359_997_224, Rate: .00001089345}}}},
		{Name: "and 0 where it is left out", Frame: `{"time":1790359997224,"product_id":"PF_XBTUSD","feed":"ticker","markPrice":84004.5}`,
			Events: []venuetest.Event{{Symbol: "PF_XBTUSD", Event: market.MarkPrice{EventTime: 1_790_359_997_224, MarkPrice: 84_004.5}},
				{Symbol: "PF_XBTUSD", Event: market.FundingRate{EventTime: 1_790_359_997_224}}}},
		{Name: "subscribed", Frame: `{"event":"subscribed","feed":"ticker","product_ids":["PF_XBTUSD"]}`, Acks: 1},
		{Name: "refused", Frame: `{"event":"alert","message":"Couldn't subscribe to invalid feed"}`, Refused: "invalid feed"},
		{Name: "welcome", Frame: `{"event":"info","version":1}`},
		{Name: "heartbeat", Frame: `{"feed":"heartbeat","time":1534262350627}`},
		{Name: "something else", Frame: `{"feed":"book","product_id":"PF_XBTUSD","side":"sell","seq":115358039,"price":83999.0,"qty":0.0,"timestamp":1790359997729}`, Foreign: 1},
	},
	Listings: func(body []byte) ([]market.Listing, error) {
		list, err := read(body)
		return listingsOf(list), err
	},
	Contracts: []venuetest.Contract{
		{Body: instrumentsBody, Symbol: "PF_XBTUSD", Coin: "BTC", Settlement: market.Linear, TickSize: 1, Contracts: .5, Price: 90_000, Notional: 45_000},
		{Body: instrumentsBody, Symbol: "PI_XBTUSD", Coin: "BTC", Settlement: market.Inverse, TickSize: .5, Contracts: 700, Price: 90_000, Notional: 700},
	},
	Recorded: []venuetest.Recording{{Path: "frames/cryptofeed/KRAKEN_FUTURES.ws.1.0.gz", Frame: venuetest.AfterColon, Ticks: 1000}},
}

// instrumentsBody has the form of docs.kraken.com/api-reference/instrument-details/get-instruments,
// read 2026-06, and its margin levels.
const instrumentsBody = `{"result":"success","instruments":[
	{"symbol":"PF_XBTUSD","type":"flexible_futures","tickSize":1,"contractSize":1,"tradeable":true,"contractValueTradePrecision":4,"base":"BTC","quote":"USD","pair":"BTC:USD","marginLevels":[{"numNonContractUnits":0,"initialMargin":0.02,"maintenanceMargin":0.01},{"numNonContractUnits":500000,"initialMargin":0.04,"maintenanceMargin":0.02},{"numNonContractUnits":2000000,"initialMargin":0.1,"maintenanceMargin":0.05}]},
	{"symbol":"pi_xbtusd","type":"futures_inverse","underlying":"rr_xbtusd","tickSize":0.5,"contractSize":1,"tradeable":true,"base":"XBT","quote":"USD","marginLevels":[{"contracts":0,"initialMargin":0.02,"maintenanceMargin":0.01},{"contracts":500000,"initialMargin":0.04,"maintenanceMargin":0.02}]},
	{"symbol":"PF_GONEUSD","type":"flexible_futures","tickSize":1,"contractSize":1,"tradeable":false,"base":"GONE","quote":"USD"},
	{"symbol":"FI_XBTUSD_220930","type":"futures_inverse","lastTradingTime":"2022-09-30T15:00:00.000Z","tickSize":0.5,"contractSize":1,"tradeable":true,"base":"XBT","quote":"USD"}]}`

func TestFrames(t *testing.T) { venuetest.Run(t, suite) }

func FuzzFrames(f *testing.F) { venuetest.Fuzz(f, suite) }

func BenchmarkFrames(b *testing.B) { venuetest.Bench(b, suite) }

// TestTiers: levels are in quote currency, or in contracts of a USD.
func TestTiers(t *testing.T) {
	list, err := read([]byte(instrumentsBody))
	if err != nil {
		t.Fatal(err)
	}
	listings := listingsOf(list)
	if len(listings) != 2 {
		t.Fatalf("listed %+v; want no future with a date and none that is not traded", listings)
	}
	for i, l := range listings {
		tiers, err := tiersOf(list[i].MarginLevels, l, 60_000)
		if err != nil || tiers[0].MaxLeverage != 50 || tiers[0].MaintenanceMarginRate != .01 || tiers[1].NotionalFloor != 500_000 {
			t.Errorf("%s: %+v, %v", l.InstrumentID, tiers, err)
		}
	}
	if _, err := read([]byte(`{"result":"error","error":"apiLimitExceeded"}`)); err == nil {
		t.Error("a refusal is taken for an answer")
	}
}
