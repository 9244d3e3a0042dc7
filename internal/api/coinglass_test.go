package api

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"

	"halcyon/liqmodel"
	"halcyon/market"
)

const glass = "/api/futures/liquidation/"

// glassGet asks as a bot does, and insists on the envelope.
func glassGet(t *testing.T, server *httptest.Server, path string, into any) {
	t.Helper()
	var envelope struct {
		Code, Msg string
		Data      json.RawMessage
	}
	get(t, server, glass+path, &envelope)
	if envelope.Code != "0" || envelope.Msg != "success" {
		t.Fatalf("GET %s: code %q, %q", path, envelope.Code, envelope.Msg)
	}
	if err := json.Unmarshal(envelope.Data, into); err != nil {
		t.Fatalf("GET %s: %v\n%.200s", path, err, envelope.Data)
	}
}

type heatmapData struct {
	YAxis        []float64    `json:"y_axis"`
	Cells        [][3]float64 `json:"liquidation_leverage_data"`
	Candlesticks [][]any      `json:"price_candlesticks"`
}

// A heatmap is the profile, column by column: what its newest column holds is
// what the profile says, and candles carry volume in USD.
func TestGlassHeatmap(t *testing.T) {
	server, _ := combinedSite(t)
	totals := map[string]float64{}
	for _, model := range []string{"model1", "model2", "model3"} {
		var pair, coin heatmapData
		glassGet(t, server, "heatmap/"+model+"?exchange=Binance&symbol=btcusdt&range=12h", &pair)
		glassGet(t, server, "aggregated-heatmap/"+model+"?symbol=BTC&range=24h", &coin)
		for name, h := range map[string]heatmapData{"pair": pair, "coin": coin} {
			if len(h.YAxis) == 0 || len(h.YAxis) > glassBins || !slices.IsSorted(h.YAxis) || len(h.Candlesticks) < 30 || len(h.Cells) == 0 {
				t.Fatalf("%s %s: %d levels, %d candlesticks, %d cells", model, name, len(h.YAxis), len(h.Candlesticks), len(h.Cells))
			}
			for _, cell := range h.Cells {
				if cell[0] < 0 || cell[0] >= float64(len(h.Candlesticks)) || cell[1] < 0 || cell[1] >= float64(len(h.YAxis)) || cell[2] < 1 {
					t.Fatalf("%s %s: cell %v of %d x %d", model, name, cell, len(h.Candlesticks), len(h.YAxis))
				}
			}
		}
		for _, cell := range pair.Cells {
			if int(cell[0]) == len(pair.Candlesticks)-1 {
				totals[model] += cell[2]
			}
		}
	}
	if !(totals["model1"] > totals["model2"] && totals["model2"] > 0 && totals["model1"] > totals["model3"] && totals["model3"] > 0) {
		t.Errorf("newest columns hold %v: want high leverage and fresh entries to be parts of all", totals)
	}
	var h heatmapData
	glassGet(t, server, "heatmap/model1?exchange=Binance&symbol=BTCUSDT&range=24h", &h)
	var columns struct {
		Time          []int64
		Close, Volume []float64
	}
	get(t, server, "/api/v1/columns?venue=binance&symbol=BTCUSDT&level=1&from="+number(start)+"&to="+number(start+combinedRun), &columns)
	for i, candle := range h.Candlesticks {
		closed, _ := strconv.ParseFloat(candle[4].(string), 64)
		usd, _ := strconv.ParseFloat(candle[5].(string), 64)
		if len(candle) != 6 || int64(candle[0].(float64))*1000 != columns.Time[i] || closed != columns.Close[i] || math.Abs(usd-columns.Volume[i]*closed) > 0.01 {
			t.Fatalf("candlestick %v, want close %v and volume %v at %d", candle, columns.Close[i], columns.Volume[i], columns.Time[i])
		}
	}
}

// A map is what stands by price; of a pair it says the leverage.
func TestGlassMapAndMaxPain(t *testing.T) {
	server, a := combinedSite(t)
	type levels struct{ Data map[string][][4]*float64 }
	sum := func(m levels, leverage bool) (total float64) {
		for key, rows := range m.Data {
			price, err := strconv.ParseFloat(key, 64)
			if err != nil {
				t.Fatalf("price %q: %v", key, err)
			}
			for _, row := range rows {
				if *row[0] != price || (row[2] != nil) != leverage || row[3] != nil {
					t.Fatalf("level %s: %v", key, row)
				}
				if leverage && !slices.ContainsFunc(a.Groups(), func(g liqmodel.Group) bool { return float64(g.MinLeverage) == *row[2] }) {
					t.Fatalf("level %s has leverage %v", key, *row[2])
				}
				total += *row[1]
			}
		}
		return total
	}
	stands := func(venue, symbol string) (total float64) {
		var p struct{ Long, Short map[string][]float64 }
		get(t, server, "/api/v1/profile?venue="+venue+"&symbol="+symbol, &p)
		for _, side := range []map[string][]float64{p.Long, p.Short} {
			for name, bins := range side {
				for _, usd := range bins {
					if name != "fresh" {
						total += usd
					}
				}
			}
		}
		return total
	}
	var pair, coin levels
	glassGet(t, server, "map?exchange=OKX&symbol=BTC-USDT-SWAP&range=7d", &pair)
	glassGet(t, server, "aggregated-map?symbol=BTC&range=1d", &coin)
	if got, want := sum(pair, true), stands("okx", "BTC-USDT-SWAP"); got != want || want == 0 {
		t.Errorf("the pair's map holds %v, its profile %v", got, want)
	}
	if got, want := sum(coin, false), stands("all", "BTC"); got != want || want == 0 {
		t.Errorf("the coin's map holds %v, its profile %v", got, want)
	}
	var pain []glassPain
	glassGet(t, server, "max-pain?range=24h", &pain)
	if len(pain) != 1 || pain[0].Symbol != "BTC" || !(pain[0].LongPrice < pain[0].Price && pain[0].Price < pain[0].ShortPrice) {
		t.Fatalf("max pain %+v: want longs below price and shorts above", pain)
	}
	key := strconv.FormatFloat(pain[0].LongPrice, 'f', -1, 64)
	if rows := coin.Data[key]; len(rows) != 1 || *rows[0][1] < pain[0].LongLevel {
		t.Errorf("longs hurt most at %s by %v, where the map has %v", key, pain[0].LongLevel, rows)
	}
}

// History adds up what venues published, the same by every path.
func TestGlassHistory(t *testing.T) {
	server, _ := combinedSite(t)
	var pair []struct {
		Time  int64
		Long  string `json:"long_liquidation_usd"`
		Short string `json:"short_liquidation_usd"`
	}
	glassGet(t, server, "history?exchange=Binance&symbol=BTCUSDT&interval=1h", &pair)
	var columns struct {
		Time  []int64
		Long  []float64 `json:"liquidated_long"`
		Short []float64 `json:"liquidated_short"`
	}
	get(t, server, "/api/v1/columns?venue=binance&symbol=BTCUSDT&level=3&from="+number(start)+"&to="+number(start+combinedRun), &columns)
	var published float64
	for i, at := range columns.Time {
		long, _ := strconv.ParseFloat(pair[i].Long, 64)
		short, _ := strconv.ParseFloat(pair[i].Short, 64)
		if pair[i].Time != at || math.Abs(long-columns.Long[i]) > 0.02 || math.Abs(short-columns.Short[i]) > 0.02 {
			t.Errorf("hour %d: %+v, want %v and %v", at, pair[i], columns.Long[i], columns.Short[i])
		}
		published += long + short
	}
	if published == 0 {
		t.Fatal("nothing was published: nothing is tested")
	}
	type row struct {
		Time  int64
		Long  float64 `json:"aggregated_long_liquidation_usd"`
		Short float64 `json:"aggregated_short_liquidation_usd"`
	}
	total := func(rows []row) (usd float64) {
		for _, r := range rows {
			usd += r.Long + r.Short
		}
		return usd
	}
	var all, some, one, limited []row
	glassGet(t, server, "aggregated-history?symbol=BTC&interval=1h", &all)
	glassGet(t, server, "aggregated-history?symbol=btc&interval=1h&exchange_list=Binance,dYdX,OKX", &some)
	glassGet(t, server, "aggregated-history?symbol=BTC&interval=1h&exchange_list=OKX", &one)
	glassGet(t, server, "aggregated-history?symbol=BTC&interval=5m&limit=3&exchange_list=Binance", &limited)
	if total(all) != total(some) || !(total(one) < total(all)) || len(limited) > 3 {
		t.Errorf("all %v, both %v, one %v; %d of 3 intervals", total(all), total(some), total(one), len(limited))
	}
	var exchanges []map[string]any
	glassGet(t, server, "exchange-list?range=4h&symbol=BTC", &exchanges)
	if len(exchanges) != 3 || exchanges[0]["exchange"] != "All" || exchanges[1]["exchange"] != "Binance" || math.Abs(exchanges[0]["liquidation_usd"].(float64)-total(all)) > 1 ||
		exchanges[0]["longLiquidation_usd"] != exchanges[0]["long_liquidation_usd"] {
		t.Errorf("exchanges %v, want %v in all", exchanges, total(all))
	}
	var coins []map[string]any
	glassGet(t, server, "coin-list?exchange=okx", &coins)
	if len(coins) != 1 || coins[0]["symbol"] != "BTC" || math.Abs(coins[0]["liquidation_usd_24h"].(float64)-total(one)) > 1 || coins[0]["liquidation_usd_1h"].(float64) > total(one) {
		t.Errorf("coins %v, want %v in a day", coins, total(one))
	}
}

// Orders are single liquidations, newest first; a long is closed by selling.
func TestGlassOrders(t *testing.T) {
	server, _, l := storedSite(t)
	var orders []glassOrder
	glassGet(t, server, "order?exchange=test&symbol=BTC", &orders)
	if len(orders) != 0 {
		t.Fatalf("%d orders where none was published", len(orders))
	}
	for _, told := range []market.Liquidation{
		{EventTime: start + market.Hour, Side: market.Long, Size: 2, AvgFillPrice: 60_000},
		{EventTime: start + 7*market.Hour, Side: market.Short, Size: .001, BankruptcyPrice: 61_000},
	} {
		set := market.EventSet{Liquidations: []market.Liquidation{told}}
		if _, err := l.Merge(context.Background(), listing.InstrumentID, told.EventTime.Floor(market.Day), &set); err != nil {
			t.Fatal(err)
		}
	}
	glassGet(t, server, "order?exchange=test&symbol=BTC", &orders)
	want := []glassOrder{
		{"test", "BTC", "BTC", 61_000, 61, 1, int64(start + 7*market.Hour)},
		{"test", "BTC", "BTC", 60_000, 120_000, 2, int64(start + market.Hour)},
	}
	if !slices.Equal(orders, want) {
		t.Errorf("orders %+v, want %+v", orders, want)
	}
	glassGet(t, server, "order?exchange=test&symbol=BTC&min_liquidation_amount=10000", &orders)
	if len(orders) != 1 || orders[0].Side != 2 {
		t.Errorf("orders of at least 10,000 USD: %+v", orders)
	}
	var history []any
	glassGet(t, server, "history?exchange=test&symbol=BTC&interval=1h", &history)
	if len(history) != 0 {
		t.Errorf("history %v: columns that nothing was published in do not say that nothing happened", history)
	}
}

func TestGlassMistakes(t *testing.T) {
	server, _ := combinedSite(t)
	for path, want := range map[string]int{
		"heatmap/model9?exchange=Binance&symbol=BTCUSDT":               404,
		"heatmap/model1?exchange=Binance&symbol=BTCUSDT&range=2w":      400,
		"heatmap/model1?symbol=BTCUSDT":                                400,
		"map?exchange=Binance&symbol=PEPEUSDT":                         404,
		"aggregated-map?symbol=PEPE":                                   404,
		"aggregated-map":                                               400,
		"history?exchange=Binance&symbol=BTCUSDT&interval=2h":          400,
		"history?exchange=Binance&symbol=BTCUSDT&limit=99999":          400,
		"history?exchange=Binance&symbol=BTCUSDT&start_time=abc":       400,
		"aggregated-history?symbol=BTC&exchange_list=dYdX&interval=1d": 404,
		"coin-list": 400,
		"whales":    404,
	} {
		res, err := http.Get(server.URL + glass + path)
		if err != nil {
			t.Fatal(err)
		}
		var envelope map[string]any
		err = json.NewDecoder(res.Body).Decode(&envelope)
		res.Body.Close()
		if err != nil || res.StatusCode != want || envelope["code"] != fmt.Sprint(want) || envelope["msg"] == "" || envelope["data"] != nil {
			t.Errorf("GET %s: %s, %v, %v, want code %d", path, res.Status, envelope, err, want)
		}
	}
}
