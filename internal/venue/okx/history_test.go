package okx

import (
	"testing"

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
