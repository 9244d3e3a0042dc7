package bitget

import (
	"time"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
)

// NewFeed returns the feed of Bitget's USDT-margined perpetuals.
func NewFeed(opt venue.FeedOptions) venue.Feed { return feed.New(protocol, opt) }

// protocol follows www.bitget.com/api-doc/common/websocket-intro and the pages
// of the endpoints: "ping" at least every 2 min, "pong" back; connections end
// after 24 h; 10 messages a second, 240 subscriptions an hour and connection;
// 20 requests a second and address.
var protocol = feed.Protocol{
	Name: Venue, Venue: Venue, RESTURL: "https://api.bitget.com", StreamURL: "wss://ws.bitget.com",
	Limits:         feed.Limits{Weight: 10, Window: time.Second},
	Connect:        connect,
	SymbolsPerConn: 50, // two topics each
	GreetEvery:     250 * time.Millisecond,
	Ping:           []byte("ping"),
	PingEvery:      25 * time.Second,
	Silence:        30 * time.Second,
	MaxAge:         23*time.Hour + 30*time.Minute,
	Compress:       true,
	NewParser:      newParser,
	Liquidations:   true,
	Instruments:    instruments,
	History:        history,
	Tiers:          tiers,
}

// topic is one argument of a subscription.
type topic struct {
	InstType string `json:"instType"`
	Topic    string `json:"topic"`
	Symbol   string `json:"symbol,omitempty"`
}

// connect subscribes topic by topic, trades first. Liquidations come for all
// instruments at once.
func connect(symbols []string) (path string, greet [][]byte) {
	var topics []topic
	for _, s := range symbols {
		topics = append(topics, topic{instType, "publicTrade", s})
	}
	topics = append(topics, topic{instType, "liquidation", ""})
	for _, s := range symbols {
		topics = append(topics, topic{instType, "ticker", s})
	}
	return "/v3/ws/public", feed.Messages(topics, 50, feed.Subscribe)
}

// instType and category name the market, in topics and in requests.
const (
	instType = "usdt-futures"
	category = "USDT-FUTURES"
)
