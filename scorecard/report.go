package scorecard

import "halcyon/market"

// ReportFormat changes whenever the meaning of a Report's fields does.
const ReportFormat = 2

// Report is a whole scorecard, as it is written to JSON and shown on the page.
type Report struct {
	Format int `json:"format"`
	// Params are the parameters that were judged, and what they were learned from.
	Params []ParamsNote `json:"params"`
	// Sets describe the data.
	Sets []SetNote `json:"sets"`

	HowMuch  []HowMuchRow  `json:"how_much"`
	Where    []WhereRow    `json:"where"`
	Truth    []TruthRow    `json:"truth"`
	Ablation []AblationRow `json:"ablation"`
	// Verdicts hold every model against every baseline.
	Verdicts []Verdict `json:"verdicts"`

	Scatter []Scatter `json:"scatter"`
	Curves  []Curve   `json:"curves"`
}

// ParamsNote names a set of parameters.
type ParamsNote struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	// From and To bound what it was learned from; 0 for nothing.
	From market.UnixMilli `json:"from_ms"`
	To   market.UnixMilli `json:"to_ms"`
	Note string           `json:"note"`
}

// SetNote describes one set of data.
type SetNote struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// AblationRow says what the map is worth with one part changed.
type AblationRow struct {
	Name     string   `json:"name"`
	Side     string   `json:"side"`
	Spearman Interval `json:"spearman"`
	R2       Interval `json:"r2"`
	// Versus is R2 less that of the whole model; 0 for the whole model itself.
	Versus Interval `json:"versus_whole"`
}

// Scatter is predicted against realised amounts (quote), for a plot.
type Scatter struct {
	Name      string    `json:"name"`
	Side      string    `json:"side"`
	Predicted []float64 `json:"predicted_usd"`
	Realised  []float64 `json:"realised_usd"`
}

// Curve is densities by distance from price, for a plot.
type Curve struct {
	Name string `json:"name"`
	Side string `json:"side"`
	// Width is a cell's width as a fraction of price; Share sums to 1.
	Width     float64   `json:"width"`
	Estimated []float64 `json:"estimated_share"`
	True      []float64 `json:"true_share"`
}
