package liqmodel

import (
	"encoding/json"
	"flag"
	"math"
	"os"
	"testing"

	"halcyon/market"
)

var update = flag.Bool("update", false, "write the golden vectors anew")

// vectorsPath holds liquidation prices that the page's calculator is held to
// as well (web/test/unit/liquidation.test.ts).
const vectorsPath = "../web/testdata/liquidation_golden.json"

type vectorTier struct {
	Floor                 float64  `json:"floor"`
	Cap                   *float64 `json:"cap"`
	MaxLeverage           float64  `json:"max_leverage"`
	MaintenanceMarginRate float64  `json:"maintenance_margin_rate"`
	MaintenanceAmount     float64  `json:"maintenance_amount"`
}

// vector is one position and what becomes of it. Prices of 0 mean never.
type vector struct {
	Settlement string  `json:"settlement"`
	Side       string  `json:"side"`
	Entry      float64 `json:"entry"`
	// Notional is at entry, quote; Margin is what backs it, quote.
	Notional    float64 `json:"notional"`
	Margin      float64 `json:"margin"`
	Liquidation float64 `json:"liquidation"`
	Bankruptcy  float64 `json:"bankruptcy"`
}

type vectors struct {
	Tiers   []vectorTier `json:"tiers"`
	Vectors []vector     `json:"vectors"`
}

func goldenVectors(t *testing.T) vectors {
	tiers := binanceBTC(t)
	var out vectors
	for _, tier := range tiers {
		row := vectorTier{float64(tier.NotionalFloor), nil, float64(tier.MaxLeverage), float64(tier.MaintenanceMarginRate), float64(tier.MaintenanceAmount)}
		if limit := float64(tier.NotionalCap); !math.IsInf(limit, 1) {
			row.Cap = &limit
		}
		out.Tiers = append(out.Tiers, row)
	}
	for _, settlement := range []market.Settlement{market.Linear, market.Inverse} {
		for _, side := range []market.PositionSide{market.Long, market.Short} {
			for _, notional := range []float64{1_000, 295_000, 805_000, 4_000_000, 20_000_000} {
				for _, lev := range []float64{1, 2.5, 10, 50, 100} {
					const entry = 94_000
					v := vector{Settlement: settlement.String(), Side: side.String(), Entry: entry, Notional: notional, Margin: notional / lev}
					if settlement == market.Linear {
						v.Liquidation = float64(TieredLiquidationPrice(side, entry, market.Leverage(lev), notional/entry, tiers))
						v.Bankruptcy = float64(BankruptcyPrice(side, entry, market.Leverage(lev)))
					} else {
						m := tiers.Lookup(market.Notional(notional)).MaintenanceMarginRate
						v.Liquidation = float64(InverseLiquidationPrice(side, entry, market.Leverage(lev), m))
						v.Bankruptcy = float64(InverseBankruptcyPrice(side, entry, market.Leverage(lev)))
					}
					v.Liquidation, v.Bankruptcy = orNever(v.Liquidation), orNever(v.Bankruptcy)
					out.Vectors = append(out.Vectors, v)
				}
			}
		}
	}
	return out
}

// orNever is 0 for a price that cannot be reached: JSON has no infinity.
func orNever(p float64) float64 {
	if p <= 0 || math.IsInf(p, 0) {
		return 0
	}
	return p
}

// TestGoldenVectors holds the formulas to the stored vectors, and so to those
// of the page.
func TestGoldenVectors(t *testing.T) {
	got := goldenVectors(t)
	if *update {
		text, err := json.MarshalIndent(got, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(vectorsPath, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(vectorsPath)
	if err != nil {
		t.Fatal(err)
	}
	var want vectors
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if len(got.Vectors) != len(want.Vectors) {
		t.Fatalf("%d vectors, want %d", len(got.Vectors), len(want.Vectors))
	}
	for i, v := range got.Vectors {
		w := want.Vectors[i]
		near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Abs(b) }
		if !near(v.Liquidation, w.Liquidation) || !near(v.Bankruptcy, w.Bankruptcy) {
			t.Errorf("%+v, want %+v", v, w)
		}
	}
}
