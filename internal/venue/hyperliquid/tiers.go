package hyperliquid

import (
	"fmt"
	"time"

	"halcyon/market"
)

// tiersFrom is the day from which the tables below hold: that of the recorded
// answer to {"type":"meta"} that they are taken from.
var tiersFrom = market.UnixMilli(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).UnixMilli())

// tiersSource names the tables for people.
const tiersSource = "Hyperliquid margin tables"

// step is one tier: from this notional (USDC) on, at most this leverage.
type step struct {
	floor       market.Notional
	maxLeverage market.Leverage
}

// The venue's tiered margin tables that more than one coin shares.
var (
	tiered40  = []step{{0, 40}, {150_000_000, 20}}
	tiered25  = []step{{0, 25}, {100_000_000, 15}}
	tiered20  = []step{{0, 20}, {40_000_000, 10}}
	tiered20b = []step{{0, 20}, {70_000_000, 10}}
	tiered10  = []step{{0, 10}, {3_000_000, 5}}
	tiered10b = []step{{0, 10}, {20_000_000, 5}}
	flat5     = []step{{0, 5}}
)

var steps = map[string][]step{
	"BTC": tiered40, "ETH": tiered25, "XRP": tiered20, "SOL": tiered20b,
	"BNB": tiered10, "ARB": tiered10, "OP": tiered10, "INJ": tiered10, "LDO": tiered10, "TRX": tiered10,
	"kSHIB": tiered10, "SEI": tiered10, "DOT": tiered10, "TON": tiered10, "JUP": tiered10, "ONDO": tiered10,
	"PAXG": tiered10, "XPL": tiered10,
	"AVAX": tiered10b, "DOGE": tiered10b, "HYPE": tiered10b, "LTC": tiered10b, "SUI": tiered10b, "LINK": tiered10b,
	"ADA": tiered10b, "BCH": tiered10b, "APT": tiered10b, "AAVE": tiered10b, "NEAR": tiered10b, "UNI": tiered10b,
	"CRV": tiered10b, "TIA": tiered10b, "WLD": tiered10b, "ENA": tiered10b, "kPEPE": tiered10b, "kBONK": tiered10b,
	"FARTCOIN": tiered10b, "TRUMP": tiered10b, "PUMP": tiered10b, "ZEC": tiered10b,
	"WIF": flat5, "ATOM": flat5, "TAO": flat5, "FIL": flat5, "ASTER": flat5, "WLFI": flat5, "XMR": flat5,
}

// MarginTiers returns the margin table of a coin in force at an instant; ok
// is false where none is known. Maintenance margin is half of the initial
// margin at the tier's greatest leverage: m = 1 / (2 · maxLeverage).
// Source: hyperliquid.gitbook.io, "Margin tiers". Checked by TestMarginTiers.
func MarginTiers(symbol string, at market.UnixMilli) (tiers market.MarginTiers, ok bool) {
	rows, ok := steps[symbol]
	if !ok || at < tiersFrom {
		return nil, false
	}
	tiers, err := tiersOf(rows)
	if err != nil {
		panic(fmt.Sprintf("BUG: margin tiers of %s: %v", symbol, err))
	}
	return tiers, true
}

func tiersOf(rows []step) (market.MarginTiers, error) {
	table := make([]market.MarginTier, len(rows))
	for i, s := range rows {
		table[i] = market.MarginTier{NotionalFloor: s.floor, MaxLeverage: s.maxLeverage,
			MaintenanceMarginRate: market.Ratio(0.5 / float64(s.maxLeverage))}
	}
	return market.NewMarginTiers(table)
}
