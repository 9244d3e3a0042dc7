package liqmodel

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
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

// Where what stands is a smooth density of distance, learning comes near it;
// single accounts on one side are not taken for one.
func TestLearnStandingIsSmooth(t *testing.T) {
	const below, cells = 25, 40
	truth := func(k int) float64 { return 0.08 * math.Exp(-math.Pow((float64(k)-4)/5, 2)/2) }
	p := PriorParams()
	// Tier k stands around cell 2k, spread over its neighbours.
	kernel := func(k, c int) float64 { return math.Exp(-math.Pow((float64(c)-2*float64(k))/2, 2) / 2) }
	run := func(p Params) (out [market.Sides][][]float64, err error) {
		for s := range out {
			for k := range p.Tiers {
				row := make([]float64, cells)
				for c := range row {
					row[c] = p.Tiers[k].Weight[s] * kernel(k, c)
				}
				out[s] = append(out[s], row)
			}
		}
		return out, nil
	}
	planted := p
	planted.Tiers = slices.Clone(p.Tiers)
	for k := range planted.Tiers {
		if planted.Tiers[k].Leverage < below {
			planted.Tiers[k].Weight = [market.Sides]float64{truth(k), truth(k)}
		}
	}
	stands, _ := run(planted)
	var target [market.Sides][]float64
	for s := range target {
		target[s] = make([]float64, cells)
		for _, row := range stands[s] {
			for c, x := range row {
				target[s][c] += x
			}
		}
	}
	target[market.Long][7] *= 3 // one large account
	target[market.Short][14] /= 3
	learned, err := LearnStanding(p, target, StandingOptions{Below: below, Rounds: 12}, run)
	if err != nil {
		t.Fatal(err)
	}
	for k, tier := range learned.Tiers {
		if tier.Leverage >= below {
			if tier != p.Tiers[k] {
				t.Errorf("tier of %.0fx changed to %v: it is not to be fitted", tier.Leverage, tier.Weight)
			}
			continue
		}
		if math.Abs(tier.Weight[0]/tier.Weight[1]-1) > 1e-9 {
			t.Errorf("tier of %.1fx: sides differ: %v", tier.Leverage, tier.Weight)
		}
		if ratio := tier.Weight[0] / truth(k); ratio < 0.6 || ratio > 1.7 {
			t.Errorf("tier of %.1fx: %.2f times what was planted", tier.Leverage, ratio)
		}
	}
	// Weights above 1 in sum are never given.
	for s := range target {
		for c := range target[s] {
			target[s][c] *= 1e3
		}
	}
	if learned, err = LearnStanding(p, target, StandingOptions{Below: below, Rounds: 9}, run); err != nil || learned.Validate() != nil {
		t.Errorf("a target beyond all open interest: %v, %v", err, learned.Validate())
	}
}

func TestRescaleFollowsTheFeed(t *testing.T) {
	r := NewRescale()
	if got := r.Scaled(market.Long, 1e6); math.Abs(got/1e6-1) > 1e-9 {
		t.Errorf("%v of a million before anything was seen", got)
	}
	// A feed that publishes a fifth of much, and more than is predicted of little.
	publish := func(predicted float64) float64 { return 3e4 * math.Pow(predicted/1e5, 0.6) }
	for i := range market.UnixMilli(400) {
		predicted := 1e5 * math.Exp(2*math.Sin(float64(i)))
		r.Observe((i+1)*market.Hour, [market.Sides]float64{predicted, 1e6}, [market.Sides]float64{publish(predicted), 1e6})
	}
	for _, predicted := range []float64{2e4, 1e5, 6e5} {
		if got, want := r.Scaled(market.Long, predicted), publish(predicted); math.Abs(math.Log((got+1e4)/(want+1e4))) > 0.15 {
			t.Errorf("%.0f of a predicted %.0f, want about %.0f", got, predicted, want)
		}
	}
	if got := r.Scaled(market.Short, 1e6); math.Abs(got/1e6-1) > 0.01 {
		t.Errorf("%v of a million on a side that publishes what is predicted", got)
	}
	if got := r.Scaled(market.Long, 0); got < 0 || math.IsNaN(got) {
		t.Errorf("%v of nothing", got)
	}
}
