package exchange_test

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"halcyon/internal/sim/exchange"
	"halcyon/internal/venue"
	"halcyon/internal/venue/binance"
	"halcyon/market"
)

// BenchmarkLoopback measures trades from Publish to Emit over TCP: written as
// frames, sent, read, parsed, put in order and batched. Exchange and feed share
// the machine's cores.
func BenchmarkLoopback(b *testing.B) {
	x, err := exchange.New("binance-usdm", []exchange.Instrument{{Symbol: "BTCUSDT", Coin: "BTC"}})
	if err != nil {
		b.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go x.Serve(l)
	defer x.Close()
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	feed := binance.NewUSDM(venue.FeedOptions{HTTP: client}.At("http://" + l.Addr().String()))
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	var arrived atomic.Int64
	go feed.Run(ctx, []market.InstrumentID{{Venue: "binance", Symbol: "BTCUSDT"}}, func(_ market.InstrumentID, _ market.UnixMilli, e market.Event) {
		if t, ok := e.(*market.Trades); ok {
			arrived.Add(int64(t.Len()))
		}
	})
	for feed.State().Counts.Connects == 0 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond)
	var batch market.Trades
	for i := range 100 {
		batch.Append(x.Now(), market.Price(50_000+i), .5, market.TakerBuy)
	}
	b.ReportAllocs()
	sent := int64(0)
	for b.Loop() {
		x.Publish("BTCUSDT", &batch)
		sent += 100
		for sent-arrived.Load() > 20_000 {
			time.Sleep(time.Millisecond)
		}
	}
	for arrived.Load() < sent {
		if s := feed.State(); s.Counts.Disconnects > 0 {
			b.Fatalf("%+v", s)
		}
		time.Sleep(time.Millisecond)
	}
	b.ReportMetric(float64(sent)/b.Elapsed().Seconds(), "trades/s")
}
