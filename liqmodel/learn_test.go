package liqmodel

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"halcyon/market"
)

// A level's drift by age, against how many true levels stayed within 0.5 % of
// where they were. A Laplace law of mean deviation w has 1 − exp(−0.005/w) within.
func TestDriftOfTruePositions(t *testing.T) {
	p := PriorParams()
	for _, c := range []struct{ hours, within float64 }{{2, .79}, {6, .57}, {12, .48}, {24, .39}, {96, .17}} {
		fresh := math.Exp2(-c.hours * float64(market.Hour) / float64(p.FreshHalfLife))
		got := 1 - math.Exp(-0.005/float64(p.Drift(1, fresh)))
		if math.Abs(got-c.within) > 0.05 {
			t.Errorf("after %v h: %.2f within 0.5 %%, want %.2f", c.hours, got, c.within)
		}
	}
	if d := p.Drift(1, 1); d != 0 {
		t.Errorf("a new level has drifted by %v", d)
	}
}

func TestShippedParamsSayWhereTheyComeFrom(t *testing.T) {
	p := LearnedParams()
	if p.Origin.Version == "" || p.Origin.To <= p.Origin.From || p.Origin.To > 1771977600000 {
		t.Errorf("origin %+v, want a version and a window that ends by 2026-02-25", p.Origin)
	}
	for i, name := range []string{"low", "medium", "high"} {
		if p.Groups[i].Name != name {
			t.Errorf("group %d is %q, want %q", i, p.Groups[i].Name, name)
		}
	}
}

func TestParamsSurviveJSON(t *testing.T) {
	data, err := json.Marshal(LearnedParams())
	if err != nil {
		t.Fatal(err)
	}
	p, err := ParseParams(data)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := json.Marshal(p); string(again) != string(data) {
		t.Error("parameters changed on the way")
	}
	if _, err := ParseParams([]byte(`{"Stickyness": 1}`)); !errors.Is(err, market.ErrInvalid) {
		t.Errorf("a misspelt field: %v, want it refused", err)
	}
}

// A tier ledger is the ordinary one with finer books.
func TestTierLedgerSweepsTheSame(t *testing.T) {
	inst := market.Instrument{InstrumentID: market.InstrumentID{Venue: "test", Symbol: "BTC"}, Coin: "BTC", Quote: "USD", ContractSize: 1, TickSize: 0.1}
	p := LearnedParams()
	plain, err := NewLedger(inst, nil, p)
	if err != nil {
		t.Fatal(err)
	}
	fine, err := NewTierLedger(inst, nil, p)
	if err != nil {
		t.Fatal(err)
	}
	var watched [market.Sides]market.Notional
	fine.Watch(func(s Sweep) { watched[s.Side] += s.Notional })
	price := 60_000.0
	for i := range market.UnixMilli(600) {
		next := price * math.Exp(0.004*math.Sin(float64(i)*1.7)+0.002*math.Sin(float64(i)/40))
		bar := market.Candle{OpenTime: i * market.Minute, CloseTime: (i + 1) * market.Minute, Open: market.Price(price), Close: market.Price(next),
			High: market.Price(max(price, next)), Low: market.Price(min(price, next)), Volume: 300, TakerBuyVolume: 120}
		for _, l := range []*Ledger{plain, fine} {
			l.OpenInterest(market.Contracts(50_000 + 500*math.Sin(float64(i)/9)))
			l.Bar(bar, bar.CloseTime-1, true)
			l.EndStep(bar.CloseTime)
		}
		price = next
	}
	a, b := plain.TakeSwept(), fine.TakeSwept()
	for s := range a {
		if a[s] == 0 || math.Abs(float64(a[s]/b[s])-1) > 1e-6 || math.Abs(float64(b[s]/watched[s])-1) > 1e-9 {
			t.Errorf("%v: swept %v, by tiers %v, watched %v", market.PositionSide(s), a[s], b[s], watched[s])
		}
	}
}

// Periods that sweep given amounts by tier give back the factors they were
// multiplied by.
func TestLearnFindsFactors(t *testing.T) {
	p := PriorParams()
	factor := func(k int) float64 { return math.Exp(math.Sin(float64(k) / 4)) }
	var swept Swept
	var realised [market.Sides][]float64
	for s := range swept {
		for i := range 400 {
			row := make([]float64, len(p.Tiers))
			var y float64
			for k := range row {
				row[k] = 1e5 * (1 + math.Sin(float64(i*(k+3))))
				y += row[k] * factor(k)
			}
			swept[s], realised[s] = append(swept[s], row), append(realised[s], y)
		}
	}
	learned, err := Learn(p, realised, LearnOptions{Rounds: 1, Smoothness: 1e-3, PriorWeight: 1e-4}, func(Params) (Swept, error) { return swept, nil })
	if err != nil {
		t.Fatal(err)
	}
	// The sum of weights is bounded by 1, so factors are found up to a common one.
	common := float64(learned.Tiers[8].Weight[0]) / p.Tiers[8].Weight[0] / factor(8)
	for k := range p.Tiers {
		if got := learned.Tiers[k].Weight[0] / p.Tiers[k].Weight[0] / common; math.Abs(got/factor(k)-1) > 0.1 {
			t.Errorf("tier %d: factor %.3f, want %.3f", k, got, factor(k))
		}
	}
}

func TestRescaleFollowsTheFeed(t *testing.T) {
	r := NewRescale()
	if f := r.Factor(market.Long); f != 1 {
		t.Errorf("factor %v before anything was seen", f)
	}
	for i := range market.UnixMilli(300) {
		r.Observe((i+1)*market.Hour, [market.Sides]float64{1e6, 0}, [market.Sides]float64{2e5, 0})
	}
	if f := r.Factor(market.Long); math.Abs(f/0.2-1) > 0.1 {
		t.Errorf("factor %.3f after a fifth was published for long, want about 0.2", f)
	}
	if f := r.Factor(market.Short); f != 1 {
		t.Errorf("factor %v of a side on which nothing happened", f)
	}
}
