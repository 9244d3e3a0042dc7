package binance

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"halcyon/internal/venue"
	"halcyon/market"
)

const metricsHeader = "create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio," +
	"sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio\n"

// metricsText writes rows "date time oi" as a metrics file.
func metricsText(rows ...string) string {
	s := metricsHeader
	for _, r := range rows {
		f := strings.Fields(r)
		s += f[0] + " " + f[1] + ",BTCUSDT," + f[2] + ",1,,,,\n"
	}
	return s
}

func clockTimes(set *market.EventSet) string {
	var s []string
	for _, e := range set.OpenInterest {
		s = append(s, e.EventTime.Time().Format("02 15:04"))
	}
	return strings.Join(s, ", ")
}

func TestMetricsCreateTimeMeansTheEndBefore20260625AndTheStartAfter(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{metricsText("2026-06-23 00:05:00 1", "2026-06-24 00:00:00 2"), "23 00:05, 24 00:00"},
		// The last file of the old kind ends with the label at which the new begins.
		{metricsText("2026-06-24 23:55:00 1", "2026-06-25 00:00:00 2"), "24 23:55, 25 00:00"},
		{metricsText("2026-06-25 00:00:00 1", "2026-06-25 00:05:00 2"), "25 00:05, 25 00:10"},
	} {
		set, _ := mustRead(t, "BTCUSDT-metrics-x.csv", c.text, "binance-metrics", venue.Options{})
		if got := clockTimes(set); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestMetricsZeroOpenInterestIsNoObservation(t *testing.T) {
	set, r := mustRead(t, "BTCUSDT-metrics-x.csv", metricsText("2026-05-11 00:05:00 85000.5", "2026-05-11 00:10:00 0.000", "2026-05-11 00:15:00 85001"),
		"binance-metrics", venue.Options{})
	if len(set.OpenInterest) != 2 || r.Counts().ZeroOpenInterest != 1 || set.OpenInterest[0].Contracts != 85000.5 {
		t.Errorf("got %v, counts %+v", set.OpenInterest, r.Counts())
	}
}

func TestMetricsDuplicateMidnightIsOneObservation(t *testing.T) {
	first, _ := mustRead(t, "a-metrics.csv", metricsText("2026-05-11 23:55:00 1", "2026-05-12 00:00:00 2", "2026-05-12 00:00:00 2"), "binance-metrics", venue.Options{})
	if len(first.OpenInterest) != 2 {
		t.Errorf("within a file: %v", first.OpenInterest)
	}
	second, _ := mustRead(t, "b-metrics.csv", metricsText("2026-05-12 00:00:00 2", "2026-05-12 00:05:00 3"), "binance-metrics", venue.Options{})
	first.Merge(second)
	if got := clockTimes(first); got != "11 23:55, 12 00:00, 12 00:05" {
		t.Errorf("across files: %s", got)
	}
}

func TestMetricsHalfDayIsAGap(t *testing.T) {
	text := metricsText("2026-05-11 00:05:00 1", "2026-05-11 00:10:00 1", "2026-05-11 12:10:00 2", "2026-05-11 12:15:00 2")
	for _, ordered := range []bool{false, true} {
		set, _ := mustRead(t, "BTCUSDT-metrics-x.csv", text, "binance-metrics", venue.Options{Ordered: ordered})
		if len(set.Gaps) != 1 || set.Gaps[0].To-set.Gaps[0].From != 12*market.Hour-1 || set.Gaps[0].Reason != "open interest missing" {
			t.Errorf("ordered %v: gaps %v", ordered, set.Gaps)
		}
	}
}

func TestMetricsFaults(t *testing.T) {
	name := "BTCUSDT-metrics-x.csv"
	wantFault(t, name, metricsText("2026-05-11 25:05:00 1"), "binance-metrics", venue.Options{},
		name+` row 2: create_time "2026-05-11 25:05:00": want a UTC time such as 2026-06-24 00:05:00, from 2009 to 2100`)
	wantFault(t, name, metricsText("2026-05-11 00:05:00 1")+"2026-05-11 00:10:00,ETHUSDT,1,1,,,,\n", "binance-metrics", venue.Options{},
		name+` row 3: symbol "ETHUSDT": want BTCUSDT, as in the rows before or as asked for: one file holds one instrument`)
	wantFault(t, name, "create_time,symbol,oi\n", "binance-metrics", venue.Options{},
		name+` row 1: header "create_time,symbol,oi": want the columns create_time,symbol,sum_open_interest`)
	wantFault(t, name, metricsText("2026-05-11 00:05:00 -1"), "binance-metrics", venue.Options{},
		name+` row 2: sum_open_interest "-1": want a number >= 0, at most 1e15`)
}

const visionKlines = "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n" +
	"1778457600000,100,110,90,105,7,1778457899999,700,9,3,300,0\n1778457900000,105,106,95,96,5,1778458199999,500,8,1,100,0\n"

func TestKlinesWithAndWithoutHeader(t *testing.T) {
	for _, text := range []string{visionKlines, strings.SplitAfterN(visionKlines, "\n", 2)[1]} {
		set, _ := mustRead(t, "BTCUSDT-5m-2026-05-11.csv", text, "binance-klines", venue.Options{})
		want := market.Candle{OpenTime: 1778457600000, CloseTime: 1778457900000, Open: 100, High: 110, Low: 90, Close: 105, Volume: 7, TakerBuyVolume: 3}
		if len(set.Candles) != 2 || set.Candles[0] != want || len(set.Gaps) != 0 {
			t.Errorf("got %+v, gaps %v", set.Candles, set.Gaps)
		}
	}
}

func TestKlinesOfSixColumnsTellTheirWidthByTheirSteps(t *testing.T) {
	text := "date,open,high,low,close,volume\n1778457600000,100,110,90,105,7\n1778457900000,105,106,95,96,5\n1778458500000,96,97,95,96,5\n"
	set, r := mustRead(t, "SOLUSDT.csv", text, "binance-klines", venue.Options{})
	if len(set.Candles) != 3 || set.Candles[2].CloseTime != 1778458800000 || set.Candles[2].TakerBuyVolume != -1 {
		t.Errorf("got %+v", set.Candles)
	}
	if want := []market.Gap{{From: 1778458200000, To: 1778458500000, Reason: "candles missing"}}; fmt.Sprint(set.Gaps) != fmt.Sprint(want) {
		t.Errorf("gaps %v, want %v", set.Gaps, want)
	}
	if l := r.Listing(); l.Coin != "SOL" {
		t.Errorf("listing %+v", l)
	}
}

func TestMarkKlinesGiveTheMarkAtTheClose(t *testing.T) {
	text := strings.NewReplacer(",7,", ",0,", ",5,", ",0,").Replace(visionKlines)
	file := venue.File{Path: "BTCUSDT-5m-2026-05-11.csv", Name: "BTCUSDT-5m-2026-05-11.csv", Head: []byte(text)}
	if detectMarkKlines(file) == venue.No || detectKlines(file) != venue.No {
		t.Error("klines without any volume are not taken for those of the mark price")
	}
	set, _ := mustRead(t, file.Name, text, "binance-mark-klines", venue.Options{})
	if want := (market.MarkPrice{EventTime: 1778457899999, MarkPrice: 105}); len(set.MarkPrices) != 2 || set.MarkPrices[0] != want {
		t.Errorf("got %+v, want first %+v", set.MarkPrices, want)
	}
}

func TestKlineFaults(t *testing.T) {
	name := "BTCUSDT.csv"
	wantFault(t, name, "date,open,high,low,close,volume\n1778457600000,100,99,90,95,7\n1778457900000,100,101,90,95,7\n", "binance-klines", venue.Options{},
		name+` row 2: high "99": want a high not below open, low and close`)
	wantFault(t, name, "date,open,high,low,close,volume\n1778457600000,100,101,90,95,7\n", "binance-klines", venue.Options{},
		name+` row 2: open_time "1778457600000": want two rows, or a word such as 5m in the file's name or folder, to tell how long a candle is`)
}

func TestForceOrderSellClosesALong(t *testing.T) {
	text := "T_trade_ms,E_event_ms,s,S,o,f,q,p_bankruptcy,ap_avg,X,l,z\n" +
		"1733330785584,1733330785587,BTCUSDT,SELL,LIMIT,IOC,0.013,94434.91,94809.6,FILLED,0.002,0.013\n" +
		"1733508711063,1733508711066,BTCUSDT,BUY,LIMIT,IOC,0.004,102044.07,101641.1,FILLED,0.002,0.004\n"
	set, _ := mustRead(t, "orders.csv", text, "binance-forceorders", venue.Options{})
	want := []market.Liquidation{
		{EventTime: 1733330785584, Side: market.Long, Size: 0.013, AvgFillPrice: 94809.6, BankruptcyPrice: 94434.91},
		{EventTime: 1733508711063, Side: market.Short, Size: 0.004, AvgFillPrice: 101641.1, BankruptcyPrice: 102044.07},
	}
	if fmt.Sprint(set.Liquidations) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", set.Liquidations, want)
	}
}

func TestPlainTables(t *testing.T) {
	set, _ := mustRead(t, "ARBUSDT.csv", "t,oi,oi_usd\n1764547500000,120986282.3,25433125.2\n1764547800000,0,1\n", "binance-open-interest", venue.Options{})
	if want := (market.OpenInterest{EventTime: 1764547500000, Contracts: 120986282.3}); len(set.OpenInterest) != 1 || set.OpenInterest[0] != want {
		t.Errorf("open interest: got %v, want %v in coins", set.OpenInterest, want)
	}
	set, _ = mustRead(t, "ARBUSDT.csv", "ts,rate\n1764576000004,-0.0000345912\n", "binance-funding", venue.Options{})
	if want := (market.FundingRate{EventTime: 1764576000004, Rate: -0.0000345912}); len(set.FundingRates) != 1 || set.FundingRates[0] != want {
		t.Errorf("funding: got %v, want %v", set.FundingRates, want)
	}
	set, _ = mustRead(t, "x.csv", "timestamp,symbol,price,quantity,is_buyer_maker\n1778518167413,BTCUSDT,81685.5,0.026,True\n1778518167413,BTCUSDT,81685.5,0,True\n",
		"binance-trades", venue.Options{})
	if set.Trades.Len() != 1 || set.Trades.Taker[0] != market.TakerSell || set.Trades.LastPrice[0] != 81685.5 {
		t.Errorf("trades: got %v", set.Trades)
	}
}

func TestMarginTiersAreDated(t *testing.T) {
	at := func(date string) market.UnixMilli {
		d, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		return market.UnixMilli(d.UnixMilli())
	}
	if _, _, ok := MarginTiers("BTCUSDT", at("2023-10-29")); ok {
		t.Error("tiers before the first table")
	}
	for _, c := range []struct {
		symbol, date string
		lever        market.Leverage
		cum          market.Notional // the venue's own figure for the last bracket
	}{
		{"BTCUSDT", "2023-10-30", 125, 103046300}, {"BTCUSDT", "2025-01-16", 125, 421481450}, {"BTCUSDT", "2026-05-11", 150, 421482000},
		{"SOLUSDT", "2025-12-05", 100, 66731475}, {"WIFUSDT", "2026-01-01", 75, 4868600}, {"ARBUSDT", "2024-01-01", 50, 3775770},
	} {
		tiers, from, ok := MarginTiers(c.symbol, at(c.date))
		if !ok || from > at(c.date) || from == 0 || tiers[0].MaxLeverage != c.lever || math.Abs(float64(tiers[len(tiers)-1].MaintenanceAmount-c.cum)) > 1 {
			t.Errorf("%s at %s: %v from %s", c.symbol, c.date, tiers, from)
		}
	}
	for symbol, tables := range tierTables {
		for _, table := range tables {
			if _, _, ok := MarginTiers(symbol, at(table.from)); !ok {
				t.Errorf("%s: no tiers at %s", symbol, table.from)
			}
		}
	}
}

// FuzzFormats checks that no text crashes a reader, and that what is read
// keeps the rules that events have.
func FuzzFormats(f *testing.F) {
	f.Add([]byte(metricsText("2026-05-11 00:05:00 1", "2026-06-25 00:00:00 0")))
	f.Add([]byte(visionKlines))
	f.Add([]byte("date,open,high,low,close,volume\n1778457600000,100,110,90,105,0\n1778457900000,105,106,95,96,0\n"))
	f.Add([]byte("t,oi,oi_usd\n1764547500000,120986282.3,25433125.2\n"))
	f.Add([]byte("ts,rate\n1764576000004,-0.0000345912\n"))
	f.Add([]byte("timestamp,symbol,price,quantity,is_buyer_maker\n1778518167413,BTCUSDT,81685.5,0.026,True\n"))
	f.Add([]byte("T_trade_ms,s,S,p_bankruptcy,ap_avg,z\n1733330785584,BTCUSDT,SELL,94434.91,94809.6,0.013\n"))
	f.Add([]byte(agg(true, "1 95000 1 1778518167413 true", "5000 95000 0 1778518167413 true", "2 95000 1 1778518160000 true")))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, format := range Formats() {
			format.Detect(venue.File{Path: aggName, Name: aggName, Head: text})
			for _, ordered := range []bool{false, true} {
				set, _, _ := readAll(aggName, string(text), format.Name, venue.Options{Ordered: ordered})
				checkEvents(t, set)
			}
		}
	})
}

func checkEvents(t *testing.T, set *market.EventSet) {
	for i := range set.Trades.Len() {
		if !market.ValidPrice(set.Trades.LastPrice[i]) || !(set.Trades.Size[i] > 0) {
			t.Fatalf("trade of %v at %v", set.Trades.Size[i], set.Trades.LastPrice[i])
		}
	}
	for _, g := range set.Gaps {
		if g.From >= g.To {
			t.Fatalf("gap %+v", g)
		}
	}
	for _, c := range set.Candles {
		if c.OpenTime >= c.CloseTime || c.Low > c.High || !market.ValidPrice(c.Low) {
			t.Fatalf("candle %+v", c)
		}
	}
	for _, o := range set.OpenInterest {
		if !(o.Contracts > 0) {
			t.Fatalf("open interest %+v", o)
		}
	}
}
