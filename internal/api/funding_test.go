package api

import (
	"fmt"
	"math"
	"net/http"
	"testing"

	"halcyon/market"
)

type fundingBody struct {
	Interval float64 `json:"interval_hours"`
	Assumed  bool    `json:"interval_assumed"`
	BucketMS int64   `json:"bucket_ms"`
	Parts    []fundingInterval
	Time     []int64
	Rate     []float64
	Of       []int
}

func fundingPath(venue string, from, to market.UnixMilli) string {
	return fmt.Sprintf("/api/v1/funding?venue=%s&symbol=BTC&level=3&from=%d&to=%d", venue, from, to)
}

// TestNoFunding: an empty answer where no rate was told.
func TestNoFunding(t *testing.T) {
	server, _, _ := storedSite(t)
	var body fundingBody
	get(t, server, fundingPath("test", 0, start+7*market.Day), &body)
	if body.Parts == nil || body.Time == nil || len(body.Time) != 0 || body.BucketMS != int64(market.Hour) || body.Interval != 8 || !body.Assumed {
		t.Fatalf("without a rate: %+v", body)
	}
}

// TestFundingOfColumns: the rate that stood at each close, half-open.
func TestFundingOfColumns(t *testing.T) {
	var body fundingBody
	server, _, l := storedSite(t)
	set := market.EventSet{FundingRates: []market.FundingRate{{EventTime: start + 90*market.Minute, Rate: .0001}, {EventTime: start + 3*market.Hour, Rate: -.0002}}}
	if _, err := l.Merge(t.Context(), listing.InstrumentID, start.Floor(market.Day), &set); err != nil {
		t.Fatal(err)
	}
	get(t, server, fundingPath("test", start, start+5*market.Hour), &body)
	if want := [4]float64{.0001, .0001, -.0002, -.0002}; len(body.Rate) != 4 || [4]float64(body.Rate) != want || body.Time[0] != int64(start+market.Hour) ||
		body.Time[3] != int64(start+4*market.Hour) || body.Of[0] != 1 || len(body.Parts) != 0 {
		t.Errorf("rates %+v, want %v from the second hour on", body, want)
	}
	for query, status := range map[string]int{
		"/api/v1/funding?venue=test&symbol=NONE&from=0&to=1": http.StatusNotFound,
		"/api/v1/funding?venue=test&symbol=BTC&from=0":       http.StatusUnprocessableEntity,
	} {
		if res := get(t, server, query, nil); res.StatusCode != status {
			t.Errorf("%s: %s, want %d", query, res.Status, status)
		}
	}
}

// TestFundingOfACombination: the mean over its instruments, and whose.
func TestFundingOfACombination(t *testing.T) {
	server, _ := combinedSite(t)
	var body fundingBody
	get(t, server, fundingPath("all", 0, start+market.Day), &body)
	if len(body.Parts) != 3 || body.Interval != 8 || !body.Assumed || len(body.Rate) == 0 {
		t.Fatalf("combination: %+v", body)
	}
	if body.Time[0] != int64(start+market.Hour) || body.Of[0] != 3 || math.Abs(body.Rate[0]-.0002) > 1e-12 {
		t.Errorf("first rate %v of %d at %d", body.Rate[0], body.Of[0], body.Time[0])
	}
}
