package scorecard

import "fmt"

// Verdicts says, in a sentence each, where a model of the report does not beat
// a baseline that it is measured against: an interval that does not lie wholly
// above 0 is not a win.
func Verdicts(r Report) (out []string) {
	say := func(where, name string, over *Interval, what string) {
		if over != nil && !over.Above(0) {
			verb := "is not shown to beat"
			if over.High < 0 {
				verb = "loses to"
			}
			out = append(out, fmt.Sprintf("%s: %s %s %s (%+.3f, 95 %% interval %+.3f to %+.3f).", where, name, verb, what, over.Value, over.Low, over.High))
		}
	}
	for _, row := range r.HowMuch {
		where := fmt.Sprintf("%s, %s, %s", row.Set, row.Horizon, row.Side)
		if row.Model {
			say(where, row.Name, row.OverPlus, PriceOnlyPlus+" by adding to it")
			say(where, row.Name, row.OverBoost, Boosted+" by adding to it")
			say(where, row.Name, row.OverPlacebo, "the range-mass placebo")
		}
	}
	for _, row := range r.Where {
		where := fmt.Sprintf("%s, %s", row.Set, row.Horizon)
		say(where, row.Name, row.OverDepth, "depth into untouched price")
		say(where, row.Name, row.OverPlacebo, "the range-mass placebo")
	}
	for _, row := range r.Truth {
		for _, base := range r.Truth {
			if row.Model && !base.Model && row.Set == base.Set && row.Side == base.Side && base.KS.Value <= row.KS.Value {
				out = append(out, fmt.Sprintf("%s, %s: %s lies no closer to true positions than %s (KS by moment %.3f and %.3f).",
					row.Set, row.Side, row.Name, base.Name, row.KS.Value, base.KS.Value))
			}
		}
	}
	return out
}
