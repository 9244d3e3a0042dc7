package sim

import (
	"fmt"
	"math"

	"halcyon/market"
)

// Venue is the name under which simulated instruments are listed.
const Venue market.Venue = "sim"

// Options says what market to simulate. Fields left at zero get the stated
// default; "by symbol" means that BTC, ETH and SOL have their own and every
// other symbol gets that of a generic coin.
type Options struct {
	// Symbol names the instrument and its coin. Required.
	Symbol string
	// Seed chooses the course of events. Any value; together with Symbol it
	// fixes everything that happens.
	Seed uint64
	// Start is when the first event happens (UTC), a multiple of MarkInterval.
	Start market.UnixMilli
	// StartPrice is the price (quote per base) when the warm-up begins, and
	// the level that price is drawn back to over weeks. Default by symbol:
	// BTC 95,000, ETH 3,400, SOL 180, others 100.
	StartPrice market.Price
	// OpenInterest is the level (contracts = coins) around which open interest
	// wanders. Default by symbol: BTC 20,000, ETH 450,000, SOL 4,500,000,
	// others 5,000,000.
	OpenInterest market.Contracts
	// DailyVolatility is the usual standard deviation of a day's log return.
	// Default by symbol: BTC 0.020, ETH 0.024, SOL 0.027, others 0.030.
	DailyVolatility market.Ratio
	// TradesPerSecond is the usual rate of trades, in (0, 100]. It sets how
	// finely volume is cut, not how much there is. Default by symbol: BTC 4.5,
	// ETH 4, SOL 3.5, others 3.
	TradesPerSecond float64
	// Traders is the usual number of Stock and hedged positions open, 100 to
	// 1,000,000; those of Flow come on top. Default 24,000.
	Traders int
	// Leverage is the distribution of effective leverage; nil means
	// DefaultLeverage.
	Leverage *LeverageMix
	// Tiers is the margin table in force. Default: seven tiers from 0.4 %
	// maintenance at 125x to 5 % at 10x.
	Tiers market.MarginTiers
	// WarmUp is how long the market runs before Start with its events dropped,
	// a multiple of MarkInterval. It begins with a stock of positions entered
	// on an invented past of 90 days. Default 12 h, enough for Flow to fill up.
	WarmUp market.UnixMilli
	// MarkInterval is the time between mark prices, and so between looks at
	// liquidation prices: 1 s to 1 min, dividing a minute. Default 1 s.
	MarkInterval market.UnixMilli
	// OpenInterestInterval is the time between observations of open interest,
	// a multiple of MarkInterval. Default 10 s.
	OpenInterestInterval market.UnixMilli
	// FundingInterval is the time between funding rates, a multiple of
	// MarkInterval. Default 8 h.
	FundingInterval market.UnixMilli
	// BatchTrades is the most trades a batch holds; 0 means no limit. Batches
	// also end wherever another event lies between. The trades themselves do
	// not depend on it.
	BatchTrades int
}

// Symbols returns the instruments that have defaults of their own.
func Symbols() []string { return []string{"BTC", "ETH", "SOL"} }

func (o Options) withDefaults() Options {
	d := Options{StartPrice: 100, OpenInterest: 5_000_000, DailyVolatility: .030, TradesPerSecond: 3}
	switch o.Symbol {
	case "BTC":
		d = Options{StartPrice: 95_000, OpenInterest: 20_000, DailyVolatility: .020, TradesPerSecond: 4.5}
	case "ETH":
		d = Options{StartPrice: 3_400, OpenInterest: 450_000, DailyVolatility: .024, TradesPerSecond: 4}
	case "SOL":
		d = Options{StartPrice: 180, OpenInterest: 4_500_000, DailyVolatility: .027, TradesPerSecond: 3.5}
	}
	setDefault(&o.StartPrice, d.StartPrice)
	setDefault(&o.OpenInterest, d.OpenInterest)
	setDefault(&o.DailyVolatility, d.DailyVolatility)
	setDefault(&o.TradesPerSecond, d.TradesPerSecond)
	setDefault(&o.Traders, 24_000)
	setDefault(&o.WarmUp, 12*market.Hour)
	setDefault(&o.MarkInterval, market.Second)
	setDefault(&o.OpenInterestInterval, max(10*market.Second, o.MarkInterval))
	setDefault(&o.FundingInterval, 8*market.Hour)
	if o.Leverage == nil {
		mix := DefaultLeverage()
		o.Leverage = &mix
	}
	if o.Tiers == nil {
		o.Tiers = defaultTiers()
	}
	return o
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func defaultTiers() market.MarginTiers {
	tiers, err := market.NewMarginTiers([]market.MarginTier{
		{NotionalFloor: 0, MaintenanceMarginRate: .004, MaxLeverage: 125},
		{NotionalFloor: 300_000, MaintenanceMarginRate: .005, MaxLeverage: 100},
		{NotionalFloor: 1_000_000, MaintenanceMarginRate: .0065, MaxLeverage: 75},
		{NotionalFloor: 5_000_000, MaintenanceMarginRate: .01, MaxLeverage: 50},
		{NotionalFloor: 20_000_000, MaintenanceMarginRate: .02, MaxLeverage: 25},
		{NotionalFloor: 60_000_000, MaintenanceMarginRate: .025, MaxLeverage: 20},
		{NotionalFloor: 150_000_000, MaintenanceMarginRate: .05, MaxLeverage: 10},
	})
	if err != nil {
		panic("BUG: default margin tiers: " + err.Error())
	}
	return tiers
}

// Validate reports the first field out of range, after defaults; the error
// wraps market.ErrInvalid.
func (o Options) Validate() error {
	o = o.withDefaults()
	if err := (market.InstrumentID{Venue: Venue, Symbol: o.Symbol}).Validate(); err != nil {
		return err
	}
	multiple := func(t market.UnixMilli) bool { return t > 0 && t%o.MarkInterval == 0 }
	checks := []struct {
		ok    bool
		field string
		got   any
		want  string
	}{
		{o.MarkInterval >= market.Second && o.MarkInterval <= market.Minute && market.Minute%o.MarkInterval == 0,
			"mark interval (ms)", int64(o.MarkInterval), "1,000 to 60,000, dividing a minute"},
		{o.Start > 0 && o.Start <= 1<<52 && o.Start%o.MarkInterval == 0, "start", o.Start, "after 1970 and a multiple of the mark interval"},
		{within(float64(o.StartPrice), 1e-4, 1e7), "start price", o.StartPrice, "0.0001 to 10,000,000"},
		{within(float64(o.OpenInterest), 100, 1e11), "open interest", o.OpenInterest, "100 to 1e11 contracts"},
		{within(float64(o.DailyVolatility), .001, .2), "daily volatility", o.DailyVolatility, "0.001 to 0.2"},
		{within(o.TradesPerSecond, .1, 100), "trades per second", o.TradesPerSecond, "0.1 to 100"},
		{o.Traders >= 100 && o.Traders <= 1_000_000, "traders", o.Traders, "100 to 1,000,000"},
		{multiple(o.WarmUp), "warm-up (ms)", int64(o.WarmUp), "a multiple of the mark interval"},
		{multiple(o.OpenInterestInterval), "open interest interval (ms)", int64(o.OpenInterestInterval), "a multiple of the mark interval"},
		{multiple(o.FundingInterval), "funding interval (ms)", int64(o.FundingInterval), "a multiple of the mark interval"},
		{o.BatchTrades >= 0, "batch trades", o.BatchTrades, "0 or more"},
		{len(o.Tiers) > 0, "margin tiers", "none", "at least one"},
	}
	for _, c := range checks {
		if !c.ok {
			return fmt.Errorf("sim options of %s: %s %v, want %s: %w", o.Symbol, c.field, c.got, c.want, market.ErrInvalid)
		}
	}
	return o.Leverage.Validate()
}

func within(x, low, high float64) bool { return x >= low && x <= high }

// ticksPerUnit returns how many price steps make one unit of quote currency:
// a power of ten that leaves 5 to 6 digits after the first.
func ticksPerUnit(price market.Price) float64 {
	return math.Pow(10, 5-math.Floor(math.Log10(float64(price))))
}
