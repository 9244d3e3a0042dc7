package deribit

import (
	"reflect"
	"testing"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/internal/venue/venuetest"
	"halcyon/market"
)

// TestMissed: the answer is recorded, trimmed; trade_seq is that of the stream.
func TestMissed(t *testing.T) {
	const from = market.UnixMilli(1_766_332_040_000)
	rest := feed.NewREST("http://venue.test", venuetest.Canned(map[string]string{
		"/api/v2/public/get_last_trades_by_instrument_and_time?instrument_name=ETH-PERPETUAL&start_timestamp=1766332040000&end_timestamp=1766332050000&count=1000&sorting=asc": `{"id":2,"jsonrpc":"2.0","result":{"has_more":false,"trades":[{"amount":1.0,"contracts":1.0,"direction":"sell","index_price":2967.73,"instrument_name":"ETH-PERPETUAL","mark_price":2968.01,"price":2968.3,"tick_direction":0,"timestamp":1766332040636,"trade_id":"ETH-284830839","trade_seq":203024587}]},"testnet":false,"usDiff":384}`,
	}), feed.Limits{})
	m := feed.Missed{Symbol: "ETH-PERPETUAL", From: from, To: from + 10_000}
	got, err := missed(t.Context(), rest, m)
	want := feed.Found{From: m.From, To: m.To, Ticks: []venue.Tick{{Symbol: []byte("ETH-PERPETUAL"), EventTime: from + 636, LastPrice: 2968.3, Size: 1, Taker: market.TakerSell, FirstID: 203024587, LastID: 203024587}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
}
