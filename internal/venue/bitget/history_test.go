package bitget

import (
	"testing"

	"halcyon/internal/venue/venuetest"
	"halcyon/market"
)

// TestHistory: the form of the answers is that of the venue's page.
func TestHistory(t *testing.T) {
	const from = market.UnixMilli(1_780_000_200_000)
	venuetest.HistorySuite{
		New: NewFeed, ID: market.InstrumentID{Venue: Venue, Symbol: "BTCUSDT"}, From: from, To: from + 10*market.Minute,
		NoOpenInterest: "the venue publishes its present value alone",
		Answers: map[string]string{
			"/api/v3/market/instruments": instrumentsBody,
			"/api/v3/market/history-candles?category=USDT-FUTURES&symbol=BTCUSDT&interval=1m&startTime=1780000199999&endTime=1780000800000": `{"code":"00000","msg":"success","requestTime":1695865864944,"data":[["1780000200000","27176.93","27177.43","27166.93","27177.43","2990.08","81246917.3294"],["1780000260000","27177.43","27177.43","24000","24001","2989.1","72450031.0448"]]}`,
		},
		Bars: []market.Candle{
			{OpenTime: from, CloseTime: from + market.Minute, Open: 27176.93, High: 27177.43, Low: 27166.93, Close: 27177.43, Volume: 2990.08, TakerBuyVolume: -1},
			{OpenTime: from + market.Minute, CloseTime: from + 2*market.Minute, Open: 27177.43, High: 27177.43, Low: 24000, Close: 24001, Volume: 2989.1, TakerBuyVolume: -1}},
	}.Run(t)
}
