package exchange

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"

	"halcyon/market"
)

// past is what an instrument's REST answers tell of before. Guarded by the
// Exchange's lock.
type past struct {
	trades []pastTrade // by id, the newest pastTrades
	bars   []market.Candle
	opens  []market.OpenInterest
}

// pastTrade is a trade that was published, in the venue's contracts.
type pastTrade struct {
	id    int64 // counts from 1; what it looks like is the dialect's affair
	at    market.UnixMilli
	price market.Price
	size  market.Contracts
	taker market.TakerSide
	// users are the addresses of buyer and seller; empty for made-up ones.
	users [2]string
}

// pastTrades is how many trades an instrument remembers.
const pastTrades = 200_000

// Remember gives an instrument a past: candles of a minute and open interest,
// by time, sizes in coins. What is published later comes behind it.
func (x *Exchange) Remember(symbol string, set *market.EventSet) {
	x.mu.Lock()
	defer x.mu.Unlock()
	in := x.instruments[symbol]
	for _, c := range set.Candles {
		share := c.TakerBuyVolume / max(c.Volume, 1e-9)
		c.Volume = in.contracts(c.Volume, c.Close)
		c.TakerBuyVolume = share * c.Volume
		in.past.bars = append(in.past.bars, c)
		in.mark.MarkPrice = c.Close
	}
	for _, o := range set.OpenInterest {
		i, found := slices.BinarySearchFunc(in.past.bars, o.EventTime, func(c market.Candle, at market.UnixMilli) int { return int(c.OpenTime - at) })
		if !found {
			i = max(0, i-1)
		}
		o.Contracts = in.contracts(o.Contracts, in.past.bars[min(i, len(in.past.bars)-1)].Close)
		in.past.opens = append(in.past.opens, o)
	}
}

// remember notes an event as it is published.
func (p *past) remember(e market.Event, id int64) {
	switch e := e.(type) {
	case *market.Trades:
		for i, at := range e.EventTime {
			id++
			t := pastTrade{id: id, at: at, price: e.LastPrice[i], size: e.Size[i], taker: e.Taker[i]}
			p.trades = append(p.trades, t)
			p.addToBar(t)
		}
		if len(p.trades) > 2*pastTrades {
			p.trades = slices.Delete(p.trades, 0, len(p.trades)-pastTrades)
		}
	case market.OpenInterest:
		p.opens = append(p.opens, e)
	}
}

func (p *past) addToBar(t pastTrade) {
	open := t.at.Floor(market.Minute)
	if n := len(p.bars); n == 0 || p.bars[n-1].OpenTime < open {
		p.bars = append(p.bars, market.Candle{OpenTime: open, CloseTime: open + market.Minute, Open: t.price, High: t.price, Low: t.price})
	}
	c := &p.bars[len(p.bars)-1]
	c.High, c.Low, c.Close = max(c.High, t.price), min(c.Low, t.price), t.price
	c.Volume += t.size
	if t.taker == market.TakerBuy {
		c.TakerBuyVolume += t.size
	}
}

// candles returns the bars of a width that open in [from, to), the newest most
// of them; the last may still be open, as venues have it.
func (p *past) candles(width, from, to market.UnixMilli, most int) (out []market.Candle) {
	for _, m := range p.bars {
		open := m.OpenTime.Floor(width)
		if open < from || open >= to {
			continue
		}
		if n := len(out); n == 0 || out[n-1].OpenTime != open {
			out = append(out, market.Candle{OpenTime: open, CloseTime: open + width, Open: m.Open, High: m.High, Low: m.Low})
		}
		c := &out[len(out)-1]
		c.High, c.Low, c.Close = max(c.High, m.High), min(c.Low, m.Low), m.Close
		c.Volume += m.Volume
		c.TakerBuyVolume += m.TakerBuyVolume
	}
	return out[max(0, len(out)-most):]
}

// openInterest returns what was open at the multiples of width in [from, to)
// that have passed, the newest most of them.
func (p *past) openInterest(width, from, to, now market.UnixMilli, most int) (out []market.OpenInterest) {
	if len(p.opens) == 0 {
		return nil
	}
	i := 0
	for at := max(from, p.opens[0].EventTime).Floor(width); at < to && at <= now; at += width {
		for i < len(p.opens) && p.opens[i].EventTime <= at {
			i++
		}
		if i > 0 && at >= from {
			out = append(out, market.OpenInterest{EventTime: at, Contracts: p.opens[i-1].Contracts})
		}
	}
	return out[max(0, len(out)-most):]
}

// newest returns the last trades, n at most.
func (p *past) newest(n int) []pastTrade { return p.trades[max(0, len(p.trades)-n):] }

// asked is a request about the past of an instrument, with its numbers read.
type asked struct {
	*http.Request
	in *instrument
}

// number reads a parameter, or returns what stands for a missing one.
func (a asked) number(name string, missing int64) int64 {
	if n, err := strconv.ParseInt(a.URL.Query().Get(name), 10, 64); err == nil {
		return n
	}
	return missing
}

// moment reads a parameter in milliseconds or as RFC 3339.
func (a asked) moment(name string, missing market.UnixMilli) market.UnixMilli {
	text := a.URL.Query().Get(name)
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return market.UnixMilli(t.UnixMilli())
	}
	return market.UnixMilli(a.number(name, int64(missing)))
}

// end of time, for requests that name none.
const ever = market.UnixMilli(1 << 50)

// aboutPast registers a request about the past: it is refused with 404 while
// the exchange forgets, and where key, a parameter or a part of the path, names
// no instrument.
func (x *Exchange) aboutPast(mux *http.ServeMux, path, key string, answer func(w http.ResponseWriter, a asked)) {
	mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
		x.mu.Lock()
		defer x.mu.Unlock()
		in := x.instruments[cmp.Or(r.PathValue(key), r.URL.Query().Get(key))]
		if in == nil || x.forgetful() {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		answer(w, asked{r, in})
	})
}

// widths are how venues name the lengths of candles.
var widths = map[string]market.UnixMilli{"1": market.Minute, "1m": market.Minute, "5": 5 * market.Minute, "5m": 5 * market.Minute, "5min": 5 * market.Minute,
	"15m": 15 * market.Minute, "30m": 30 * market.Minute}

// backwards returns a list newest first.
func backwards[T any](list []T) []T {
	slices.Reverse(list)
	return list
}
