package hyperliquid

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

// TestHistory: the candles are of a recorded answer, at another time.
func TestHistory(t *testing.T) {
	venuetest.HistorySuite{
		New: NewFeed, ID: market.InstrumentID{Venue: Venue, Symbol: "kPEPE"}, From: from, To: from + 10*market.Minute,
		NoOpenInterest: "the venue publishes its present value alone",
		Answers: map[string]string{
			"metaAndAssetCtxs": `[{"universe":[{"szDecimals":0,"name":"kPEPE","maxLeverage":10,"marginTableId":10}],"marginTables":[]},[{"markPx":"0.0016","oraclePx":"0.0016","funding":"0.0","openInterest":"1.0"}]]`,
			`{"type":"candleSnapshot","req":{"coin":"kPEPE","interval":"1m","startTime":1780000200000,"endTime":1780000799999}}`: `[{"T":1780000259999,"c":"0.001591","h":"0.001603","i":"1m","l":"0.001584","n":802,"o":"0.001603","s":"kPEPE","t":1780000200000,"v":"682593287.0"},{"t":1780000260000,"T":1780000319999,"c":"0.001605","h":"0.001605","i":"1m","l":"0.00159","n":308,"o":"0.001592","s":"kPEPE","v":"316205596.0"}]`,
		},
		Bars: []market.Candle{
			{OpenTime: from, CloseTime: from + market.Minute, Open: .001603, High: .001603, Low: .001584, Close: .001591, Volume: 682593287, TakerBuyVolume: -1},
			{OpenTime: from + market.Minute, CloseTime: from + 2*market.Minute, Open: .001592, High: .001605, Low: .00159, Close: .001605, Volume: 316205596, TakerBuyVolume: -1}},
	}.Run(t)
}

// TestMissed: side B is a taker who bought; the oldest trade of an answer may
// have had others in its millisecond, so that what is known begins behind it.
func TestMissed(t *testing.T) {
	rest := feed.NewREST("http://venue.test", venuetest.Canned(map[string]string{
		`{"type":"recentTrades","coin":"BTC"}`: `[{"coin":"BTC","side":"B","px":"95000.0","sz":"0.5","time":1780000200009,"hash":"0x0","tid":12,"users":["0x1","0x2"]},{"coin":"BTC","side":"A","px":"95001.0","sz":"0.25","time":1780000200005,"hash":"0x0","tid":11,"users":["0x1","0x2"]}]`,
	}), feed.Limits{})
	m := feed.Missed{Symbol: "BTC", From: from, To: from + 10}
	got, err := missed(t.Context(), rest, m)
	want := feed.Found{From: from + 6, To: m.To, Ticks: []venue.Tick{
		{Symbol: []byte("BTC"), EventTime: from + 9, LastPrice: 95000, Size: .5, Taker: market.TakerBuy, FirstID: 12, LastID: 12},
		{Symbol: []byte("BTC"), EventTime: from + 5, LastPrice: 95001, Size: .25, Taker: market.TakerSell, FirstID: 11, LastID: 11}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
}
