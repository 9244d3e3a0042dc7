package exchange

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"halcyon/market"
)

// deribit speaks v2's public protocol: perpetuals named after one coin are
// inverse, those named after two linear.
type deribit struct{}

func (*deribit) listing(in Instrument) market.Instrument {
	return market.Instrument{InstrumentID: market.InstrumentID{Venue: "deribit", Symbol: in.Symbol}, Coin: in.Coin, Quote: "USD",
		Settlement: choose(strings.Contains(in.Symbol, "_"), market.Linear, market.Inverse), ContractSize: 1, TickSize: market.Price(in.TickSize)}
}

func (d *deribit) routes(x *Exchange, mux *http.ServeMux) {
	mux.HandleFunc("GET /api/v2/public/get_instruments", func(w http.ResponseWriter, r *http.Request) {
		x.mu.Lock()
		defer x.mu.Unlock()
		var list []map[string]any
		for _, in := range x.instruments {
			inverse := in.listing.Settlement == market.Inverse
			list = append(list, map[string]any{"instrument_name": in.Symbol, "kind": "future", "settlement_period": "perpetual", "is_active": true, "tick_size": in.TickSize,
				"base_currency": in.Coin, "quote_currency": choose(inverse, "USD", "USDC"), "instrument_type": choose(inverse, "reversed", "linear"), "contract_size": 10})
		}
		writeJSON(w, map[string]any{"jsonrpc": "2.0", "result": list, "testnet": false})
	})
	x.aboutPast(mux, "/api/v2/public/get_last_trades_by_instrument_and_time", "instrument_name", func(w http.ResponseWriter, a asked) {
		list, from, to := &market.Trades{}, a.moment("start_timestamp", 0), a.moment("end_timestamp", ever)
		most, first := min(1000, int(a.number("count", 10))), int64(0)
		for _, t := range a.in.past.trades {
			if t.at >= from && t.at <= to && list.Len() < most {
				first = choose(first == 0, t.id, first)
				list.Append(t.at, t.price, t.size, t.taker)
			}
		}
		fmt.Fprintf(w, `{"jsonrpc":"2.0","result":{"trades":[%s],"has_more":%v}}`, d.trades(a.in, list, first-1, ""), list.Len() == most)
	})
	x.aboutPast(mux, "/api/v2/public/get_tradingview_chart_data", "instrument_name", func(w http.ResponseWriter, a asked) {
		chart := map[string][]float64{}
		for _, c := range a.in.past.candles(widths[a.FormValue("resolution")], a.moment("start_timestamp", 0), a.moment("end_timestamp", ever)+1, 5000) {
			coins, usd := float64(c.Volume), float64(c.Volume)*float64(c.Close)
			if a.in.listing.Settlement == market.Inverse {
				coins, usd = float64(c.Volume)/float64(c.Close), float64(c.Volume)
			}
			for name, v := range map[string]float64{"ticks": float64(c.OpenTime), "open": float64(c.Open), "high": float64(c.High), "low": float64(c.Low),
				"close": float64(c.Close), "volume": coins, "cost": usd} {
				chart[name] = append(chart[name], v)
			}
		}
		writeJSON(w, map[string]any{"jsonrpc": "2.0", "result": chart})
	})
	mux.HandleFunc("GET /ws/api/v2", func(w http.ResponseWriter, r *http.Request) { x.accept(w, r, rules{}) })
}

func (*deribit) hello(*Exchange, *client) {}

func (d *deribit) heard(x *Exchange, c *client, said []byte) {
	var request struct {
		ID     int64
		Method string
		Params struct{ Channels []string }
	}
	err := json.Unmarshal(said, &request)
	answer := map[string]any{"jsonrpc": "2.0", "id": request.ID, "usIn": 1, "usOut": 2}
	switch {
	case err == nil && request.Method == "public/test":
		answer["result"] = map[string]any{"version": "1.2.26"}
	case err == nil && request.Method == "public/subscribe":
		answer["result"] = d.subscribe(x, c, request.Params.Channels)
	default:
		answer["error"] = map[string]any{"code": -32601, "message": "Method not found"}
	}
	c.reply(answer)
	for _, name := range request.Params.Channels {
		if strings.HasPrefix(name, "ticker.") && c.topics[name] {
			x.image(c, x.instruments[strings.Split(name, ".")[1]])
		}
	}
}

// subscribe returns the channels that there are.
func (d *deribit) subscribe(x *Exchange, c *client, names []string) []string {
	known := []string{}
	for _, name := range names {
		if part := strings.Split(name, "."); len(part) == 3 && part[2] == "100ms" && x.instruments[part[1]] != nil {
			c.topics[name] = true
			known = append(known, name)
		}
	}
	return known
}

func (d *deribit) encode(in *instrument, e market.Event) []message {
	push := func(kind, data string, shows ...market.Event) []message {
		name := kind + "." + in.Symbol + ".100ms"
		return []message{{name, fmt.Appendf(nil, `{"jsonrpc":"2.0","method":"subscription","params":{"channel":%q,"data":%s}}`, name, data), shows}}
	}
	switch e := e.(type) {
	case *market.Trades:
		in.trades += int64(e.Len())
		return push("trades", "["+d.trades(in, e, in.trades-int64(e.Len()), "")+"]", e)
	case market.MarkPrice:
		open, funding, shows := in.state(e)
		return push("ticker", fmt.Sprintf(`{"timestamp":%d,"state":"open","stats":{"high":1.0},"index_price":%s,"instrument_name":%q,"open_interest":%s,"mark_price":%s,"current_funding":%s,"funding_8h":1.742e-05}`,
			e.EventTime, text(e.IndexPrice), in.Symbol, text(open.Contracts), text(e.MarkPrice), text(funding.Rate)), shows...)
	case market.Liquidation:
		trade, shown := forced(e)
		in.past.remember(trade, in.trades)
		in.trades++
		return push("trades", "["+d.trades(in, trade, in.trades-1, `,"liquidation":"T"`)+"]", trade, shown)
	}
	return nil // tickers carry the rest
}

// trades writes trades, numbered from behind after, each with more members.
func (*deribit) trades(in *instrument, e *market.Trades, after int64, more string) string {
	var items []string
	for i := range e.Len() {
		id := after + int64(i) + 1
		items = append(items, fmt.Sprintf(`{"timestamp":%d,"price":%s,"amount":%s,"direction":%q,"index_price":1.5,"instrument_name":%q,"trade_seq":%d,"mark_price":1.5,"tick_direction":2,"trade_id":"%d"%s}`,
			e.EventTime[i], text(e.LastPrice[i]), text(e.Size[i]), choose(e.Taker[i] == market.TakerBuy, "buy", "sell"), in.Symbol, 271252000+id, 403691000+3*id, more))
	}
	return strings.Join(items, ",")
}
