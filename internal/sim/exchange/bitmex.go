package exchange

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"halcyon/market"
)

// bitmex speaks the realtime API: an inverse contract of 1 USD for BTC, linear
// ones of a millionth of a coin otherwise.
type bitmex struct{}

func (*bitmex) listing(in Instrument) market.Instrument {
	l := market.Instrument{InstrumentID: market.InstrumentID{Venue: "bitmex", Symbol: in.Symbol}, Coin: in.Coin, Quote: "USD",
		ContractSize: 1e-6, TickSize: market.Price(in.TickSize)}
	if in.Symbol == "XBTUSD" {
		l.Settlement, l.ContractSize = market.Inverse, 1
	}
	return l
}

func (b *bitmex) routes(x *Exchange, mux *http.ServeMux) {
	list := func(w http.ResponseWriter, r *http.Request) {
		x.mu.Lock()
		defer x.mu.Unlock()
		var list []map[string]any
		for _, in := range x.instruments {
			if s := r.URL.Query().Get("symbol"); s == "" || s == in.Symbol {
				list = append(list, b.info(in))
			}
		}
		w.Header().Set("X-Ratelimit-Limit", "30")
		w.Header().Set("X-Ratelimit-Remaining", "29")
		w.Header().Set("X-Ratelimit-Reset", fmt.Sprint(time.Now().Unix()+2))
		writeJSON(w, list)
	}
	mux.HandleFunc("GET /api/v1/instrument/active", list)
	mux.HandleFunc("GET /api/v1/instrument", list)
	b.pastRoutes(x, mux)
	mux.HandleFunc("GET /realtime", func(w http.ResponseWriter, r *http.Request) { x.accept(w, r, rules{}) })
}

func (*bitmex) pastRoutes(x *Exchange, mux *http.ServeMux) {
	x.aboutPast(mux, "/api/v1/trade/bucketed", "symbol", func(w http.ResponseWriter, a asked) {
		width := widths[a.FormValue("binSize")]
		list := []map[string]any{}
		// Buckets are named by their ends.
		for _, c := range a.in.past.candles(width, a.moment("startTime", 0)-width, a.moment("endTime", ever)-width+1, int(a.number("count", 100))) {
			list = append(list, map[string]any{"timestamp": iso(c.CloseTime), "symbol": a.in.Symbol, "open": c.Open, "high": c.High, "low": c.Low, "close": c.Close, "trades": 1, "volume": c.Volume})
		}
		writeJSON(w, list)
	})
	x.aboutPast(mux, "/api/v1/trade", "symbol", func(w http.ResponseWriter, a asked) {
		list := []map[string]any{}
		skip, most := a.number("start", 0), int(a.number("count", 100))
		from, to := a.moment("startTime", 0), a.moment("endTime", ever)
		for _, t := range a.in.past.trades {
			if t.at < from || t.at > to || len(list) >= most {
				continue
			}
			if skip--; skip < 0 {
				list = append(list, map[string]any{"timestamp": iso(t.at), "symbol": a.in.Symbol, "side": choose(t.taker == market.TakerBuy, "Buy", "Sell"),
					"size": t.size, "price": t.price, "trdMatchID": a.in.uuid(t.id), "trdType": "Regular"})
			}
		}
		writeJSON(w, list)
	})
}

func (*bitmex) info(in *instrument) map[string]any {
	m := map[string]any{"symbol": in.Symbol, "typ": "FFWCSX", "state": "Open", "underlying": choose(in.Coin == "BTC", "XBT", in.Coin), "tickSize": in.TickSize,
		"isQuanto": false, "initMargin": .01, "maintMargin": .005, "riskLimit": 20_000_000_000, "riskStep": 10_000_000_000, "markPrice": in.mark.MarkPrice}
	if in.listing.Settlement == market.Inverse {
		m["isInverse"], m["quoteCurrency"], m["multiplier"], m["underlyingToSettleMultiplier"] = true, "USD", -100_000_000, -100_000_000
	} else {
		m["isInverse"], m["quoteCurrency"], m["multiplier"], m["quoteToSettleMultiplier"] = false, "USDT", 1, 1_000_000
	}
	return m
}

func (*bitmex) hello(x *Exchange, c *client) {
	c.reply(map[string]any{"info": "Welcome to the BitMEX Realtime API.", "version": "2.0.0", "timestamp": iso(x.now()), "docs": "https://www.bitmex.com/app/wsAPI", "limit": map[string]any{"remaining": 39}})
}

func (b *bitmex) heard(x *Exchange, c *client, said []byte) {
	if string(said) == "ping" {
		c.send([]byte("pong"), false)
		return
	}
	var request struct {
		Op   string   `json:"op"`
		Args []string `json:"args"`
	}
	if json.Unmarshal(said, &request) != nil || request.Op != "subscribe" {
		c.reply(map[string]any{"status": 400, "error": "Unrecognized request.", "meta": map[string]any{}})
		return
	}
	for _, topic := range request.Args {
		table, symbol, _ := strings.Cut(topic, ":")
		in := x.instruments[symbol]
		if in == nil {
			c.reply(map[string]any{"status": 400, "error": "Unknown symbol " + symbol, "request": request})
			continue
		}
		c.topics[topic] = true
		c.reply(map[string]any{"success": true, "subscribe": topic, "request": request})
		c.send(b.image(x, in, table), true)
	}
}

// image is a table in full, which comes once, on subscribing.
func (b *bitmex) image(x *Exchange, in *instrument, table string) []byte {
	var rows string
	switch table {
	case "trade":
		rows = strings.Join(in.recent, ",")
	case "instrument":
		now := x.now()
		rows = fmt.Sprintf(`{"symbol":%q,"state":"Open","lastPrice":null,"timestamp":%q`, in.Symbol, iso(now))
		if mark, open, funding := in.mark, in.open, in.funding; mark.MarkPrice > 0 {
			mark.EventTime, open.EventTime, funding.EventTime = now, now, now
			in.published.Add(mark)
			in.published.Add(open)
			in.published.Add(funding)
			rows += fmt.Sprintf(`,"markPrice":%s,"indicativeSettlePrice":%s,"openInterest":%s,"fundingRate":%s`,
				text(mark.MarkPrice), text(mark.IndexPrice), text(open.Contracts), text(funding.Rate))
		}
		rows += "}"
	}
	return fmt.Appendf(nil, `{"table":%q,"action":"partial","keys":[],"types":{"timestamp":"timestamp","symbol":"symbol"},"filter":{"symbol":%q},"data":[%s]}`, table, in.Symbol, rows)
}

func (b *bitmex) encode(in *instrument, e market.Event) []message {
	row := func(table, action, rows string, shows ...market.Event) message {
		return message{table + ":" + in.Symbol, fmt.Appendf(nil, `{"table":%q,"action":%q,"data":[%s]}`, table, action, rows), shows}
	}
	update := func(members string) []message {
		return []message{row("instrument", "update", fmt.Sprintf(`{"symbol":%q,%s,"timestamp":%q}`, in.Symbol, members, iso(e.Time())), e)}
	}
	switch e := e.(type) {
	case *market.Trades:
		var rows []string
		for i := range e.Len() {
			in.trades++
			rows = append(rows, fmt.Sprintf(`{"timestamp":%q,"symbol":%q,"side":%q,"size":%s,"price":%s,"tickDirection":"ZeroPlusTick","trdMatchID":"%s","trdType":"Regular"}`,
				iso(e.EventTime[i]), in.Symbol, choose(e.Taker[i] == market.TakerBuy, "Buy", "Sell"), text(e.Size[i]), text(e.LastPrice[i]), in.uuid(in.trades)))
		}
		in.keep(rows, 1)
		return []message{row("trade", "insert", strings.Join(rows, ","), e)}
	case market.MarkPrice:
		return update(fmt.Sprintf(`"fairPrice":%s,"markPrice":%s,"indicativeSettlePrice":%s`, text(e.MarkPrice), text(e.MarkPrice), text(e.IndexPrice)))
	case market.OpenInterest:
		return update(fmt.Sprintf(`"openInterest":%s,"openValue":1`, text(e.Contracts)))
	case market.FundingRate:
		return update(fmt.Sprintf(`"fundingRate":%s`, text(e.Rate)))
	case market.Liquidation:
		// One order, filled in two steps: one liquidation.
		e.AvgFillPrice = 0 // not published
		in.orders++
		id := fmt.Sprintf("550e8400-e29b-41d4-%04x-%012x", in.id, in.orders)
		return []message{
			row("liquidation", "insert", fmt.Sprintf(`{"orderID":%q,"symbol":%q,"side":%q,"price":%s,"leavesQty":%s}`, id, in.Symbol,
				choose(e.Side == market.Long, "Sell", "Buy"), text(e.BankruptcyPrice), text(e.Size)), e),
			row("liquidation", "update", fmt.Sprintf(`{"orderID":%q,"symbol":%q,"leavesQty":%s}`, id, in.Symbol, text(e.Size/2))),
			row("liquidation", "delete", fmt.Sprintf(`{"orderID":%q,"symbol":%q}`, id, in.Symbol)),
		}
	}
	return nil
}
