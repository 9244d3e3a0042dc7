package main

import (
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"halcyon/engine"
	"halcyon/internal/lake"
	"halcyon/internal/sim/exchange"
	"halcyon/internal/venue"
	"halcyon/internal/venue/binance"
	"halcyon/market"
)

const (
	liveTrades   = 500_000
	livePatience = time.Minute
)

// live measures trades from raw Binance frames to the model. The frames are
// made before, so that the processor time is that of a loopback websocket,
// decoding, ordering, batching and the model.
func live(ctx context.Context, r *report, dir string, _ int) error {
	store, err := lake.Open(ctx, filepath.Join(dir, "live"))
	if err != nil {
		return err
	}
	defer store.Close()
	rest, err := exchange.New("binance-usdm", []exchange.Instrument{{Symbol: "BTCUSDT", Coin: "BTC"}})
	if err != nil {
		return err
	}
	defer rest.Close()
	begun := make(chan float64, 1)
	server := httptest.NewServer(street{rest, aggTradeFrames(liveTrades), begun})
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	feed := binance.NewUSDM(venue.FeedOptions{HTTP: client}.At(server.URL))
	listings, err := feed.Instruments(ctx)
	if err != nil {
		return err
	}
	e, err := engine.New(listings[0], shipped(), store)
	if err != nil {
		return err
	}
	var applied atomic.Int64
	var fault atomic.Pointer[error]
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		ended <- feed.Run(running, []market.InstrumentID{listings[0].InstrumentID}, func(_ market.InstrumentID, _ market.UnixMilli, ev market.Event) {
			if t, ok := ev.(*market.Trades); ok {
				if err := e.Apply(ctx, t); err != nil {
					fault.Store(&err)
				}
				applied.Add(int64(t.Len()))
			}
		})
	}()
	for deadline := time.Now().Add(livePatience); applied.Load() < liveTrades && fault.Load() == nil && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	spent := processorTime()
	stop()
	if err := <-ended; err != nil {
		return err
	}
	if err := fault.Load(); err != nil {
		return *err
	}
	if n := applied.Load(); n != liveTrades {
		return fmt.Errorf("%d of %d trades arrived: %+v", n, liveTrades, feed.State())
	}
	r.add("live: raw Binance frames to model, 1 core", liveTrades/(spent-<-begun)/1e3, "k trades/s", "at least 300")
	return nil
}

// street answers a venue's requests over REST, and sends frames to the first
// who opens a websocket, as fast as they are taken.
type street struct {
	rest   http.Handler
	frames []byte
	// begun takes the processor time when the first frame was sent.
	begun chan float64
}

func (s street) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("Sec-WebSocket-Key")
	if key == "" {
		s.rest.ServeHTTP(w, r)
		return
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer conn.Close()
	// Source: RFC 6455, section 4.2.2.
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	_, err = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "+
		base64.StdEncoding.EncodeToString(sum[:])+"\r\n\r\n")
	if err != nil {
		return
	}
	select {
	case s.begun <- processorTime():
	default:
		return // once is enough
	}
	if _, err := conn.Write(s.frames); err != nil {
		return
	}
	_, _ = io.Copy(io.Discard, conn) // until the client leaves
}

// aggTradeFrames makes n trades of a wandering price as a server's websocket frames.
func aggTradeFrames(n int) (frames []byte) {
	random, price, at := rand.New(rand.NewPCG(1, 1)), 95_000.0, time.Now().UnixMilli()
	for i := range n {
		price *= 1 + 2e-5*random.NormFloat64()
		now, maker := strconv.FormatInt(at+int64(i/100), 10), strconv.FormatBool(random.IntN(2) == 0)
		text := strings.Join([]string{`{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":`, now, `,"a":`, strconv.Itoa(i + 1),
			`,"s":"BTCUSDT","p":"`, strconv.FormatFloat(price, 'f', 1, 64), `","q":"`, strconv.FormatFloat(float64(1+random.IntN(500))/1000, 'f', 3, 64),
			`","f":`, strconv.Itoa(i + 1), `,"l":`, strconv.Itoa(i + 1), `,"T":`, now, `,"m":`, maker, `}}`}, "")
		frames = append(frames, 0x81, 126) // a whole text frame, its length in 16 bits
		frames = binary.BigEndian.AppendUint16(frames, uint16(len(text)))
		frames = append(frames, text...)
	}
	return frames
}
