package exchange

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"halcyon/market"
)

// bitget speaks v3's public protocol of USDT futures.
type bitget struct{}

func (*bitget) listing(in Instrument) market.Instrument {
	return market.Instrument{InstrumentID: market.InstrumentID{Venue: "bitget", Symbol: in.Symbol}, Coin: in.Coin, Quote: "USD",
		ContractSize: 1, TickSize: market.Price(in.TickSize)}
}

func (b *bitget) routes(x *Exchange, mux *http.ServeMux) {
	answer := func(w http.ResponseWriter, data any) {
		writeJSON(w, map[string]any{"code": "00000", "msg": "success", "requestTime": x.now(), "data": data})
	}
	mux.HandleFunc("GET /api/v3/market/instruments", func(w http.ResponseWriter, r *http.Request) {
		x.mu.Lock()
		defer x.mu.Unlock()
		var list []map[string]any
		for _, in := range x.instruments {
			list = append(list, map[string]any{"symbol": in.Symbol, "category": "USDT-FUTURES", "baseCoin": in.Coin, "quoteCoin": "USDT",
				"priceMultiplier": text(in.TickSize), "quantityMultiplier": "0.0001", "symbolType": "perpetual", "status": "online"})
		}
		answer(w, list)
	})
	mux.HandleFunc("GET /api/v3/market/position-tier", func(w http.ResponseWriter, r *http.Request) {
		x.mu.Lock()
		defer x.mu.Unlock()
		answer(w, []map[string]any{
			{"tier": "1", "minTierValue": "0", "maxTierValue": "150000", "leverage": "125", "mmr": "0.004"},
			{"tier": "2", "minTierValue": "150000", "maxTierValue": "900000", "leverage": "100", "mmr": "0.005"}})
	})
	x.aboutPast(mux, "/api/v3/market/history-candles", "symbol", func(w http.ResponseWriter, a asked) {
		list := [][]string{}
		for _, c := range a.in.past.candles(widths[a.FormValue("interval")], a.moment("startTime", 0), a.moment("endTime", ever), min(100, int(a.number("limit", 100)))) {
			list = append(list, []string{whole(c.OpenTime), text(c.Open), text(c.High), text(c.Low), text(c.Close), text(c.Volume), "0"})
		}
		answer(w, list)
	})
	mux.HandleFunc("GET /v3/ws/public", func(w http.ResponseWriter, r *http.Request) {
		x.accept(w, r, rules{hear: 2 * time.Minute, age: 24 * time.Hour})
	})
}

func (*bitget) hello(*Exchange, *client) {}

type bitgetArg struct {
	InstType string `json:"instType"`
	Topic    string `json:"topic"`
	Symbol   string `json:"symbol,omitempty"`
}

func (a bitgetArg) topic() string { return a.Topic + ":" + a.Symbol }

func (b *bitget) heard(x *Exchange, c *client, said []byte) {
	if string(said) == "ping" {
		c.send([]byte("pong"), false)
		return
	}
	var request struct {
		Op   string
		Args []bitgetArg
	}
	if json.Unmarshal(said, &request) != nil || request.Op != "subscribe" {
		c.reply(map[string]any{"event": "error", "code": "30003", "msg": "Invalid request"})
		return
	}
	for _, a := range request.Args {
		in := x.instruments[a.Symbol]
		if a.InstType != "usdt-futures" || (in == nil && a.Topic != "liquidation") {
			c.reply(map[string]any{"event": "error", "arg": a, "code": "30001", "msg": "arg doesn't exist"})
			continue
		}
		c.topics[a.topic()] = true
		c.reply(map[string]any{"event": "subscribe", "arg": a, "connId": c.id})
		switch {
		case a.Topic == "publicTrade" && len(in.recent) > 0:
			c.send(b.push(a.Topic, in.Symbol, "snapshot", x.now(), in.recent...), true)
		case a.Topic == "ticker":
			x.image(c, in)
		}
	}
}

func (*bitget) push(topic, symbol, action string, at market.UnixMilli, items ...string) []byte {
	arg, err := json.Marshal(bitgetArg{"usdt-futures", topic, symbol})
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return fmt.Appendf(nil, `{"data":[%s],"arg":%s,"action":%q,"ts":%d}`, strings.Join(items, ","), arg, action, at)
}

func (b *bitget) encode(in *instrument, e market.Event) []message {
	switch e := e.(type) {
	case *market.Trades:
		var items []string
		for i := range e.Len() {
			in.trades++
			items = append(items, fmt.Sprintf(`{"p":"%s","S":%q,"T":"%d","v":"%s","i":"%d","isRPI":"no"}`, text(e.LastPrice[i]),
				choose(e.Taker[i] == market.TakerBuy, "buy", "sell"), e.EventTime[i], text(e.Size[i]), 1260903622036942849+17*in.trades))
		}
		in.keep(items, 10)
		return []message{{"publicTrade:" + in.Symbol, b.push("publicTrade", in.Symbol, "update", e.EventTime[0]+2, items...), []market.Event{e}}}
	case market.MarkPrice:
		open, funding, shows := in.state(e)
		item := fmt.Sprintf(`{"lastPrice":"1","indexPrice":"%s","markPrice":"%s","fundingRate":"%s","openInterest":"%s","deliveryTime":""}`,
			text(e.IndexPrice), text(e.MarkPrice), text(funding.Rate), text(open.Contracts))
		return []message{{"ticker:" + in.Symbol, b.push("ticker", in.Symbol, "snapshot", e.EventTime, item), shows}}
	case market.Liquidation:
		e.BankruptcyPrice = 0 // not published, and the amount in quote currency
		amount := float64(e.Size) * float64(e.AvgFillPrice)
		e.Size = market.Contracts(amount / float64(e.AvgFillPrice))
		item := fmt.Sprintf(`{"symbol":%q,"side":%q,"price":"%s","amount":"%s","ts":"%d"}`, in.Symbol, choose(e.Side == market.Long, "buy", "sell"),
			text(e.AvgFillPrice), text(amount), e.EventTime)
		return []message{{"liquidation:", b.push("liquidation", "", "update", e.EventTime+500, item), []market.Event{e}}}
	}
	return nil // tickers carry the rest
}
