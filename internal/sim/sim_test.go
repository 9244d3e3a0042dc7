package sim

import (
	"errors"
	"math"
	"testing"

	"halcyon/market"

	"pgregory.net/rapid"
)

const testStart market.UnixMilli = 1_780_272_000_000 // 2026-06-01 00:00 UTC

// small is a market that is quick to make: few traders, a short warm-up.
func small(seed uint64) Options {
	return Options{Symbol: "BTC", Seed: seed, Start: testStart, Traders: 600, TradesPerSecond: 2, WarmUp: market.Hour}
}

func mustNew(t testing.TB, opt Options) *Market {
	t.Helper()
	m, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// wild makes liquidations frequent, so that few steps test them.
func wild(t *rapid.T) Options {
	opt := small(rapid.Uint64().Draw(t, "seed"))
	opt.Symbol = rapid.SampledFrom([]string{"BTC", "ETH", "SOL", "TINY"}).Draw(t, "symbol")
	opt.DailyVolatility = market.Ratio(rapid.Float64Range(.02, .2).Draw(t, "volatility"))
	opt.MarkInterval = rapid.SampledFrom([]market.UnixMilli{market.Second, 3 * market.Second, 10 * market.Second}).Draw(t, "mark")
	if opt.MarkInterval == 3*market.Second {
		opt.OpenInterestInterval = 12 * market.Second
	}
	opt.WarmUp = 100 * opt.MarkInterval
	return opt
}

func newWild(t *rapid.T) *Market {
	m, err := New(wild(t))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func toMicro(q market.Contracts) micro { return micro(math.Round(float64(q) * microPerContract)) }

// openBySide sums positions exactly.
func openBySide(positions []Position) (sum [market.Sides]micro) {
	for _, p := range positions {
		sum[p.Side] += toMicro(p.Size)
	}
	return sum
}

func TestLongsEqualShortsEqualOpenInterest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newWild(t)
		observed := 0
		for range 150 {
			sums := openBySide(m.Positions())
			if sums[market.Long] != sums[market.Short] || sums != m.book.open {
				t.Fatalf("at %v: positions long %d, short %d, booked %v", m.Now(), sums[market.Long], sums[market.Short], m.book.open)
			}
			for e := range m.Run(m.Now() + m.opt.MarkInterval) {
				if oi, ok := e.(market.OpenInterest); ok {
					observed++
					if toMicro(oi.Contracts) != sums[market.Long] {
						t.Fatalf("at %v: open interest %v, positions hold %d millionths", oi.EventTime, oi.Contracts, sums[market.Long])
					}
				}
			}
		}
		if observed == 0 {
			t.Fatal("no open interest observed")
		}
	})
}

func TestEveryTradeOpensOrClosesForBothParties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newWild(t)
		var traded, audited int
		before, change := m.book.open[market.Long], micro(0)
		m.audit = func(q micro, firstOpens, secondOpens bool) {
			audited++
			traded += int(q)
			switch {
			case firstOpens && secondOpens:
				change += q
			case !firstOpens && !secondOpens:
				change -= q
			}
			if m.book.open != [market.Sides]micro{before + change, before + change} {
				t.Fatalf("after a trade of %d: open %v, want %d on both sides", q, m.book.open, before+change)
			}
		}
		var published, size int
		for e := range m.Run(m.Now() + 200*m.opt.MarkInterval) {
			if b, ok := e.(*market.Trades); ok {
				published += b.Len()
				for _, q := range b.Size {
					size += int(toMicro(q))
				}
			}
		}
		if published != audited || size != traded || published == 0 {
			t.Fatalf("published %d trades of %d, booked %d of %d", published, size, audited, traded)
		}
	})
}

// reached reports whether a mark price touches a position's liquidation price.
func reached(p Position, mark market.Price) bool {
	if p.LiquidationPrice == 0 {
		return false
	}
	if p.Side == market.Long {
		return mark <= p.LiquidationPrice
	}
	return mark >= p.LiquidationPrice
}

func TestLiquidatedWhenTheMarkTouchesNeverElse(t *testing.T) {
	total := 0
	rapid.Check(t, func(t *rapid.T) {
		m := newWild(t)
		type key struct {
			side market.PositionSide
			size micro
		}
		for range 150 {
			standing := m.Positions()
			due := map[key]int{}
			for e := range m.Run(m.Now() + m.opt.MarkInterval) {
				switch e := e.(type) {
				case market.MarkPrice:
					for _, p := range standing {
						if reached(p, e.MarkPrice) {
							due[key{p.Side, toMicro(p.Size)}]++
						}
					}
				case market.Liquidation:
					total++
					k := key{e.Side, toMicro(e.Size)}
					if due[k]--; due[k] < 0 {
						t.Fatalf("at %v: %v of %v liquidated but the mark %v reached none such", e.EventTime, e.Side, e.Size, m.MarkPrice())
					}
				}
			}
			for k, n := range due {
				if n != 0 {
					t.Fatalf("before %v: %d positions %v of %d reached by the mark and not liquidated", m.Now(), n, k.side, k.size)
				}
			}
			for _, p := range m.Positions() {
				if reached(p, m.MarkPrice()) {
					t.Fatalf("at %v: still open though mark %v is past its liquidation price: %+v", m.Now(), m.MarkPrice(), p)
				}
			}
		}
	})
	if total < 100 {
		t.Fatalf("only %d liquidations seen: the test tests nothing", total)
	}
}

func TestLiquidationPriceIdentity(t *testing.T) {
	tiers := defaultTiers()
	rapid.Check(t, func(t *rapid.T) {
		side := market.PositionSide(rapid.IntRange(0, 1).Draw(t, "side"))
		entry := math.Exp(rapid.Float64Range(-5, 12).Draw(t, "log entry"))
		size := math.Exp(rapid.Float64Range(-3, 19).Draw(t, "log notional")) / entry
		leverage := rapid.Float64Range(1.01, 60).Draw(t, "leverage")
		margin := entry * size / leverage
		p := liquidationPrice(side, entry, size, margin, tiers)
		if p == 0 {
			if side == market.Short || margin < entry*size*.98 {
				t.Fatalf("no liquidation price for %v at leverage %v", side, leverage)
			}
			return
		}
		balance := margin + side.Sign()*size*(p-entry)
		notional := market.Notional(p * size)
		maintenance := float64(tiers.Lookup(notional).MaintenanceMargin(notional))
		if math.Abs(balance-maintenance) > 1e-9*(float64(notional)+entry*size) {
			t.Fatalf("at %v the balance is %v, the maintenance margin %v", p, balance, maintenance)
		}
	})
}

func TestLiquidationPriceFigures(t *testing.T) {
	// One BTC at 94,000, maintenance 0.4 %.
	tiers, err := market.NewMarginTiers([]market.MarginTier{{MaintenanceMarginRate: .004, MaxLeverage: 125}})
	if err != nil {
		t.Fatal(err)
	}
	for leverage, want := range map[float64]float64{100: 93_433.7, 50: 92_490.0, 25: 90_602.4, 10: 84_939.8} {
		if got := liquidationPrice(market.Long, 94_000, 1, 94_000/leverage, tiers); math.Abs(got-want) > .06 {
			t.Errorf("%vx long: %.1f, want %.1f", leverage, got, want)
		}
	}
}

// TestPositionsIdentity checks the identity on positions as reported.
func TestPositionsIdentity(t *testing.T) {
	m := mustNew(t, small(4))
	for range m.Run(testStart + 2*market.Hour) {
	}
	var kinds [4]int
	for _, p := range m.Positions() {
		kinds[p.Kind]++
		if p.Size <= 0 || p.EntryPrice <= 0 || p.Margin <= 0 || p.Leverage < 1 || p.OpenedAt > m.Now() {
			t.Fatalf("impossible position %+v", p)
		}
		if p.Kind == Hedged || p.Kind == Maker {
			if p.LiquidationPrice != 0 {
				t.Fatalf("%v can be liquidated: %+v", p.Kind, p)
			}
			continue
		}
		if p.LiquidationPrice == 0 {
			continue
		}
		q, price := float64(p.Size), float64(p.LiquidationPrice)
		balance := float64(p.Margin) + p.Side.Sign()*q*(price-float64(p.EntryPrice))
		n := market.Notional(q * price)
		if maintenance := float64(m.Listing().Tiers.Lookup(n).MaintenanceMargin(n)); math.Abs(balance-maintenance) > 1e-6*float64(n) {
			t.Fatalf("balance %v, maintenance %v at the liquidation price of %+v", balance, maintenance, p)
		}
	}
	for k, n := range kinds {
		if n == 0 {
			t.Errorf("no position of kind %v", Kind(k))
		}
	}
}

// TestNoneOpensAlreadyLiquidated: when last has run from the mark, a highly
// leveraged position would be liquidated by the mark of the moment; it gets
// more margin instead.
func TestNoneOpensAlreadyLiquidated(t *testing.T) {
	for side := range market.PositionSide(market.Sides) {
		b := book{tiers: defaultTiers()}
		id := b.enter(agent{kind: Flow, side: side, lever: 100})
		mark := 1000.0
		b.increase(id, 1e6, mark*(1+side.Sign()*.012))
		b.reprice(id, mark)
		a := b.agents[id]
		if adverse(side, a.liq) <= adverse(side, mark) || a.margin <= a.entry/100 {
			t.Errorf("%v opened at %v with margin %v is liquidated at %v, mark %v", side, a.entry, a.margin, a.liq, mark)
		}
		if a.liq != liquidationPrice(side, a.entry, 1, a.margin, b.tiers) {
			t.Errorf("%v: liquidation price %v does not follow from its margin", side, a.liq)
		}
	}
}

func TestInvalidOptionsAreNamed(t *testing.T) {
	for name, spoil := range map[string]func(*Options){
		"symbol":     func(o *Options) { o.Symbol = "../x" },
		"start":      func(o *Options) { o.Start = 1 },
		"price":      func(o *Options) { o.StartPrice = market.Price(math.NaN()) },
		"volatility": func(o *Options) { o.DailyVolatility = -1 },
		"trades":     func(o *Options) { o.TradesPerSecond = 1e6 },
		"traders":    func(o *Options) { o.Traders = 3 },
		"mark":       func(o *Options) { o.MarkInterval = 7 * market.Second },
		"oi":         func(o *Options) { o.OpenInterestInterval = 1500 },
		"batch":      func(o *Options) { o.BatchTrades = -1 },
		"leverage":   func(o *Options) { o.Leverage = &LeverageMix{} },
	} {
		opt := small(1)
		spoil(&opt)
		if _, err := New(opt); !errors.Is(err, market.ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", name, err)
		}
	}
}

// TestExtremeOptionsKeepTheBooks runs the corners of what Validate allows.
func TestExtremeOptionsKeepTheBooks(t *testing.T) {
	for name, extreme := range map[string]func(*Options){
		"few trades":        func(o *Options) { o.TradesPerSecond = .1 },
		"many trades":       func(o *Options) { o.TradesPerSecond, o.OpenInterest = 100, 100 },
		"tiny price":        func(o *Options) { o.StartPrice, o.OpenInterest = 1e-4, 1e11 },
		"huge price":        func(o *Options) { o.StartPrice = 1e7 },
		"wild":              func(o *Options) { o.DailyVolatility = .2 },
		"few traders":       func(o *Options) { o.Traders = 100 },
		"slow mark":         func(o *Options) { o.MarkInterval, o.WarmUp = market.Minute, market.Minute },
		"nearly all hedged": func(o *Options) { mix := DefaultLeverage(); mix.Hedged[0], mix.Hedged[1] = .99, .99; o.Leverage = &mix },
		"reckless": func(o *Options) {
			bands := []LeverageBand{{500, 1000, 1}}
			o.Leverage = &LeverageMix{Stock: [2][]LeverageBand{bands, bands}, Flow: [2][]LeverageBand{bands, bands}}
		},
	} {
		opt := small(8)
		extreme(&opt)
		m := mustNew(t, opt)
		trades := 0
		for e := range m.Run(testStart + 10*market.Minute) {
			if b, ok := e.(*market.Trades); ok {
				for i, p := range b.LastPrice {
					if trades++; !market.ValidPrice(p) || b.Size[i] <= 0 {
						t.Fatalf("%s: trade of %v at %v", name, b.Size[i], p)
					}
				}
			}
		}
		if sums := openBySide(m.Positions()); trades == 0 || sums[market.Long] != sums[market.Short] {
			t.Errorf("%s: %d trades, positions %v", name, trades, sums)
		}
	}
}
