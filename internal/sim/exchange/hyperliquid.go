package exchange

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"halcyon/market"
)

// hyperliquid speaks the venue's websocket and info requests.
type hyperliquid struct{}

func (*hyperliquid) listing(in Instrument) market.Instrument {
	return market.Instrument{InstrumentID: market.InstrumentID{Venue: "hyperliquid", Symbol: in.Symbol}, Coin: in.Coin, Quote: "USD",
		ContractSize: 1, TickSize: market.Price(in.TickSize)}
}

func (h *hyperliquid) routes(x *Exchange, mux *http.ServeMux) {
	mux.HandleFunc("POST /info", func(w http.ResponseWriter, r *http.Request) {
		var request hyperliquidRequest
		if json.NewDecoder(r.Body).Decode(&request) == nil && (h.tellPast(x, w, request) || h.tellAccount(x, w, request)) {
			return
		}
		if request.Type != "metaAndAssetCtxs" {
			w.WriteHeader(http.StatusUnprocessableEntity)
			fmt.Fprint(w, "Failed to deserialize the JSON body into the target type")
			return
		}
		x.mu.Lock()
		defer x.mu.Unlock()
		universe, contexts := []any{}, []any{}
		for _, symbol := range slices.Sorted(maps.Keys(x.instruments)) {
			in := x.instruments[symbol]
			universe = append(universe, map[string]any{"name": symbol, "szDecimals": 5, "maxLeverage": 40, "marginTableId": 56})
			price := choose(in.mark.MarkPrice > 0, in.mark.MarkPrice, 50_000)
			contexts = append(contexts, map[string]any{"markPx": text(price), "oraclePx": text(price), "funding": "0.0", "openInterest": "0.0"})
		}
		tables := []any{[]any{56, map[string]any{"description": "tiered 40x", "marginTiers": []any{
			map[string]any{"lowerBound": "0.0", "maxLeverage": 40}, map[string]any{"lowerBound": "150000000.0", "maxLeverage": 20}}}}}
		writeJSON(w, []any{map[string]any{"universe": universe, "marginTables": tables}, contexts})
	})
	mux.HandleFunc("GET /ws", func(w http.ResponseWriter, r *http.Request) {
		x.accept(w, r, rules{hear: time.Minute})
	})
}

type hyperliquidRequest struct {
	Type, Coin, User string
	Req              struct {
		Coin, Interval     string
		StartTime, EndTime market.UnixMilli
	}
}

// tellPast answers what is asked about the past, and says whether it was.
func (h *hyperliquid) tellPast(x *Exchange, w http.ResponseWriter, r hyperliquidRequest) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	in := x.instruments[r.Req.Coin+r.Coin]
	switch {
	case r.Type != "candleSnapshot" && r.Type != "recentTrades":
		return false
	case in == nil || x.forgetful():
		w.WriteHeader(http.StatusNotFound)
	case r.Type == "candleSnapshot":
		list := []map[string]any{}
		for _, c := range in.past.candles(widths[r.Req.Interval], r.Req.StartTime, r.Req.EndTime+1, 5000) {
			list = append(list, map[string]any{"t": c.OpenTime, "T": c.CloseTime - 1, "s": in.Symbol, "i": r.Req.Interval, "o": text(c.Open), "h": text(c.High),
				"l": text(c.Low), "c": text(c.Close), "v": text(c.Volume), "n": 1})
		}
		writeJSON(w, list)
	default:
		var list []string
		for _, t := range in.past.newest(10) {
			list = append(list, in.fill(t))
		}
		fmt.Fprintf(w, "[%s]", strings.Join(backwards(list), ","))
	}
	return true
}

// tellAccount answers clearinghouseState, and says whether that was asked.
func (h *hyperliquid) tellAccount(x *Exchange, w http.ResponseWriter, r hyperliquidRequest) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if r.Type != "clearinghouseState" || x.accounts == nil {
		return false
	}
	list := []any{}
	at, held := x.accounts(r.User)
	for _, p := range held {
		var liquidation any
		if p.LiquidationPrice > 0 {
			liquidation = text(p.LiquidationPrice)
		}
		list = append(list, map[string]any{"type": "oneWay", "position": map[string]any{"coin": p.Symbol, "szi": choose(p.Side == market.Long, "", "-") + text(p.Size),
			"entryPx": text(p.EntryPrice), "liquidationPx": liquidation, "leverage": map[string]any{"type": "isolated", "value": 20}}})
	}
	writeJSON(w, map[string]any{"assetPositions": list, "time": at})
	return true
}

// fill writes a trade.
func (in *instrument) fill(t pastTrade) string {
	if t.users[0] == "" {
		t.users = [2]string{fmt.Sprintf("0x%040x", t.id%97), fmt.Sprintf("0x%040x", t.id%89)}
	}
	return fmt.Sprintf(`{"coin":%q,"side":%q,"px":"%s","sz":"%s","time":%d,"hash":"0x%064x","tid":%d,"users":[%q,%q]}`, in.Symbol,
		choose(t.taker == market.TakerBuy, "B", "A"), text(t.price), text(t.size), t.at, t.id, t.id*2654435761%(1<<50), t.users[0], t.users[1])
}

func (*hyperliquid) hello(*Exchange, *client) {}

func (h *hyperliquid) heard(x *Exchange, c *client, said []byte) {
	var request struct {
		Method       string `json:"method"`
		Subscription struct {
			Type string `json:"type"`
			Coin string `json:"coin"`
		} `json:"subscription"`
	}
	err := json.Unmarshal(said, &request)
	s := request.Subscription
	switch in := x.instruments[s.Coin]; {
	case err == nil && request.Method == "ping":
		c.send([]byte(`{"channel":"pong"}`), false)
	case err != nil || request.Method != "subscribe" || in == nil:
		c.reply(map[string]any{"channel": "error", "data": "Invalid subscription " + string(said)})
	default:
		c.topics[s.Type+":"+s.Coin] = true
		c.reply(map[string]any{"channel": "subscriptionResponse", "data": map[string]any{"method": "subscribe", "subscription": s}})
		if s.Type == "trades" && len(in.recent) > 0 {
			c.send(fmt.Appendf(nil, `{"channel":"trades","data":[%s]}`, strings.Join(in.recent, ",")), true)
		}
	}
}

func (h *hyperliquid) encode(in *instrument, e market.Event) []message {
	switch e := e.(type) {
	case *market.Trades:
		var items []string
		for i := range e.Len() {
			in.trades++
			t := pastTrade{id: in.trades, at: e.EventTime[i], price: e.LastPrice[i], size: e.Size[i], taker: e.Taker[i]}
			if i < len(in.users) {
				t.users = in.users[i]
			}
			items = append(items, in.fill(t))
		}
		in.keep(items, 10)
		return []message{{"trades:" + in.Symbol, fmt.Appendf(nil, `{"channel":"trades","data":[%s]}`, strings.Join(items, ",")), []market.Event{e}}}
	case market.MarkPrice:
		open, funding, shows := in.state(e)
		return []message{{"activeAssetCtx:" + in.Symbol, fmt.Appendf(nil, `{"channel":"activeAssetCtx","data":{"coin":%q,"ctx":{"funding":"%s","openInterest":"%s","prevDayPx":"1.0","premium":null,"oraclePx":"%s","markPx":"%s","midPx":null,"impactPxs":["1.0","1.1"]}}}`,
			in.Symbol, text(funding.Rate), text(open.Contracts), text(e.IndexPrice), text(e.MarkPrice)), shows}}
	}
	return nil // contexts carry the rest; liquidations are not published
}
