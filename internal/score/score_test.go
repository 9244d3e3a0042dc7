package score

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"halcyon/internal/observed"
	"halcyon/internal/sim"
	"halcyon/liqmodel"
	"halcyon/market"
	"halcyon/scorecard"
)

var testListing = market.Listing{Instrument: market.Instrument{
	InstrumentID: market.InstrumentID{Venue: "test", Symbol: "BTC"}, Coin: "BTC", Quote: "USD", ContractSize: 1, TickSize: 0.1,
}}

// walk is a random walk of 5-minute bars with open interest.
func walk(seed uint64, days int) feed {
	r := rand.New(rand.NewPCG(seed, 7))
	f := feed{listing: testListing}
	price, oi := 60_000.0, 90_000.0
	for i := range days * 288 {
		at := 20_000*market.Day + market.UnixMilli(i)*5*market.Minute
		calm := 0.0007 * (1 + 0.8*math.Sin(float64(i)/97))
		b := market.Candle{OpenTime: at, CloseTime: at + 5*market.Minute, Open: market.Price(price), TakerBuyVolume: -1, Volume: market.Contracts(200 * math.Exp(r.NormFloat64()/2))}
		low, high := price, price
		for range 10 {
			price *= math.Exp(r.NormFloat64() * calm)
			low, high = min(low, price), max(high, price)
		}
		b.Low, b.High, b.Close = market.Price(low), market.Price(high), market.Price(price)
		oi *= math.Exp(r.NormFloat64() * 0.001)
		f.bars = append(f.bars, b)
		f.oi = append(f.oi, market.OpenInterest{EventTime: at, Contracts: market.Contracts(oi)})
	}
	return f
}

// hours is the starts of the hours of a feed from a day on.
func (f feed) hours(fromDay int) (out []market.UnixMilli) {
	for t := f.bars[0].OpenTime + market.UnixMilli(fromDay)*market.Day; t < f.bars[len(f.bars)-1].CloseTime; t += market.Hour {
		out = append(out, t)
	}
	return out
}

// A map built with one future event is refused; the honest one is not.
func TestPlantedLookAheadIsRefused(t *testing.T) {
	f := walk(1, 4)
	begin, p := f.bars[0].OpenTime, startParams()
	at := begin + 2*market.Day + 35*market.Minute
	check := func(claimed []float64) error {
		return scorecard.VerifyCausal(at, claimed, f.events(), func(known []market.Event) ([]float64, error) {
			return feedOf(f.listing, known).standingAt(p, begin, at)
		})
	}
	honest, err := f.standingAt(p, begin, at)
	if err != nil {
		t.Fatal(err)
	}
	if err := check(honest); err != nil {
		t.Errorf("the honest map is refused: %v", err)
	}
	future := feed{f.listing, append([]market.Candle{}, f.bars...), append([]market.OpenInterest{}, f.oi...)}
	for i := range future.bars {
		if future.bars[i].OpenTime == at { // known five minutes later
			future.bars[i].OpenTime -= 5 * market.Minute
			future.bars[i].CloseTime -= 5 * market.Minute
			break
		}
	}
	planted, err := future.standingAt(p, begin, at)
	if err != nil {
		t.Fatal(err)
	}
	if err := check(planted); !errors.Is(err, scorecard.ErrLookAhead) {
		t.Errorf("a map with one future bar: %v, want it refused as look-ahead", err)
	}
	for i := range f.oi {
		if f.oi[i].EventTime == at {
			future = feed{f.listing, f.bars, append([]market.OpenInterest{}, f.oi...)}
			future.oi[i-1].Contracts = f.oi[i].Contracts * 0.9
		}
	}
	if planted, err = future.standingAt(p, begin, at); err != nil {
		t.Fatal(err)
	}
	if err := check(planted); !errors.Is(err, scorecard.ErrLookAhead) {
		t.Errorf("a map with one future open interest: %v, want it refused as look-ahead", err)
	}
}

// planted makes a set whose liquidations are what a map with known weights
// sweeps, times noise.
func planted(t *testing.T, f feed, p liqmodel.Params, noise float64) set {
	t.Helper()
	start := f.hours(3)
	usd, err := f.live(p, f.bars[0].OpenTime, start, market.Hour)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for s := range usd {
		for i := range usd[s] {
			usd[s][i] *= math.Exp(noise * r.NormFloat64())
		}
	}
	return set{name: "planted", feed: f, begin: f.bars[0].OpenTime, base: realised{start, usd}, baseWidth: market.Hour, split: start[len(start)*6/10]}
}

// Skill is found where it is planted, and none where the same liquidations are
// shuffled in time.
func TestShuffledLiquidationsGiveNoSkill(t *testing.T) {
	p := startParams()
	d := planted(t, walk(2, 24), p, 0.5)
	rows := func(d set) map[string]scorecard.HowMuchRow {
		out := map[string]scorecard.HowMuchRow{}
		all, err := judged{set: d, params: p, placebo: p}.tables(market.Hour, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			out[r.Side+" "+r.Name] = r
		}
		return out
	}
	honest := rows(d)
	r := rand.New(rand.NewPCG(5, 6))
	shuffled := d
	for s := range shuffled.base.usd {
		v := append([]float64{}, d.base.usd[s]...)
		r.Shuffle(len(v), func(i, j int) { v[i], v[j] = v[j], v[i] })
		shuffled.base.usd[s] = v
	}
	random := rows(shuffled)
	for _, side := range []string{"long ", "short "} {
		h, s := honest[side+nameRescaled], random[side+nameRescaled]
		if h.R2.Value < 0.7 || !h.OverPlus.Above(0) {
			t.Errorf("%splanted: R² %.3f, over price-only+ %+.3f [%+.3f, %+.3f], want skill", side, h.R2.Value, h.OverPlus.Value, h.OverPlus.Low, h.OverPlus.High)
		}
		if math.Abs(s.Spearman.Value) > 0.15 || s.R2.Value > 0.02 || s.OverPlus.Above(0.01) {
			t.Errorf("%sshuffled: Spearman %.3f, R² %.3f, over price-only+ %+.3f, want none", side, s.Spearman.Value, s.R2.Value, s.OverPlus.Value)
		}
	}
}

// centre is the mean log leverage of tiers from a leverage on, by weight.
func centre(p liqmodel.Params, side market.PositionSide, from market.Leverage) float64 {
	var sum, weight float64
	for _, t := range p.Tiers {
		if t.Leverage >= from {
			sum += t.Weight[side] * math.Log(float64(t.Leverage))
			weight += t.Weight[side]
		}
	}
	return math.Exp(sum / weight)
}

// Learning recovers the weights that liquidations were made with, from a start
// that is far off.
func TestLearningRecoversPlantedWeights(t *testing.T) {
	truth := startParams()
	for i := range truth.Tiers {
		x := math.Log(float64(truth.Tiers[i].Leverage)/60) / 0.4
		w := 0.002 + 0.05*math.Exp(-x*x/2)
		truth.Tiers[i].Weight = [market.Sides]float64{w, w}
	}
	d := planted(t, walk(9, 30), truth, 0.2)
	learned, err := d.lessonUntil(d.split, nil).learn(startParams(), "test", "")
	if err != nil {
		t.Fatal(err)
	}
	for s := range market.PositionSide(market.Sides) {
		got, want, began := centre(learned, s, 20), centre(truth, s, 20), centre(startParams(), s, 20)
		t.Logf("%v: mean leverage above 20: %.1f learned, %.1f planted, %.1f at the start", s, got, want, began)
		if math.Abs(math.Log(got/want)) > math.Log(1.1) {
			t.Errorf("%v: mean leverage %.1f, want within a tenth of %.1f", s, got, want)
		}
		if share := inBand(learned, s, 35, 110) / inBand(truth, s, 35, 110); share < 0.5 || share > 1.5 {
			t.Errorf("%v: weight from 35x to 110x is %.2f times what was planted, want 0.5 to 1.5", s, share)
		}
	}
}

func inBand(p liqmodel.Params, side market.PositionSide, from, to market.Leverage) (sum float64) {
	for _, t := range p.Tiers {
		if t.Leverage >= from && t.Leverage < to {
			sum += t.Weight[side]
		}
	}
	return sum
}

// simulated runs the simulated market with one band of leverage for its flow
// and returns what the model learns from its liquidations.
func simulated(t *testing.T, band sim.LeverageBand) liqmodel.Params {
	t.Helper()
	const days = 9
	start := market.UnixMilli(20_000 * market.Day)
	mix := sim.DefaultLeverage()
	for s := range mix.Flow {
		mix.Flow[s] = []sim.LeverageBand{band}
	}
	m, err := sim.New(sim.Options{Symbol: "BTC", Seed: 5, Start: start, Leverage: &mix})
	if err != nil {
		t.Fatal(err)
	}
	f := feed{listing: m.Listing()}
	d := set{name: "sim", begin: start, baseWidth: market.Hour}
	for h := range market.UnixMilli(days * 24) {
		before := m.Liquidated()
		for ev := range m.Run(start + (h+1)*market.Hour) {
			switch ev := ev.(type) {
			case *market.Trades:
				for i, at := range ev.EventTime {
					f.trade(at, ev.LastPrice[i], ev.Size[i], ev.Taker[i])
				}
			case market.OpenInterest:
				f.oi = append(f.oi, ev)
			}
		}
		after := m.Liquidated()
		for s := range market.PositionSide(market.Sides) {
			d.base.add(start+h*market.Hour, s, float64(after[s]-before[s]))
		}
	}
	d.feed = f
	p, err := d.lessonUntil(start+days*market.Day, nil).learn(startParams(), "test", "")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The simulated market's flow is planted at two leverages; learning, which
// sees trades, open interest and liquidations alone, must tell them apart and
// come near both. The net leverage of a position set at L is 1/(1/L − 0.4 %).
func TestLearningRecoversSimulatedLeverage(t *testing.T) {
	low := simulated(t, sim.LeverageBand{From: 20, To: 26, Share: 1})
	high := simulated(t, sim.LeverageBand{From: 70, To: 90, Share: 1})
	for s := range market.PositionSide(market.Sides) {
		a, b := centre(low, s, 16), centre(high, s, 16)
		t.Logf("%v: mean net leverage above 16: %.1f where 25 is planted, %.1f where 117 is", s, a, b)
		if a < 18 || a > 40 {
			t.Errorf("%v: learned %.1f, want 18 to 40 for a planted 25", s, a)
		}
		// The venue's tiers and what the mark would liquidate at once keep many
		// below the leverage asked for.
		if b < 40 || b > 160 || b < 1.5*a {
			t.Errorf("%v: learned %.1f, want 40 to 160 for a planted 117, and well above %.1f", s, b, a)
		}
	}
}

// A lesson holds nothing from after its end.
func TestLessonEndsWhereItSays(t *testing.T) {
	d := planted(t, walk(4, 8), startParams(), 0)
	until := d.begin + 5*market.Day + 20*market.Minute
	c := d.lessonUntil(until, []snapshot{{at: until - 1}, {at: until}})
	last := c.start[len(c.start)-1]
	if last+market.Hour > until || c.feed.bars[len(c.feed.bars)-1].CloseTime > until || c.feed.oi[len(c.feed.oi)-1].EventTime >= until || len(c.positions) != 1 {
		t.Errorf("lesson until %v: period %v, bar %v, open interest %v, %d positions", until, last, c.feed.bars[len(c.feed.bars)-1].CloseTime,
			c.feed.oi[len(c.feed.oi)-1].EventTime, len(c.positions))
	}
	if cap(c.start) != len(c.start) || cap(c.realised[0]) != len(c.realised[0]) {
		t.Error("a lesson can be extended into what comes after it")
	}
}

// lakeOf stands for a lake that holds one feed, in one day, with liquidations
// and observed positions.
type lakeOf struct {
	feed     feed
	extra    []market.Event
	observed map[market.UnixMilli][]observed.Position
}

func (l lakeOf) ObservedTimes(context.Context, market.InstrumentID) ([]market.UnixMilli, error) {
	return slices.Sorted(maps.Keys(l.observed)), nil
}

func (l lakeOf) Observed(_ context.Context, _ market.InstrumentID, at market.UnixMilli) ([]observed.Position, error) {
	return l.observed[at], nil
}

func (l lakeOf) Days(context.Context, market.InstrumentID) ([]market.UnixMilli, error) {
	return []market.UnixMilli{l.feed.bars[0].OpenTime.Floor(market.Day)}, nil
}

func (l lakeOf) Scan(context.Context, market.InstrumentID, market.UnixMilli) iter.Seq2[market.Event, error] {
	all := append(l.feed.events(), l.extra...)
	slices.SortStableFunc(all, func(a, b market.Event) int { return int(a.Time() - b.Time()) })
	return func(yield func(market.Event, error) bool) {
		for _, e := range all {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// worst returns the price of an hour that is worst for a side.
func (d set) worst(hour market.UnixMilli, side market.PositionSide) (out market.Price) {
	for _, b := range d.feed.bars {
		if b.OpenTime < hour || b.OpenTime >= hour+market.Hour {
			continue
		}
		switch {
		case side == market.Long && (out == 0 || b.Low < out):
			out = b.Low
		case side == market.Short && b.High > out:
			out = b.High
		}
	}
	return out
}

func TestStoredEventsAreScored(t *testing.T) {
	d := planted(t, walk(6, 12), startParams(), 0.3)
	store := lakeOf{feed: d.feed}
	for i, at := range d.base.start {
		for s := range market.PositionSide(market.Sides) {
			if usd := d.base.usd[s][i]; usd > 0 {
				// All at the hour's worst price for the side: the deepest bin, which maps expect most at.
				price := d.worst(at, s)
				store.extra = append(store.extra, market.Liquidation{EventTime: at + 1, Side: s, Size: market.Contracts(usd / float64(price)), AvgFillPrice: price})
			}
		}
	}
	r, err := Stored(context.Background(), store, Question{Listing: testListing, To: 1 << 60, Params: startParams()})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range r.Report.HowMuch {
		if row.Name == nameLearned && row.Horizon == "1 h live" && row.R2.Value < 0.8 {
			t.Errorf("%s: R² %.3f of what was planted, want at least 0.8", row.Side, row.R2.Value)
		}
	}
	for _, row := range r.Report.Where {
		if row.Name == nameLearned && row.Horizon == "1 h live" && (row.AUC.Value < 0.55 || row.Windows < 50) {
			t.Errorf("AUC %.3f over %d windows of what was planted deepest, want at least 0.55 over 50", row.AUC.Value, row.Windows)
		}
	}
	if len(r.Report.Where) == 0 {
		t.Error("liquidations with prices are not asked where")
	}
	if html := HTML(r.Report); !strings.Contains(html, "</html>") || strings.Contains(html, "NaN") {
		t.Error("the report in HTML is not whole")
	}
	if _, err := json.Marshal(r.Report); err != nil {
		t.Errorf("the report in JSON: %v", err)
	}
	// Hours that the parameters were learned from are not scored.
	p := startParams()
	p.Origin.To = d.base.start[len(d.base.start)-1] + market.Hour
	if _, err := Stored(context.Background(), store, Question{Listing: testListing, To: 1 << 60, Params: p}); !errors.Is(err, market.ErrInvalid) {
		t.Errorf("scored what it was learned from: %v", err)
	}
}

func TestIntoReplacesWhatIsBetweenTheMarks(t *testing.T) {
	text := []byte("# A\n\n" + markBegin + "\nstale\n" + markEnd + "\n\ntail\n")
	for range 2 {
		var err error
		if text, err = Into(text, scorecard.Report{}); err != nil {
			t.Fatal(err)
		}
	}
	if s := string(text); !strings.HasPrefix(s, "# A\n\n"+markBegin+"\n\n### Data") || strings.Contains(s, "stale") || !strings.HasSuffix(s, markEnd+"\n\ntail\n") || strings.Count(s, "### Data") != 1 {
		t.Errorf("document is\n%s", s)
	}
	if _, err := Into([]byte("no marks"), scorecard.Report{}); !errors.Is(err, market.ErrInvalid) {
		t.Errorf("a document without marks: %v, want it refused", err)
	}
}
