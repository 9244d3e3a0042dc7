package deribit

import (
	"time"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
)

// NewFeed returns the feed of Deribit's perpetuals.
func NewFeed(opt venue.FeedOptions) venue.Feed { return feed.New(protocol, opt) }

// protocol follows docs.deribit.com, "Connection management" and "Rate
// limits": 20 requests a second, 500 channels a subscription, a subscription
// in 300 ms.
var protocol = feed.Protocol{
	Name: Venue, Venue: Venue, RESTURL: "https://www.deribit.com", StreamURL: "wss://www.deribit.com",
	Limits:         feed.Limits{Weight: 10, Window: time.Second},
	Connect:        connect,
	SymbolsPerConn: 100,
	GreetEvery:     500 * time.Millisecond,
	Ping:           []byte(`{"jsonrpc":"2.0","id":2,"method":"public/test","params":{}}`),
	PingEvery:      15 * time.Second,
	Silence:        30 * time.Second,
	Compress:       true,
	NewParser:      newParser,
	Numbered:       true,
	Instruments:    instruments,
	History:        history,
	Liquidations:   true,
	Missed:         missed,
	Tiers:          feed.ListedTiers,
}

// request is a message of JSON-RPC.
type request struct {
	Version string   `json:"jsonrpc"`
	ID      int      `json:"id"`
	Method  string   `json:"method"`
	Params  channels `json:"params"`
}

type channels struct {
	Channels []string `json:"channels"`
}

// connect subscribes to trades first.
func connect(symbols []string) (path string, greet [][]byte) {
	for _, kind := range []string{"trades.", "ticker."} {
		var names []string
		for _, s := range symbols {
			names = append(names, kind+s+".100ms")
		}
		greet = append(greet, feed.Messages(names, 100, func(part []string) any {
			return request{"2.0", 1, "public/subscribe", channels{part}}
		})...)
	}
	return "/ws/api/v2", greet
}
