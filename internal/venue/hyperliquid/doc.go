// Package hyperliquid reads recordings of Hyperliquid's public feeds, one
// JSON object a line: trades {"ts","px","sz","side"} and asset contexts
// {"ts","funding","oi","mark","oracle"}. Sizes and open interest are in coins,
// and one contract is one coin.
//
// It must not know how a file is compressed, nor where events go. The formats
// are values and safe to share; a reader belongs to one goroutine.
package hyperliquid

import "halcyon/internal/venue"

// Venue is the name of this venue in an InstrumentID.
const Venue = "hyperliquid"

// Formats returns every kind of file that this package reads.
func Formats() []venue.Format {
	return []venue.Format{
		{Name: "hyperliquid-trades", About: "recorded trades, JSON lines ts px sz side", Detect: detectTrades, Open: openTrades, Overlaps: true},
		{Name: "hyperliquid-ctx", About: "recorded asset contexts, JSON lines ts funding oi mark oracle", Detect: detectContext, Open: openContext},
	}
}
