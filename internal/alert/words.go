package alert

import (
	"fmt"
	"strconv"
	"strings"

	"halcyon/market"
)

// Firing is one alert: what happened, in words that say what is estimated and
// what was observed.
type Firing struct {
	// ID rises with every firing.
	ID     int64  `json:"id"`
	RuleID string `json:"rule_id"`
	Kind   Kind   `json:"kind"`
	Venue  string `json:"venue"`
	Symbol string `json:"symbol"`
	// At is the close of the column that it was seen in, or our clock for staleness.
	At    market.UnixMilli `json:"at" doc:"UTC ms"`
	Price float64          `json:"price"`
	Title string           `json:"title"`
	Text  string           `json:"text"`
	// Low and High are the prices of the zone, 0 where there is none.
	Low  float64 `json:"low,omitempty"`
	High float64 `json:"high,omitempty"`
}

// firingOf puts a hit into words.
func firingOf(r Rule, h Hit) Firing {
	f := Firing{RuleID: r.ID, Kind: r.Kind, Venue: r.Venue, Symbol: r.Symbol, At: h.At, Price: float64(h.Price)}
	name := r.Symbol + " on " + r.Venue
	if z := h.Zone; z != nil {
		f.Low, f.High = float64(z.Low), float64(z.High)
		zone := fmt.Sprintf("%s of %ss estimated at %s to %s (z %.1f)", usd(z.USD), z.Side, price(z.Low), price(z.High), z.Z)
		switch r.Kind {
		case Near:
			f.Title = fmt.Sprintf("%s: %.2f %% from a zone", name, 100*distance(*z, h.Price))
			f.Text = fmt.Sprintf("Price %s is near %s.", price(h.Price), zone)
		case Hot:
			f.Title, f.Text = name+": a hot zone appeared", fmt.Sprintf("%s; price %s.", zone, price(h.Price))
		case Swept:
			f.Title = name + ": a zone was swept"
			f.Text = fmt.Sprintf("Price went through %s, and is at %s.", zone, price(h.Price))
		}
	} else if r.Kind == Liquidation {
		f.Title = fmt.Sprintf("%s: %s of %ss liquidated", name, usd(h.USD), h.Side)
		f.Text = fmt.Sprintf("OBSERVED within a minute, at %s.", price(h.Price))
	} else {
		f.Title = name + ": stale"
		f.Text = fmt.Sprintf("No column has closed for %d min.", int64(r.Stale/market.Minute))
	}
	if r.Note != "" {
		f.Text += " " + r.Note
	}
	return f
}

// usd writes an amount with three significant figures: $12.3 M.
func usd(x float64) string {
	for _, step := range []struct {
		size float64
		name string
	}{{1e9, " B"}, {1e6, " M"}, {1e3, " k"}} {
		if x >= step.size*0.9995 {
			return "$" + figures(x/step.size, 3) + step.name
		}
	}
	return "$" + figures(x, 3)
}

// price writes a price with six significant figures.
func price(p market.Price) string { return figures(float64(p), 6) }

func figures(x float64, n int) string {
	s := strconv.FormatFloat(x, 'g', n, 64)
	if strings.ContainsRune(s, 'e') {
		s = strconv.FormatFloat(x, 'f', 0, 64)
	}
	return s
}
