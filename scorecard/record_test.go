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
	var p Past
	const hours = 24 * 20
	for i := range market.UnixMilli(hours) {
		y := math.Exp(2 * r.NormFloat64())
		p.Start = append(p.Start, i*market.Hour)
		p.Published = append(p.Published, y)
		p.Swept = append(p.Swept, 3*y*math.Exp(0.3*r.NormFloat64()))
		p.Adverse = append(p.Adverse, y*math.Exp(2*r.NormFloat64()))
	}
	now := hours * market.Hour
	week := NewRecord(p, market.Long, now, 7*market.Day, 1)
	if week.Periods != 7*24 || !week.Beats || week.Map.Value < 0.9 || week.Ratio < 2.5 || week.Ratio > 4 {
		t.Errorf("record %+v", week)
	}
	// A map no better than the baseline must not claim to be.
	p.Swept = p.Adverse
	if same := NewRecord(p, market.Long, now, 7*market.Day, 1); same.Beats {
		t.Errorf("the baseline beats itself: %+v", same)
	}
	// Too little, and nothing published, say so without numbers that are not.
	for _, rec := range []Record{NewRecord(p, market.Short, now, 3*market.Hour, 1), NewRecord(Past{}, market.Short, now, market.Day, 1)} {
		if _, err := json.Marshal(rec); err != nil || rec.Beats {
			t.Errorf("record %+v: %v", rec, err)
		}
	}
}
