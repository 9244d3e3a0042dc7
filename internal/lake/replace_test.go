package lake

import (
	"errors"
	"reflect"
	"testing"

	"halcyon/market"
)

// TestReplaceTrades: candles, gaps and trades of before go; what is of other
// kinds stays.
func TestReplaceTrades(t *testing.T) {
	ctx := t.Context()
	l, err := Open(ctx, "mem://")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	id, day := market.InstrumentID{Venue: "test", Symbol: "BTC"}, 20_000*market.Day
	var before, whole market.EventSet
	before.Trades.Append(day+5, 10, 1, market.TakerBuy)
	before.Add(market.Candle{OpenTime: day, CloseTime: day + market.Minute, Open: 1, High: 1, Low: 1, Close: 1})
	before.Add(market.Gap{From: day, To: day + 9, Reason: "x"})
	before.Add(market.OpenInterest{EventTime: day + 7, Contracts: 3})
	whole.Trades.Append(day+6, 11, 2, market.TakerSell)
	whole.Trades.Append(day+20*market.Hour, 12, 2, market.TakerSell)
	whole.Add(market.OpenInterest{EventTime: day + 8, Contracts: 4})
	if _, err := l.Merge(ctx, id, day, &before); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := l.ReplaceTrades(ctx, id, day, &whole); err != nil {
			t.Fatal(err)
		}
	}
	got, err := l.Events(ctx, id, day)
	want := &market.EventSet{Trades: whole.Trades, OpenInterest: []market.OpenInterest{{EventTime: day + 7, Contracts: 3}, {EventTime: day + 8, Contracts: 4}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	for _, bad := range []struct {
		day market.UnixMilli
		set *market.EventSet
	}{{day, &market.EventSet{}}, {day + 1, &whole}, {day + market.Day, &whole}} {
		if err := l.ReplaceTrades(ctx, id, bad.day, bad.set); !errors.Is(err, market.ErrInvalid) {
			t.Errorf("%v: %v", bad.day, err)
		}
	}
}
