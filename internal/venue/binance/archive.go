package binance

import (
	"fmt"

	"halcyon/internal/venue"
	"halcyon/market"
)

// Archive returns the layout of data.binance.vision for USD-M futures: a day's
// aggTrades, or klines of a minute while they are not out, and its metrics.
// Source: https://github.com/binance/binance-public-data, read 2026-06.
func Archive() venue.Archive {
	return venue.Archive{
		URL: "https://data.binance.vision", Symbol: symbolRule.MatchString, Example: "BTCUSDT",
		Day: func(symbol string, day market.UnixMilli) []venue.ArchiveFile {
			path := func(kind, name string) string {
				return fmt.Sprintf("/data/futures/um/daily/%s/%s-%s-%s.zip", kind, symbol, name, day.Date())
			}
			trades, metrics := path("aggTrades/"+symbol, "aggTrades"), path("metrics/"+symbol, "metrics")
			bars := path("klines/"+symbol+"/1m", "1m")
			const sum = ".CHECKSUM"
			return []venue.ArchiveFile{
				{Path: trades, Checksum: trades + sum, Trades: true, Instead: bars, InsteadChecksum: bars + sum},
				{Path: metrics, Checksum: metrics + sum},
			}
		},
	}
}
