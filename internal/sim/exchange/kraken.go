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

// kraken speaks the derivatives' protocol: PF_ are linear, PI_ inverse.
type kraken struct{}

func (*kraken) listing(in Instrument) market.Instrument {
	return market.Instrument{InstrumentID: market.InstrumentID{Venue: "kraken", Symbol: in.Symbol}, Coin: in.Coin, Quote: "USD",
		Settlement: choose(strings.HasPrefix(in.Symbol, "PI_"), market.Inverse, market.Linear), ContractSize: 1, TickSize: market.Price(in.TickSize)}
}

func (k *kraken) routes(x *Exchange, mux *http.ServeMux) {
	mux.HandleFunc("GET /derivatives/api/v3/instruments", func(w http.ResponseWriter, r *http.Request) {
		x.mu.Lock()
		defer x.mu.Unlock()
		var list []map[string]any
		for _, in := range x.instruments {
			inverse := in.listing.Settlement == market.Inverse
			unit := choose(inverse, "contracts", "numNonContractUnits")
			list = append(list, map[string]any{"symbol": in.Symbol, "type": choose(inverse, "futures_inverse", "flexible_futures"), "tickSize": in.TickSize, "contractSize": 1,
				"tradeable": true, "base": choose(in.Coin == "BTC", "XBT", in.Coin), "quote": "USD", "marginLevels": []map[string]any{
					{unit: 0, "initialMargin": .02, "maintenanceMargin": .01}, {unit: 500_000, "initialMargin": .04, "maintenanceMargin": .02}}})
		}
		writeJSON(w, map[string]any{"result": "success", "instruments": list})
	})
	x.aboutPast(mux, "/api/charts/v1/trade/{symbol}/{resolution}", "symbol", func(w http.ResponseWriter, a asked) {
		list := []map[string]any{}
		for _, c := range a.in.past.candles(widths[a.PathValue("resolution")], market.UnixMilli(a.number("from", 0))*1000, market.UnixMilli(a.number("to", 1<<40))*1000+1, 2000) {
			list = append(list, map[string]any{"time": c.OpenTime, "open": text(c.Open), "high": text(c.High), "low": text(c.Low), "close": text(c.Close), "volume": text(c.Volume)})
		}
		writeJSON(w, map[string]any{"candles": list, "more_candles": false})
	})
	mux.HandleFunc("GET /ws/v1", func(w http.ResponseWriter, r *http.Request) {
		x.accept(w, r, rules{hear: time.Minute})
	})
}

func (*kraken) hello(_ *Exchange, c *client) { c.reply(map[string]any{"event": "info", "version": 1}) }

func (k *kraken) heard(x *Exchange, c *client, said []byte) {
	var request struct {
		Event, Feed string
		ProductIDs  []string `json:"product_ids"`
	}
	if json.Unmarshal(said, &request) != nil || request.Event != "subscribe" {
		c.reply(map[string]any{"event": "alert", "message": "Bad request"})
		return
	}
	for _, symbol := range request.ProductIDs {
		in := x.instruments[symbol]
		if in == nil {
			c.reply(map[string]any{"event": "error", "message": "Invalid product id"})
			continue
		}
		c.topics[request.Feed+":"+symbol] = true
		c.reply(map[string]any{"event": "subscribed", "feed": request.Feed, "product_ids": []string{symbol}})
		switch request.Feed {
		case "trade":
			last := slices.Clone(in.recent)
			slices.Reverse(last)
			c.send(fmt.Appendf(nil, `{"feed":"trade_snapshot","product_id":%q,"trades":[%s]}`, symbol, strings.Join(last, ",")), true)
		case "ticker":
			x.image(c, in)
		}
	}
}

func (k *kraken) encode(in *instrument, e market.Event) []message {
	switch e := e.(type) {
	case *market.Trades:
		var out []message
		for i := range e.Len() {
			out = append(out, k.trade(in, e.Slice(i, i+1), "fill"))
		}
		return out
	case market.MarkPrice:
		open, funding, shows := in.state(e)
		rate := ""
		if funding.Rate != 0 {
			rate = fmt.Sprintf(`,"relative_funding_rate":%s,"funding_rate":12.5`, text(funding.Rate))
		}
		frame := fmt.Appendf(nil, `{"time":%d,"product_id":%q%s,"feed":"ticker","index":%s,"last":1.5,"tag":"perpetual","openInterest":%s,"markPrice":%s,"maturityTime":0}`,
			e.EventTime, in.Symbol, rate, text(e.IndexPrice), text(open.Contracts), text(e.MarkPrice))
		return []message{{"ticker:" + in.Symbol, frame, shows}}
	case market.Liquidation:
		trade, shown := forced(e)
		return []message{k.trade(in, trade, "liquidation", shown)}
	}
	return nil // tickers carry the rest
}

// trade writes one trade.
func (*kraken) trade(in *instrument, e *market.Trades, kind string, more ...market.Event) message {
	in.trades++
	item := fmt.Sprintf(`{"product_id":%q,"feed":"trade","uid":%q,"side":%q,"type":%q,"time":%d,"qty":%s,"price":%s,"seq":%d}`, in.Symbol, in.uuid(in.trades),
		choose(e.Taker[0] == market.TakerBuy, "buy", "sell"), kind, e.EventTime[0], text(e.Size[0]), text(e.LastPrice[0]), 421000+in.trades)
	in.keep([]string{item}, 100)
	return message{"trade:" + in.Symbol, []byte(item), append([]market.Event{e}, more...)}
}
