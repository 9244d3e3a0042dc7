package exchange

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"halcyon/market"
)

// okx speaks v5's public protocol of swaps.
type okx struct{}

func (*okx) listing(in Instrument) market.Instrument {
	return market.Instrument{InstrumentID: market.InstrumentID{Venue: "okx", Symbol: in.Symbol}, Coin: in.Coin, Quote: "USD",
		ContractSize: choose(in.Coin == "BTC", .01, .1), TickSize: market.Price(in.TickSize)}
}

func (o *okx) routes(x *Exchange, mux *http.ServeMux) {
	mux.HandleFunc("GET /api/v5/public/instruments", func(w http.ResponseWriter, r *http.Request) {
		x.mu.Lock()
		defer x.mu.Unlock()
		var list []map[string]any
		for _, in := range x.instruments {
			list = append(list, map[string]any{"instId": in.Symbol, "instType": "SWAP", "uly": in.Coin + "-USDT", "ctType": "linear", "ctVal": text(in.listing.ContractSize),
				"ctMult": "1", "ctValCcy": in.Coin, "settleCcy": "USDT", "tickSz": text(in.TickSize), "state": "live"})
		}
		writeJSON(w, map[string]any{"code": "0", "msg": "", "data": list})
	})
	mux.HandleFunc("GET /api/v5/public/mark-price", func(w http.ResponseWriter, r *http.Request) {
		x.mu.Lock()
		defer x.mu.Unlock()
		list := []map[string]any{}
		if in := x.instruments[r.FormValue("instId")]; in != nil && in.mark.MarkPrice > 0 {
			list = append(list, map[string]any{"instType": "SWAP", "instId": in.Symbol, "markPx": text(in.mark.MarkPrice), "ts": whole(x.now())})
		}
		writeJSON(w, map[string]any{"code": "0", "msg": "", "data": list})
	})
	mux.HandleFunc("GET /api/v5/public/position-tiers", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, map[string]any{"code": "0", "msg": "", "data": []map[string]any{
			{"tier": "1", "minSz": "0", "maxSz": "500", "mmr": "0.004", "imr": "0.01", "maxLever": "100"},
			{"tier": "2", "minSz": "501", "maxSz": "1000", "mmr": "0.005", "imr": "0.0133", "maxLever": "75"}}})
	})
	o.pastRoutes(x, mux)
	mux.HandleFunc("GET /ws/v5/public", func(w http.ResponseWriter, r *http.Request) {
		x.accept(w, r, rules{hear: 30 * time.Second})
	})
}

func (*okx) pastRoutes(x *Exchange, mux *http.ServeMux) {
	answer := func(w http.ResponseWriter, list any) {
		writeJSON(w, map[string]any{"code": "0", "msg": "", "data": list})
	}
	x.aboutPast(mux, "/api/v5/market/history-candles", "instId", func(w http.ResponseWriter, a asked) {
		list := [][]string{}
		for _, c := range a.in.past.candles(widths[a.FormValue("bar")], a.moment("before", 0)+1, a.moment("after", ever), min(100, int(a.number("limit", 100)))) {
			list = append(list, []string{whole(c.OpenTime), text(c.Open), text(c.High), text(c.Low), text(c.Close), text(c.Volume), "0", "0", choose(c.CloseTime <= x.now(), "1", "0")})
		}
		answer(w, backwards(list))
	})
	x.aboutPast(mux, "/api/v5/rubik/stat/contracts/open-interest-history", "instId", func(w http.ResponseWriter, a asked) {
		list := [][]string{}
		for _, open := range a.in.past.openInterest(widths[a.FormValue("period")], a.moment("begin", 0), a.moment("end", ever)+1, x.now(), min(100, int(a.number("limit", 100)))) {
			list = append(list, []string{whole(open.EventTime), text(open.Contracts), "0", "0"})
		}
		answer(w, backwards(list))
	})
	x.aboutPast(mux, "/api/v5/market/history-trades", "instId", func(w http.ResponseWriter, a asked) {
		list := []map[string]any{}
		before := a.number("after", 1<<62)
		for _, t := range slices.Backward(a.in.past.trades) {
			if okxFirst+t.id < before && len(list) < min(100, int(a.number("limit", 100))) {
				list = append(list, map[string]any{"instId": a.in.Symbol, "tradeId": whole(okxFirst + t.id), "px": text(t.price), "sz": text(t.size),
					"side": choose(t.taker == market.TakerBuy, "buy", "sell"), "ts": whole(t.at)})
			}
		}
		answer(w, list)
	})
}

// okxFirst is the id before that of the first trade.
const okxFirst int64 = 130639473

func (*okx) hello(*Exchange, *client) {}

type okxArg struct {
	Channel  string `json:"channel"`
	InstID   string `json:"instId,omitempty"`
	InstType string `json:"instType,omitempty"`
}

func (a okxArg) topic() string { return a.Channel + ":" + a.InstID + a.InstType }

func (o *okx) heard(x *Exchange, c *client, said []byte) {
	if string(said) == "ping" {
		c.send([]byte("pong"), false)
		return
	}
	var request struct {
		Op   string
		Args []okxArg
	}
	if json.Unmarshal(said, &request) != nil || request.Op != "subscribe" {
		c.reply(map[string]any{"event": "error", "code": "60012", "msg": "Illegal request", "connId": c.id})
		return
	}
	for _, a := range request.Args {
		in := x.instruments[a.InstID]
		if in == nil && a.InstType == "" {
			c.reply(map[string]any{"event": "error", "code": "60018", "msg": "Wrong URL or channel", "connId": c.id})
			continue
		}
		c.topics[a.topic()] = true
		c.reply(map[string]any{"event": "subscribe", "arg": a, "connId": c.id})
		if in != nil {
			o.image(x, c, in, a.Channel)
		}
	}
}

// image sends a channel's last value on subscribing, with the time of now.
func (o *okx) image(x *Exchange, c *client, in *instrument, channel string) {
	var e market.Event
	now := x.now()
	switch mark, open, funding := in.mark, in.open, in.funding; {
	case channel == "mark-price" && mark.MarkPrice > 0:
		mark.EventTime = now
		e = mark
	case channel == "open-interest" && open.Contracts > 0:
		open.EventTime = now
		e = open
	case channel == "funding-rate" && in.funded:
		funding.EventTime = now
		e = funding
	default:
		return
	}
	for _, m := range o.encode(in, e) {
		in.published.Add(m.shows[0])
		c.send(m.frame, true)
	}
}

func (*okx) encode(in *instrument, e market.Event) []message {
	push := func(channel, item string, shows ...market.Event) message {
		a := okxArg{Channel: channel, InstID: in.Symbol}
		return message{a.topic(), fmt.Appendf(nil, `{"arg":{"channel":%q,"instId":%q},"data":[{"instType":"SWAP","instId":%q,%s}]}`, channel, in.Symbol, in.Symbol, item), shows}
	}
	switch e := e.(type) {
	case *market.Trades:
		var out []message
		for i := range e.Len() {
			in.trades++
			out = append(out, push("trades", fmt.Sprintf(`"tradeId":"%d","px":"%s","sz":"%s","side":%q,"ts":"%d","count":"1"`, okxFirst+in.trades, text(e.LastPrice[i]), text(e.Size[i]),
				choose(e.Taker[i] == market.TakerBuy, "buy", "sell"), e.EventTime[i]), single(e, i)...))
		}
		return out
	case market.MarkPrice:
		e.IndexPrice = 0 // another channel
		return []message{push("mark-price", fmt.Sprintf(`"markPx":"%s","ts":"%d"`, text(e.MarkPrice), e.EventTime), e)}
	case market.OpenInterest:
		return []message{push("open-interest", fmt.Sprintf(`"oi":"%s","oiCcy":"%s","ts":"%d"`, text(e.Contracts), text(float64(e.Contracts)*in.listing.ContractSize), e.EventTime), e)}
	case market.FundingRate:
		return []message{push("funding-rate", fmt.Sprintf(`"fundingRate":"%s","nextFundingRate":"","fundingTime":"%d","ts":"%d"`, text(e.Rate), e.EventTime+1, e.EventTime), e)}
	case market.Liquidation:
		e.AvgFillPrice = 0 // not published
		frame := fmt.Appendf(nil, `{"arg":{"channel":"liquidation-orders","instType":"SWAP"},"data":[{"instFamily":"%s-USDT","instId":%q,"instType":"SWAP","uly":"%s-USDT","details":[{"bkLoss":"0","bkPx":"%s","ccy":"","posSide":%q,"side":%q,"sz":"%s","ts":"%d"}]}]}`,
			in.Coin, in.Symbol, in.Coin, text(e.BankruptcyPrice), e.Side, choose(e.Side == market.Long, "sell", "buy"), text(e.Size), e.EventTime)
		return []message{{"liquidation-orders:SWAP", frame, []market.Event{e}}}
	}
	return nil
}
