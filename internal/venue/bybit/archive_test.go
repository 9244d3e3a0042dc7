package bybit

import (
	"io"
	"reflect"
	"strings"
	"testing"

	"halcyon/internal/venue"
	"halcyon/market"
)

// TestArchivedTrades: rows in the form of the archive, newest first as in some
// years. The side is the taker's; times are cut to milliseconds.
func TestArchivedTrades(t *testing.T) {
	const text = "timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue,homeNotional,foreignNotional,RPI\n" +
		"1781395200.0569,BTCUSDT,Sell,0.012,105000.10,ZeroMinusTick,a3f0,1.26e+11,0.012,1260.0012,0\n" +
		"1781395200.001,BTCUSDT,Buy,1.5,105000.20,PlusTick,b3f0,1.57e+13,1.5,157500.3,0\n"
	f := venue.File{Path: "BTCUSDT2026-06-14.csv.gz", Name: "BTCUSDT2026-06-14.csv", Head: []byte(text)}
	format := Formats()[0]
	if format.Detect(f) != venue.Sure {
		t.Fatal("not recognised")
	}
	lines := venue.NewLineBlocks(f.Path, strings.NewReader(text))
	r, err := format.Open(f, lines, venue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got market.EventSet
	for {
		e, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got.Add(e)
	}
	got.Sort()
	want := market.Trades{EventTime: []market.UnixMilli{1781395200001, 1781395200056}, LastPrice: []market.Price{105000.2, 105000.1},
		Size: []market.Contracts{1.5, .012}, Taker: []market.TakerSide{market.TakerBuy, market.TakerSell}}
	if l := r.Listing(); !reflect.DeepEqual(got.Trades, want) || l.Symbol != "BTCUSDT" || l.Coin != "BTC" || l.Settlement != market.Linear {
		t.Errorf("%+v of %+v; want %+v", got.Trades, l, want)
	}
	if l, ok := listingOf("BTCUSD"); !ok || l.Settlement != market.Inverse {
		t.Errorf("BTCUSD is %+v", l)
	}
	if got := Archive().Day("BTCUSDT", 1781395200000)[0].Path; got != "/trading/BTCUSDT/BTCUSDT2026-06-14.csv.gz" {
		t.Errorf("path %q", got)
	}
	for _, bad := range []string{"soon,BTCUSDT,Buy,1,1", "1781395200,BTCUSDT,Hold,1,1", "1781395200,BTCEUR,Buy,1,1"} {
		head, _, _ := strings.Cut(text, "\n")
		r, err := format.Open(f, venue.NewLineBlocks(f.Path, strings.NewReader(head+"\n"+bad+",,,,,,\n")), venue.Options{})
		if err == nil {
			_, err = r.Next()
		}
		if err == nil {
			t.Errorf("%s is read", bad)
		}
	}
}
