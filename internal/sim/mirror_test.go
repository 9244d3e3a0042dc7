package sim

import (
	"math"
	"testing"

	"halcyon/market"
)

// Every venue that mirrors a market trades the same coins, whatever its
// contracts are, at prices that keep to its premium.
func TestMirrorKeepsWhatIsTraded(t *testing.T) {
	const start = 20_000 * market.Day
	m, err := New(Options{Symbol: "BTC", Seed: 3, Start: start, Traders: 500, WarmUp: market.Hour})
	if err != nil {
		t.Fatal(err)
	}
	mirror := Mirror{
		Instrument: market.Instrument{InstrumentID: market.InstrumentID{Venue: "other", Symbol: "BTCUSD"}, Coin: "BTC", Quote: "USD",
			Settlement: market.Inverse, ContractSize: 100, TickSize: .5},
		Premium: .001, Swing: .0005, Share: .5,
	}
	var coins, mirrored float64
	var mark market.Price
	for e := range m.Run(start + 10*market.Minute) {
		seen := mirror.Event(e, mark)
		if seen.Time() != e.Time() {
			t.Fatalf("an event at %v is told at %v", e.Time(), seen.Time())
		}
		switch e := e.(type) {
		case *market.Trades:
			for i, p := range seen.(*market.Trades).LastPrice {
				if r := float64(p / e.LastPrice[i]); r < 1.0005 || r > 1.0015 {
					t.Fatalf("a price is %v of the market's, want 1.0005 to 1.0015", r)
				}
				coins += float64(e.Size[i])
				mirrored += float64(mirror.Instrument.NotionalOf(p, seen.(*market.Trades).Size[i])) / float64(p)
			}
		case market.MarkPrice:
			mark = e.MarkPrice
		case market.OpenInterest:
			open := seen.(market.OpenInterest).Contracts
			want := float64(e.Contracts) * .5
			got := float64(open) * 100 / float64(mark*mirror.premium(e.EventTime))
			if math.Abs(got/want-1) > 1e-6 {
				t.Fatalf("open interest of %v coins, want %v", got, want)
			}
		}
	}
	if coins == 0 || math.Abs(mirrored/coins-.5) > 1e-3 {
		t.Errorf("%v coins traded, %v of them mirrored, want half", coins, mirrored)
	}
}
