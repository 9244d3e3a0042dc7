package okx

import (
	"testing"

	"halcyon/internal/venue"
	"halcyon/internal/venue/venuetest"
	"halcyon/market"
)

const at = market.UnixMilli(1_780_000_000_000)

func liquidated(posSide, side string) string {
	return `{"arg":{"channel":"liquidation-orders","instType":"SWAP"},"data":[{"details":[{"bkLoss":"0","bkPx":"0.007831","ccy":"","posSide":"` + posSide + `","side":"` + side +
		`","sz":"13","ts":"1780000000000"}],"instFamily":"IOST-USDT","instId":"IOST-USDT-SWAP","instType":"SWAP","uly":"IOST-USDT"}]}`
}

func liquidation(side market.PositionSide) []venuetest.Event {
	return []venuetest.Event{{Symbol: "IOST-USDT-SWAP", Event: market.Liquidation{EventTime: at, Side: side, Size: 13, BankruptcyPrice: .007831}}}
}

// Trades, marks and funding are recorded messages, open interest, liquidations
// and answers those of www.okx.com/docs-v5, read 2026-06; times are moved to 2026.
var suite = venuetest.Suite{
	NewParser:         newParser,
	LiquidationPrices: venuetest.Prices{Bankruptcy: true},
	Cases: []venuetest.Case{
		{Name: "side is the taker's; tradeId is the last of count", Frame: `{"arg":{"channel":"trades","instId":"BTC-USDT-SWAP"},"data":[{"instId":"BTC-USDT-SWAP","tradeId":"130639474","px":"42219.9","sz":"12.5","side":"buy","ts":"1780000000000","count":"3"},{"instId":"BTC-USDT-SWAP","tradeId":"130639475","px":"42219.8","sz":"1","side":"sell","ts":"1780000000001"}]}`,
			Ticks: []venuetest.Tick{{Symbol: "BTC-USDT-SWAP", EventTime: at, LastPrice: 42219.9, Size: 12.5, Taker: market.TakerBuy, FirstID: 130639472, LastID: 130639474},
				{Symbol: "BTC-USDT-SWAP", EventTime: at + 1, LastPrice: 42219.8, Size: 1, Taker: market.TakerSell, FirstID: 130639475, LastID: 130639475}}},
		{Name: "mark price", Frame: `{"arg":{"channel":"mark-price","instId":"BTC-USDT-SWAP"},"data":[{"instType":"SWAP","instId":"BTC-USDT-SWAP","markPx":"84660.1","ts":"1780000000000"}]}`,
			Events: []venuetest.Event{{Symbol: "BTC-USDT-SWAP", Event: market.MarkPrice{EventTime: at, MarkPrice: 84660.1}}}},
		{Name: "open interest in contracts, not in coins", Frame: `{"arg":{"channel":"open-interest","instId":"BTC-USDT-SWAP"},"data":[{"instType":"SWAP","instId":"BTC-USDT-SWAP","oi":"2216113.01","oiCcy":"22161.1301","oiUsd":"1876166.3","ts":"1780000000000"}]}`,
			Events: []venuetest.Event{{Symbol: "BTC-USDT-SWAP", Event: market.OpenInterest{EventTime: at, Contracts: 2216113.01}}}},
		{Name: "funding", Frame: `{"arg":{"channel":"funding-rate","instId":"BTC-USDT-SWAP"},"data":[{"instId":"BTC-USDT-SWAP","fundingRate":"0.0001","nextFundingRate":"","fundingTime":"1744590349506","nextFundingTime":"1744619149506","ts":"1780000000000"}]}`,
			Events: []venuetest.Event{{Symbol: "BTC-USDT-SWAP", Event: market.FundingRate{EventTime: at, Rate: .0001}}}},
		{Name: "a long is sold; bkPx is the bankruptcy price", Frame: liquidated("long", "sell"), Events: liquidation(market.Long)},
		{Name: "a short is bought", Frame: liquidated("short", "buy"), Events: liquidation(market.Short)},
		{Name: "in net mode the order's side tells: sell closes a long", Frame: liquidated("net", "sell"), Events: liquidation(market.Long)},
		{Name: "in net mode buy closes a short", Frame: liquidated("", "buy"), Events: liquidation(market.Short)},
		{Name: "subscribed", Frame: `{"event":"subscribe","arg":{"channel":"trades","instId":"BTC-USDT-SWAP"},"connId":"accb8e21"}`, Acks: 1},
		{Name: "refused", Frame: `{"event":"error","code":"60018","msg":"Wrong URL or channel:trades,instId:X doesn't exist.","connId":"a4d3ae55"}`, Refused: "doesn't exist"},
		{Name: "something else", Frame: `{"arg":{"channel":"tickers","instId":"BTC-USDT-SWAP"},"data":[{"instId":"BTC-USDT-SWAP","last":"1","ts":"1780000000000"}]}`, Foreign: 1},
	},
	Listings: func(body []byte) ([]market.Listing, error) {
		list, err := read[instrumentInfo](body)
		return listingsOf(list), err
	},
	Contracts: []venuetest.Contract{
		{Body: instrumentsBody, Symbol: "BTC-USDT-SWAP", Coin: "BTC", Settlement: market.Linear, TickSize: .1, Contracts: 50, Price: 90_000, Notional: 45_000},
		{Body: instrumentsBody, Symbol: "ETH-USDT-SWAP", Coin: "ETH", Settlement: market.Linear, TickSize: .01, Contracts: 50, Price: 3_000, Notional: 15_000},
		{Body: instrumentsBody, Symbol: "BTC-USD-SWAP", Coin: "BTC", Settlement: market.Inverse, TickSize: .1, Contracts: 7, Price: 90_000, Notional: 700},
	},
	Recorded: []venuetest.Recording{{Path: "frames/cryptofeed/OKX.ws.1.0.gz", Frame: venuetest.AfterColon, Ticks: 60}},
}

const instrumentsBody = `{"code":"0","msg":"","data":[
	{"ctMult":"1","ctType":"inverse","ctVal":"100","ctValCcy":"USD","instFamily":"BTC-USD","instId":"BTC-USD-SWAP","instType":"SWAP","settleCcy":"BTC","state":"live","tickSz":"0.1","uly":"BTC-USD"},
	{"ctMult":"1","ctType":"linear","ctVal":"0.1","ctValCcy":"ETH","instFamily":"ETH-USDT","instId":"ETH-USDT-SWAP","instType":"SWAP","settleCcy":"USDT","state":"live","tickSz":"0.01","uly":"ETH-USDT"},
	{"ctMult":"1","ctType":"linear","ctVal":"1","ctValCcy":"NEW","instFamily":"NEW-USDT","instId":"NEW-USDT-SWAP","instType":"SWAP","settleCcy":"USDT","state":"preopen","tickSz":"0.01","uly":"NEW-USDT"},
	{"ctMult":"1","ctType":"linear","ctVal":"0.01","ctValCcy":"BTC","instFamily":"BTC-USDT","instId":"BTC-USDT-SWAP","instType":"SWAP","settleCcy":"USDT","state":"live","tickSz":"0.1","uly":"BTC-USDT"}]}`

func TestFrames(t *testing.T) { venuetest.Run(t, suite) }

func FuzzFrames(f *testing.F) { venuetest.Fuzz(f, suite) }

func TestPong(t *testing.T) {
	var out venue.Parsed
	if err := newParser().Parse([]byte("pong"), at, &out); err != nil {
		t.Error(err)
	}
}

// TestTiers: sizes are in contracts of ctVal coins.
func TestTiers(t *testing.T) {
	l := market.Listing{Instrument: market.Instrument{ContractSize: .01}}
	tiers, err := tiersOf([]positionTier{{"0", "0.004", "100"}, {"501", "0.005", "75"}}, l, 60_000)
	if err != nil || len(tiers) != 2 || tiers[1].NotionalFloor != 501*.01*60_000 || tiers[1].MaintenanceMarginRate != .005 || tiers[1].MaxLeverage != 75 {
		t.Errorf("%+v, %v", tiers, err)
	}
}

func BenchmarkFrames(b *testing.B) { venuetest.Bench(b, suite) }
