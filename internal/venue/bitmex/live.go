package bitmex

import (
	"net/http"
	"strconv"
	"time"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
)

// NewFeed returns the feed of BitMEX's perpetuals.
func NewFeed(opt venue.FeedOptions) venue.Feed { return feed.New(protocol, opt) }

// protocol follows www.bitmex.com/app/wsAPI and restAPI: "ping" after silence,
// 30 requests a minute without a key.
var protocol = feed.Protocol{
	Name: Venue, Venue: Venue, RESTURL: "https://www.bitmex.com", StreamURL: "wss://ws.bitmex.com",
	Limits:         feed.Limits{Weight: 20, Window: time.Minute, Wait: allowance},
	Connect:        connect,
	SymbolsPerConn: 50,
	GreetEvery:     250 * time.Millisecond,
	Ping:           []byte("ping"),
	PingEvery:      10 * time.Second,
	Silence:        30 * time.Second,
	Compress:       true,
	NewParser:      newParser,
	Liquidations:   true,
	Instruments:    instruments,
	History:        history,
	Missed:         missed,
	Mark:           mark,
	Tiers:          tiers,
}

// connect subscribes table by table, trades first.
func connect(symbols []string) (path string, greet [][]byte) {
	for _, table := range []string{"trade:", "liquidation:", "instrument:"} {
		var args []string
		for _, s := range symbols {
			args = append(args, table+s)
		}
		greet = append(greet, feed.Messages(args, len(args), feed.Subscribe)...)
	}
	return "/realtime", greet
}

// allowance waits for the venue's next window once nearly nothing is left.
func allowance(h http.Header, now time.Time) time.Duration {
	left, err := strconv.Atoi(h.Get("X-Ratelimit-Remaining"))
	reset, err2 := strconv.ParseInt(h.Get("X-Ratelimit-Reset"), 10, 64)
	if err != nil || err2 != nil || left > 1 {
		return 0
	}
	return time.Unix(reset, 0).Sub(now)
}
