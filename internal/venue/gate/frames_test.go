package gate

import (
	"encoding/json"
	"testing"

	"halcyon/internal/venue/venuetest"
	"halcyon/market"
)

const at = market.UnixMilli(1_790_359_195_732)

// The frames of trades, tickers and the refusal were recorded from the venue
// in 2026-09; liquidations are those of www.gate.com/docs/developers/futures/ws,
// read 2026-08, at another time.
var suite = venuetest.Suite{
	NewParser:         newParser,
	LiquidationPrices: venuetest.Prices{Bankruptcy: true},
	Cases: []venuetest.Case{
		{Name: "a size below 0: the taker sold", Frame: `{"time":1790359195,"time_ms":1790359195732,"channel":"futures.trades","event":"update","result":[{"id":842235619,"size":-3,"create_time":1790359195,"create_time_ms":1790359195732,"price":"83746.9","contract":"BTC_USDT"},{"id":842235620,"size":7,"create_time":1790359195,"create_time_ms":1790359195733,"price":"83747","contract":"BTC_USDT"}]}`,
			Ticks: []venuetest.Tick{{Symbol: "BTC_USDT", EventTime: at, LastPrice: 83_746.9, Size: 3, Taker: market.TakerSell, FirstID: 842235619, LastID: 842235619},
				{Symbol: "BTC_USDT", EventTime: at + 1, LastPrice: 83_747, Size: 7, Taker: market.TakerBuy, FirstID: 842235620, LastID: 842235620}}},
		{Name: "total_size counts both sides: half of it is open interest", Frame: `{"time":1790359195,"time_ms":1790359195603,"channel":"futures.tickers","event":"update","result":[{"contract":"BTC_USDT","last":"83746.8","change_percentage":"-0.3892","total_size":"577776862","volume_24h":"670521289","mark_price":"83746.8","funding_rate":"0.000125","funding_rate_indicative":"0.000125","funding_interval":28800,"funding_offset":0,"funding_next_apply":1790380800,"index_price":"83786.4","quanto_base_rate":"","price_type":"last","t":1790359194966}]}`,
			Events: []venuetest.Event{{Symbol: "BTC_USDT", Event: market.MarkPrice{EventTime: 1_790_359_194_966, MarkPrice: 83_746.8, IndexPrice: 83_786.4}},
				{Symbol: "BTC_USDT", Event: market.OpenInterest{EventTime: 1_790_359_194_966, Contracts: 288_888_431}},
				{Symbol: "BTC_USDT", Event: market.FundingRate{EventTime: 1_790_359_194_966, Rate: .000125}}}},
		{Name: "a ticker without a time", Frame: `{"time":1545363005,"channel":"futures.tickers","event":"update","error":null,"result":[{"contract":"BTC_USDT","last":"118.4","mark_price":"118.35","index_price":"118.36"}]}`,
			Events: []venuetest.Event{{Symbol: "BTC_USDT", Event: market.MarkPrice{EventTime: venuetest.Recv, MarkPrice: 118.35, IndexPrice: 118.36}, Unstamped: true}}},
		{Name: "a size below 0: the order sold, and closed a long; price is the order's", Frame: `{"channel":"futures.public_liquidates","event":"update","time":1541505434,"time_ms":1541505434123,"result":[{"price":"215.1","size":-124,"time":1541486601123,"contract":"BTC_USDT"},{"price":"215.2","size":"10.5","time":1541486601456,"contract":"BTC_USDT"}]}`,
			Events: []venuetest.Event{{Symbol: "BTC_USDT", Event: market.Liquidation{EventTime: 1_541_486_601_123, Side: market.Long, Size: 124, BankruptcyPrice: 215.1}},
				{Symbol: "BTC_USDT", Event: market.Liquidation{EventTime: 1_541_486_601_456, Side: market.Short, Size: 10.5, BankruptcyPrice: 215.2}}}},
		{Name: "as before 2026-08-20, in seconds and milliseconds", Frame: `{"channel":"futures.public_liquidates","event":"update","time":1541505434,"time_ms":1541505434123,"result":[{"price":215.1,"size":-124,"time":1541486601,"time_ms":1541486601123,"contract":"BTC_USDT"}]}`,
			Events: []venuetest.Event{{Symbol: "BTC_USDT", Event: market.Liquidation{EventTime: 1_541_486_601_123, Side: market.Long, Size: 124, BankruptcyPrice: 215.1}}}},
		{Name: "subscribed", Frame: `{"time":1684930165,"time_ms":0,"channel":"futures.trades","event":"subscribe","result":{"status":"success"}}`, Acks: 1},
		{Name: "refused", Frame: `{"time":1790359189,"time_ms":1790359189780,"channel":"futures.candlesticks","event":"subscribe","payload":["1m_BTC_USDT"],"error":{"code":1,"message":"request payload does not follow json schema"},"result":{"status":"fail"}}`, Refused: "does not follow json schema"},
		{Name: "pong", Frame: `{"time":1789456354,"time_ms":1789456354999,"conn_id":"c59a69fd3702aa1d","channel":"futures.pong","event":"","result":null}`},
		{Name: "something else", Frame: `{"time":1790359189,"time_ms":1790359189821,"channel":"futures.book_ticker","event":"update","result":{"t":1790359189815,"u":126202649505,"s":"BTC_USDT","b":"83746.8","B":13855,"a":"83746.9","A":11465}}`, Foreign: 1},
	},
	Listings: func(body []byte) ([]market.Listing, error) {
		var list []contract
		err := json.Unmarshal(body, &list)
		return listingsOf(list), err
	},
	Contracts: []venuetest.Contract{{Body: contracts, Symbol: "BTC_USDT", Coin: "BTC", Settlement: market.Linear, TickSize: .1, Contracts: 5_000, Price: 90_000, Notional: 45_000}},
	Recorded:  []venuetest.Recording{{Path: "frames/cryptofeed/GATEIO_FUTURES.ws.1.0.gz", Frame: venuetest.AfterColon}},
}

// contracts is trimmed from what the venue answered in 2026-09. Half of the
// total_size above is position_size, within the minutes that lie between them.
const contracts = `[
	{"index_price":"83802.16","order_price_round":"0.1","order_size_min":1,"name":"BTC_USDT","maintenance_rate":"0.003","type":"direct","in_delisting":false,"mark_price":"83760.7","position_size":289031937,"quanto_multiplier":"0.0001","leverage_max":"200","is_pre_market":false,"status":"trading"},
	{"order_price_round":"0.1","name":"GONE_USDT","type":"direct","in_delisting":true,"quanto_multiplier":"1","status":"trading"},
	{"order_price_round":"0.1","name":"NEW_USDT","type":"direct","quanto_multiplier":"1","is_pre_market":true,"status":"prelaunch"},
	{"order_price_round":"0.1","name":"BTC_USD","type":"inverse","quanto_multiplier":"0","status":"trading"}]`

func TestFrames(t *testing.T) { venuetest.Run(t, suite) }

func FuzzFrames(f *testing.F) { venuetest.Fuzz(f, suite) }

func BenchmarkFrames(b *testing.B) { venuetest.Bench(b, suite) }

func TestOnlyWhatTradesIsListed(t *testing.T) {
	if listings, err := suite.Listings([]byte(contracts)); err != nil || len(listings) != 1 {
		t.Errorf("%v, %v", listings, err)
	}
}

// TestTiers: limits are caps in quote currency; what is subtracted is what the
// venue calls deduction. Answered by the venue in 2026-09.
func TestTiers(t *testing.T) {
	var list []riskLimitTier
	body := `[{"maintenance_rate":"0.003","tier":1,"initial_rate":"0.005","leverage_max":"200","risk_limit":"500000","deduction":"0"},
		{"maintenance_rate":"0.0035","tier":2,"initial_rate":"0.006666","leverage_max":"150.01","risk_limit":"1000000","deduction":"250"},
		{"maintenance_rate":"0.004","tier":3,"initial_rate":"0.008","leverage_max":"125","risk_limit":"1500000","deduction":"750"}]`
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatal(err)
	}
	tiers, err := tiersOf(list)
	if err != nil || len(tiers) != 3 || tiers[0].MaxLeverage != 200 || tiers[1].NotionalFloor != 500_000 || tiers[2].NotionalFloor != 1_000_000 {
		t.Fatalf("%+v, %v", tiers, err)
	}
	if a := tiers[1].MaintenanceAmount; a < 249.999 || a > 250.001 {
		t.Errorf("the second tier's maintenance amount is %v, want the venue's deduction of 250", a)
	}
}
