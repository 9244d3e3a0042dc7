package feed

import (
	"context"
	"net/http"
	"time"

	"halcyon/internal/venue"
	"halcyon/market"
)

// Protocol is what differs from venue to venue.
type Protocol struct {
	// Name and Venue name the feed and the venue of its instruments.
	Name  string
	Venue market.Venue
	// RESTURL and StreamURL are the venue's addresses, scheme and host.
	RESTURL, StreamURL string
	// Limits are those of the venue's REST interface.
	Limits Limits

	// Connect returns the path of a websocket for some instruments, and what
	// to send once it stands. Trades are subscribed to before anything else:
	// whoever gets a mark price then knows that trades arrive.
	Connect func(symbols []string) (path string, greet [][]byte)
	// SymbolsPerConn is the most instruments on one websocket.
	SymbolsPerConn int
	// GreetEvery, Ping, PingEvery, Silence, MaxAge and Compress are as in
	// wsconn.Options.
	GreetEvery      time.Duration
	Ping            []byte
	PingEvery       time.Duration
	Silence, MaxAge time.Duration
	Compress        bool
	// NewParser returns a parser for one connection.
	NewParser func() venue.FrameParser
	// Numbered says that ids of trades follow each other without a hole.
	Numbered bool

	// Liquidations says that the stream tells them, and that Missed does not.
	Liquidations bool

	// Missed asks for trades that the stream did not bring, as far as the venue
	// tells and ctx allows; with an error comes what was found before it. nil
	// where the venue cannot tell.
	Missed func(ctx context.Context, rest *REST, m Missed) (Found, error)
	// Poll is what the venue does not push; Path nil for nothing.
	Poll Poll
	// Instruments asks for the venue's perpetuals, in any order.
	Instruments func(ctx context.Context, rest *REST) ([]market.Listing, error)
	// History is what the venue tells of the past; zero for nothing.
	History History
	// Mark asks for the mark price of one of them, where Tiers needs it to turn
	// coins or contracts into quote currency; else nil.
	Mark func(ctx context.Context, rest *REST, l market.Listing) (market.Price, error)
	// Tiers asks for the margin table of one of them.
	Tiers func(ctx context.Context, rest *REST, l market.Listing, mark market.Price) (market.MarginTiers, error)
}

// Poll is a request that is repeated for every instrument.
type Poll struct {
	// Path is the request for one instrument.
	Path func(symbol string) string
	// Weight is what it costs.
	Weight int
	// Parse reads the answer, as FrameParser does a frame.
	Parse func(symbol string, body []byte, recv market.UnixMilli, out *venue.Parsed) error
}

// Limits are how much a venue lets itself be asked.
type Limits struct {
	// Weight is spent at most in Window; a request that would exceed it waits.
	// Keep it well below the venue's own, others may share the address.
	Weight int
	Window time.Duration
	// Wait reads the headers of an answer and returns how long to ask nothing,
	// where the allowance is nearly used up. Optional.
	Wait func(h http.Header, now time.Time) time.Duration
}

// ListedTiers is a Protocol.Tiers for venues whose tables come with the
// instruments, are known beforehand, or are not published.
func ListedTiers(_ context.Context, _ *REST, l market.Listing, _ market.Price) (market.MarginTiers, error) {
	if len(l.Tiers) == 0 {
		return nil, venue.ErrNoTiers
	}
	return l.Tiers, nil
}
