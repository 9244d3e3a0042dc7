package okx

import (
	"reflect"
	"testing"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/internal/venue/venuetest"
	"halcyon/market"
)

// from is 20:30 of the day of the frames.
const from = market.UnixMilli(1_780_000_200_000)

// TestHistory: the form of the answers is that of the venue's page; newest
// first, volume and open interest in contracts.
func TestHistory(t *testing.T) {
	venuetest.HistorySuite{
		New: NewFeed, ID: market.InstrumentID{Venue: Venue, Symbol: "BTC-USDT-SWAP"}, From: from, To: from + 10*market.Minute,
		Answers: map[string]string{
			"/api/v5/public/instruments": `{"code":"0","msg":"","data":[{"instId":"BTC-USDT-SWAP","instType":"SWAP","uly":"BTC-USDT","ctType":"linear","ctVal":"0.01","ctMult":"1","ctValCcy":"BTC","settleCcy":"USDT","tickSz":"0.1","state":"live"}]}`,
			"/api/v5/market/history-candles?instId=BTC-USDT-SWAP&bar=1m&after=1780000800000":               `{"code":"0","msg":"","data":[["1780000260000","70368","71042.6","70338.6","70728.4","22698.43","226.9843","11539840.5","1"],["1780000200000","69874","70495.6","69797.1","70368","8422410","22698348.04828491","12698348.04828491","1"],["1780000140000","1","1","1","1","1","1","1","1"]]}`,
			"/api/v5/rubik/stat/contracts/open-interest-history?instId=BTC-USDT-SWAP&period=5m&begin=1780": `{"code":"0","msg":"","data":[["1780000200000","3018178.49","30181.7849","2134926663.97"]]}`,
		},
		Bars: []market.Candle{
			{OpenTime: from, CloseTime: from + market.Minute, Open: 69874, High: 70495.6, Low: 69797.1, Close: 70368, Volume: 8422410, TakerBuyVolume: -1},
			{OpenTime: from + market.Minute, CloseTime: from + 2*market.Minute, Open: 70368, High: 71042.6, Low: 70338.6, Close: 70728.4, Volume: 22698.43, TakerBuyVolume: -1}},
		OpenInterest: []market.OpenInterest{{EventTime: from, Contracts: 3018178.49}},
	}.Run(t)
}

// TestMissed: the form of the answer is that of the venue's page; side is the
// taker's, sz in contracts.
func TestMissed(t *testing.T) {
	rest := feed.NewREST("http://venue.test", venuetest.Canned(map[string]string{
		"/api/v5/market/history-trades?instId=BTC-USDT-SWAP&type=1&limit=100&after=242720723": `{"code":"0","msg":"","data":[{"instId":"BTC-USDT-SWAP","side":"sell","sz":"2.5","source":"0","px":"29963.2","tradeId":"242720722","ts":"1654161646974"}]}`,
	}), feed.Limits{})
	m := feed.Missed{Symbol: "BTC-USDT-SWAP", AfterID: 242720721, BeforeID: 242720723, From: 1654161646000, To: 1654161647000}
	got, err := missed(t.Context(), rest, m)
	want := feed.Found{From: m.From, To: m.To, Ticks: []venue.Tick{{Symbol: []byte("BTC-USDT-SWAP"), EventTime: 1654161646974, LastPrice: 29963.2, Size: 2.5,
		Taker: market.TakerSell, FirstID: 242720722, LastID: 242720722}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
}
