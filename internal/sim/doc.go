// Package sim is a simulated market: a deterministic crowd of leveraged
// traders and market makers in one linear perpetual, which emits the same
// events as a venue and knows every position. It is the demonstration where
// nothing else is at hand, and the test bed where truth is known.
//
//	m, err := sim.New(sim.Options{Symbol: "BTC", Seed: 1, Start: start})
//	for e := range m.Run(start + 3*market.Day) {
//		consume(e) // *market.Trades, MarkPrice, OpenInterest, FundingRate, Liquidation
//	}
//	truth := m.TrueLevels() // what the estimated map should look like
//
// It must not know the model that is tested on it: it imports market alone,
// and computes liquidation prices by itself. It reads no clock. A Market is
// owned by one goroutine; different Markets are independent.
//
// # Course of a step
//
// Time goes in steps of MarkInterval. At the start t of each step the venue
// publishes the mark and index price, and open interest and the funding rate
// when they are due. Every position whose liquidation price the mark has
// reached (long: P ≥ mark; short: P ≤ mark) is closed whole, at market, at t.
// Then stops, margin calls and profits that the mark has reached are acted
// on, and arrivals, planned decisions and makers' churn follow in order of
// time. What forced orders do to the last price shows in the next mark, which
// may reach further positions: a cascade runs over consecutive marks.
//
// # Bookkeeping
//
//  1. Every trade has one buyer and one seller, one of them a maker, and for
//     each of them either opens or closes; a maker that passes through zero
//     makes two trades of it.
//  2. Longs = shorts = open interest after every trade, exactly: quantities
//     are whole millionths of a contract.
//  3. A position exists from its first trade to the one that closes its last
//     contract; between two marks no open position has a liquidation price
//     that the earlier of them has reached.
//  4. Liquidation prices follow from entry, size, margin and the margin table
//     as liquidationPrice says.
//  5. The same Options give the same events, whatever BatchTrades is and
//     however calls to Run divide the time, on one architecture (compilers may
//     fuse floating-point operations on others).
//
// # Price
//
// In logarithms, last = index + deviation. The index moves by
//
//	Δindex = 0.92·v·σ·√Δt·z + news + drift + 0.15·impact
//
// v is DailyVolatility; z is normal, with 4 % of draws 2.5 times as wide; σ is
// the root of the daily season (highest at 15:00 UTC) times the exponential of
// two Ornstein-Uhlenbeck processes (half-lives a day and 25 min) times an
// excitement that news and liquidations raise and that halves in 4 min. News
// comes 2.5 times a day. Drift is a trend of 1.1 v a day either way or, half of
// the time, a pull to the middle of a range (half-life 5 h), for 9 h on
// average; and always a pull to StartPrice (half-life 10 days).
//
// A taker order of q contracts moves price by about 1 % · q/depth · √σ, less
// the farther last already is from the index (nothing at 1.5 %, where
// arbitrage takes everything). Depth is 5 % of open interest. The index keeps
// 15 % of it; the rest, the deviation, halves in 25 s. The mark is the index
// times the deviation averaged with a half-life of 4 s.
//
// # People
//
// Stock: low effective leverage, held for days (exponential lives of mean 0.5,
// 3 and 12 days), sizes log-normal with σ 1.7; about three quarters of open
// interest. Bought rather on weakness. Large ones are built and unwound in
// slices. Every 18 h or so a holder adds margin, adds contracts or takes some
// off, so that liquidation prices drift with age.
//
// Flow: high leverage, held for minutes to hours (means 20 min, 2 h and 8 h),
// sizes log-normal with σ 1.3; less than a tenth of open interest, most of
// what is opened and most of what is liquidated. Follows momentum.
//
// Hedged: held like Stock but backed by the coin or by cash; never liquidated.
//
// Makers: sixteen inventories near zero. They take the other side of every
// trader, and trade with each other: turnover without lasting positions.
// Traders lean towards the side that relieves them.
//
// Effective leverage at entry is drawn from LeverageMix; the setting is drawn
// apart, and for Stock is mostly higher. Half of Flow and a quarter of Stock
// keep a stop between entry and liquidation; others add margin when price
// gets there, or do nothing. Openings follow a wandering appetite (log level
// of deviation 0.12, half-life 1.5 days).
//
// # Left out
//
// An order book (makers quote without limit, at the impact above), fees,
// latency of the venue, cross margin, partial liquidation, insurance funds and
// auto-deleveraging (losses beyond the margin vanish), funding payments (the
// rate is published; it is paid from outside the margin, so that liquidation
// prices do not move), other venues but for the index, gaps in the feed, and
// changes of the margin table. Impact has no memory beyond its decay.
package sim
