package kraken

import (
	"time"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
)

// NewFeed returns the feed of the perpetuals of Kraken's derivatives.
func NewFeed(opt venue.FeedOptions) venue.Feed { return feed.New(protocol, opt) }

// protocol follows docs.kraken.com/api/docs/guides, "Derivatives rate limits"
// and "Futures websockets": the server wants to hear from a client every
// minute, by pings of the websocket protocol; 100 requests a second and
// connection; REST that is public is free.
var protocol = feed.Protocol{
	Name: Venue, Venue: Venue, RESTURL: "https://futures.kraken.com", StreamURL: "wss://futures.kraken.com",
	Limits:         feed.Limits{Weight: 10, Window: time.Second},
	Connect:        connect,
	SymbolsPerConn: 100,
	GreetEvery:     100 * time.Millisecond,
	PingEvery:      30 * time.Second,
	Silence:        30 * time.Second,
	Compress:       true,
	NewParser:      newParser,
	Numbered:       true,
	Instruments:    instruments,
	History:        history,
	Tiers:          tiers,
}

// subscription is a message.
type subscription struct {
	Event      string   `json:"event"`
	Feed       string   `json:"feed"`
	ProductIDs []string `json:"product_ids"`
}

// connect subscribes to trades first.
func connect(symbols []string) (path string, greet [][]byte) {
	for _, name := range []string{"trade", "ticker"} {
		greet = append(greet, feed.Messages(symbols, 50, func(part []string) any {
			return subscription{"subscribe", name, part}
		})...)
	}
	return "/ws/v1", greet
}
