package kraken

import (
	"testing"

	"halcyon/internal/venue/venuetest"
	"halcyon/market"
)

// TestHistory: the candles were recorded in 2026-09, an hour each, and stand
// here for minutes.
func TestHistory(t *testing.T) {
	const from = market.UnixMilli(1_790_265_600_000)
	venuetest.HistorySuite{
		New: NewFeed, ID: market.InstrumentID{Venue: Venue, Symbol: "PF_XBTUSD"}, From: from, To: from + 2*market.Minute,
		NoOpenInterest: "it is not asked for",
		Answers: map[string]string{
			"/derivatives/api/v3/instruments":                                 instrumentsBody,
			"/api/charts/v1/trade/PF_XBTUSD/1m?from=1790265600&to=1790265719": `{"candles":[{"time":1790265600000,"open":"84406","high":"84924","low":"84009","close":"84476","volume":"250.90500000000"},{"time":1790265660000,"open":"84476","high":"84556","low":"83975","close":"84089","volume":"148.78190000000"}],"more_candles":false}`,
		},
		Bars: []market.Candle{
			{OpenTime: from, CloseTime: from + market.Minute, Open: 84406, High: 84924, Low: 84009, Close: 84476, Volume: 250.905, TakerBuyVolume: -1},
			{OpenTime: from + market.Minute, CloseTime: from + 2*market.Minute, Open: 84476, High: 84556, Low: 83975, Close: 84089, Volume: 148.7819, TakerBuyVolume: -1}},
	}.Run(t)
}
