package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"halcyon/internal/lake"
	"halcyon/market"
)

// minuteByMinute writes a row for every minute of a day.
func minuteByMinute(header string, day time.Time, row func(i int, at time.Time) string) []byte {
	var b bytes.Buffer
	b.WriteString(header)
	for i := range 1440 {
		b.WriteString(row(i, day.Add(time.Duration(i)*time.Minute)))
	}
	return b.Bytes()
}

func zipped(t *testing.T, name string, text []byte) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// archives serves two days of Binance and Bybit, and Bybit's open interest.
func archives(t *testing.T) string {
	files := map[string][]byte{}
	for _, date := range []string{"2026-05-11", "2026-05-12"} {
		day, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		trades := minuteByMinute("agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker\n", day, func(i int, at time.Time) string {
			return fmt.Sprintf("%d,%d.5,0.25,%d,%d,%d,%v\n", at.Unix()/60, 95000+i%300, i, i, at.UnixMilli(), i%2 == 0)
		})
		metrics := "create_time,symbol,sum_open_interest,sum_open_interest_value\n"
		for i := range 288 {
			metrics += fmt.Sprintf("%s,BTCUSDT,%d,1\n", day.Add(time.Duration(i)*5*time.Minute).Format(time.DateTime), 80000+i*i%500)
		}
		for kind, text := range map[string][]byte{"aggTrades": trades, "metrics": []byte(metrics)} {
			name := "BTCUSDT-" + kind + "-" + date
			body := zipped(t, name+".csv", text)
			path := "/data/futures/um/daily/" + kind + "/BTCUSDT/" + name + ".zip"
			files[path], files[path+".CHECKSUM"] = body, fmt.Appendf(nil, "%x  %s.zip\n", sha256.Sum256(body), name)
		}
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, err = z.Write(minuteByMinute("timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue,homeNotional,foreignNotional\n", day, func(i int, at time.Time) string {
			return fmt.Sprintf("%d.%04d,BTCUSDT,%s,0.5,%d.1,PlusTick,%d,1,1,1\n", at.Unix(), i%9999, []string{"Buy", "Sell"}[i%2], 95000+i%300, i)
		}))
		if err == nil {
			err = z.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		files["/trading/BTCUSDT/BTCUSDT"+date+".csv.gz"] = b.Bytes()
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch text, ok := files[r.URL.Path]; {
		case ok:
			w.Header().Set("ETag", fmt.Sprintf("%q", fmt.Sprint(len(text))))
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text))
		case r.URL.Path == "/v5/market/instruments-info":
			fmt.Fprint(w, `{"retCode":0,"result":{"list":[{"symbol":"BTCUSDT","contractType":"LinearPerpetual","status":"Trading","baseCoin":"BTC","quoteCoin":"USDT","priceFilter":{"tickSize":"0.1"}}]}}`)
		case r.URL.Path == "/v5/market/open-interest":
			var list []string
			var from, to int64
			fmt.Sscan(r.FormValue("startTime"), &from)
			fmt.Sscan(r.FormValue("endTime"), &to)
			for at := from; at <= to; at += int64(5 * market.Minute) {
				list = append(list, fmt.Sprintf(`{"openInterest":"%d","timestamp":"%d"}`, 50000+at/1000%777, at))
			}
			fmt.Fprintf(w, `{"retCode":0,"result":{"list":[%s]}}`, strings.Join(list, ","))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestFetch: days of both archives come in and are drawn, and a second time
// nothing happens.
func TestFetch(t *testing.T) {
	url, dir := archives(t), filepath.Join(t.TempDir(), "lake")
	for _, venue := range []string{"binance", "bybit"} {
		for round, want := range []struct {
			statuses string
			drawn    bool
		}{{"not published fetched fetched", true}, {"not published known known", false}} {
			var stdout, stderr bytes.Buffer
			args := []string{"fetch", "--lake", dir, "--venue", venue, "--symbol", "BTCUSDT", "--from", "2026-05-11", "--to", "2026-05-13", "--url", url, "--api-url", url, "--json"}
			if status := run(t.Context(), args, &stdout, &stderr); status != 0 {
				t.Fatalf("%s: status %d: %s%s", venue, status, stderr.String(), stdout.String())
			}
			var reports []fetchReport
			if err := json.Unmarshal(stdout.Bytes(), &reports); err != nil || len(reports) != 1 {
				t.Fatalf("%v: %s", err, stdout.String())
			}
			var statuses []string
			for _, d := range reports[0].Days {
				statuses = append(statuses, string(d.Status))
			}
			if got := strings.Join(statuses, " "); got != want.statuses || reports[0].Drawn > 0 != want.drawn {
				t.Errorf("%s, round %d: %s, %d days drawn; want %s", venue, round, got, reports[0].Drawn, want.statuses)
			}
		}
		l, err := lake.Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		id := market.InstrumentID{Venue: market.Venue(venue), Symbol: "BTCUSDT"}
		day := market.UnixMilli(time.Date(2026, 5, 12, 0, 0, 0, 0, time.UTC).UnixMilli())
		set, err := l.Events(t.Context(), id, day)
		days, err2 := l.MapDays(t.Context(), id)
		if err != nil || err2 != nil || set.Trades.Len() != 1440 || len(set.OpenInterest) < 287 || len(days) != 2 {
			t.Errorf("%s: %d trades, %d observations, days %v; %v %v", venue, set.Trades.Len(), len(set.OpenInterest), days, err, err2)
		}
		l.Close()
	}
}

func TestFetchMistakes(t *testing.T) {
	for _, args := range [][]string{
		{"--venue", "okx", "--symbol", "X"}, {"--venue", "binance", "--symbol", "btc usdt"}, {"--venue", "binance", "--symbol", "BTCUSDT", "--from", "yesterday"},
		{"--venue", "binance", "--symbol", "BTCUSDT", "--from", "2026-05-02", "--to", "2026-05-01"}, {"--venue", "binance", "--symbol", "BTCUSDT", "--from", "2999-01-01"},
	} {
		var stdout, stderr bytes.Buffer
		if status := run(t.Context(), append([]string{"fetch", "--lake", t.TempDir(), "--url", "http://127.0.0.1:1"}, args...), &stdout, &stderr); status != exitUsage || !strings.Contains(stderr.String(), "want") {
			t.Errorf("%v: status %d: %s", args, status, stderr.String())
		}
	}
}
