package exchange

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"halcyon/market"
)

// binance speaks the protocol of USD-M futures or, inverse, COIN-M futures.
type binance struct {
	api, stream string
	inverse     bool
	weight      int
	minute      time.Time
}

func (b *binance) listing(in Instrument) market.Instrument {
	l := market.Instrument{InstrumentID: market.InstrumentID{Venue: "binance", Symbol: in.Symbol}, Coin: in.Coin, Quote: "USD",
		ContractSize: 1, TickSize: market.Price(in.TickSize)}
	if b.inverse {
		l.Settlement, l.ContractSize = market.Inverse, choose(in.Coin == "BTC", 100.0, 10.0)
	}
	return l
}

func (b *binance) routes(x *Exchange, mux *http.ServeMux) {
	mux.HandleFunc("GET "+b.api+"/exchangeInfo", func(w http.ResponseWriter, r *http.Request) {
		x.mu.Lock()
		defer x.mu.Unlock()
		b.spend(w)
		writeJSON(w, map[string]any{"timezone": "UTC", "serverTime": x.now(), "symbols": b.symbols(x)})
	})
	mux.HandleFunc("GET "+b.api+"/openInterest", func(w http.ResponseWriter, r *http.Request) {
		x.mu.Lock()
		defer x.mu.Unlock()
		b.spend(w)
		in := x.instruments[r.URL.Query().Get("symbol")]
		if in == nil {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"code":-1121,"msg":"Invalid symbol."}`)
			return
		}
		open := in.open
		open.EventTime = x.now() // the venue dates it by the time of asking
		in.published.Add(open)
		writeJSON(w, map[string]any{"openInterest": text(open.Contracts), "symbol": in.Symbol, "time": open.EventTime})
	})
	b.pastRoutes(x, mux)
	mux.HandleFunc("GET "+b.stream, func(w http.ResponseWriter, r *http.Request) {
		x.accept(w, r, rules{pingEvery: 3 * time.Minute, pongWithin: 10 * time.Minute, age: 24 * time.Hour})
	})
}

func (b *binance) pastRoutes(x *Exchange, mux *http.ServeMux) {
	x.aboutPast(mux, b.api+"/klines", "symbol", func(w http.ResponseWriter, a asked) {
		b.spend(w)
		list := [][]any{}
		for _, c := range a.in.past.candles(widths[a.FormValue("interval")], a.moment("startTime", 0), a.moment("endTime", ever)+1, int(a.number("limit", 500))) {
			list = append(list, []any{c.OpenTime, text(c.Open), text(c.High), text(c.Low), text(c.Close), text(c.Volume), c.CloseTime - 1, "0", 1, text(c.TakerBuyVolume), "0", "0"})
		}
		writeJSON(w, list)
	})
	x.aboutPast(mux, b.api+"/aggTrades", "symbol", func(w http.ResponseWriter, a asked) {
		b.spend(w)
		list := []map[string]any{}
		from, since, most := a.number("fromId", 0), a.moment("startTime", 0), int(a.number("limit", 500))
		for _, t := range a.in.past.trades {
			if t.id >= from && t.at >= since && len(list) < most {
				list = append(list, map[string]any{"a": t.id, "p": text(t.price), "q": text(t.size), "f": t.id * 2, "l": t.id*2 + 1, "T": t.at, "m": t.taker == market.TakerSell})
			}
		}
		writeJSON(w, list)
	})
	// One address for both: COIN-M is asked by pair.
	key := choose(b.inverse, "pair", "symbol")
	mux.HandleFunc("GET /futures/data/openInterestHist", func(w http.ResponseWriter, r *http.Request) {
		x.mu.Lock()
		defer x.mu.Unlock()
		in := x.instruments[r.URL.Query().Get(key)+choose(b.inverse, "_PERP", "")]
		if in == nil || x.forgetful() {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		a := asked{r, in}
		list := []map[string]any{}
		for _, o := range in.past.openInterest(widths[r.FormValue("period")], a.moment("startTime", 0), a.moment("endTime", ever)+1, x.now(), int(a.number("limit", 30))) {
			list = append(list, map[string]any{"sumOpenInterest": text(o.Contracts), "sumOpenInterestValue": "0", "timestamp": o.EventTime})
		}
		writeJSON(w, list)
	})
}

// spend shows the weight used within the minute.
func (b *binance) spend(w http.ResponseWriter) {
	if minute := time.Now().Truncate(time.Minute); minute != b.minute {
		b.minute, b.weight = minute, 0
	}
	b.weight++
	w.Header().Set("X-MBX-USED-WEIGHT-1M", fmt.Sprint(b.weight))
}

func (b *binance) symbols(x *Exchange) []map[string]any {
	var out []map[string]any
	for _, in := range x.instruments {
		s := map[string]any{"symbol": in.Symbol, "contractType": "PERPETUAL", "baseAsset": in.Coin,
			"filters": []map[string]any{{"filterType": "PRICE_FILTER", "tickSize": text(in.TickSize)}}}
		if b.inverse {
			s["contractStatus"], s["quoteAsset"], s["marginAsset"], s["contractSize"] = "TRADING", "USD", in.Coin, in.listing.ContractSize
		} else {
			s["status"], s["quoteAsset"], s["marginAsset"] = "TRADING", "USDT", "USDT"
		}
		out = append(out, s)
	}
	return out
}

// hello subscribes to the streams in the address.
func (b *binance) hello(_ *Exchange, c *client) {
	_, streams, _ := strings.Cut(c.path, "streams=")
	for _, s := range strings.Split(streams, "/") {
		c.topics[s] = true
	}
}

func (b *binance) heard(_ *Exchange, c *client, text []byte) {
	var request struct {
		Method string
		Params []string
		ID     int64
	}
	if json.Unmarshal(text, &request) != nil {
		c.reply(map[string]any{"error": map[string]any{"code": 3, "msg": "Invalid JSON"}})
		return
	}
	for _, s := range request.Params {
		c.topics[s] = request.Method == "SUBSCRIBE"
	}
	c.reply(map[string]any{"result": nil, "id": request.ID})
}

func (b *binance) encode(in *instrument, e market.Event) []message {
	symbol := strings.ToLower(in.Symbol)
	wrap := func(stream, data string, shows ...market.Event) message {
		topic := symbol + "@" + stream
		return message{topic, fmt.Appendf(nil, `{"stream":%q,"data":%s}`, topic, data), shows}
	}
	switch e := e.(type) {
	case *market.Trades:
		var out []message
		for i := range e.Len() {
			in.trades++
			out = append(out, wrap("aggTrade", fmt.Sprintf(`{"e":"aggTrade","E":%d,"a":%d,"s":%q,"p":"%s","q":"%s","f":%d,"l":%d,"T":%d,"m":%v}`,
				e.EventTime[i]+3, in.trades, in.Symbol, text(e.LastPrice[i]), text(e.Size[i]), in.trades*2, in.trades*2+1, e.EventTime[i], e.Taker[i] == market.TakerSell),
				single(e, i)...))
		}
		return out
	case market.MarkPrice:
		shows := []market.Event{e}
		rate := ""
		if in.funded {
			rate = text(in.funding.Rate)
			shows = append(shows, market.FundingRate{EventTime: e.EventTime, Rate: in.funding.Rate})
		}
		return []message{wrap("markPrice@1s", fmt.Sprintf(`{"e":"markPriceUpdate","E":%d,"s":%q,"p":"%s","i":"%s","P":"%s","r":"%s","T":%d}`,
			e.EventTime, in.Symbol, text(e.MarkPrice), text(e.IndexPrice), text(e.MarkPrice), rate, e.EventTime.Floor(8*market.Hour)+8*market.Hour), shows...)}
	case market.Liquidation:
		return []message{wrap("forceOrder", fmt.Sprintf(`{"e":"forceOrder","E":%d,"o":{"s":%q,"S":%q,"o":"LIMIT","f":"IOC","q":"%s","p":"%s","ap":"%s","X":"FILLED","l":"%s","z":"%s","T":%d}}`,
			e.EventTime+5, in.Symbol, choose(e.Side == market.Long, "SELL", "BUY"), text(e.Size), text(e.BankruptcyPrice), text(e.AvgFillPrice), text(e.Size), text(e.Size), e.EventTime), e)}
	}
	return nil // open interest and, apart from marks, funding are asked for
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v) // who asked may have gone
}
