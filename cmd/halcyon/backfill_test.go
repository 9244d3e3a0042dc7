package main

import (
	"context"
	"fmt"
	"math"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"halcyon/heatmap"
	"halcyon/internal/sim/loopback"
	"halcyon/market"
)

// pastOf is some days of a market that oscillates about a price, up to now: a
// candle a minute and open interest every five.
func pastOf(price market.Price, days int, now market.UnixMilli) *market.EventSet {
	var set market.EventSet
	at := func(t market.UnixMilli) market.Price {
		return price * market.Price(1+.02*math.Sin(float64(t)/float64(5*market.Hour)))
	}
	for t := (now - market.UnixMilli(days)*market.Day).Floor(market.Day); t < now.Floor(market.Minute); t += market.Minute {
		open, end := at(t), at(t+market.Minute)
		set.Add(market.Candle{OpenTime: t, CloseTime: t + market.Minute, Open: open, High: max(open, end) * 1.0005, Low: min(open, end) / 1.0005, Close: end, Volume: 3, TakerBuyVolume: 1.5})
		if t%(5*market.Minute) == 0 {
			set.Add(market.OpenInterest{EventTime: t, Contracts: 20_000 + market.Contracts(1000*math.Sin(float64(t)/float64(3*market.Hour)))})
		}
	}
	return &set
}

// TestServeColdStartHasAPast: against a venue with days of candles and open
// interest, the first live map has those days, flagged as drawn from bars, and
// levels stand in its first live column.
func TestServeColdStartHasAPast(t *testing.T) {
	t.Parallel() // it waits for the end of a minute
	const days, past = 3, 4 * time.Minute
	for _, c := range []struct{ feed, symbol string }{{"binance-usdm", "BTCUSDT"}, {"okx", "BTC-USDT-SWAP"}} {
		t.Run(c.feed, func(t *testing.T) {
			street, err := loopback.New(loopback.Options{Venues: []string{c.feed}, Coins: []string{"BTC"}, Past: past})
			if err != nil {
				t.Fatal(err)
			}
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			street.Exchange(c.feed).Remember(c.symbol, pastOf(95_000, days, market.UnixMilli(time.Now().Add(-past).UnixMilli())))
			go street.Serve(l)
			ctx, cancel := context.WithCancel(t.Context())
			ran := make(chan error, 1)
			go func() { ran <- street.Run(ctx) }()
			defer func() { cancel(); <-ran; street.Close() }()

			s := serving(t, "--lake", filepath.Join(t.TempDir(), "lake"), "--coins", "BTC", "--live", c.feed, "--venue-url", c.feed+"=http://"+l.Addr().String()+"/"+c.feed, "--backfill", fmt.Sprint(days))
			venue := strings.TrimSuffix(c.feed, "-usdm")
			var answer struct {
				Time  []int64
				Flags []int
				Norm  struct {
					Selections map[string]struct{ N []int64 }
				}
			}
			begin := time.Now().Add(-past).UnixMilli()
			s.until("map of the past and now", func() bool {
				var d drawn
				s.get("/api/v1/instruments", &d)
				return len(d.Instruments) == 1 && d.Instruments[0].To > begin+int64(2*market.Minute) && d.Instruments[0].From < begin-days*int64(market.Day)+int64(market.Hour)
			})
			s.get(fmt.Sprintf("/api/v1/columns?venue=%s&symbol=%s&level=0&from=%d&to=%d", venue, c.symbol, begin-int64(market.Hour), begin+int64(market.Day)), &answer)
			bars, live, standing := 0, 0, int64(0)
			for i, f := range answer.Flags {
				switch {
				case heatmap.Flags(f)&heatmap.FlagBars != 0:
					bars++
				case answer.Time[i] >= begin-int64(market.Minute):
					live++
					for _, sel := range answer.Norm.Selections {
						standing = max(standing, sel.N[i])
					}
				}
			}
			if bars < 50 || live == 0 || standing == 0 {
				t.Errorf("in the last hour %d columns from bars, %d live, %d levels in them; said\n%s", bars, live, standing, s.out)
			}
			if !strings.Contains(s.out.String(), "drawn coarsely since") {
				t.Errorf("said\n%s", s.out)
			}
		})
	}
}
