package hyperliquid

import (
	"testing"

	"halcyon/internal/observed"
	"halcyon/internal/venue"
	"halcyon/market"
)

// The first of a trade's users bought, the second sold.
func TestFills(t *testing.T) {
	o := NewObserver(100, venue.FeedOptions{})
	frame := `{"channel":"trades","data":[{"coin":"BTC","side":"A","px":"64000.0","sz":"0.5","time":1718000000000,"hash":"0x00","tid":7,` +
		`"users":["0x00000000000000000000000000000000000000aa","0x00000000000000000000000000000000000000bb"]}]}`
	buyer, _ := observed.ParseAddress("0x00000000000000000000000000000000000000aa")
	seller, _ := observed.ParseAddress("0x00000000000000000000000000000000000000bb")
	for _, a := range []observed.Address{buyer, seller} {
		o.Frame([]byte(frame)) // the second time it is known
		o.Ledger.Reconcile(a, observed.Account{At: 1717999999999})
	}
	got := o.Ledger.Positions("BTC")
	if len(got) != 2 || got[0].Address != buyer || got[0].Side != market.Long || got[0].Size != .5 || got[1].Address != seller || got[1].Side != market.Short || got[1].Size != .5 {
		t.Errorf("positions %+v, want 0.5 bought by aa and sold by bb, once", got)
	}
	for _, bad := range []string{``, `{`, `{"channel":"trades","data":{}}`, `{"channel":"trades","data":[{"coin":"BTC","px":"x","sz":"1","users":["0x1","0x2"]}]}`, `{"channel":"pong"}`} {
		o.Frame([]byte(bad))
	}
	if c := o.Ledger.Counts(); c.Addresses != 2 {
		t.Errorf("%d addresses after frames that cannot be read, want 2", c.Addresses)
	}
}

// A recorded answer, shortened to what is read, with a time added.
func TestAccount(t *testing.T) {
	got, err := parseAccount([]byte(`{"assetPositions":[{"position":{"coin":"BTC","entryPx":"26951.0","leverage":{"type":"cross","value":20},"liquidationPx":"173198.69592357","szi":"-0.00785"},"type":"oneWay"},
		{"position":{"coin":"ETH","entryPx":"1705.82","liquidationPx":null,"szi":"0.1334"},"type":"oneWay"},{"position":{"coin":"SOL","szi":"0.0"},"type":"oneWay"}],"time":1708622398623}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []observed.Position{
		{Symbol: "BTC", Side: market.Short, Size: .00785, EntryPrice: 26951, LiquidationPrice: 173198.69592357},
		{Symbol: "ETH", Side: market.Long, Size: .1334, EntryPrice: 1705.82},
	}
	if got.At != 1708622398623 || len(got.Positions) != 2 || got.Positions[0] != want[0] || got.Positions[1] != want[1] {
		t.Errorf("account %+v, want %+v", got, want)
	}
	for _, bad := range []string{``, `null`, `{"time":0}`, `{"time":1,"assetPositions":[{"position":{"coin":"BTC","szi":"much"}}]}`, `{"time":1,"assetPositions":[{"position":{"coin":"BTC","szi":"1","liquidationPx":"x"}}]}`} {
		if _, err := parseAccount([]byte(bad)); err == nil {
			t.Errorf("%q is taken for an account", bad)
		}
	}
}
