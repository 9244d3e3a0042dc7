package gate

import (
	"time"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
)

// NewFeed returns the feed of Gate's USDT-settled perpetuals.
func NewFeed(opt venue.FeedOptions) venue.Feed { return feed.New(protocol, opt) }

// protocol follows www.gate.com/docs/developers/futures/ws and apiv4: the
// server pings by the websocket protocol; 200 requests in 10 s and endpoint.
var protocol = feed.Protocol{
	Name: Venue, Venue: Venue, RESTURL: "https://api.gateio.ws", StreamURL: "wss://fx-ws.gateio.ws",
	Limits:         feed.Limits{Weight: 100, Window: 10 * time.Second},
	Connect:        connect,
	SymbolsPerConn: 100,
	GreetEvery:     100 * time.Millisecond,
	Silence:        30 * time.Second,
	Compress:       true,
	NewParser:      newParser,
	Numbered:       true,
	Liquidations:   true,
	Instruments:    instruments,
	History:        history,
	Missed:         missed,
	Tiers:          tiers,
}

// subscription is a message. Time is when it is sent, in seconds.
type subscription struct {
	Time    int64    `json:"time"`
	Channel string   `json:"channel"`
	Event   string   `json:"event"`
	Payload []string `json:"payload"`
}

// connect subscribes channel by channel, trades first.
func connect(symbols []string) (path string, greet [][]byte) {
	for _, channel := range []string{"futures.trades", "futures.public_liquidates", "futures.tickers"} {
		greet = append(greet, feed.Messages(symbols, 100, func(part []string) any {
			return subscription{time.Now().Unix(), channel, "subscribe", part}
		})...)
	}
	return "/v4/ws/usdt", greet
}
