package exchange

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"halcyon/market"
)

// gate speaks v4's public protocol of USDT futures.
type gate struct{}

func (*gate) listing(in Instrument) market.Instrument {
	return market.Instrument{InstrumentID: market.InstrumentID{Venue: "gate", Symbol: in.Symbol}, Coin: in.Coin, Quote: "USD",
		ContractSize: choose(in.Coin == "BTC", .0001, .01), TickSize: market.Price(in.TickSize)}
}

func (g *gate) routes(x *Exchange, mux *http.ServeMux) {
	mux.HandleFunc("GET /api/v4/futures/usdt/contracts", func(w http.ResponseWriter, r *http.Request) {
		x.mu.Lock()
		defer x.mu.Unlock()
		var list []map[string]any
		for _, in := range x.instruments {
			list = append(list, map[string]any{"name": in.Symbol, "type": "direct", "status": "trading", "in_delisting": false, "is_pre_market": false,
				"quanto_multiplier": text(in.listing.ContractSize), "order_price_round": text(in.TickSize), "maintenance_rate": "0.003"})
		}
		writeJSON(w, list)
	})
	mux.HandleFunc("GET /api/v4/futures/usdt/risk_limit_tiers", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, []map[string]any{
			{"tier": 1, "risk_limit": "500000", "initial_rate": "0.005", "maintenance_rate": "0.003", "leverage_max": "200", "deduction": "0"},
			{"tier": 2, "risk_limit": "1000000", "initial_rate": "0.006666", "maintenance_rate": "0.0035", "leverage_max": "150.01", "deduction": "250"}})
	})
	x.aboutPast(mux, "/api/v4/futures/usdt/trades", "contract", func(w http.ResponseWriter, a asked) {
		list := []map[string]any{}
		from, to, skip := market.UnixMilli(a.number("from", 0))*1000, market.UnixMilli(a.number("to", 1<<40))*1000, int(a.number("offset", 0))
		for _, t := range slices.Backward(a.in.past.trades) {
			if t.at < from || t.at > to || len(list) == min(1000, int(a.number("limit", 100))) {
				continue
			}
			if skip--; skip < 0 {
				list = append(list, map[string]any{"id": gateFirst + t.id, "contract": a.in.Symbol, "create_time_ms": float64(t.at) / 1000,
					"size": float64(t.size) * choose(t.taker == market.TakerBuy, 1.0, -1), "price": text(t.price)})
			}
		}
		writeJSON(w, list)
	})
	x.aboutPast(mux, "/api/v4/futures/usdt/candlesticks", "contract", func(w http.ResponseWriter, a asked) {
		list := []map[string]any{}
		for _, c := range a.in.past.candles(widths[a.FormValue("interval")], market.UnixMilli(a.number("from", 0))*1000, market.UnixMilli(a.number("to", 1<<40))*1000+1, 2000) {
			list = append(list, map[string]any{"t": c.OpenTime / 1000, "o": text(c.Open), "h": text(c.High), "l": text(c.Low), "c": text(c.Close), "v": c.Volume})
		}
		writeJSON(w, list)
	})
	mux.HandleFunc("GET /v4/ws/usdt", func(w http.ResponseWriter, r *http.Request) {
		x.accept(w, r, rules{pingEvery: 30 * time.Second, pongWithin: 30 * time.Second})
	})
}

// gateFirst is the id before that of the first trade.
const gateFirst int64 = 842235000

func (*gate) hello(*Exchange, *client) {}

func (g *gate) heard(x *Exchange, c *client, said []byte) {
	var request struct {
		Time           int64
		Channel, Event string
		Payload        []string
	}
	err := json.Unmarshal(said, &request)
	now := x.now()
	answer := map[string]any{"time": now / 1000, "time_ms": now, "conn_id": c.id, "channel": request.Channel, "event": request.Event}
	refuse := func(reason string) {
		answer["error"], answer["result"] = map[string]any{"code": 1, "message": reason}, map[string]any{"status": "fail"}
	}
	switch {
	case err != nil || request.Event != "subscribe" || request.Time == 0 || len(request.Payload) == 0:
		refuse("request payload does not follow json schema")
	default:
		answer["result"] = map[string]any{"status": "success"}
		for _, symbol := range request.Payload {
			if x.instruments[symbol] == nil {
				refuse("unknown contract " + symbol)
				break
			}
			c.topics[request.Channel+":"+symbol] = true
		}
	}
	c.reply(answer)
}

func (*gate) encode(in *instrument, e market.Event) []message {
	push := func(channel string, at market.UnixMilli, items string, shows ...market.Event) []message {
		return []message{{channel + ":" + in.Symbol, fmt.Appendf(nil, `{"time":%d,"time_ms":%d,"channel":%q,"event":"update","result":[%s]}`, at/1000, at, channel, items), shows}}
	}
	switch e := e.(type) {
	case *market.Trades:
		var items []string
		for i := range e.Len() {
			in.trades++
			items = append(items, fmt.Sprintf(`{"id":%d,"size":%s,"create_time":%d,"create_time_ms":%d,"price":"%s","contract":%q}`, gateFirst+in.trades,
				choose(e.Taker[i] == market.TakerBuy, "", "-")+text(e.Size[i]), e.EventTime[i]/1000, e.EventTime[i], text(e.LastPrice[i]), in.Symbol))
		}
		return push("futures.trades", e.EventTime[0]+1, strings.Join(items, ","), e)
	case market.MarkPrice:
		open, funding, shows := in.state(e)
		return push("futures.tickers", e.EventTime+6, fmt.Sprintf(`{"contract":%q,"last":"1","total_size":"%s","mark_price":"%s","index_price":"%s","funding_rate":"%s","t":%d}`,
			in.Symbol, text(2*open.Contracts), text(e.MarkPrice), text(e.IndexPrice), text(funding.Rate), e.EventTime), shows...)
	case market.Liquidation:
		e.AvgFillPrice = 0 // not published
		return push("futures.public_liquidates", e.EventTime+900, fmt.Sprintf(`{"price":"%s","size":"%s","time":%d,"contract":%q}`, text(e.BankruptcyPrice),
			choose(e.Side == market.Long, "-", "")+text(e.Size), e.EventTime, in.Symbol), e)
	}
	return nil // tickers carry the rest
}
