package okx

import (
	"time"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
)

// NewFeed returns the feed of OKX's perpetual swaps.
func NewFeed(opt venue.FeedOptions) venue.Feed { return feed.New(protocol, opt) }

// protocol follows www.okx.com/docs-v5, "Overview": a connection that carries
// nothing for 30 s is cut, "ping" is answered by "pong", 20 requests in 2 s,
// 480 subscription messages an hour.
var protocol = feed.Protocol{
	Name: Venue, Venue: Venue, RESTURL: "https://www.okx.com", StreamURL: "wss://ws.okx.com:8443",
	Limits:         feed.Limits{Weight: 10, Window: 2 * time.Second},
	Connect:        connect,
	SymbolsPerConn: 60,
	GreetEvery:     250 * time.Millisecond,
	Ping:           []byte("ping"),
	PingEvery:      20 * time.Second,
	Silence:        30 * time.Second,
	Compress:       true,
	NewParser:      newParser,
	Numbered:       true,
	Liquidations:   true,
	Instruments:    instruments,
	History:        history,
	Missed:         missed,
	Mark:           mark,
	Tiers:          tiers,
}

// subscription is one argument of a subscription.
type subscription struct {
	Channel  string `json:"channel"`
	InstID   string `json:"instId,omitempty"`
	InstType string `json:"instType,omitempty"`
}

// connect subscribes channel by channel, trades first. Liquidations come for
// all swaps at once.
func connect(symbols []string) (path string, greet [][]byte) {
	var args []subscription
	for _, channel := range []string{"trades", "liquidation-orders", "mark-price", "open-interest", "funding-rate"} {
		if channel == "liquidation-orders" {
			args = append(args, subscription{Channel: channel, InstType: "SWAP"})
			continue
		}
		for _, s := range symbols {
			args = append(args, subscription{Channel: channel, InstID: s})
		}
	}
	// A hundred to a message are far below its 64 KB.
	return "/ws/v5/public", feed.Messages(args, 100, feed.Subscribe)
}
