package bybit

import (
	"net/http"
	"strconv"
	"time"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
)

// category is what Bybit calls a kind of contract in addresses.
type category string

const (
	linear  category = "linear"
	inverse category = "inverse"
)

// NewLinear returns the feed of Bybit's linear perpetuals (USDT and USDC).
func NewLinear(opt venue.FeedOptions) venue.Feed { return feed.New(linear.protocol(), opt) }

// NewInverse returns the feed of Bybit's inverse perpetuals.
func NewInverse(opt venue.FeedOptions) venue.Feed { return feed.New(inverse.protocol(), opt) }

// protocol follows bybit-exchange.github.io/docs/v5/ws/connect and
// rate-limit: a heartbeat every 20 s, 600 requests in 5 s and address, 403 for
// ten minutes beyond.
func (c category) protocol() feed.Protocol {
	return feed.Protocol{
		Name: "bybit-" + string(c), Venue: Venue, RESTURL: "https://api.bybit.com", StreamURL: "wss://stream.bybit.com",
		Limits:         feed.Limits{Weight: 200, Window: 5 * time.Second, Wait: allowance},
		Connect:        c.connect,
		SymbolsPerConn: 100,
		GreetEvery:     50 * time.Millisecond,
		Ping:           []byte(`{"op":"ping"}`),
		PingEvery:      20 * time.Second,
		Silence:        20 * time.Second,
		Compress:       true,
		NewParser:      newParser,
		Liquidations:   true,
		Instruments:    c.instruments,
		History:        c.history(),
		Missed:         c.missed,
		Mark:           c.mark,
		Tiers:          c.tiers,
	}
}

// connect subscribes in messages of at most ten topics, which all kinds of
// contract take; here of three whole instruments.
func (c category) connect(symbols []string) (path string, greet [][]byte) {
	var topics []string
	for _, s := range symbols {
		topics = append(topics, "publicTrade."+s, "allLiquidation."+s, "tickers."+s)
	}
	return "/v5/public/" + string(c), feed.Messages(topics, 9, feed.Subscribe)
}

// allowance waits for the venue's next window once nearly nothing is left.
func allowance(h http.Header, now time.Time) time.Duration {
	left, err := strconv.Atoi(h.Get("X-Bapi-Limit-Status"))
	reset, err2 := strconv.ParseInt(h.Get("X-Bapi-Limit-Reset-Timestamp"), 10, 64)
	if err != nil || err2 != nil || left > 2 {
		return 0
	}
	return time.UnixMilli(reset).Sub(now)
}
