package bitmex

import (
	"reflect"
	"testing"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/internal/venue/venuetest"
	"halcyon/market"
)

// from is 20:30 of the day of the frames.
const from = market.UnixMilli(1_780_000_200_000)

// TestHistory: the form of the answer is that of the venue's page. A bucket is
// named by its end and opens where the one before closed, outside of its own
// low; one without trades is left out.
func TestHistory(t *testing.T) {
	venuetest.HistorySuite{
		New: NewFeed, ID: market.InstrumentID{Venue: Venue, Symbol: "XBTUSD"}, From: from, To: from + 10*market.Minute,
		NoOpenInterest: "the venue publishes its present value alone",
		Answers: map[string]string{
			"/api/v1/instrument/active": active,
			"/api/v1/trade/bucketed?binSize=1m&partial=false&symbol=XBTUSD&count=1000&startTime=2026-05-28T20%3A31%3A00.000Z&endTime=2026-05-28T20%3A40%3A00.000Z": `[{"timestamp":"2026-05-28T20:31:00.000Z","symbol":"XBTUSD","open":98560.5,"high":98580,"low":98561,"close":98570.9,"trades":13,"volume":24500,"vwap":98570.1,"lastSize":100},{"timestamp":"2026-05-28T20:32:00.000Z","symbol":"XBTUSD","open":98570.9,"high":null,"low":null,"close":null,"trades":0,"volume":0,"vwap":null}]`,
		},
		Bars: []market.Candle{{OpenTime: from, CloseTime: from + market.Minute, Open: 98561, High: 98580, Low: 98561, Close: 98570.9, Volume: 24500, TakerBuyVolume: -1}},
	}.Run(t)
}

// TestMissed: rows are those of the stream.
func TestMissed(t *testing.T) {
	rest := feed.NewREST("http://venue.test", venuetest.Canned(map[string]string{
		"/api/v1/trade?symbol=XBTUSD&count=1000&start=0&reverse=false&startTime=2026-05-28T20%3A30%3A00.000Z&endTime=2026-05-28T20%3A30%3A01.000Z": `[{"timestamp":"2026-05-28T20:30:00.704Z","symbol":"XBTUSD","side":"Sell","size":100,"price":98570.9,"tickDirection":"ZeroPlusTick","trdMatchID":"00000000-006d-1000-0000-000e8737d536","grossValue":101450,"homeNotional":0.0010145,"foreignNotional":100,"trdType":"Regular"}]`,
	}), feed.Limits{})
	m := feed.Missed{Symbol: "XBTUSD", From: from, To: from + market.Second}
	got, err := missed(t.Context(), rest, m)
	id := venue.HashID([]byte("00000000-006d-1000-0000-000e8737d536"))
	want := feed.Found{From: m.From, To: m.To, Ticks: []venue.Tick{{Symbol: []byte("XBTUSD"), EventTime: from + 704, LastPrice: 98570.9, Size: 100, Taker: market.TakerSell, FirstID: id, LastID: id}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
}
