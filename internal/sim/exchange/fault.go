package exchange

import (
	"net/http"
	"strconv"
	"time"
)

// Kind is a way to misbehave.
type Kind int

// The ways to misbehave.
const (
	// Drop leaves out the next Frames data frames.
	Drop Kind = iota
	// Stall sends nothing for For, and loses what it would have sent; the
	// connection stays.
	Stall
	// Duplicate sends each of the next Frames data frames twice.
	Duplicate
	// Reorder swaps the next Frames pairs of data frames.
	Reorder
	// Garbage sends Frames messages that no venue would send.
	Garbage
	// HalfFrame sends the beginning of a frame and cuts the connection.
	HalfFrame
	// Slow takes Delay for every frame, for For.
	Slow
	// Disconnect closes every websocket.
	Disconnect
	// Refuse answers every request and handshake with Status for For, with a
	// Retry-After header if After is set.
	Refuse
	// Away refuses every connection for For, and cuts those that stand.
	Away
	// Forget answers requests about the past with 404, for For.
	Forget
)

var kindNames = [...]string{"drop", "stall", "duplicate", "reorder", "garbage", "half a frame", "slow", "disconnect", "refuse", "away", "forget"}

func (k Kind) String() string { return kindNames[k] }

// Kinds returns the ways to misbehave.
func Kinds() (all []Kind) {
	for k := range kindNames {
		all = append(all, Kind(k))
	}
	return all
}

// Fault is something to go wrong, from now on.
type Fault struct {
	Kind   Kind
	Frames int
	For    time.Duration
	Delay  time.Duration
	// Status is 429, 418, 403 or 503; After what Retry-After says.
	Status int
	After  time.Duration
}

// faults is what is going wrong. It is guarded by the Exchange's lock.
type faults struct {
	drop, duplicate, reorder, garbage, half int
	stallUntil, slowUntil                   time.Time
	delay                                   time.Duration
	refuse                                  Fault
	refuseUntil, awayUntil, forgetUntil     time.Time
}

// Fault makes something go wrong, beside what goes wrong already.
func (x *Exchange) Fault(f Fault) {
	x.mu.Lock()
	defer x.mu.Unlock()
	now := time.Now()
	switch f.Kind {
	case Drop:
		x.faults.drop += f.Frames
	case Stall:
		x.faults.stallUntil = now.Add(f.For)
	case Duplicate:
		x.faults.duplicate += f.Frames
	case Reorder:
		x.faults.reorder += f.Frames
	case Garbage:
		x.faults.garbage += f.Frames
	case HalfFrame:
		x.faults.half++
	case Slow:
		x.faults.slowUntil, x.faults.delay = now.Add(f.For), f.Delay
	case Disconnect:
		x.cutAll()
	case Refuse:
		x.faults.refuse, x.faults.refuseUntil = f, now.Add(f.For)
	case Forget:
		x.faults.forgetUntil = now.Add(f.For)
	case Away:
		x.faults.awayUntil = now.Add(f.For)
		x.cutAll()
	}
}

// refused answers a request while the exchange refuses, and says whether it did.
func (x *Exchange) refused(w http.ResponseWriter) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	now := time.Now()
	x.requests++
	switch {
	case now.Before(x.faults.awayUntil):
		w.WriteHeader(http.StatusBadGateway)
		return true
	case now.Before(x.faults.refuseUntil):
		if after := x.faults.refuse.After; after > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(after/time.Second)))
		}
		w.WriteHeader(x.faults.refuse.Status)
		return true
	}
	return false
}

// forgetful reports whether the exchange forgets; the lock is held.
func (x *Exchange) forgetful() bool { return time.Now().Before(x.faults.forgetUntil) }

// fate is what happens to a data frame.
type fate struct {
	lost, twice, later, half bool
	garbage                  bool
	delay                    time.Duration
}

// decide draws on the faults for one data frame.
func (x *Exchange) decide() (f fate) {
	x.mu.Lock()
	defer x.mu.Unlock()
	now := time.Now()
	take := func(n *int) bool {
		if *n > 0 {
			*n--
			return true
		}
		return false
	}
	switch {
	case now.Before(x.faults.stallUntil):
		f.lost = true
	case take(&x.faults.half):
		f.half = true
	case take(&x.faults.drop):
		f.lost = true
	case take(&x.faults.duplicate):
		f.twice = true
	case take(&x.faults.reorder):
		f.later = true
	case take(&x.faults.garbage):
		f.garbage = true
	}
	if now.Before(x.faults.slowUntil) {
		f.delay = x.faults.delay
	}
	return f
}

// nonsense is what Garbage sends, in turn.
var nonsense = []string{
	"", "{", "null", "[]", "[1,2,3]", `"text"`, "\x00\xff\xfe", `{"data":{}}`, `{"data":[]}`, `{"data":null}`, `{"e":"aggTrade"}`,
	`{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":"soon","a":-1,"s":"BTCUSDT","p":"NaN","q":"1e999","T":1,"m":2}}`,
	`{"topic":"publicTrade.BTCUSDT","data":[{"T":"x"}]}`, `{"arg":{"channel":"trades"},"data":[{"px":"-1"}]}`,
	`{"channel":"trades","data":[{"coin":"BTC","px":{}}]}`, `{"table":"trade","action":"insert","data":[{"timestamp":"yesterday"}]}`,
	`{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":7,"markPrice":"x"}}`, "<html>502 Bad Gateway</html>",
}
