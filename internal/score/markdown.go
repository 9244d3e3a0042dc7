package score

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"

	"halcyon/market"
	"halcyon/scorecard"
)

// Marks enclose the tables within a document that is otherwise written by hand.
const (
	markBegin = "<!-- scorecard: begin, written by make score -->"
	markEnd   = "<!-- scorecard: end -->"
)

// Markdown returns the tables of a report.
func Markdown(r scorecard.Report) string {
	var b strings.Builder
	b.WriteString("### Data and parameters\n\n")
	for _, s := range r.Sets {
		fmt.Fprintf(&b, "- **%s**: %s.\n", s.Name, s.Text)
	}
	for _, p := range r.Params {
		if p.Version == "" {
			continue
		}
		fmt.Fprintf(&b, "- parameters of the %s: version `%s`, learned from %s to %s (%s).\n", p.Name, p.Version, p.From.Date(), p.To.Date(), p.Note)
	}
	glance(&b, r)
	b.WriteString("\n### How much\n\nR² on ln(USD + 10,000). Brackets are 95 % intervals from a bootstrap by day. \"over\" columns are differences of R².\n")
	eachGroup(r.HowMuch, func(h scorecard.HowMuchRow) string {
		return fmt.Sprintf("%s, %s, %s: %d periods of %d days", h.Set, h.Horizon, h.Side, h.Periods, h.Days)
	}, func(title string, rows []scorecard.HowMuchRow) {
		fmt.Fprintf(&b, "\n**%s**\n\n| model | Spearman | R² | deviance | top tenth | pred./real. | calibrated | over price-only+ | over boosted | over placebo |\n|---|---|---|---|---|---|---|---|---|---|\n", title)
		for _, h := range rows {
			fmt.Fprintf(&b, "| %s | %s | %s | %.2f | %.2f | %s | %s | %s | %s | %s |\n", named(h.Name, h.Model), bare(h.Spearman), bracket(h.R2), h.Deviance, h.Top.Value,
				ratio(h.Ratio), ratio(h.Calibrated), gain(h.OverPlus), gain(h.OverBoost), gain(h.OverPlacebo))
		}
	})
	b.WriteString("\n### Calibration\n\nPredicted over realised USD by tenth of the calibrated prediction, lowest first.\n\n| set | side | model | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, h := range r.HowMuch {
		if h.Deciles == nil || h.Name != nameRescaled {
			continue
		}
		fmt.Fprintf(&b, "| %s, %s | %s | %s |", h.Set, h.Horizon, h.Side, h.Name)
		for _, d := range h.Deciles {
			fmt.Fprintf(&b, " %s |", number(d.Ratio(), 2))
		}
		b.WriteString("\n")
	}
	b.WriteString("\n### Where\n\nReached bins of 5 bps; every window has the same weight.\n")
	eachGroup(r.Where, func(w scorecard.WhereRow) string {
		return fmt.Sprintf("%s, %s: %d windows of %d days", w.Set, w.Horizon, w.Windows, w.Days)
	}, func(title string, rows []scorecard.WhereRow) {
		fmt.Fprintf(&b, "\n**%s**\n\n| map | AUC | USD in the top fifth | over depth | over placebo |\n|---|---|---|---|---|\n", title)
		for _, w := range rows {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", named(w.Name, w.Model), bracket(w.AUC), bracket(w.Top), gain(w.OverDepth), gain(w.OverPlacebo))
		}
	})
	b.WriteString("\n### Truth\n\nProfiles of notional by distance from price, within 20 %, in cells of 0.5 %. KS 0, a ratio of 1 and an overlap of 1 are perfect; detail is the rank correlation beyond the mean curve, within 10 %.\n")
	eachGroup(r.Truth, func(t scorecard.TruthRow) string {
		return fmt.Sprintf("%s, %s: %d moments of %d days", t.Set, t.Side, t.Moments, t.Days)
	}, func(title string, rows []scorecard.TruthRow) {
		fmt.Fprintf(&b, "\n**%s**\n\n| map | KS by moment | KS of mean profiles | estimated / true | overlap | detail |\n|---|---|---|---|---|---|\n", title)
		for _, t := range rows {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", named(t.Name, t.Model), bracket(t.KS), bracket(t.KSMean), ratio(&t.Amount), bracket(t.Overlap), bracket(t.Detail))
		}
	})
	b.WriteString("\n### Ablation\n\nBTC 2026, 1 h live, each variant learned anew from the same lesson.\n\n| part | side | Spearman | R² | against the whole |\n|---|---|---|---|---|\n")
	for _, a := range r.Ablation {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", a.Name, a.Side, bare(a.Spearman), bracket(a.R2), gain(&a.Versus))
	}
	return b.String()
}

// marks say what a verdict shows, in a cell of the tables.
var marks = map[scorecard.Outcome]string{scorecard.Wins: "▲", scorecard.Open: "○", scorecard.Loses: "▼"}

// glance writes the map against every baseline: for each question a table with
// a line for each set and horizon, or, of true positions, for each baseline.
func glance(b *strings.Builder, r scorecard.Report) {
	b.WriteString("\n### At a glance: where it wins, and where it does not\n\n▲ better with its whole 95 % interval, ○ not told apart, ▼ worse with its whole interval.\n")
	write := func(question, text, first string, row, column func(scorecard.Verdict) string) {
		var rows, columns []string
		cells := map[[2]string]string{}
		for _, v := range r.Verdicts {
			at := [2]string{row(v), column(v)}
			if v.Question != question || at[1] == "" {
				continue
			}
			if !slices.Contains(rows, at[0]) {
				rows = append(rows, at[0])
			}
			if !slices.Contains(columns, at[1]) {
				columns = append(columns, at[1])
			}
			cells[at] = fmt.Sprintf("%s %+.3f", marks[v.Outcome()], v.Gain.Value)
		}
		if len(rows) == 0 {
			return
		}
		fmt.Fprintf(b, "\n%s\n\n| %s | %s |\n|---%s|\n", text, first, strings.Join(columns, " | "), strings.Repeat("|---", len(columns)))
		for _, name := range rows {
			fmt.Fprintf(b, "| %s |", name)
			for _, c := range columns {
				fmt.Fprintf(b, " %s |", cells[[2]string{name, c}])
			}
			b.WriteString("\n")
		}
	}
	period := func(v scorecard.Verdict) string { return v.Set + ", " + v.Horizon }
	write(scorecard.QuestionHowMuch, "**How much**: R² that the rescaled map adds to regressions on price, and by which it exceeds the range-mass placebo.", "periods", period,
		func(v scorecard.Verdict) string { return v.Side + ", " + v.Baseline })
	write(scorecard.QuestionWhere, "**Where**: AUC of the map beyond that of depth into untouched price and of the placebo.", "windows", period, func(v scorecard.Verdict) string {
		if v.Name != nameLearned {
			return ""
		}
		return v.Baseline
	})
	var sets []string
	for _, v := range r.Verdicts {
		if v.Question == scorecard.QuestionTruth && !slices.Contains(sets, v.Set) {
			sets = append(sets, v.Set)
		}
	}
	for _, set := range sets {
		write(scorecard.QuestionTruth, "**Truth**, "+set+": by how much the KS distance from true positions is smaller, moment by moment.", "than that of", func(v scorecard.Verdict) string { return v.Baseline },
			func(v scorecard.Verdict) string {
				if v.Set != set || v.Name != nameLearned && v.Name != nameDaily {
					return ""
				}
				return v.Name + ", " + v.Side
			})
	}
}

// eachGroup calls visit for every run of rows with the same title.
func eachGroup[R any](rows []R, title func(R) string, visit func(title string, rows []R)) {
	for i := 0; i < len(rows); {
		j := i
		for j < len(rows) && title(rows[j]) == title(rows[i]) {
			j++
		}
		visit(title(rows[i]), rows[i:j])
		i = j
	}
}

func named(name string, model bool) string {
	if model {
		return "**" + name + "**"
	}
	return name
}

func number(x float64, digits int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "-"
	}
	s := fmt.Sprintf("%.*f", digits, x)
	if strings.Trim(s, "-0.") == "" {
		return strings.TrimPrefix(s, "-")
	}
	return s
}

func bare(i scorecard.Interval) string { return number(i.Value, 3) }

func bracket(i scorecard.Interval) string {
	if i.Low == i.High {
		return number(i.Value, 3)
	}
	return fmt.Sprintf("%s [%s, %s]", number(i.Value, 3), number(i.Low, 3), number(i.High, 3))
}

func ratio(i *scorecard.Interval) string {
	if i == nil {
		return ""
	}
	return fmt.Sprintf("%s [%s, %s]", number(i.Value, 2), number(i.Low, 2), number(i.High, 2))
}

func gain(i *scorecard.Interval) string {
	if i == nil {
		return ""
	}
	if i.Low == 0 && i.High == 0 {
		return "0"
	}
	return fmt.Sprintf("%+.3f [%+.3f, %+.3f]", i.Value, i.Low, i.High)
}

// Into returns a document with what lies between its marks replaced by the
// tables. The error wraps market.ErrInvalid where it has no marks.
func Into(text []byte, r scorecard.Report) ([]byte, error) {
	head, rest, ok := bytes.Cut(text, []byte(markBegin))
	_, tail, closed := bytes.Cut(rest, []byte(markEnd))
	if !ok || !closed {
		return nil, fmt.Errorf("it lacks the lines %q and %q: %w", markBegin, markEnd, market.ErrInvalid)
	}
	return bytes.Join([][]byte{head, []byte(markBegin + "\n\n" + Markdown(r) + "\n" + markEnd), tail}, nil), nil
}
