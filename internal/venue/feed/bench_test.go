package feed

import (
	"testing"
	"time"

	"halcyon/internal/venue"
	"halcyon/market"
)

// repeat is a parser that finds the next trade in every frame.
type repeat struct{ id int64 }

func (p *repeat) Parse(_ []byte, recv market.UnixMilli, out *venue.Parsed) error {
	out.Reset()
	p.id++
	out.AddTick(venue.Tick{Symbol: []byte("BTC"), EventTime: recv, LastPrice: 50_000, Size: 1, FirstID: p.id, LastID: p.id})
	return nil
}

// BenchmarkSession measures what a frame costs behind the parser: finding its
// instrument, keeping order, batching, and handing on.
func BenchmarkSession(b *testing.B) {
	for _, numbered := range []bool{true, false} {
		b.Run(map[bool]string{true: "numbered", false: "unnumbered"}[numbered], func(b *testing.B) {
			f := New(Protocol{Name: "bench", Venue: "bench", Numbered: numbered,
				Connect:   func([]string) (string, [][]byte) { return "", nil },
				NewParser: func() venue.FrameParser { return &repeat{} }}, venue.FeedOptions{})
			trades := 0
			r := newRun(f, []market.InstrumentID{{Venue: "bench", Symbol: "BTC"}}, func(_ market.InstrumentID, _ market.UnixMilli, e market.Event) {
				trades += e.(*market.Trades).Len()
			})
			s := r.links[0].open()
			now := time.UnixMilli(1_780_000_000_000)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				s.Frame(now, nil)
				if i%1000 == 999 {
					now = now.Add(50 * time.Millisecond)
					r.symbols["BTC"].flush(milli(now), false)
				}
			}
			r.symbols["BTC"].flush(milli(now), true)
			if trades == 0 {
				b.Fatal("nothing was emitted")
			}
			b.ReportMetric(float64(trades)/b.Elapsed().Seconds(), "trades/s")
		})
	}
}
