package scorecard

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"halcyon/market"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9 || math.IsNaN(got) != math.IsNaN(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestMetricsByHand(t *testing.T) {
	near(t, "spearman of a rising function", Spearman([]float64{1, 2, 3, 9}, []float64{1, 10, 11, 1e6}), 1)
	near(t, "spearman with a tie", Spearman([]float64{1, 1, 2}, []float64{1, 2, 3}), math.Sqrt(3)/2)
	near(t, "R² of the truth", R2([]float64{1, 2, 3}, []float64{1, 2, 3}), 1)
	near(t, "R² of the mean", R2([]float64{2, 2, 2}, []float64{1, 2, 3}), 0)
	near(t, "deviance of the truth", GammaDeviance([]float64{5, 1e6}, []float64{5, 1e6}), 0)
	near(t, "top share of a constant", TopShare([]float64{7, 7, 7, 7}, []float64{1, 2, 3, 4}, 0.3), 0.3)
	near(t, "top share of the truth", TopShare([]float64{1, 2, 3, 4}, []float64{1, 2, 3, 4}, 0.25), 0.4)
	near(t, "AUC of a constant", AUC([]float64{1, 1, 1}, []float64{3, 0, 1}), 0.5)
	near(t, "AUC of the truth", AUC([]float64{1, 2, 3, 4}, []float64{0, 0, 0, 5}), 3.5/4)
	near(t, "KS of the same", KS([]float64{1, 2}, []float64{10, 20}), 0)
	near(t, "KS of opposites", KS([]float64{1, 0, 0}, []float64{0, 0, 1}), 1)
	near(t, "overlap of the same", Overlap([]float64{1, 3}, []float64{2, 6}), 1)
	d := Calibration([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, []float64{2, 4, 6, 8, 10, 12, 14, 16, 18, 20})
	for i := range d {
		near(t, "decile", d[i].Ratio(), 0.5)
	}
}

func TestSpearmanIsOfRanks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SliceOfN(rapid.Float64Range(-5, 5).Filter(func(x float64) bool { return math.Abs(x) > 1e-6 }), 5, 40).Draw(t, "a")
		b := rapid.SliceOfN(rapid.Float64Range(-5, 5), len(a), len(a)).Draw(t, "b")
		e := make([]float64, len(a))
		for i := range a {
			e[i] = 4 * a[i] * math.Abs(a[i])
		}
		if x, y := Spearman(a, b), Spearman(e, b); math.Abs(x-y) > 1e-9 {
			t.Fatalf("%v of a, %v of a rising function of it", x, y)
		}
	})
}

// The interval of a mean covers the truth about as often as it says.
func TestBootstrapCovers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	covered := 0
	const trials = 200
	for range trials {
		var v []float64
		var block []int64
		for day := range int64(30) {
			common := r.NormFloat64()
			for range 5 {
				v = append(v, common+r.NormFloat64())
				block = append(block, day)
			}
		}
		i := Bootstrap(block, 3, func(at []int) float64 { return Mean(pick(v, at, nil)) })
		if i.Low <= 0 && 0 <= i.High {
			covered++
		}
	}
	if share := float64(covered) / trials; share < 0.87 || share > 0.99 {
		t.Errorf("covered in %.2f of trials, want about 0.95", share)
	}
}

func TestIntervalWithoutNumberIsNull(t *testing.T) {
	data, err := json.Marshal(Interval{1, math.NaN(), math.Inf(1)})
	if err != nil || string(data) != `{"value":1,"low":null,"high":null}` {
		t.Errorf("%s, %v", data, err)
	}
}

func TestBootstrapIsReproducible(t *testing.T) {
	v, block := []float64{1, 2, 3, 4}, []int64{1, 1, 2, 3}
	stat := func(at []int) float64 { return Mean(pick(v, at, nil)) }
	if a, b := Bootstrap(block, 9, stat), Bootstrap(block, 9, stat); a != b {
		t.Errorf("%v and %v", a, b)
	}
}

// sample makes rows of which two features matter, one of them not linearly.
func sample(seed uint64, n int) (rows [][]float64, target []float64) {
	r := rand.New(rand.NewPCG(seed, 2))
	for range n {
		row := []float64{r.NormFloat64(), r.NormFloat64(), r.NormFloat64(), 1}
		rows = append(rows, row)
		target = append(target, 2*row[0]+3*math.Abs(row[1])+0.1*r.NormFloat64())
	}
	return rows, target
}

func TestRegressionsGeneralise(t *testing.T) {
	rows, target := sample(1, 1500)
	test, actual := sample(2, 400)
	linear, trees := R2(apply(test, FitRidge(rows, target).Predict), actual), R2(apply(test, FitBoost(rows, target).Predict), actual)
	if linear < 0.4 || linear > 0.65 {
		t.Errorf("ridge R² %.3f, want what is linear of it, about 0.55", linear)
	}
	if trees < 0.93 {
		t.Errorf("boosted R² %.3f, want at least 0.93", trees)
	}
}

func TestRegressionsFindNothingInNoise(t *testing.T) {
	rows, _ := sample(1, 1000)
	test, _ := sample(2, 400)
	r := rand.New(rand.NewPCG(8, 8))
	noise := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = r.NormFloat64()
		}
		return v
	}
	target, actual := noise(len(rows)), noise(len(test))
	if v := R2(apply(test, FitBoost(rows, target).Predict), actual); v > 0.03 {
		t.Errorf("boosted R² of noise %.3f, want none", v)
	}
	if v := R2(apply(test, FitRidge(rows, target).Predict), actual); v > 0.03 {
		t.Errorf("ridge R² of noise %.3f, want none", v)
	}
}

// Features of a period do not change with what comes after it.
func TestFeaturesAreCausal(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	in := FeatureInput{Width: market.Hour}
	price := 100.0
	for i := range market.UnixMilli(24 * 12) {
		at := 20_000*market.Day + i*5*market.Minute
		next := price * math.Exp(r.NormFloat64()/1000)
		in.Bars = append(in.Bars, market.Candle{OpenTime: at, CloseTime: at + 5*market.Minute, Open: market.Price(price), Close: market.Price(next),
			High: market.Price(max(price, next)), Low: market.Price(min(price, next)), Volume: market.Contracts(r.Float64())})
		in.OpenInterest = append(in.OpenInterest, market.OpenInterest{EventTime: at, Contracts: market.Contracts(100 + r.Float64())})
		if at%market.Hour == 0 {
			in.Start = append(in.Start, at)
			for s := range in.Realised {
				in.Realised[s] = append(in.Realised[s], 1e6*r.Float64())
			}
		}
		price = next
	}
	whole := NewFeatures(in, market.Short)
	cut := in
	cut.Bars, cut.OpenInterest, cut.Start = in.Bars[:12*12], in.OpenInterest[:12*12], in.Start[:12]
	for s := range cut.Realised {
		// Not even the liquidations of the last period itself are known.
		cut.Realised[s] = append(append([]float64{}, in.Realised[s][:11]...), math.NaN())
	}
	early := NewFeatures(cut, market.Short)
	for i := range early.Plus {
		for k := range early.Plus[i] {
			if early.Plus[i][k] != whole.Plus[i][k] {
				t.Fatalf("period %d, feature %d: %v known then, %v later", i, k, early.Plus[i][k], whole.Plus[i][k])
			}
		}
	}
	if n := len(whole.Plus[0]); n < 40 {
		t.Errorf("%d features, want at least 40", n)
	}
}

func TestVerifyCausalRefuses(t *testing.T) {
	events := []market.Event{market.OpenInterest{EventTime: 1, Contracts: 5}, market.OpenInterest{EventTime: 2, Contracts: 7}}
	latest := func(known []market.Event) ([]float64, error) {
		return []float64{float64(known[len(known)-1].(market.OpenInterest).Contracts)}, nil
	}
	if err := VerifyCausal(2, []float64{5}, events, latest); err != nil {
		t.Errorf("honest forecast refused: %v", err)
	}
	if err := VerifyCausal(2, []float64{7}, events, latest); !errors.Is(err, ErrLookAhead) {
		t.Errorf("forecast with the event of its own instant: %v, want %v", err, ErrLookAhead)
	}
}

func TestWhereKnowsTheTruth(t *testing.T) {
	q := Where{Set: "test", Names: []string{"depth", "placebo", "truth"}, Model: []bool{false, false, true}, Depth: "depth", Placebo: "placebo", Seed: 1}
	r := rand.New(rand.NewPCG(6, 6))
	for i := range market.UnixMilli(40) {
		w := Window{Start: i * market.Day, Scores: make([][]float64, 3)}
		for k := range 20 {
			y := math.Pow(r.Float64(), 4)
			w.Realised = append(w.Realised, y)
			w.Scores[0], w.Scores[1], w.Scores[2] = append(w.Scores[0], float64(k)), append(w.Scores[1], r.Float64()), append(w.Scores[2], y)
		}
		q.Windows = append(q.Windows, w)
	}
	rows, err := q.Judge()
	if err != nil {
		t.Fatal(err)
	}
	oracle, truth, random := rows[1], rows[4], rows[3]
	if truth.AUC.Value < 0.8 || !truth.OverDepth.Above(0.2) || !truth.OverPlacebo.Above(0.2) || math.Abs(random.AUC.Value-0.5) > 0.06 {
		t.Errorf("truth AUC %.3f, over depth %.3f, over placebo %.3f; random AUC %.3f", truth.AUC.Value, truth.OverDepth.Value, truth.OverPlacebo.Value, random.AUC.Value)
	}
	if oracle.Name != Oracle || oracle.AUC != truth.AUC || oracle.Model {
		t.Errorf("oracle %+v, want what ranking by the labels gives", oracle)
	}
	if _, err := (Where{}).Judge(); !errors.Is(err, market.ErrInvalid) {
		t.Errorf("nothing to judge: %v", err)
	}
}

func TestVerdictsSayWhoWins(t *testing.T) {
	r := Report{
		HowMuch: []HowMuchRow{
			{Name: "map", Model: true, OverBoost: &Interval{.01, -.01, .03}, OverPlacebo: &Interval{-.02, -.03, -.01}},
			{Name: "map", Model: true, OverBoost: &Interval{.02, .01, .03}},
			{Name: "rival", OverPlus: &Interval{.02, .01, .03}},
		},
		Where: []WhereRow{{Name: "map", OverDepth: &Interval{.1, .05, .2}}},
		Truth: []TruthRow{{Name: "map", Closer: []Closer{{"yesterday", Interval{-.1, -.2, .1}}}}},
	}
	var got []Outcome
	for _, v := range Verdicts(r) {
		got = append(got, v.Outcome())
	}
	if want := []Outcome{Open, Loses, Wins, Wins, Open}; !slices.Equal(got, want) {
		t.Errorf("outcomes %v, want %v", got, want)
	}
}

// A perfect estimate of positions is closer to them than a poor one, and the
// gain says by how much.
func TestTruthSaysWhoIsCloser(t *testing.T) {
	q := Truth{Set: "test", Names: []string{"poor", "perfect"}, Model: []bool{false, true}, Estimates: make([][][]float64, 2), Detail: 4, Seed: 1}
	for i := range market.UnixMilli(8) {
		q.At = append(q.At, i*market.Day)
		q.True = append(q.True, []float64{1, 2, 3, 4})
		q.Estimates[0] = append(q.Estimates[0], []float64{4, 3, 2, 1})
		q.Estimates[1] = append(q.Estimates[1], []float64{10, 20, 30, 40})
	}
	rows, err := q.Judge()
	if err != nil {
		t.Fatal(err)
	}
	closer := rows[1].Closer
	if rows[0].Closer != nil || len(closer) != 1 || closer[0].Than != "poor" || math.Abs(closer[0].By.Value-.4) > 1e-9 || rows[1].KS.Value != 0 {
		t.Errorf("rows %+v, want the perfect one closer by 0.4", rows)
	}
}
