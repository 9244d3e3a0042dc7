package binance

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
)

// flavour is what USD-M and COIN-M futures do differently.
type flavour struct {
	name, rest, stream, streamPath, api string
}

var (
	// Since 2026-04-23 aggTrade, markPrice and forceOrder are served below
	// /market alone; other paths connect and stay silent.
	usdm  = flavour{"binance-usdm", "https://fapi.binance.com", "wss://fstream.binance.com", "/market/stream", "/fapi/v1"}
	coinm = flavour{"binance-coinm", "https://dapi.binance.com", "wss://dstream.binance.com", "/stream", "/dapi/v1"}
)

// NewUSDM returns the feed of Binance's USD-M futures.
func NewUSDM(opt venue.FeedOptions) venue.Feed { return feed.New(usdm.protocol(), opt) }

// NewCOINM returns the feed of Binance's COIN-M futures, which are inverse.
func NewCOINM(opt venue.FeedOptions) venue.Feed { return feed.New(coinm.protocol(), opt) }

// protocol follows developers.binance.com, "Connect" and "Limits": a
// connection lives 24 h, the server pings every 3 min, 2,400 weight a minute.
func (f flavour) protocol() feed.Protocol {
	return feed.Protocol{
		Name: f.name, Venue: Venue, RESTURL: f.rest, StreamURL: f.stream,
		Limits:         feed.Limits{Weight: 1200, Window: time.Minute, Wait: usedWeight},
		Connect:        f.connect,
		SymbolsPerConn: 60, // three streams each, of 200 that are advised
		Silence:        15 * time.Second,
		MaxAge:         23*time.Hour + 30*time.Minute,
		Compress:       true,
		NewParser:      func() venue.FrameParser { return frames{} },
		Numbered:       true,
		Liquidations:   true,
		Poll: feed.Poll{
			Path:   func(symbol string) string { return f.api + "/openInterest?symbol=" + symbol },
			Weight: 1, Parse: parseOpenInterest,
		},
		Instruments: f.instruments,
		History:     f.history(),
		Missed:      f.missed,
		Tiers:       feed.ListedTiers, // only signed requests are told; the table is dated
	}
}

// connect subscribes in the address: all streams begin at once.
func (f flavour) connect(symbols []string) (path string, greet [][]byte) {
	var streams []string
	for _, s := range symbols {
		s = strings.ToLower(s)
		streams = append(streams, s+"@aggTrade", s+"@forceOrder", s+"@markPrice@1s")
	}
	return f.streamPath + "?streams=" + strings.Join(streams, "/"), nil
}

// usedWeight stops asking for the rest of the minute once five sixths of the
// allowance are used, by whoever shares the address.
func usedWeight(h http.Header, now time.Time) time.Duration {
	used, err := strconv.Atoi(h.Get("X-Mbx-Used-Weight-1m"))
	if err != nil || used < 2000 {
		return 0
	}
	return now.Truncate(time.Minute).Add(time.Minute).Sub(now)
}
