package deribit

import (
	"testing"

	"halcyon/internal/venue/venuetest"
	"halcyon/market"
)

// TestHistory: the candles are recorded; those of an inverse perpetual count
// USD, which the venue calls cost.
func TestHistory(t *testing.T) {
	const from = market.UnixMilli(1_766_483_460_000)
	for symbol, volume := range map[string][2]market.Contracts{"BTC-PERPETUAL": {257_490, 250_000}, "SOL_USDC-PERPETUAL": {2.94375216, 2.85806724}} {
		venuetest.HistorySuite{
			New: NewFeed, ID: market.InstrumentID{Venue: Venue, Symbol: symbol}, From: from, To: from + 2*market.Minute,
			NoOpenInterest: "the venue publishes its present value alone",
			Answers: map[string]string{
				"/api/v2/public/get_instruments": instrumentsBody,
				"/api/v2/public/get_tradingview_chart_data?instrument_name=" + symbol + "&start_timestamp=1766483460000&end_timestamp=1766483579999&resolution=1": `{"id":2,"jsonrpc":"2.0","result":{"close":[87456.5,87456.5],"cost":[257490.0,250000.0],"high":[87456.5,87456.5],"low":[87451.0,87456.5],"open":[87451.0,87456.5],"status":"ok","ticks":[1766483460000,1766483520000],"volume":[2.94375216,2.85806724]},"testnet":false}`,
			},
			Bars: []market.Candle{
				{OpenTime: from, CloseTime: from + market.Minute, Open: 87451, High: 87456.5, Low: 87451, Close: 87456.5, Volume: volume[0], TakerBuyVolume: -1},
				{OpenTime: from + market.Minute, CloseTime: from + 2*market.Minute, Open: 87456.5, High: 87456.5, Low: 87456.5, Close: 87456.5, Volume: volume[1], TakerBuyVolume: -1}},
		}.Run(t)
	}
}
