package exchange

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"halcyon/market"
)

// bybit speaks v5's public protocol of one kind of contract.
type bybit struct{ inverse bool }

func (b *bybit) category() string { return choose(b.inverse, "inverse", "linear") }

func (b *bybit) listing(in Instrument) market.Instrument {
	return market.Instrument{InstrumentID: market.InstrumentID{Venue: "bybit", Symbol: in.Symbol}, Coin: in.Coin, Quote: "USD",
		Settlement: choose(b.inverse, market.Inverse, market.Linear), ContractSize: 1, TickSize: market.Price(in.TickSize)}
}

func (b *bybit) routes(x *Exchange, mux *http.ServeMux) {
	answer := func(w http.ResponseWriter, list any) {
		w.Header().Set("X-Bapi-Limit-Status", "599")
		w.Header().Set("X-Bapi-Limit-Reset-Timestamp", whole(x.now()))
		writeJSON(w, map[string]any{"retCode": 0, "retMsg": "OK", "result": map[string]any{"category": b.category(), "list": list, "nextPageCursor": ""}, "time": x.now()})
	}
	mux.HandleFunc("GET /v5/market/instruments-info", func(w http.ResponseWriter, r *http.Request) {
		x.mu.Lock()
		defer x.mu.Unlock()
		var list []map[string]any
		for _, in := range x.instruments {
			list = append(list, map[string]any{"symbol": in.Symbol, "contractType": choose(b.inverse, "InversePerpetual", "LinearPerpetual"), "status": "Trading",
				"baseCoin": in.Coin, "quoteCoin": choose(b.inverse, "USD", "USDT"), "priceFilter": map[string]any{"tickSize": text(in.TickSize)}})
		}
		answer(w, list)
	})
	mux.HandleFunc("GET /v5/market/tickers", func(w http.ResponseWriter, r *http.Request) {
		x.mu.Lock()
		defer x.mu.Unlock()
		list := []map[string]any{}
		if in := x.instruments[r.FormValue("symbol")]; in != nil && in.mark.MarkPrice > 0 {
			list = append(list, map[string]any{"symbol": in.Symbol, "markPrice": text(in.mark.MarkPrice)})
		}
		answer(w, list)
	})
	mux.HandleFunc("GET /v5/market/risk-limit", func(w http.ResponseWriter, r *http.Request) {
		x.mu.Lock()
		defer x.mu.Unlock()
		var list []map[string]any
		for i := range 3 {
			list = append(list, map[string]any{"id": i + 1, "symbol": r.URL.Query().Get("symbol"), "riskLimitValue": fmt.Sprint((i + 1) * choose(b.inverse, 150, 2_000_000)),
				"maintenanceMargin": text(.005 * float64(i+1)), "initialMargin": text(.01 * float64(i+1)), "maxLeverage": text(1 / (.01 * float64(i+1)))})
		}
		answer(w, list)
	})
	x.aboutPast(mux, "/v5/market/kline", "symbol", func(w http.ResponseWriter, a asked) {
		list := [][]string{}
		for _, c := range a.in.past.candles(widths[a.FormValue("interval")], a.moment("start", 0), a.moment("end", ever)+1, int(a.number("limit", 200))) {
			list = append(list, []string{whole(c.OpenTime), text(c.Open), text(c.High), text(c.Low), text(c.Close), text(c.Volume), "0"})
		}
		answer(w, backwards(list))
	})
	x.aboutPast(mux, "/v5/market/open-interest", "symbol", func(w http.ResponseWriter, a asked) {
		list := []map[string]any{}
		for _, o := range a.in.past.openInterest(widths[a.FormValue("intervalTime")], a.moment("startTime", 0), a.moment("endTime", ever)+1, x.now(), int(a.number("limit", 50))) {
			list = append(list, map[string]any{"openInterest": text(o.Contracts), "timestamp": whole(o.EventTime)})
		}
		answer(w, backwards(list))
	})
	x.aboutPast(mux, "/v5/market/recent-trade", "symbol", func(w http.ResponseWriter, a asked) {
		list := []map[string]any{}
		for _, t := range a.in.past.newest(min(1000, int(a.number("limit", 500)))) {
			list = append(list, map[string]any{"execId": a.in.uuid(t.id), "symbol": a.in.Symbol, "price": text(t.price), "size": text(t.size),
				"side": choose(t.taker == market.TakerBuy, "Buy", "Sell"), "time": whole(t.at), "isBlockTrade": false})
		}
		answer(w, backwards(list))
	})
	mux.HandleFunc("GET /v5/public/"+b.category(), func(w http.ResponseWriter, r *http.Request) {
		x.accept(w, r, rules{hear: 10 * time.Minute})
	})
}

func (b *bybit) hello(*Exchange, *client) {}

func (b *bybit) heard(x *Exchange, c *client, said []byte) {
	var request struct {
		Op   string   `json:"op"`
		ID   string   `json:"req_id"`
		Args []string `json:"args"`
	}
	answer := func(success bool, message string) {
		c.reply(map[string]any{"success": success, "ret_msg": message, "conn_id": c.id, "req_id": request.ID, "op": request.Op})
	}
	switch err := json.Unmarshal(said, &request); {
	case err != nil:
		answer(false, "Invalid JSON")
	case request.Op == "ping":
		answer(true, "pong")
	case request.Op != "subscribe" || len(request.Args) > 10:
		answer(false, "args size >10")
	default:
		for _, topic := range request.Args {
			c.topics[topic] = true
		}
		answer(true, "")
		for _, topic := range request.Args {
			if symbol, ok := strings.CutPrefix(topic, "tickers."); ok {
				b.snapshot(x, c, x.instruments[symbol])
			}
		}
	}
}

// snapshot sends a ticker in full.
func (b *bybit) snapshot(x *Exchange, c *client, in *instrument) {
	if in == nil || in.mark.MarkPrice == 0 {
		return
	}
	now := x.now()
	mark, open, funding := in.mark, in.open, in.funding
	mark.EventTime, open.EventTime, funding.EventTime = now, now, now
	in.published.Add(mark)
	in.published.Add(open)
	in.published.Add(funding)
	c.send(b.ticker(in, now, "snapshot", fmt.Sprintf(`"tickDirection":"PlusTick","markPrice":"%s","indexPrice":"%s","openInterest":"%s","fundingRate":"%s"`,
		text(mark.MarkPrice), text(mark.IndexPrice), text(open.Contracts), text(funding.Rate))), true)
}

func (b *bybit) ticker(in *instrument, at market.UnixMilli, kind, members string) []byte {
	return fmt.Appendf(nil, `{"topic":"tickers.%s","type":%q,"data":{"symbol":%q,%s},"cs":24987956059,"ts":%d}`, in.Symbol, kind, in.Symbol, members, at)
}

func (b *bybit) encode(in *instrument, e market.Event) []message {
	delta := func(members string) []message {
		return []message{{"tickers." + in.Symbol, b.ticker(in, e.Time(), "delta", members), []market.Event{e}}}
	}
	switch e := e.(type) {
	case *market.Trades:
		var items []string
		for i := range e.Len() {
			in.trades++
			items = append(items, fmt.Sprintf(`{"T":%d,"s":%q,"S":%q,"v":"%s","p":"%s","L":"PlusTick","i":"%s","BT":false,"seq":%d}`, e.EventTime[i], in.Symbol,
				choose(e.Taker[i] == market.TakerBuy, "Buy", "Sell"), text(e.Size[i]), text(e.LastPrice[i]), in.uuid(in.trades), in.trades*3))
		}
		topic := "publicTrade." + in.Symbol
		return []message{{topic, fmt.Appendf(nil, `{"topic":%q,"type":"snapshot","ts":%d,"data":[%s]}`, topic, e.EventTime[0]+1, strings.Join(items, ",")), []market.Event{e}}}
	case market.MarkPrice:
		return delta(fmt.Sprintf(`"markPrice":"%s","indexPrice":"%s"`, text(e.MarkPrice), text(e.IndexPrice)))
	case market.OpenInterest:
		return delta(fmt.Sprintf(`"openInterest":"%s","openInterestValue":"1"`, text(e.Contracts)))
	case market.FundingRate:
		return delta(fmt.Sprintf(`"fundingRate":"%s"`, text(e.Rate)))
	case market.Liquidation:
		e.AvgFillPrice = 0 // not published
		topic := "allLiquidation." + in.Symbol
		return []message{{topic, fmt.Appendf(nil, `{"topic":%q,"type":"snapshot","ts":%d,"data":[{"T":%d,"s":%q,"S":%q,"v":"%s","p":"%s"}]}`, topic, e.EventTime+400, e.EventTime,
			in.Symbol, choose(e.Side == market.Long, "Buy", "Sell"), text(e.Size), text(e.BankruptcyPrice)), []market.Event{e}}}
	}
	return nil
}

// uuid names the trade of a number.
func (in *instrument) uuid(n int64) string {
	return fmt.Sprintf("%08x-006d-1000-%04x-%012x", uint32(n*2654435761), in.id, n)
}
