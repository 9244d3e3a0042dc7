package scorecard

// The three questions of a report.
const (
	QuestionHowMuch = "how much"
	QuestionWhere   = "where"
	QuestionTruth   = "truth"
)

// Verdict is how a model of the report stands against one baseline.
type Verdict struct {
	Question string `json:"question"`
	Set      string `json:"set"`
	// Horizon is empty for truth, Side where both are judged together.
	Horizon  string `json:"horizon,omitempty"`
	Side     string `json:"side,omitempty"`
	Name     string `json:"name"`
	Baseline string `json:"baseline"`
	// Gain is by how much the model is better, in the measure of its question:
	// R² (how much), AUC (where), or by how much less its KS distance is (truth).
	Gain Interval `json:"gain"`
}

// Outcome says what a verdict shows.
type Outcome int

// An interval that does not lie wholly on one side of 0 shows nothing.
const (
	Open Outcome = iota
	Wins
	Loses
)

// Outcome returns Wins or Loses where the whole interval says so.
func (v Verdict) Outcome() Outcome {
	switch {
	case v.Gain.Low > 0:
		return Wins
	case v.Gain.High < 0:
		return Loses
	}
	return Open
}

// Verdicts holds every model of a report against every baseline that it is
// measured against, in the order of the tables.
func Verdicts(r Report) (out []Verdict) {
	for _, h := range r.HowMuch {
		for _, c := range []struct {
			baseline string
			gain     *Interval
		}{{PriceOnlyPlus, h.OverPlus}, {Boosted, h.OverBoost}, {PlaceboBaseline, h.OverPlacebo}} {
			if h.Model && c.gain != nil {
				out = append(out, Verdict{QuestionHowMuch, h.Set, h.Horizon, h.Side, h.Name, c.baseline, *c.gain})
			}
		}
	}
	for _, w := range r.Where {
		if w.OverDepth != nil {
			out = append(out, Verdict{QuestionWhere, w.Set, w.Horizon, "", w.Name, DepthBaseline, *w.OverDepth})
		}
		if w.OverPlacebo != nil {
			out = append(out, Verdict{QuestionWhere, w.Set, w.Horizon, "", w.Name, PlaceboBaseline, *w.OverPlacebo})
		}
	}
	for _, t := range r.Truth {
		for _, c := range t.Closer {
			out = append(out, Verdict{QuestionTruth, t.Set, "", t.Side, t.Name, c.Than, c.By})
		}
	}
	return out
}

// What verdicts call the baselines that a report names at length.
const (
	DepthBaseline   = "depth"
	PlaceboBaseline = "placebo"
)
