package liqmodel

import (
	"math"

	"halcyon/market"
)

// LiquidationPrice returns the mark price at which an isolated linear
// position's margin balance equals its maintenance margin. Unit: quote per base.
//
//	long:  P = (E·(1 − 1/L) − A/q) / (1 − m)
//	short: P = (E·(1 + 1/L) + A/q) / (1 + m)
//
// E entry price, L leverage (>= 1), q quantity in base coins (> 0), m
// maintenance margin rate and A maintenance amount (quote) of the tier.
// Assumes margin E·q/L, no added margin, no unpaid funding or fee, and that
// P·q stays in the tier; callers near a tier edge use TieredLiquidationPrice.
// A long with L <= 1 returns 0 or less: it cannot be liquidated.
//
// The sign of A follows from margin balance = maintenance margin, W + s·q(P−E) = P·q·m − A.
// Source: Binance, "How to calculate liquidation price of USDⓈ-M futures
// contracts", read 2026-11. Checked by TestLiquidationPriceOfVenues and
// TestLiquidationPriceIdentity.
func LiquidationPrice(side market.PositionSide, entry market.Price, lev market.Leverage, q float64, tier market.MarginTier) market.Price {
	e, s, m := float64(entry), side.Sign(), float64(tier.MaintenanceMarginRate)
	perCoin := float64(tier.MaintenanceAmount) / q
	return market.Price((e*(1/float64(lev)-s) + perCoin) / (m - s))
}

// InverseLiquidationPrice returns the mark price at which an isolated inverse
// position's margin balance equals its maintenance margin. Unit: quote per base.
//
//	long:  P = E·(1 + m) / (1 + 1/L)
//	short: P = E·(1 − m) / (1 − 1/L)
//
// Assumes no maintenance amount, margin Q/(E·L) coins for Q quote. A short
// with L <= 1 returns +Inf: it cannot be liquidated.
// Source: Binance COIN-M liquidation formula P = N·CV·(m+s)/(W + c + s·N·CV/E)
// with c = 0, read 2026-11. Checked by TestInverseLiquidationPriceIdentity.
func InverseLiquidationPrice(side market.PositionSide, entry market.Price, lev market.Leverage, m market.Ratio) market.Price {
	s := side.Sign()
	d := 1/float64(lev) + s
	if s < 0 && d >= 0 {
		return market.Price(math.Inf(1))
	}
	return market.Price(float64(entry) * (float64(m) + s) / d)
}

// TieredLiquidationPrice is LiquidationPrice with the tier looked up at the
// position's notional *at the liquidation price*, as venues do it: the tier of
// the entry notional is tried first, and the tiers beside it until price and
// tier agree.
func TieredLiquidationPrice(side market.PositionSide, entry market.Price, lev market.Leverage, q float64, tiers market.MarginTiers) market.Price {
	tier := tiers.Lookup(market.Notional(float64(entry) * q))
	for range tiers {
		p := LiquidationPrice(side, entry, lev, q, tier)
		next := tiers.Lookup(market.Notional(float64(p) * q))
		if next == tier {
			return p
		}
		tier = next
	}
	return LiquidationPrice(side, entry, lev, q, tier)
}

// BankruptcyPrice returns the price at which an isolated linear position has
// no margin left: E·(1 − s/L).
func BankruptcyPrice(side market.PositionSide, entry market.Price, lev market.Leverage) market.Price {
	return market.Price(float64(entry) * (1 - side.Sign()/float64(lev)))
}

// InverseBankruptcyPrice returns the price at which an isolated inverse
// position has no margin left: E·L/(L + s), where s is +1 for a long.
// Source: BitMEX, "Liquidation", read 2026-11.
func InverseBankruptcyPrice(side market.PositionSide, entry market.Price, lev market.Leverage) market.Price {
	return market.Price(float64(entry) * float64(lev) / (float64(lev) + side.Sign()))
}

// CrossLiquidationPrice returns Hyperliquid's liquidation price of a position
// of size q (base, > 0) when the mark is at price:
//
//	P = price − s·available/q / (1 − l·s)
//
// available is account value less maintenance margin for cross positions
// (quote), isolated margin less maintenance for isolated ones; l =
// 1/(maintenance leverage) = maintenance margin rate. A result <= 0 means that
// the position cannot be liquidated. Source: Hyperliquid docs, "Liquidations",
// read 2026-11. Checked by TestCrossLiquidationPriceIdentity.
func CrossLiquidationPrice(side market.PositionSide, price market.Price, available market.Notional, q float64, maintenance market.Ratio) market.Price {
	s := side.Sign()
	return price - market.Price(s*float64(available)/q/(1-float64(maintenance)*s))
}

// liquidationRatio returns liquidation price over entry price for a position
// of the given notional at entry, with the tier of that notional; 0 or +Inf
// where the position cannot be liquidated.
func liquidationRatio(inst market.Instrument, side market.PositionSide, lev market.Leverage, notional market.Notional, tiers market.MarginTiers) float64 {
	tier := tiers.Lookup(notional)
	var ratio float64
	if inst.Settlement == market.Inverse {
		ratio = float64(InverseLiquidationPrice(side, 1, lev, tier.MaintenanceMarginRate))
	} else {
		// With entry 1 the quantity is the notional.
		ratio = float64(LiquidationPrice(side, 1, lev, float64(notional), tier))
	}
	if ratio <= 0 {
		return 0
	}
	return ratio
}
