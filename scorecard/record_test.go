package scorecard

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"halcyon/market"
)

func TestRecordOfRecentHours(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	p := Past{Baselines: []PastBaseline{{Name: "poor"}, {Name: "fair"}}}
	const hours = 24 * 20
	for i := range market.UnixMilli(hours) {
		y := math.Exp(2 * r.NormFloat64())
		p.Start = append(p.Start, i*market.Hour)
		p.Published = append(p.Published, y)
		p.Swept = append(p.Swept, 3*y*math.Exp(0.3*r.NormFloat64()))
		for b, noise := range []float64{2, 1} {
			p.Baselines[b].Value = append(p.Baselines[b].Value, y*math.Exp(noise*r.NormFloat64()))
		}
	}
	now := hours * market.Hour
	week := NewRecord(p, market.Long, now, 7*market.Day, 1)
	if week.Periods != 7*24 || !week.Beats || week.Map.Value < 0.9 || week.Ratio < 2 || week.Ratio > 4 {
		t.Errorf("record %+v", week)
	}
	if day := NewRecord(p, market.Long, now, market.Day, 1); day.Periods != 24 || day.Map.Low >= day.Map.High {
		t.Errorf("record of a day %+v, want an interval with a width", day)
	}
	// Not better than one of the baselines must not claim to be.
	p.Baselines[1].Value = p.Swept
	if same := NewRecord(p, market.Long, now, 7*market.Day, 1); same.Beats || !same.Baselines[0].Lead.Above(0) || same.Baselines[1].Lead.Value != 0 {
		t.Errorf("the map beats itself: %+v", same)
	}
	p.Baselines = nil
	if alone := NewRecord(p, market.Long, now, 7*market.Day, 1); alone.Beats {
		t.Errorf("the map beats nobody: %+v", alone)
	}
	// Too little, and nothing published, say so without numbers that are not.
	for _, rec := range []Record{NewRecord(p, market.Short, now, 3*market.Hour, 1), NewRecord(Past{}, market.Short, now, market.Day, 1)} {
		data, err := json.Marshal(rec)
		if err != nil || rec.Beats || !math.IsNaN(rec.Map.Value) {
			t.Errorf("record %s: %v, want an undefined one", data, err)
		}
	}
}
