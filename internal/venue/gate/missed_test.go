package gate

import (
	"reflect"
	"testing"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/internal/venue/venuetest"
	"halcyon/market"
)

// TestMissed: the answer was recorded in 2026-09; times are in seconds here.
func TestMissed(t *testing.T) {
	const from = market.UnixMilli(1_790_359_375_000)
	rest := feed.NewREST("http://venue.test", venuetest.Canned(map[string]string{
		"/api/v4/futures/usdt/trades?contract=BTC_USDT&from=1790359375&to=1790359376&limit=1000&offset=0": `[{"id":842236400,"contract":"BTC_USDT","create_time":1790359375.258,"create_time_ms":1790359375.258,"size":9,"price":"83775.5"},{"id":842236399,"contract":"BTC_USDT","create_time":1790359375.111,"create_time_ms":1790359375.111,"size":-2,"price":"83775.4"}]`,
	}), feed.Limits{})
	m := feed.Missed{Symbol: "BTC_USDT", From: from, To: from + 900}
	got, err := missed(t.Context(), rest, m)
	want := feed.Found{From: m.From, To: m.To, Ticks: []venue.Tick{
		{Symbol: []byte("BTC_USDT"), EventTime: from + 258, LastPrice: 83_775.5, Size: 9, Taker: market.TakerBuy, FirstID: 842236400, LastID: 842236400},
		{Symbol: []byte("BTC_USDT"), EventTime: from + 111, LastPrice: 83_775.4, Size: 2, Taker: market.TakerSell, FirstID: 842236399, LastID: 842236399}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
}
