package api

import (
	"fmt"
	"math"
	"testing"

	"halcyon/market"
)

// The screener's sums are those of the profile, now and at a past instant.
func TestScreenerSumsTheProfile(t *testing.T) {
	server, _ := site(t)
	for _, query := range []string{"", fmt.Sprintf("?at=%d", start+5*market.Hour)} {
		var got struct {
			Within      []float64
			Instruments []screenedAnswer
		}
		get(t, server, "/api/v1/screener"+query, &got)
		if len(got.Instruments) != 1 || len(got.Within) != 4 {
			t.Fatalf("%s: %d instruments, %d distances", query, len(got.Instruments), len(got.Within))
		}
		row := got.Instruments[0]
		var profile struct {
			At          int64
			Price       float64
			FirstBin    int64 `json:"first_bin"`
			Long, Short map[string][]float64
		}
		get(t, server, fmt.Sprintf("/api/v1/profile?venue=test&symbol=BTC&shift=0&at=%d", row.At), &profile)
		if profile.At != row.At || profile.Price != row.Price || (query != "" && row.At != int64(start+5*market.Hour)) {
			t.Fatalf("%s: at %d price %v, the profile is at %d price %v", query, row.At, row.Price, profile.At, profile.Price)
		}
		sum := func(groups map[string][]float64, within float64) (sum float64) {
			for name, list := range groups {
				for i, usd := range list {
					mid := float64(market.BinIndex(profile.FirstBin + int64(i)).Mid())
					if name != "fresh" && math.Max(mid/row.Price, row.Price/mid)-1 <= within {
						sum += usd
					}
				}
			}
			return sum
		}
		for i, within := range got.Within {
			// The profile rounds every bin to whole dollars.
			for side, pair := range map[string][2]float64{"above": {row.Above[i], sum(profile.Short, within)}, "below": {row.Below[i], sum(profile.Long, within)}} {
				if math.Abs(pair[0]-pair[1]) > 0.001*pair[1]+500 {
					t.Errorf("%s: %s within %v: %.0f, the profile has %.0f", query, side, within, pair[0], pair[1])
				}
			}
			if i > 0 && (row.Above[i] < row.Above[i-1] || row.Below[i] < row.Below[i-1]) {
				t.Errorf("%s: less within %v than within %v", query, within, got.Within[i-1])
			}
		}
		if want := (row.Above[2] - row.Below[2]) / (row.Above[2] + row.Below[2]); math.Abs(row.Skew-want) > 1e-4 {
			t.Errorf("%s: skew %v, want %v", query, row.Skew, want)
		}
		if c := row.Nearest; c == nil || c.Z < 1 || c.USD <= 0 || c.Low >= c.High || (c.Side == "long") != (c.High <= row.Price*1.0005) {
			t.Errorf("%s: nearest cluster %+v at price %v", query, c, row.Price)
		}
	}
	var none struct{ Instruments []screenedAnswer }
	if get(t, server, "/api/v1/screener?at=1", &none); len(none.Instruments) != 0 {
		t.Errorf("%d rows before the first event", len(none.Instruments))
	}
}
