package venue

import (
	"context"
	"net/http"
	"time"

	"halcyon/market"
)

// Feed is the live side of a venue: one market of it, such as Binance's USD-M
// futures, over public endpoints and without a key. A Feed is safe for
// concurrent use, but Run may be under way only once.
type Feed interface {
	// Name tells feeds apart: "binance-usdm", "bybit-inverse", "okx".
	Name() string
	// Instruments asks the venue for its perpetuals that are trading and
	// quoted in dollars or what stands for one, in order of symbol. Provenance
	// is market.Live; Tiers are filled in where they come with the answer or
	// are known beforehand. The error wraps ErrRateLimited where the venue
	// said so.
	Instruments(ctx context.Context) ([]market.Listing, error)
	// Tiers asks for the margin table of one instrument. Venues that count
	// tiers in coins or contracts have them turned into quote currency at the
	// mark price given, or at the present one where it is 0, which is asked for.
	// ErrNoTiers where the venue publishes none.
	Tiers(ctx context.Context, id market.InstrumentID, mark market.Price) (market.MarginTiers, error)
	// Run connects, stays connected, and hands events of the instruments to
	// emit until ctx is done; then it returns nil. Trouble with the network or
	// the venue never ends it: it is counted, shown by State, tried again with
	// back-off. Trades that were missed are asked for where the venue can tell,
	// and emitted in their place; what cannot be had is emitted as market.Gap.
	// Other events of that time, such as liquidations, are lost. The error, which
	// comes at once, wraps market.ErrInvalid: no ids, or an id of another venue.
	Run(ctx context.Context, ids []market.InstrumentID, emit Emit) error
	// Resume tells the next Run up to when instruments are known from before it:
	// the time of the last trade that was kept. Run then begins as behind a lost
	// connection. It asks for the trades since, as far as the venue can tell, and
	// what cannot be had is a Gap.
	Resume(known map[market.InstrumentID]market.UnixMilli)
	// State returns how the feed is doing, now.
	State() FeedState
}

// Emit takes an event of an instrument. recv is our clock at the moment the
// frame that completed it arrived; the event itself carries the venue's.
//
// A feed calls it from one goroutine at a time. It must not block for long:
// while it does, nothing is read, and the venue may hang up; and it must not
// call State, which waits for it. The event is the callee's to keep, a
// *market.Trades included.
//
// Events of one instrument come in the order in which they happened, as far
// as the venue's frames tell: trades within a batch never fall in time; from
// one event to the next time may step back by FeedReorder, because kinds of
// events travel in streams of their own, and trades are gathered for BatchTime
// or wait for those that belong before them. Answers to polls wait until the
// streams have come as far. A Gap comes before the first event behind it, and
// a Lapse before what happened during it.
type Emit func(id market.InstrumentID, recv market.UnixMilli, ev market.Event)

// FeedReorder is how far EventTime may step back from one event of an
// instrument to the next, and so how long a consumer that wants order holds
// events back. Clocks of the venue's own machines differ by less.
const FeedReorder = 2 * market.Second

// FeedOptions say where and how to connect. The zero value connects to the
// real venue with the defaults.
type FeedOptions struct {
	// RESTURL and StreamURL replace the venue's addresses, scheme and host
	// alone: "http://127.0.0.1:9001". Both take http and https; StreamURL
	// takes ws and wss as well. Default: the venue's own, as its folder says.
	RESTURL, StreamURL string
	// HTTP makes requests and opens websockets. Default: a client of the
	// feed's own over http.DefaultTransport.
	HTTP *http.Client
	// BatchTime is how long trades of an instrument are gathered into a batch
	// and put in order. Default 50 ms.
	BatchTime time.Duration
	// PollEvery is the time between two polls of what a venue does not push,
	// for each instrument. Default 10 s.
	PollEvery time.Duration
	// Jitter returns a number in [0, 1) that spreads attempts to reconnect.
	// Default: random.
	Jitter func() float64
	// Tap, where set, sees every frame of the connections before it is read. The
	// frame is valid during the call only, which must be quick. Default: none.
	Tap func(frame []byte)
	// Malformed, where set, sees each frame that could not be read. The frame
	// is valid during the call only. Default: frames are counted, nothing more.
	Malformed func(frame []byte, err error)
}

// At returns the options with both addresses set to one: the base URL of a
// loopback exchange.
func (o FeedOptions) At(baseURL string) FeedOptions {
	o.RESTURL, o.StreamURL = baseURL, baseURL
	return o
}

// FeedStatus is what a feed is doing.
type FeedStatus string

// The states of a feed.
const (
	// FeedIdle: Run is not under way.
	FeedIdle FeedStatus = "idle"
	// FeedConnecting: connected or about to be, no event has arrived yet.
	FeedConnecting FeedStatus = "connecting"
	// FeedLive: events arrive.
	FeedLive FeedStatus = "live"
	// FeedCatchingUp: events arrive, and wait for trades that were missed before
	// them and are being asked for.
	FeedCatchingUp FeedStatus = "catching up"
	// FeedWaiting: the last attempt failed; the next one is at RetryAt.
	FeedWaiting FeedStatus = "waiting"
)

// FeedState is a feed at one moment. A feed over several connections shows
// the worst of them.
type FeedState struct {
	Name   string
	Status FeedStatus
	// Since is when Status was entered (our clock). 0 for FeedIdle.
	Since market.UnixMilli
	// LastRecv is when the last event arrived by websocket (our clock), 0
	// before the first; LastEvent is that event's EventTime.
	LastRecv, LastEvent market.UnixMilli
	// RetryAt is when the next attempt to connect is made, 0 unless FeedWaiting.
	RetryAt market.UnixMilli
	// Behind is the number of instruments of which something is missing or held
	// back: they lost their stream and nothing has come since, or what has come
	// waits for what was missed, or an answer to a poll waits for the stream to
	// come as far. The time of theirs stands still.
	Behind int
	// LimitedUntil is when the venue allows requests again, after a 429 or a
	// 418, or near the end of its allowance; 0 or past where it does.
	LimitedUntil market.UnixMilli
	// Err is the last failure in one line, kept while Status is not FeedLive.
	Err string
	// Counts adds up since the feed was made.
	Counts FeedCounts
}

// FeedCounts is what a feed has seen and done.
type FeedCounts struct {
	// Frames and Bytes arrived by websocket, after decompression.
	Frames, Bytes int64
	// Trades and Events were emitted; Events counts all but trades.
	Trades, Events int64
	// Malformed frames could not be read. Foreign items were of an instrument
	// that was not asked for, or of a kind that the feed does not know.
	Malformed, Foreign int64
	// Refused is the number of subscriptions that the venue turned down.
	Refused int64
	// Duplicates are items seen before and dropped; Missing is the number of
	// trades that ids say were never sent.
	Duplicates, Missing int64
	// Recovered trades were missed and came when they were asked for.
	Recovered int64
	// Gaps were emitted.
	Gaps int64
	// Connects and Disconnects count websockets; Renewals those that were
	// replaced on purpose before the venue's limit of age.
	Connects, Disconnects, Renewals int64
	// Polls were answered; PollFailures were not, of which Limited for asking
	// too often.
	Polls, PollFailures, Limited int64
}
