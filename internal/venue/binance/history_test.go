package binance

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

// TestHistory: rows are those of recorded answers (LTCUSDT, LTCUSD_PERP) at
// another time. Volumes are coins or contracts; the tenth column is what takers
// bought.
func TestHistory(t *testing.T) {
	venuetest.HistorySuite{
		New: NewUSDM, ID: market.InstrumentID{Venue: Venue, Symbol: "LTCUSDT"}, From: from, To: from + 10*market.Minute,
		Answers: map[string]string{
			"/fapi/v1/exchangeInfo": `{"symbols":[{"symbol":"LTCUSDT","contractType":"PERPETUAL","status":"TRADING","baseAsset":"LTC","quoteAsset":"USDT","marginAsset":"USDT","filters":[{"filterType":"PRICE_FILTER","tickSize":"0.01"}]}]}`,
			"/fapi/v1/klines?symbol=LTCUSDT&interval=1m&startTime=1780000200000&endTime=1780000799999": `[[1780000200000,"50.49","50.52","50.31","50.33","3811.648",1780000259999,"192171.59398",1517,"956.116","48217.57292","0"],[1780000260000,"50.34","50.39","50.12","50.16","14224.092",1780000319999,"714732.34394",1715,"3624.119","182269.68753","0"]]`,
			"/futures/data/openInterestHist?symbol=LTCUSDT&period=5m":                                  `[{"sumOpenInterest":"286060.67400000","sumOpenInterestValue":"13151177.54493120","symbol":"LTCUSDT","timestamp":1780000200000},{"sumOpenInterest":"0","sumOpenInterestValue":"0","symbol":"LTCUSDT","timestamp":1780000500000}]`,
		},
		Bars: []market.Candle{
			{OpenTime: from, CloseTime: from + market.Minute, Open: 50.49, High: 50.52, Low: 50.31, Close: 50.33, Volume: 3811.648, TakerBuyVolume: 956.116},
			{OpenTime: from + market.Minute, CloseTime: from + 2*market.Minute, Open: 50.34, High: 50.39, Low: 50.12, Close: 50.16, Volume: 14224.092, TakerBuyVolume: 3624.119}},
		OpenInterest: []market.OpenInterest{{EventTime: from, Contracts: 286060.674}},
	}.Run(t)
	venuetest.HistorySuite{
		New: NewCOINM, ID: market.InstrumentID{Venue: Venue, Symbol: "LTCUSD_PERP"}, From: from, To: from + 10*market.Minute,
		Answers: map[string]string{
			"/dapi/v1/exchangeInfo":                                                       `{"symbols":[{"symbol":"LTCUSD_PERP","contractType":"PERPETUAL","contractStatus":"TRADING","contractSize":10,"baseAsset":"LTC","quoteAsset":"USD","marginAsset":"LTC","filters":[{"filterType":"PRICE_FILTER","tickSize":"0.01"}]}]}`,
			"/dapi/v1/klines?symbol=LTCUSD_PERP&interval=1m":                              `[[1780000200000,"83.25","83.25","83.07","83.15","2929",1780000259999,"352.24700594",22,"989","118.95308481","0"]]`,
			"/futures/data/openInterestHist?pair=LTCUSD&contractType=PERPETUAL&period=5m": `[{"contractType":"PERPETUAL","pair":"LTCUSD","sumOpenInterest":"284391.00000000","sumOpenInterestValue":"2451.46068891","timestamp":1780000500000}]`,
		},
		Bars:         []market.Candle{{OpenTime: from, CloseTime: from + market.Minute, Open: 83.25, High: 83.25, Low: 83.07, Close: 83.15, Volume: 2929, TakerBuyVolume: 989}},
		OpenInterest: []market.OpenInterest{{EventTime: from + 5*market.Minute, Contracts: 284391}},
	}.Run(t)
}

// TestMissed: the answer is a recorded one (BTCUSDT); m=true: the taker sold.
func TestMissed(t *testing.T) {
	rest := feed.NewREST("http://venue.test", venuetest.Canned(map[string]string{
		"/fapi/v1/aggTrades?symbol=BTCUSDT&fromId=154676475&limit=1000": `[{"T":1602989582346,"a":154676475,"f":230188317,"l":230188317,"m":false,"p":"11376.16","q":"0.001"},{"T":1602989583660,"a":154676479,"f":230188321,"l":230188321,"m":true,"p":"11378.45","q":"0.090"}]`,
	}), feed.Limits{})
	m := feed.Missed{Symbol: "BTCUSDT", AfterID: 154676474, From: 1602989582000, To: 1602989583661}
	got, err := usdm.missed(t.Context(), rest, m)
	want := feed.Found{From: m.From, To: m.To, Ticks: []venue.Tick{
		{Symbol: []byte("BTCUSDT"), EventTime: 1602989582346, LastPrice: 11376.16, Size: .001, Taker: market.TakerBuy, FirstID: 154676475, LastID: 154676475},
		{Symbol: []byte("BTCUSDT"), EventTime: 1602989583660, LastPrice: 11378.45, Size: .09, Taker: market.TakerSell, FirstID: 154676479, LastID: 154676479}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	m.AfterID = 1
	if got, err := usdm.missed(t.Context(), rest, m); err == nil || got.To >= m.From {
		t.Errorf("of a refusal %+v, %v", got, err)
	}
}
