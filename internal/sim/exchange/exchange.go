package exchange

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"halcyon/market"
)

// Instrument is one instrument of an Exchange.
type Instrument struct {
	// Symbol is the venue's name of it, Coin what it is about.
	Symbol, Coin string
	// TickSize is the price step. Default 0.1.
	TickSize float64
}

// instrument is an Instrument with its books. Guarded by the Exchange's lock.
type instrument struct {
	Instrument
	id        int // its place among the exchange's instruments
	listing   market.Instrument
	trades    int64 // ids given so far
	orders    int64
	mark      market.MarkPrice
	open      market.OpenInterest
	funding   market.FundingRate
	funded    bool
	recent    []string // items that are repeated on subscribing
	published market.EventSet
	past      past
	// users are the parties of the trades that are being published.
	users [][2]string
}

// dialect is a venue's protocol.
type dialect interface {
	// listing says what a contract of the instrument is.
	listing(Instrument) market.Instrument
	// routes registers REST and websockets.
	routes(x *Exchange, mux *http.ServeMux)
	// encode writes an event, in the venue's contracts, as frames, and tells
	// what each frame says to who understands it.
	encode(in *instrument, e market.Event) []message
	// hello is called for a new websocket, heard for each text it sends.
	hello(x *Exchange, c *client)
	heard(x *Exchange, c *client, text []byte)
}

// message is one frame for those who subscribed to a topic.
type message struct {
	topic string
	frame []byte
	shows []market.Event
}

// Exchange is one venue. See the package's comment.
type Exchange struct {
	name    string
	dialect dialect
	mux     *http.ServeMux
	server  *http.Server
	talks   sync.WaitGroup // websockets

	mu          sync.Mutex // guards the following
	instruments map[string]*instrument
	clients     map[*client]bool
	faults      faults
	requests    int
	skew        time.Duration
	names       int // clients so far
	accounts    func(user string) (at market.UnixMilli, held []AccountPosition)
}

var dialects = map[string]func() dialect{
	"binance-usdm":  func() dialect { return &binance{api: "/fapi/v1", stream: "/market/stream"} },
	"binance-coinm": func() dialect { return &binance{api: "/dapi/v1", stream: "/stream", inverse: true} },
	"bitget":        func() dialect { return &bitget{} },
	"bitmex":        func() dialect { return &bitmex{} },
	"bybit-inverse": func() dialect { return &bybit{inverse: true} },
	"bybit-linear":  func() dialect { return &bybit{} },
	"deribit":       func() dialect { return &deribit{} },
	"gate":          func() dialect { return &gate{} },
	"hyperliquid":   func() dialect { return &hyperliquid{} },
	"kraken":        func() dialect { return &kraken{} },
	"okx":           func() dialect { return &okx{} },
}

// Names returns the names of the exchanges that New makes, those of the feeds
// that connect to them.
func Names() []string { return slices.Sorted(maps.Keys(dialects)) }

// New returns an exchange that trades the instruments.
func New(name string, instruments []Instrument) (*Exchange, error) {
	make1, ok := dialects[name]
	if !ok {
		return nil, fmt.Errorf("cannot make exchange %q: want one of %v: %w", name, Names(), market.ErrInvalid)
	}
	x := &Exchange{name: name, dialect: make1(), mux: http.NewServeMux(), instruments: map[string]*instrument{}, clients: map[*client]bool{}}
	for i, in := range instruments {
		if in.TickSize == 0 {
			in.TickSize = .1
		}
		x.instruments[in.Symbol] = &instrument{Instrument: in, id: i, listing: x.dialect.listing(in)}
	}
	x.dialect.routes(x, x.mux)
	x.server = &http.Server{Handler: x, ConnContext: ConnContext}
	return x, nil
}

// rawConn is the key of a request's net.Conn, which half a frame is written to.
type rawConn struct{}

// ConnContext remembers the connection of a request. A server of one's own that
// hands requests to ServeHTTP needs it for half a frame.
func ConnContext(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, rawConn{}, c)
}

// ServeHTTP implements http.Handler. Half a frame needs Serve, or ConnContext.
func (x *Exchange) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !x.refused(w) {
		x.mux.ServeHTTP(w, r)
	}
}

// Serve serves the exchange on l until Close.
func (x *Exchange) Serve(l net.Listener) error { return x.server.Serve(l) }

// Close ends Serve and every websocket.
func (x *Exchange) Close() {
	x.server.Close()
	x.mu.Lock()
	x.cutAll()
	x.mu.Unlock()
	x.talks.Wait()
}

// SetSkew sets how far the exchange's clock is ahead of ours.
func (x *Exchange) SetSkew(d time.Duration) {
	x.mu.Lock()
	x.skew = d
	x.mu.Unlock()
}

// Now returns the exchange's time.
func (x *Exchange) Now() market.UnixMilli {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.now()
}

func (x *Exchange) now() market.UnixMilli {
	return market.UnixMilli(time.Now().Add(x.skew).UnixMilli())
}

// Requests returns how many requests and handshakes there were.
func (x *Exchange) Requests() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.requests
}

// Clients returns how many websockets stand.
func (x *Exchange) Clients() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.clients)
}

// Published returns what the frames of an instrument have said so far, sent
// or lost: what a perfect listener would know, in the venue's contracts.
func (x *Exchange) Published(symbol string) *market.EventSet {
	x.mu.Lock()
	defer x.mu.Unlock()
	in := x.instruments[symbol]
	if in == nil {
		return &market.EventSet{}
	}
	p := &in.published
	out := &market.EventSet{OpenInterest: slices.Clone(p.OpenInterest), MarkPrices: slices.Clone(p.MarkPrices),
		FundingRates: slices.Clone(p.FundingRates), Liquidations: slices.Clone(p.Liquidations)}
	out.Add(&p.Trades)
	return out
}

// Play publishes events when the exchange's clock reaches their time, which is
// in order of time, until they or ctx end. Sizes are in coins, as the
// simulated market has them, and are turned into the venue's contracts.
func (x *Exchange) Play(ctx context.Context, symbol string, events iter.Seq[market.Event]) {
	for e := range events {
		trades, ok := e.(*market.Trades)
		if !ok {
			if !x.waitFor(ctx, e.Time()) {
				return
			}
			x.Publish(symbol, e)
			continue
		}
		for from, to := 0, 0; from < trades.Len(); from = to {
			for to = from + 1; to < trades.Len() && trades.EventTime[to] == trades.EventTime[from]; to++ {
			}
			if !x.waitFor(ctx, trades.EventTime[from]) {
				return
			}
			x.Publish(symbol, trades.Slice(from, to))
		}
	}
}

func (x *Exchange) waitFor(ctx context.Context, at market.UnixMilli) bool {
	wait := time.Duration(at-x.Now()) * time.Millisecond
	if wait <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// AccountPosition is one position of an account, as the venue knows it.
type AccountPosition struct {
	Symbol string
	Side   market.PositionSide
	// Size is in coins, > 0. LiquidationPrice is 0 where there is none.
	Size                         market.Contracts
	EntryPrice, LiquidationPrice market.Price
}

// Accounts names who answers what an account holds, and as of when, on a venue
// that tells. It is called with the exchange locked. Call it before the exchange
// is served.
func (x *Exchange) Accounts(of func(user string) (at market.UnixMilli, held []AccountPosition)) {
	x.accounts = of
}

// PublishDeals is Publish for trades whose parties are known, buyer and seller of
// each: on a venue that names them.
func (x *Exchange) PublishDeals(symbol string, t *market.Trades, users [][2]string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.instruments[symbol].users = users
	x.publish(symbol, t)
	x.instruments[symbol].users = nil
}

// Publish sends an event to whoever subscribed. Sizes are in coins.
func (x *Exchange) Publish(symbol string, e market.Event) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.publish(symbol, e)
}

func (x *Exchange) publish(symbol string, e market.Event) {
	in := x.instruments[symbol]
	e = in.convert(e)
	in.note(e)
	in.past.remember(e, in.trades)
	for _, m := range x.dialect.encode(in, e) {
		for _, shown := range m.shows {
			in.published.Add(shown)
		}
		x.broadcast(m)
	}
}

func (x *Exchange) broadcast(m message) {
	for c := range x.clients {
		if c.topics[m.topic] {
			c.send(m.frame, true)
		}
	}
}

// note keeps what REST and frames of other kinds tell.
func (in *instrument) note(e market.Event) {
	switch e := e.(type) {
	case market.MarkPrice:
		in.mark = e
	case market.OpenInterest:
		in.open = e
	case market.FundingRate:
		in.funding, in.funded = e, true
	}
}
