// Package binance reads the files of Binance's USD-M futures: the archive of
// data.binance.vision (aggTrades, metrics, klines) and tables that others
// recorded (open interest, klines, trades, funding, forced orders).
//
// It must not know how a file is compressed, nor where events go. The formats
// are values and safe to share; a reader belongs to one goroutine.
//
// Sources: https://github.com/binance/binance-public-data (README, and issue
// 491 for the meaning of create_time), read 2026-06.
package binance

import "halcyon/internal/venue"

// Venue is the name of this venue in an InstrumentID.
const Venue = "binance"

// Formats returns every kind of file that this package reads.
func Formats() []venue.Format {
	return []venue.Format{
		{Name: "binance-aggtrades", About: "Binance Vision aggTrades", Detect: detectAggTrades, Open: openAggTrades},
		{Name: "binance-metrics", About: "Binance Vision metrics: open interest", Detect: detectMetrics, Open: openMetrics},
		{Name: "binance-klines", About: "klines of Binance Vision, or a table date,open,high,low,close,volume", Detect: detectKlines, Open: openKlines},
		{Name: "binance-mark-klines", About: "mark price klines: the mark price at each close", Detect: detectMarkKlines, Open: openMarkKlines},
		{Name: "binance-open-interest", About: "table t,oi of open interest in coins", Detect: detectOpenInterest, Open: openOpenInterest},
		{Name: "binance-trades", About: "table timestamp,symbol,price,quantity,is_buyer_maker", Detect: detectTrades, Open: openTrades},
		{Name: "binance-funding", About: "table ts,rate of funding rates", Detect: detectFunding, Open: openFunding},
		{Name: "binance-forceorders", About: "table of forceOrder messages: observed liquidations", Detect: detectForceOrders, Open: openForceOrders},
	}
}
