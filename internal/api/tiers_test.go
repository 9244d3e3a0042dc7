package api

import (
	"context"
	"net/http"
	"testing"

	"halcyon/market"
)

// TestTiers: the table that is stored with an instrument, where it is from, and
// the default, called one, where there is none.
func TestTiers(t *testing.T) {
	server, _, l := storedSite(t)
	var body struct {
		Settlement   string
		ContractSize float64 `json:"contract_size"`
		From         int64
		Source       string
		Fallback     bool
		Tiers        []tierAnswer
	}
	get(t, server, "/api/v1/tiers?venue=test&symbol=BTC", &body)
	if !body.Fallback || body.From != 0 || len(body.Tiers) != 3 || body.Tiers[0].MaintenanceMarginRate != 0.005 || body.Tiers[2].Cap != nil {
		t.Errorf("without a table of its own: %+v", body)
	}
	with := listing
	var err error
	with.Tiers, err = market.NewMarginTiers([]market.MarginTier{
		{NotionalFloor: 0, MaintenanceMarginRate: 0.004, MaxLeverage: 150},
		{NotionalFloor: 300_000, MaintenanceMarginRate: 0.005, MaxLeverage: 100},
	})
	if err != nil {
		t.Fatal(err)
	}
	with.TiersFrom, with.TiersSource = start, "a table of the test"
	if err := l.PutListing(context.Background(), with); err != nil {
		t.Fatal(err)
	}
	get(t, server, "/api/v1/tiers?venue=test&symbol=BTC", &body)
	if body.Fallback || body.From != int64(start) || body.Source != "a table of the test" || len(body.Tiers) != 2 {
		t.Fatalf("with a table of its own: %+v", body)
	}
	if first, second := body.Tiers[0], body.Tiers[1]; *first.Cap != 300_000 || second.MaintenanceAmount != 300 || second.MaxLeverage != 100 {
		t.Errorf("tiers %+v, %+v", first, second)
	}
	if body.Settlement != "linear" || body.ContractSize != 1 {
		t.Errorf("contract: %+v", body)
	}
	if res := get(t, server, "/api/v1/tiers?venue=test&symbol=NONE", nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("unknown instrument: %s", res.Status)
	}
}

func TestTiersSource(t *testing.T) {
	table := market.MarginTiers{{}}
	for want, l := range map[string]market.Listing{
		"Halcyon's default: the venue's table is not known": {},
		"the simulated venue":                               {Tiers: table, Provenance: market.Simulated},
		"the venue, asked when its feed started":            {Tiers: table, Provenance: market.Live},
		"stored with the recording":                         {Tiers: table, Provenance: market.Recorded},
	} {
		if got := tiersSource(l); got != want {
			t.Errorf("source %q, want %q", got, want)
		}
	}
}
