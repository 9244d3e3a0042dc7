package hyperliquid

import (
	"fmt"
	"time"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
)

// NewFeed returns the feed of Hyperliquid's perpetuals.
func NewFeed(opt venue.FeedOptions) venue.Feed { return feed.New(protocol, opt) }

// protocol follows hyperliquid.gitbook.io, "Websocket" and "Rate limits": the
// server hangs up on a client that it has sent nothing for a minute; 1,200
// weight a minute, 1,000 subscriptions, 2,000 messages a minute.
var protocol = feed.Protocol{
	Name: Venue, Venue: Venue, RESTURL: "https://api.hyperliquid.xyz", StreamURL: "wss://api.hyperliquid.xyz",
	Limits:         feed.Limits{Weight: 600, Window: time.Minute},
	Connect:        connect,
	SymbolsPerConn: 200,
	GreetEvery:     10 * time.Millisecond,
	Ping:           []byte(`{"method":"ping"}`),
	PingEvery:      30 * time.Second,
	Silence:        30 * time.Second,
	NewParser:      newParser,
	Instruments:    instruments,
	History:        history,
	Missed:         missed,
	Tiers:          feed.ListedTiers,
}

func connect(symbols []string) (path string, greet [][]byte) {
	for _, channel := range []string{"trades", "activeAssetCtx"} {
		for _, s := range symbols {
			greet = append(greet, fmt.Appendf(nil, `{"method":"subscribe","subscription":{"type":%q,"coin":%q}}`, channel, s))
		}
	}
	return "/ws", greet
}
