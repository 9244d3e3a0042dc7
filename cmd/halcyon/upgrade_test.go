package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"halcyon/heatmap"
	"halcyon/internal/sim/loopback"
	"halcyon/market"
)

// TestServeArchive: a live instrument that was drawn from candles is drawn from
// yesterday's trades as soon as the archive has them, and stays live.
func TestServeArchive(t *testing.T) {
	t.Parallel() // it waits for the end of a minute
	const past = 4 * time.Minute
	now := time.Now().UTC()
	yesterday := now.Truncate(24*time.Hour).AddDate(0, 0, -1)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(minuteByMinute("timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue,homeNotional,foreignNotional\n", yesterday, func(i int, at time.Time) string {
		return fmt.Sprintf("%d.5,BTCUSDT,%s,0.5,%d.1,PlusTick,%d,1,1,1\n", at.Unix(), []string{"Buy", "Sell"}[i%2], 95000+i%300, i)
	}))
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	files := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/trading/BTCUSDT/BTCUSDT"+yesterday.Format(time.DateOnly)+".csv.gz" {
			http.NotFound(w, r)
			return
		}
		w.Write(b.Bytes())
	}))
	defer files.Close()
	street, err := loopback.New(loopback.Options{Venues: []string{"bybit-linear"}, Coins: []string{"BTC"}, Past: past})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	street.Exchange("bybit-linear").Remember("BTCUSDT", pastOf(95_000, 2, market.UnixMilli(now.Add(-past).UnixMilli())))
	go street.Serve(l)
	ctx, cancel := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- street.Run(ctx) }()
	defer func() { cancel(); <-ran; street.Close() }()
	venue := "http://" + l.Addr().String() + "/bybit-linear"

	s := serving(t, "--lake", filepath.Join(t.TempDir(), "lake"), "--coins", "BTC", "--live", "bybit-linear", "--venue-url", "bybit-linear="+venue,
		"--backfill", "2", "--archive", "--archive-url", "bybit="+files.URL, "--archive-api-url", "bybit="+venue)
	start := yesterday.UnixMilli()
	columns := func() (bars, trades, newest int64) {
		var c flags
		s.get(fmt.Sprintf("/api/v1/columns?venue=bybit&symbol=BTCUSDT&level=0&from=%d&to=%d", start, start+int64(2*market.Day)), &c)
		for i, f := range c.Flags {
			switch {
			case c.Time[i] >= start+int64(market.Day):
			case heatmap.Flags(f)&heatmap.FlagBars != 0:
				bars++
			case c.Close[i] > 0:
				trades++
			}
			newest = max(newest, c.Time[i])
		}
		return bars, trades, newest
	}
	s.until("map of yesterday from trades", func() bool {
		var d drawn
		if s.get("/api/v1/instruments", &d); len(d.Instruments) == 0 {
			return false
		}
		bars, trades, _ := columns()
		return bars == 0 && trades > 1400
	})
	_, _, before := columns()
	s.until("live column behind it", func() bool {
		_, _, newest := columns()
		return newest > before
	})
	if v := s.venues()["bybit-linear"]; v.State != "live" || v.Instruments[0].Error != "" {
		t.Errorf("%+v", v)
	}
	if status := s.stop(); status != 0 {
		t.Errorf("status %d:\n%s", status, s.out)
	}
}
