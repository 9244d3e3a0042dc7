package bybit

import (
	"strings"
	"testing"

	"halcyon/internal/venue"
	"halcyon/market"
)

const text = "date,open,high,low,close,volume\n1768148700000,90957.9,91041.7,90949.6,91001.4,122.416\n1768149000000,91001.4,91254.5,90989.6,91152.5,674.327\n"

func TestKlinesAreBybitsOnlyWhereThePathSaysSo(t *testing.T) {
	file := venue.File{Path: "data/bybit/klines_5m/BTCUSDT.csv", Name: "BTCUSDT.csv", Head: []byte(text)}
	if got := detectKlines(file); got != venue.Sure {
		t.Errorf("in a folder named bybit: %v, want Sure", got)
	}
	if got := detectKlines(venue.File{Path: "BTCUSDT.csv", Name: "BTCUSDT.csv", Head: []byte(text)}); got != venue.No {
		t.Errorf("elsewhere: %v, want No", got)
	}
	r, err := openKlines(file, venue.NewLineBlocks(file.Path, strings.NewReader(text)), venue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := r.Next()
	want := market.Candle{OpenTime: 1768148700000, CloseTime: 1768149000000, Open: 90957.9, High: 91041.7, Low: 90949.6, Close: 91001.4,
		Volume: 122.416, TakerBuyVolume: -1}
	if e != want || err != nil {
		t.Errorf("got %+v, %v; want %+v", e, err, want)
	}
	if l := r.Listing(); l.InstrumentID.String() != "bybit:BTCUSDT" || l.Coin != "BTC" || l.Validate() != nil {
		t.Errorf("listing %+v", l)
	}
}

func TestSymbolFaults(t *testing.T) {
	file := venue.File{Path: "bybit/x.csv", Name: "x.csv", Head: []byte(text)}
	for _, symbol := range []string{"", "BTCUSD"} {
		if _, err := openKlines(file, nil, venue.Options{Symbol: symbol}); err == nil {
			t.Errorf("symbol %q is taken", symbol)
		}
	}
}

func FuzzKlines(f *testing.F) {
	f.Add(text)
	f.Fuzz(func(t *testing.T, s string) {
		file := venue.File{Path: "bybit/BTCUSDT.csv", Name: "BTCUSDT.csv", Head: []byte(s)}
		r, err := openKlines(file, venue.NewLineBlocks(file.Path, strings.NewReader(s)), venue.Options{})
		for err == nil {
			var e market.Event
			e, err = r.Next()
			if c, ok := e.(market.Candle); ok && (c.OpenTime >= c.CloseTime || c.Low > c.High) {
				t.Fatalf("candle %+v", c)
			}
		}
	})
}
