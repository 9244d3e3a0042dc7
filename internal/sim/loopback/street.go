// Package loopback is a street of loopback venues: every exchange of
// internal/sim/exchange behind one address, trading one simulated market a coin
// between them, so that prices agree but for a small basis, and what all of
// them trade adds up to that market. Every trader is at home on one venue; on
// the one that names its traders they can be asked for.
//
//	http://127.0.0.1:9100/okx           the base URL of one venue, REST and websockets
//	POST /fault?venue=okx&kind=stall&for=45s   makes something go wrong there
//
// It must not know the connectors. A Street is safe for concurrent use.
package loopback

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"halcyon/internal/sim/exchange"
	"halcyon/market"
)

// Options configure a Street. The zero value is every venue with BTC, ETH and SOL.
type Options struct {
	// Venues are names of exchange.Names. Default: all.
	Venues []string
	// Coins are traded on every venue. Default BTC, ETH, SOL.
	Coins []string
	// Seed chooses the course of the markets.
	Seed uint64
	// Volatility is the usual standard deviation of a day's log return.
	// Default 0.06: restless, so that something is liquidated every minute.
	Volatility market.Ratio
	// Past is how long before now the markets begin, a multiple of a second.
	// They wait for the first connections, then run Speed times as fast as our
	// clock until they have caught up with it; the venues' clocks go with them.
	// Default 0: from now on.
	Past time.Duration
	// Speed is that of the past. Default 10; beyond it the venues' streams drift
	// apart further than connectors put up with.
	Speed float64
	// Load adds this many trades a second, of the smallest size at the last
	// price, spread evenly over venues and coins. Default 0.
	Load float64
}

// Street is a street of venues. Use New, serve it, and Run it.
type Street struct {
	opt    Options
	server *http.Server
	mux    *http.ServeMux
	stalls []*stall

	mu     sync.Mutex // guards floors, which Run opens
	floors []*floor
}

// stall is one venue of the street.
type stall struct {
	name string
	*exchange.Exchange
	// share is the part of every market that is traded here; shares add up to 1.
	share float64
	// basis is how far its prices lie from the market's, as a fraction.
	basis float64
}

// weights are how much the venues trade beside each other.
var weights = map[string]float64{"binance-usdm": 8, "bybit-linear": 4, "okx": 3, "hyperliquid": 3, "binance-coinm": 1, "bybit-inverse": 1, "bitmex": 1}

// New returns a street on which nothing is traded yet. The error wraps
// market.ErrInvalid where a venue is unknown.
func New(opt Options) (*Street, error) {
	if len(opt.Venues) == 0 {
		opt.Venues = exchange.Names()
	}
	if len(opt.Coins) == 0 {
		opt.Coins = []string{"BTC", "ETH", "SOL"}
	}
	if opt.Volatility == 0 {
		opt.Volatility = .06
	}
	if opt.Speed == 0 {
		opt.Speed = 10
	}
	if opt.Load < 0 || opt.Volatility < 0 || opt.Past < 0 || opt.Speed < 1 {
		return nil, fmt.Errorf("loopback options: load %v, volatility %v, past %v, speed %v, want 0 or more, and a speed of 1 or more: %w",
			opt.Load, opt.Volatility, opt.Past, opt.Speed, market.ErrInvalid)
	}
	s := &Street{opt: opt, mux: http.NewServeMux()}
	s.server = &http.Server{Handler: s, ConnContext: exchange.ConnContext}
	var total float64
	for i, name := range opt.Venues {
		var instruments []exchange.Instrument
		for _, coin := range opt.Coins {
			instruments = append(instruments, exchange.Instrument{Symbol: symbolOf(name, coin), Coin: coin, TickSize: tickOf(coin)})
		}
		x, err := exchange.New(name, instruments)
		if err != nil {
			return nil, err
		}
		if name == teller {
			x.Accounts(s.account)
		}
		st := &stall{name: name, Exchange: x, share: max(weights[name], 1), basis: float64(i-len(opt.Venues)/2) * 1e-4}
		total += st.share
		s.stalls = append(s.stalls, st)
		s.mux.Handle("/"+name+"/", http.StripPrefix("/"+name, x))
	}
	for _, st := range s.stalls {
		st.share /= total
	}
	s.mux.HandleFunc("/{$}", s.about)
	s.mux.HandleFunc("POST /fault", s.fault)
	return s, nil
}

// symbolOf is what a venue calls its perpetual of a coin.
func symbolOf(venue, coin string) string {
	switch {
	case venue == "binance-coinm":
		return coin + "USD_PERP"
	case venue == "bybit-inverse":
		return coin + "USD"
	case venue == "okx":
		return coin + "-USDT-SWAP"
	case venue == "hyperliquid":
		return coin
	case venue == "bitmex" && coin == "BTC":
		return "XBTUSD"
	case venue == "gate":
		return coin + "_USDT"
	case venue == "deribit":
		return coin + "-PERPETUAL"
	case venue == "kraken" && coin == "BTC":
		return "PF_XBTUSD"
	case venue == "kraken":
		return "PF_" + coin + "USD"
	}
	return coin + "USDT"
}

func tickOf(coin string) float64 {
	switch coin {
	case "BTC":
		return .1
	case "ETH":
		return .01
	}
	return .001
}

// ServeHTTP implements http.Handler.
func (s *Street) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Serve serves the street on l until Close.
func (s *Street) Serve(l net.Listener) error { return s.server.Serve(l) }

// Close ends Serve and every websocket.
func (s *Street) Close() {
	s.server.Close()
	for _, st := range s.stalls {
		st.Close()
	}
}

// Exchange returns a venue of the street, nil if there is none of that name.
func (s *Street) Exchange(name string) *exchange.Exchange {
	for _, st := range s.stalls {
		if st.name == name {
			return st.Exchange
		}
	}
	return nil
}

// Run trades until ctx is done. The error wraps market.ErrInvalid.
func (s *Street) Run(ctx context.Context) error {
	c := s.clock(ctx)
	floors := make([]*floor, len(s.opt.Coins))
	for i := range s.opt.Coins {
		f, err := newFloor(s, c, i)
		if err != nil {
			return err
		}
		floors[i] = f
	}
	s.mu.Lock()
	s.floors = floors
	s.mu.Unlock()
	var trading sync.WaitGroup
	trading.Go(func() { s.skew(ctx, c) })
	for _, f := range floors {
		trading.Go(func() { f.trade(ctx) })
		if s.opt.Load > 0 {
			trading.Go(func() { f.load(ctx, s.opt.Load/float64(len(floors))) })
		}
	}
	trading.Wait()
	return nil
}

// clock starts the time of the markets, where they have a past once somebody
// listens.
func (s *Street) clock(ctx context.Context) clock {
	if s.opt.Past == 0 {
		return clock{begin: time.Now(), speed: 1}
	}
	listened := func(st *stall) bool { return st.Clients() > 0 }
	for ctx.Err() == nil && !slices.ContainsFunc(s.stalls, listened) {
		time.Sleep(20 * time.Millisecond)
	}
	// Others are on their way.
	for range 100 {
		if ctx.Err() != nil || !slices.ContainsFunc(s.stalls, func(st *stall) bool { return !listened(st) }) {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	return clock{begin: time.Now(), past: s.opt.Past, speed: s.opt.Speed}
}

// skew keeps the venues' clocks in step with their markets.
func (s *Street) skew(ctx context.Context, c clock) {
	for ; ; time.Sleep(20 * time.Millisecond) {
		behind := c.behind(time.Now())
		for _, st := range s.stalls {
			st.SetSkew(-behind)
		}
		if behind == 0 || ctx.Err() != nil {
			return
		}
	}
}

// about answers / with what there is.
func (s *Street) about(w http.ResponseWriter, r *http.Request) {
	type line struct {
		Name, BaseURL string
		Requests      int
	}
	var lines []line
	for _, st := range s.stalls {
		lines = append(lines, line{st.name, "http://" + r.Host + "/" + st.name, st.Requests()})
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(lines) // who asked may have gone
}

// fault answers POST /fault: venue, a name or "all", and the fields of an
// exchange.Fault: kind, frames, for, delay, status, after.
func (s *Street) fault(w http.ResponseWriter, r *http.Request) {
	f, err := faultOf(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	name, hit := r.FormValue("venue"), 0
	for _, st := range s.stalls {
		if name == "all" || name == st.name {
			st.Fault(f)
			hit++
		}
	}
	if hit == 0 {
		http.Error(w, fmt.Sprintf("venue %q: want all or one of %s", name, strings.Join(s.opt.Venues, ", ")), http.StatusUnprocessableEntity)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func faultOf(r *http.Request) (f exchange.Fault, err error) {
	kinds := exchange.Kinds()
	i := slices.IndexFunc(kinds, func(k exchange.Kind) bool { return k.String() == r.FormValue("kind") })
	if i < 0 {
		return f, fmt.Errorf("kind %q: want one of %v", r.FormValue("kind"), kinds)
	}
	f.Kind = kinds[i]
	for name, to := range map[string]*time.Duration{"for": &f.For, "delay": &f.Delay, "after": &f.After} {
		if v := r.FormValue(name); v != "" && err == nil {
			*to, err = time.ParseDuration(v)
		}
	}
	for name, to := range map[string]*int{"frames": &f.Frames, "status": &f.Status} {
		if v := r.FormValue(name); v != "" && err == nil {
			*to, err = strconv.Atoi(v)
		}
	}
	return f, err
}
