package lake

import (
	"errors"
	"reflect"
	"testing"

	"halcyon/internal/observed"
	"halcyon/market"
)

// somePositions are of both sides, with and without a liquidation price.
func somePositions() []observed.Position {
	var out []observed.Position
	for i := range 300 {
		p := observed.Position{Address: observed.Address{0: byte(i >> 8), 1: byte(i), 19: 7}, Symbol: btc.Symbol, Side: market.PositionSide(i % 2), Size: market.Contracts(i+1) / 8,
			EntryPrice: 50_000 + market.Price(i), ReconciledAt: aDay + market.UnixMilli(i), Moved: i%5 == 0}
		if i%3 > 0 {
			p.LiquidationPrice = 40_000 + market.Price(i)/3
		}
		out = append(out, p)
	}
	return out
}

func TestObservedRoundTrip(t *testing.T) {
	l := openTest(t)
	if times, err := l.ObservedTimes(noTime, btc); err != nil || len(times) > 0 {
		t.Fatalf("%v, %v, want nothing", times, err)
	}
	first, second := aDay+market.Hour, aDay+market.Day+1
	want := somePositions()
	for at, positions := range map[market.UnixMilli][]observed.Position{second: want, first: want[:1]} {
		if err := l.PutObserved(noTime, btc, at, positions); err != nil {
			t.Fatal(err)
		}
	}
	if times, err := l.ObservedTimes(noTime, btc); err != nil || !reflect.DeepEqual(times, []market.UnixMilli{first, second}) {
		t.Errorf("%v, %v, want %v and %v", times, err, first, second)
	}
	if got, err := l.Observed(noTime, btc, second); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%d positions, %v, want the %d that were stored", len(got), err, len(want))
	}
	if got, err := l.Observed(noTime, btc, first+1); err != nil || len(got) > 0 {
		t.Errorf("%v, %v of an instant without a snapshot", got, err)
	}
	if err := l.PutObserved(noTime, btc, first, nil); !errors.Is(err, market.ErrInvalid) {
		t.Errorf("no positions: %v, want ErrInvalid", err)
	}
}

// The same snapshot stored again is the same bytes under the same name.
func TestObservedIsIdempotent(t *testing.T) {
	l := openTest(t)
	var before map[string]string
	for range 2 {
		if err := l.PutObserved(noTime, btc, aDay+1, somePositions()); err != nil {
			t.Fatal(err)
		}
		now := contents(t, l)
		if len(now) != 1 || before != nil && !reflect.DeepEqual(now, before) {
			t.Fatalf("%d objects, want the one that was there", len(now))
		}
		before = now
	}
}
