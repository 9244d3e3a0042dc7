package liqmodel

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"halcyon/market"
)

// binanceBTC is Binance's BTCUSDT table of 2025-12-05, its first tiers.
func binanceBTC(t testing.TB) market.MarginTiers {
	tiers, err := market.NewMarginTiers([]market.MarginTier{
		{NotionalFloor: 0, MaintenanceMarginRate: 0.004, MaxLeverage: 150},
		{NotionalFloor: 300_000, MaintenanceMarginRate: 0.005, MaxLeverage: 100},
		{NotionalFloor: 800_000, MaintenanceMarginRate: 0.0065, MaxLeverage: 75},
		{NotionalFloor: 3_000_000, MaintenanceMarginRate: 0.01, MaxLeverage: 50},
		{NotionalFloor: 12_000_000, MaintenanceMarginRate: 0.02, MaxLeverage: 25},
	})
	if err != nil {
		t.Fatal(err)
	}
	return tiers
}

// Fact 1: liquidation prices as the venues publish them.
func TestLiquidationPriceOfVenues(t *testing.T) {
	tier := market.MarginTier{MaintenanceMarginRate: 0.004}
	for lev, want := range map[market.Leverage]market.Price{100: 93_433.7, 50: 92_490.0, 25: 90_602.4, 10: 84_939.8} {
		if got := LiquidationPrice(market.Long, 94_000, lev, 1, tier); math.Abs(float64(got-want)) > 0.05 {
			t.Errorf("long at 94,000 with %vx: %.1f, want %.1f", lev, got, want)
		}
	}
	// Mirror image for a short: E(1 + 1/L)/(1 + m).
	if got, want := LiquidationPrice(market.Short, 94_000, 100, 1, tier), 94_000*1.01/1.004; math.Abs(float64(got)-want) > 1e-6 {
		t.Errorf("short at 94,000 with 100x: %v, want %v", got, want)
	}
	if got, want := InverseBankruptcyPrice(market.Long, 10_000, 100), 10_000*100.0/101; math.Abs(float64(got)-want) > 1e-9 {
		t.Errorf("inverse long bankruptcy: %v, want %v", got, want)
	}
	if got, want := BankruptcyPrice(market.Short, 10_000, 50), 10_200.0; math.Abs(float64(got)-want) > 1e-9 {
		t.Errorf("linear short bankruptcy: %v, want %v", got, want)
	}
}

var sides = rapid.SampledFrom([]market.PositionSide{market.Long, market.Short})

// At the liquidation price the margin balance is the maintenance margin.
func TestLiquidationPriceIdentity(t *testing.T) {
	tiers := binanceBTC(t)
	rapid.Check(t, func(t *rapid.T) {
		side := sides.Draw(t, "side")
		e := rapid.Float64Range(1, 200_000).Draw(t, "entry")
		lev := rapid.Float64Range(1.1, 150).Draw(t, "leverage")
		q := rapid.Float64Range(0.001, 500).Draw(t, "quantity")
		tier := tiers.Lookup(market.Notional(e * q))
		p := float64(LiquidationPrice(side, market.Price(e), market.Leverage(lev), q, tier))
		balance := e*q/lev + side.Sign()*q*(p-e)
		maintenance := float64(tier.MaintenanceMargin(market.Notional(p * q)))
		if math.Abs(balance-maintenance) > 1e-6*e*q {
			t.Fatalf("balance %v, maintenance %v at %v", balance, maintenance, p)
		}
	})
}

func TestInverseLiquidationPriceIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := sides.Draw(t, "side")
		e := rapid.Float64Range(1, 200_000).Draw(t, "entry")
		lev := rapid.Float64Range(1.1, 150).Draw(t, "leverage")
		m := rapid.Float64Range(0.001, 0.05).Draw(t, "maintenance")
		p := float64(InverseLiquidationPrice(side, market.Price(e), market.Leverage(lev), market.Ratio(m)))
		// One quote unit of contracts: margin 1/(E·L) coins, profit s(1/E − 1/P),
		// maintenance m/P coins.
		balance := 1/(e*lev) + side.Sign()*(1/e-1/p)
		if math.Abs(balance-m/p) > 1e-9/e {
			t.Fatalf("balance %v, maintenance %v at %v", balance, m/p, p)
		}
	})
	if p := InverseLiquidationPrice(market.Short, 10_000, 1, 0.005); !math.IsInf(float64(p), 1) {
		t.Errorf("an inverse short at 1x is liquidated at %v, want never", p)
	}
}

func TestCrossLiquidationPriceIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := sides.Draw(t, "side")
		price := rapid.Float64Range(1, 200_000).Draw(t, "price")
		q := rapid.Float64Range(0.001, 500).Draw(t, "quantity")
		m := rapid.Float64Range(0.005, 0.05).Draw(t, "maintenance")
		value := price * q * rapid.Float64Range(m*1.01, 1).Draw(t, "account value over notional")
		available := value - m*price*q
		p := float64(CrossLiquidationPrice(side, market.Price(price), market.Notional(available), q, market.Ratio(m)))
		atLiquidation := value + side.Sign()*q*(p-price)
		if math.Abs(atLiquidation-m*p*q) > 1e-6*price*q {
			t.Fatalf("account value %v, maintenance %v at %v", atLiquidation, m*p*q, p)
		}
	})
}

// Fact 2: the tier is that of the position's notional, and is looked up again
// at the liquidation price.
func TestTierLookupByPositionSize(t *testing.T) {
	tiers := binanceBTC(t)
	for notional, want := range map[market.Notional]market.Ratio{0: 0.004, 299_999: 0.004, 300_000: 0.005, 5e6: 0.01, 1e9: 0.02} {
		if got := tiers.Lookup(notional).MaintenanceMarginRate; got != want {
			t.Errorf("rate at %v: %v, want %v", notional, got, want)
		}
	}
	// The published amounts are continuous: 300, 1,500, 12,000, 132,000.
	for i, want := range []market.Notional{0, 300, 1500, 12_000, 132_000} {
		if got := tiers[i].MaintenanceAmount; math.Abs(float64(got-want)) > 1e-6 {
			t.Errorf("maintenance amount of tier %d: %v, want %v", i+1, got, want)
		}
	}
	// 8.1 BTC at 100,000 is tier 3 at entry and, 10x down, tier 2 at liquidation.
	p := TieredLiquidationPrice(market.Long, 100_000, 10, 8.1, tiers)
	if want := LiquidationPrice(market.Long, 100_000, 10, 8.1, tiers[1]); p != want {
		t.Errorf("tiered liquidation price %v, want that of tier 2, %v", p, want)
	}
}
