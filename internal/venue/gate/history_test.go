package gate

import (
	"testing"

	"halcyon/internal/venue/venuetest"
	"halcyon/market"
)

// TestHistory: the candles were recorded in 2026-09; v is in contracts.
func TestHistory(t *testing.T) {
	const from = market.UnixMilli(1_790_349_960_000)
	venuetest.HistorySuite{
		New: NewFeed, ID: market.InstrumentID{Venue: Venue, Symbol: "BTC_USDT"}, From: from, To: from + 2*market.Minute,
		NoOpenInterest: "whether it counts one side or both is not said",
		Answers: map[string]string{
			"/api/v4/futures/usdt/contracts": contracts,
			"/api/v4/futures/usdt/candlesticks?contract=BTC_USDT&interval=1m&from=1790349960&to=1790350079": `[{"o":"83807.3","v":291170,"t":1790349960,"c":"83817.9","l":"83788.1","h":"83823","sum":"2440050.23996"},{"o":"83821.4","v":230651,"t":1790350020,"c":"83765.6","l":"83763","h":"83830.1","sum":"1932591.37262"},{"o":"83765.5","v":254233,"t":1790350080,"c":"83727.1","l":"83708.1","h":"83765.5","sum":"2128546.40587"}]`,
		},
		Bars: []market.Candle{
			{OpenTime: from, CloseTime: from + market.Minute, Open: 83807.3, High: 83823, Low: 83788.1, Close: 83817.9, Volume: 291170, TakerBuyVolume: -1},
			{OpenTime: from + market.Minute, CloseTime: from + 2*market.Minute, Open: 83821.4, High: 83830.1, Low: 83763, Close: 83765.6, Volume: 230651, TakerBuyVolume: -1}},
	}.Run(t)
}
