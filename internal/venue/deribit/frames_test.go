package deribit

import (
	"testing"

	"halcyon/internal/venue/venuetest"
	"halcyon/market"
)

const at = market.UnixMilli(1_765_531_356_452)

// liquidated is a sale of 750 USD in which some side was liquidated.
func liquidated(whose string) string {
	return `{"jsonrpc":"2.0","method":"subscription","params":{"channel":"trades.BTC-PERPETUAL.100ms","data":[{"timestamp":1765531356452,"price":92288.5,"amount":750.0,"direction":"sell","index_price":92276.75,"instrument_name":"BTC-PERPETUAL","trade_seq":271252855,"mark_price":92287.11,"tick_direction":2,"contracts":75.0,"liquidation":"` + whose + `","trade_id":"403691825"}]}}`
}

var sold = []venuetest.Tick{{Symbol: "BTC-PERPETUAL", EventTime: at, LastPrice: 92_288.5, Size: 750, Taker: market.TakerSell, FirstID: 271252855, LastID: 271252855}}

func closed(sides ...market.PositionSide) (out []venuetest.Event) {
	for _, side := range sides {
		out = append(out, venuetest.Event{Symbol: "BTC-PERPETUAL", Event: market.Liquidation{EventTime: at, Side: side, Size: 750, AvgFillPrice: 92_288.5}})
	}
	return out
}

// The frames are recorded, but for the mark of a liquidation, which is added as
// docs.deribit.com/subscriptions/trades, read 2026-06, describes it.
var suite = venuetest.Suite{
	NewParser:         newParser,
	LiquidationPrices: venuetest.Prices{Fill: true},
	Cases: []venuetest.Case{
		{Name: "direction is the taker's; amounts, not contracts", Frame: `{"jsonrpc":"2.0","method":"subscription","params":{"channel":"trades.BTC-PERPETUAL.100ms","data":[{"timestamp":1765531356452,"price":92294.5,"amount":10.0,"direction":"buy","index_price":92276.75,"instrument_name":"BTC-PERPETUAL","trade_seq":271252854,"mark_price":92287.11,"tick_direction":2,"contracts":1.0,"combo_trade_id":"43","trade_id":"403691824"},{"timestamp":1765531356452,"price":92288.5,"amount":750.0,"direction":"sell","index_price":92276.75,"instrument_name":"BTC-PERPETUAL","trade_seq":271252855,"mark_price":92287.11,"tick_direction":2,"contracts":75.0,"trade_id":"403691825"}]}}`,
			Ticks: append([]venuetest.Tick{{Symbol: "BTC-PERPETUAL", EventTime: at, LastPrice: 92_294.5, Size: 10, Taker: market.TakerBuy, FirstID: 271252854, LastID: 271252854}}, sold...)},
		{Name: "T: the taker, who sold, was liquidated, a long; price is where it filled", Frame: liquidated("T"), Ticks: sold, Events: closed(market.Long)},
		{Name: "M: the maker, who bought, was liquidated, a short", Frame: liquidated("M"), Ticks: sold, Events: closed(market.Short)},
		{Name: "MT: both were", Frame: liquidated("MT"), Ticks: sold, Events: closed(market.Long, market.Short)},
		{Name: "ticker; open interest is an amount", Frame: `{"jsonrpc":"2.0","method":"subscription","params":{"channel":"ticker.BTC-PERPETUAL.100ms","data":{"timestamp":1765541474086,"state":"open","stats":{"high":93612.0,"low":89277.5,"price_change":2.3275,"volume":11897.27640428,"volume_usd":1092371540.0,"volume_notional":1092371540.0},"index_price":92263.55,"instrument_name":"BTC-PERPETUAL","last_price":92283.5,"settlement_price":92464.66,"min_price":90897.5,"max_price":93666.5,"open_interest":1132329370.0,"mark_price":92281.78,"interest_value":0.0028213400122472977,"best_ask_price":92284.0,"best_bid_price":92283.5,"estimated_delivery_price":92263.55,"best_ask_amount":186520.0,"best_bid_amount":117660.0,"current_funding":0.0,"funding_8h":1.742e-05}}}`,
			Events: []venuetest.Event{{Symbol: "BTC-PERPETUAL", Event: market.MarkPrice{EventTime: 1_765_541_474_086, MarkPrice: 92_281.78, IndexPrice: 92_263.55}},
				{Symbol: "BTC-PERPETUAL", Event: market.OpenInterest{EventTime: 1_765_541_474_086, Contracts: 1_132_329_370}},
				{Symbol: "BTC-PERPETUAL", Event: market.FundingRate{EventTime: 1_765_541_474_086}}}},
		{Name: "subscribed", Frame: `{"jsonrpc":"2.0","id":1,"result":["trades.BTC-PERPETUAL.100ms","book.BTC-PERPETUAL.100ms"],"testnet":true,"usIn":1699999999000000,"usOut":1699999999001000,"usDiff":1000}`, Acks: 2},
		{Name: "to nothing that is there", Frame: `{"jsonrpc":"2.0","id":1,"result":[]}`, Refused: "no such channels"},
		{Name: "refused", Frame: `{"jsonrpc":"2.0","id":1,"error":{"code":10028,"message":"too_many_requests","data":null}}`, Refused: "too_many_requests"},
		{Name: "the answer to a ping", Frame: `{"jsonrpc":"2.0","id":2,"result":{"version":"1.2.26"}}`},
		{Name: "heartbeat", Frame: `{"jsonrpc":"2.0","method":"heartbeat","params":{"type":"test_request"}}`},
		{Name: "something else", Frame: `{"jsonrpc":"2.0","method":"subscription","params":{"channel":"deribit_volatility_index.btc_usd","data":{"volatility":129.36,"timestamp":1619777946007,"index_name":"btc_usd"}}}`, Foreign: 1},
	},
	Listings: parseInstruments,
	Contracts: []venuetest.Contract{
		{Body: instrumentsBody, Symbol: "BTC-PERPETUAL", Coin: "BTC", Settlement: market.Inverse, TickSize: .5, Contracts: 700, Price: 90_000, Notional: 700},
		{Body: instrumentsBody, Symbol: "SOL_USDC-PERPETUAL", Coin: "SOL", Settlement: market.Linear, TickSize: .01, Contracts: .5, Price: 150, Notional: 75},
	},
	Recorded: []venuetest.Recording{{Path: "frames/cryptofeed/DERIBIT.ws.1.0.gz", Frame: venuetest.AfterColon, Events: 20}},
}

// instrumentsBody is recorded, trimmed; instrument_type was added to those of
// the second line, which are from 2022.
const instrumentsBody = `{"jsonrpc":"2.0","id":1,"result":[
	{"price_index":"btc_usd","kind":"future","instrument_name":"BTC-PERPETUAL","max_leverage":50,"instrument_type":"reversed","is_active":true,"tick_size":0.5,"contract_size":10.0,"min_trade_amount":10.0,"settlement_currency":"BTC","settlement_period":"perpetual","base_currency":"BTC","counter_currency":"USD","quote_currency":"USD"},
	{"tick_size":0.01,"settlement_period":"perpetual","settlement_currency":"USDC","quote_currency":"USDC","min_trade_amount":0.1,"kind":"future","instrument_type":"linear","is_active":true,"instrument_name":"SOL_USDC-PERPETUAL","contract_size":0.1,"base_currency":"SOL"},
	{"price_index":"btc_usd","kind":"future","instrument_name":"BTC-27DEC24","instrument_type":"reversed","is_active":true,"tick_size":0.5,"contract_size":10.0,"settlement_period":"month","base_currency":"BTC","quote_currency":"USD"},
	{"kind":"option","instrument_name":"BTC-27DEC24-100000-C","instrument_type":"reversed","is_active":true,"tick_size":0.0005,"settlement_period":"month","base_currency":"BTC","quote_currency":"BTC"}]}`

func TestFrames(t *testing.T) { venuetest.Run(t, suite) }

func FuzzFrames(f *testing.F) { venuetest.Fuzz(f, suite) }

func BenchmarkFrames(b *testing.B) { venuetest.Bench(b, suite) }

func TestOptionsAndDatedFuturesAreLeftOut(t *testing.T) {
	if listings, err := parseInstruments([]byte(instrumentsBody)); err != nil || len(listings) != 2 {
		t.Errorf("%v, %v", listings, err)
	}
}
