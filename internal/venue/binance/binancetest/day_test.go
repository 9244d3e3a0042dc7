package binancetest

import (
	"bytes"
	"testing"
)

func TestDayIsTheSameForTheSameSeed(t *testing.T) {
	var a, b, other bytes.Buffer
	opt := DayOptions{Trades: 5000}
	for _, c := range []struct {
		into *bytes.Buffer
		opt  DayOptions
	}{{&a, opt}, {&b, opt}, {&other, DayOptions{Trades: 5000, Seed: 2}}} {
		if err := WriteAggTrades(c.into, c.opt); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two days of one seed differ")
	}
	if bytes.Equal(a.Bytes(), other.Bytes()) {
		t.Error("days of two seeds are equal")
	}
	if rows := bytes.Count(a.Bytes(), []byte("\n")); rows != 5001 {
		t.Errorf("rows with header: got %d, want 5001", rows)
	}
}
