package bybit

import (
	"fmt"
	"reflect"
	"testing"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/internal/venue/venuetest"
	"halcyon/market"
)

// from is 20:30 of the day of the frames.
const from = market.UnixMilli(1_780_000_200_000)

// TestHistory: the form of the answers is that of the venue's page; newest first.
func TestHistory(t *testing.T) {
	venuetest.HistorySuite{
		New: NewLinear, ID: market.InstrumentID{Venue: Venue, Symbol: "BTCUSDT"}, From: from, To: from + 10*market.Minute,
		Answers: map[string]string{
			"/v5/market/instruments-info": `{"retCode":0,"retMsg":"OK","result":{"nextPageCursor":"","list":[{"symbol":"BTCUSDT","contractType":"LinearPerpetual","status":"Trading","baseCoin":"BTC","quoteCoin":"USDT","priceFilter":{"tickSize":"0.1"}}]}}`,
			"/v5/market/kline?category=linear&symbol=BTCUSDT&interval=1&start=1780000200000": `{"retCode":0,"retMsg":"OK","result":{"symbol":"BTCUSDT","category":"linear","list":[["1780000260000","17071","17073","17027","17055.5","268.611","15.74462667"],["1780000200000","17071.5","17071.5","17061","17071","4.177","0.24469757"]]},"retExtInfo":{},"time":1780000800123}`,
			"/v5/market/open-interest?category=linear&symbol=BTCUSDT&intervalTime=5min":      `{"retCode":0,"retMsg":"OK","result":{"symbol":"BTCUSDT","category":"linear","list":[{"openInterest":"461134384.00000000","timestamp":"1780000500000"},{"openInterest":"461134292.00000000","timestamp":"1780000200000"}],"nextPageCursor":"x"},"retExtInfo":{},"time":1780000800123}`,
		},
		Bars: []market.Candle{
			{OpenTime: from, CloseTime: from + market.Minute, Open: 17071.5, High: 17071.5, Low: 17061, Close: 17071, Volume: 4.177, TakerBuyVolume: -1},
			{OpenTime: from + market.Minute, CloseTime: from + 2*market.Minute, Open: 17071, High: 17073, Low: 17027, Close: 17055.5, Volume: 268.611, TakerBuyVolume: -1}},
		OpenInterest: []market.OpenInterest{{EventTime: from, Contracts: 461134292}, {EventTime: from + 5*market.Minute, Contracts: 461134384}},
	}.Run(t)
}

// TestMissed: the form of the answer is that of the venue's page; side is the
// taker's, and execId what the stream calls i.
func TestMissed(t *testing.T) {
	const trade = `{"execId":"2100000000007764263","symbol":"BTCUSDT","price":"16618.49","size":"0.00012","side":"%s","time":"%d","isBlockTrade":false,"isRPITrade":false,"seq":"123456"}`
	rest := feed.NewREST("http://venue.test", venuetest.Canned(map[string]string{
		"/v5/market/recent-trade?category=linear&symbol=BTCUSDT&limit=1000": fmt.Sprintf(`{"retCode":0,"retMsg":"OK","result":{"category":"linear","list":[`+trade+","+trade+`]},"retExtInfo":{},"time":1672053054358}`, "Buy", from+9, "Sell", from+5),
	}), feed.Limits{})
	m := feed.Missed{Symbol: "BTCUSDT", From: from, To: from + 10}
	got, err := linear.missed(t.Context(), rest, m)
	id := venue.HashID([]byte("2100000000007764263"))
	want := feed.Found{From: m.From, To: m.To, Ticks: []venue.Tick{
		{Symbol: []byte("BTCUSDT"), EventTime: from + 9, LastPrice: 16618.49, Size: .00012, Taker: market.TakerBuy, FirstID: id, LastID: id},
		{Symbol: []byte("BTCUSDT"), EventTime: from + 5, LastPrice: 16618.49, Size: .00012, Taker: market.TakerSell, FirstID: id, LastID: id}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
}
