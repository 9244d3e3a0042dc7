package engine

import (
	"bytes"
	"context"
	"encoding/gob"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"halcyon/heatmap"
	"halcyon/market"
)

var listing = market.Listing{
	Instrument: market.Instrument{
		InstrumentID: market.InstrumentID{Venue: "test", Symbol: "BTC"}, Coin: "BTC", Quote: "USD", ContractSize: 1, TickSize: 0.1,
	},
	Provenance: market.Simulated,
}

const start = 20_000*market.Day + 22*market.Hour

// memory keeps days as they were encoded when they were put.
type memory map[market.UnixMilli][]byte

func (m memory) PutMap(_ context.Context, _ market.InstrumentID, d *heatmap.Day) error {
	var buf bytes.Buffer
	if err := gob.NewEncoder(&buf).Encode(d); err != nil {
		return err
	}
	m[d.Start] = buf.Bytes()
	return nil
}

func (m memory) day(t testing.TB, start market.UnixMilli) *heatmap.Day {
	d := new(heatmap.Day)
	if err := gob.NewDecoder(bytes.NewReader(m[start])).Decode(d); err != nil {
		t.Fatal(err)
	}
	return d
}

// walkedMarket makes a random walk with open interest and mark, n trades about
// a second apart.
func walkedMarket(seed uint64, n int) *market.EventSet {
	r := rand.New(rand.NewPCG(seed, 1))
	set := &market.EventSet{}
	price, oi, at := 60_000.0, 30_000.0, market.UnixMilli(start)
	var nextOI, nextMark market.UnixMilli
	for range n {
		at += market.UnixMilli(r.IntN(5000))
		price *= math.Exp(r.NormFloat64() * 0.0002)
		p := market.Price(math.Round(price*10) / 10)
		set.Trades.Append(at, p, market.Contracts(float64(1+r.IntN(1000))/1000), market.TakerSide(r.IntN(2)))
		if at >= nextOI {
			oi *= math.Exp(r.NormFloat64() * 0.0005)
			set.OpenInterest = append(set.OpenInterest, market.OpenInterest{EventTime: at, Contracts: market.Contracts(oi)})
			nextOI = at + market.Minute
		}
		// The mark is silent now and then, so that last price has to stand in.
		if at >= nextMark && at/(10*market.Minute)%3 != 0 {
			set.MarkPrices = append(set.MarkPrices, market.MarkPrice{EventTime: at, MarkPrice: p * 1.0001})
			nextMark = at + 3*market.Second
		}
	}
	return set
}

func replay(t testing.TB, events []market.Event) memory {
	m := memory{}
	e, err := New(listing, Options{}, m)
	if err != nil {
		t.Fatal(err)
	}
	for _, ev := range events {
		if err := e.Apply(context.Background(), ev); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	return m
}

func equalMemories(a, b memory) bool {
	if len(a) != len(b) {
		return false
	}
	for at := range a {
		if !bytes.Equal(a[at], b[at]) {
			return false
		}
	}
	return true
}

// Fact 6: same input, same map, byte for byte, however trades are batched and
// wherever the engine was stopped and restored.
func TestDeterministicAcrossSplitsAndRestarts(t *testing.T) {
	set := walkedMarket(7, 5_000)
	whole := slices.Collect(set.Events())
	want := replay(t, whole)
	if len(want) < 2 {
		t.Fatalf("%d days, want the replay to cross midnight", len(want))
	}
	rapid.Check(t, func(rt *rapid.T) {
		var split []market.Event
		for _, ev := range whole {
			b, ok := ev.(*market.Trades)
			for ok && b.Len() > 1 {
				k := rapid.IntRange(1, b.Len()).Draw(rt, "batch")
				split = append(split, b.Slice(0, k))
				b = b.Slice(k, b.Len())
			}
			if !ok {
				split = append(split, ev)
			} else if b.Len() > 0 {
				split = append(split, b)
			}
		}
		m := memory{}
		e, err := New(listing, Options{}, m)
		if err != nil {
			rt.Fatal(err)
		}
		restart := rapid.IntRange(0, len(split)).Draw(rt, "restart")
		for i, ev := range split {
			if i == restart {
				saved, err := e.Checkpoint()
				if err != nil {
					rt.Fatal(err)
				}
				if e, err = New(listing, Options{}, m); err != nil {
					rt.Fatal(err)
				}
				if err := e.Restore(saved); err != nil {
					rt.Fatal(err)
				}
			}
			if err := e.Apply(context.Background(), ev); err != nil {
				rt.Fatal(err)
			}
		}
		if err := e.Flush(context.Background()); err != nil {
			rt.Fatal(err)
		}
		if !equalMemories(m, want) {
			rt.Fatal("the map differs")
		}
	})
}

// Fact 8: a live tick never recolours history: what is stored of closed
// columns is a prefix of what is stored later.
func TestClosedColumnsNeverChange(t *testing.T) {
	events := slices.Collect(walkedMarket(3, 6000).Events())
	day := market.UnixMilli(start).Floor(market.Day)
	early, late := replay(t, events[:len(events)/2]).day(t, day), replay(t, events).day(t, day)
	for level := range heatmap.Levels {
		a, b := early.Levels[level], late.Levels[level]
		if len(b.Columns) < len(a.Columns) || len(b.Deltas) < len(a.Deltas) {
			t.Fatalf("level %d shrank", level)
		}
		for i := range a.Deltas {
			if a.Deltas[i] != b.Deltas[i] {
				t.Fatalf("level %d: delta %d changed", level, i)
			}
		}
		for i := range a.Columns {
			if a.Columns[i].Scales[0] != b.Columns[i].Scales[0] || a.Columns[i].Close != b.Columns[i].Close {
				t.Fatalf("level %d: column %d changed", level, i)
			}
		}
	}
}

// Fact 9: a level's extent in time is real. One burst of volume opens levels
// in its own minute; a fall through one of them an hour later ends it there.
func TestLevelLivesFromOpeningToSweep(t *testing.T) {
	var set market.EventSet
	tick := func(at market.UnixMilli, p market.Price, q market.Contracts) {
		set.Trades.Append(at, p, q, market.TakerBuy)
		set.OpenInterest = append(set.OpenInterest, market.OpenInterest{EventTime: at + 1, Contracts: 1000})
	}
	for m := range market.UnixMilli(100) {
		q, p := market.Contracts(0.001), market.Price(60_000)
		if m == 20 {
			q = 500
		}
		if m >= 80 {
			p = 57_000
		}
		tick(start+m*market.Minute, p, q)
	}
	d := replay(t, slices.Collect(set.Events())).day(t, market.UnixMilli(start).Floor(market.Day))
	bin := market.BinOf(57_500)
	stands := map[market.BucketIndex]float64{}
	w := heatmap.Window{To: 1 << 40, Lo: bin, Hi: market.BinOf(59_500)}
	if err := heatmap.Walk([]*heatmap.Tracks{d.Tracks(0)}, w, func(c *heatmap.Column, s *heatmap.State) bool {
		for b := w.Lo; b < w.Hi; b++ {
			for p := range heatmap.Plane(d.Planes) / market.Sides { // longs
				stands[c.Bucket-market.UnixMilli(start).Bucket(market.Minute)] += s.All(p, b)
			}
		}
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if stands[19] > stands[20]/100 || stands[20] == 0 || stands[79] < stands[20]/2 || stands[80] != 0 || stands[95] != 0 {
		t.Errorf("standing by minute: 19: %v, 20: %v, 79: %v, 80: %v, 95: %v", stands[19], stands[20], stands[79], stands[80], stands[95])
	}
}

func TestGapIsFlaggedAndSurvived(t *testing.T) {
	set := walkedMarket(5, 600)
	set.Gaps = []market.Gap{{From: start + 4*market.Minute, To: start + 6*market.Minute, Reason: "test"}}
	var kept market.EventSet
	for i, at := range set.Trades.EventTime {
		if at < set.Gaps[0].From || at >= set.Gaps[0].To {
			kept.Trades.Append(at, set.Trades.LastPrice[i], set.Trades.Size[i], set.Trades.Taker[i])
		}
	}
	kept.Gaps = set.Gaps
	d := replay(t, slices.Collect(kept.Events())).day(t, market.UnixMilli(start).Floor(market.Day))
	for _, c := range d.Levels[0].Columns {
		at := c.Bucket.Start(market.Minute)
		inside := at >= set.Gaps[0].From && at < set.Gaps[0].To
		if flagged := c.Flags&heatmap.FlagGap != 0; flagged != inside {
			t.Errorf("column at %v: gap flag %v", at, flagged)
		}
	}
}

// A lapse flags the columns that it lies in, over a checkpoint too, and changes
// nothing else; one that comes late flags no column behind it.
func TestLapseIsFlagged(t *testing.T) {
	plain := walkedMarket(5, 600)
	day := market.UnixMilli(start).Floor(market.Day)
	want := replay(t, slices.Collect(plain.Events())).day(t, day)
	set := walkedMarket(5, 600)
	set.Lapses = []market.Lapse{
		{From: start + 4*market.Minute + 7, To: start + 6*market.Minute, Stream: market.StreamLiquidations},
		{From: start + 5*market.Minute, To: start + 5*market.Minute + 1, Stream: market.StreamOpenInterest},
	}
	events := slices.Collect(set.Events())
	flags := map[market.UnixMilli]heatmap.Flags{4: heatmap.FlagNoLiquidations, 5: heatmap.FlagNoLiquidations | heatmap.FlagOldOpenInterest}
	for split := range len(events) {
		if _, ok := events[split].(market.Lapse); !ok && split > 0 {
			continue
		}
		kept := memory{}
		e, err := New(listing, Options{}, kept)
		if err != nil {
			t.Fatal(err)
		}
		for i, ev := range events {
			if i == split+1 {
				saved, err := e.Checkpoint()
				if err != nil {
					t.Fatal(err)
				}
				if e, err = New(listing, Options{}, kept); err != nil {
					t.Fatal(err)
				}
				if err := e.Restore(saved); err != nil {
					t.Fatal(err)
				}
			}
			if err := e.Apply(t.Context(), ev); err != nil {
				t.Fatal(err)
			}
		}
		late := market.Lapse{From: start, To: start + market.Minute, Stream: market.StreamLiquidations}
		if err := e.Apply(t.Context(), late); err != nil {
			t.Fatal(err)
		}
		if err := e.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i, c := range kept.day(t, day).Levels[0].Columns {
			own := want.Levels[0].Columns[i]
			own.Flags |= flags[(c.Bucket.Start(market.Minute)-start)/market.Minute]
			if !reflect.DeepEqual(c, own) {
				t.Fatalf("split at %d, column %d: %+v, want %+v", split, i, c, own)
			}
		}
	}
}

// Late trades are counted and never change a closed column.
func TestLateTradeIsBookedIntoTheOpenColumn(t *testing.T) {
	e, err := New(listing, Options{}, memory{})
	if err != nil {
		t.Fatal(err)
	}
	var b market.Trades
	b.Append(start, 60_000, 1, market.TakerBuy)
	b.Append(start+5*market.Minute, 60_010, 1, market.TakerBuy)
	b.Append(start+1, 60_000, 1, market.TakerSell)
	if err := e.Apply(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	if e.Late() != 1 || e.Until() != start+5*market.Minute {
		t.Errorf("late %d, until %v", e.Late(), e.Until())
	}
}

// A column tells the candle and the volume of its trades, by side, whatever
// bins price went through.
func TestColumnsTellWhatTraded(t *testing.T) {
	set := walkedMarket(3, 20_000)
	m := replay(t, slices.Collect(set.Events()))
	tr, columns := &set.Trades, m.day(t, market.UnixMilli(start).Floor(market.Day)+market.Day).Levels[0].Columns
	if len(columns) < 500 {
		t.Fatalf("%d columns to compare", len(columns))
	}
	for i, c := range columns {
		from := c.Bucket.Start(heatmap.BaseBucket)
		var want heatmap.Column
		for k, at := range tr.EventTime {
			if at.Floor(heatmap.BaseBucket) != from {
				continue
			}
			p := tr.LastPrice[k]
			if want.Open == 0 {
				want.Open, want.High, want.Low = p, p, p
			}
			want.High, want.Low, want.Close = max(want.High, p), min(want.Low, p), p
			want.Volume += tr.Size[k]
			if tr.Taker[k] == market.TakerBuy {
				want.TakerBuy += tr.Size[k]
			}
		}
		if c.Open != want.Open || c.High != want.High || c.Low != want.Low || c.Close != want.Close {
			t.Fatalf("column %d: %v %v %v %v, want %v %v %v %v", i, c.Open, c.High, c.Low, c.Close, want.Open, want.High, want.Low, want.Close)
		}
		if off := math.Abs(float64(c.Volume-want.Volume)) + math.Abs(float64(c.TakerBuy-want.TakerBuy)); off > 1e-9*float64(want.Volume) {
			t.Fatalf("column %d: volume %v, bought %v, want %v, %v", i, c.Volume, c.TakerBuy, want.Volume, want.TakerBuy)
		}
	}
}

// A liquidation that is published without a price is valued at the last one,
// which may have traded in an earlier column.
func TestLiquidationWithoutPriceIsValuedAtTheLast(t *testing.T) {
	var b market.Trades
	b.Append(start, 60_000, 1, market.TakerBuy)
	m := replay(t, []market.Event{
		&b,
		market.Liquidation{EventTime: start + heatmap.BaseBucket, Side: market.Long, Size: 2},
		market.OpenInterest{EventTime: start + 2*heatmap.BaseBucket, Contracts: 10},
	})
	if got := m.day(t, market.UnixMilli(start).Floor(market.Day)).Levels[0].Columns[1].Liquidated[market.Long]; got != 120_000 {
		t.Errorf("valued at %v, want 120000", got)
	}
}

func TestBinnerIsBinOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b binner
		p := rapid.Float64Range(1e-6, 1e6).Draw(t, "price")
		for range 50 {
			p *= math.Exp(rapid.Float64Range(-0.002, 0.002).Draw(t, "move"))
			if got, want := b.find(market.Price(p)), market.BinOf(market.Price(p)); got != want {
				t.Fatalf("bin of %v: %d, want %d", p, got, want)
			}
		}
	})
}

type discard struct{}

func (discard) PutMap(context.Context, market.InstrumentID, *heatmap.Day) error { return nil }

// BenchmarkReplay measures model and map from trades in memory: three days of
// 2 M trades each, with open interest every minute.
func BenchmarkReplay(b *testing.B) {
	const n, days = 2_000_000, 3
	r := rand.New(rand.NewPCG(1, 2))
	set := &market.EventSet{}
	price := 95_000.0
	day := 20_000 * market.Day
	for i := range days * n {
		if r.IntN(4) == 0 {
			price *= math.Exp(r.NormFloat64() * 0.00003)
		}
		at := day + market.UnixMilli(i)*market.Day/n
		set.Trades.Append(at, market.Price(math.Round(price*10)/10), market.Contracts(float64(1+r.IntN(1000))/1000), market.TakerSide(r.IntN(2)))
	}
	for m := range market.UnixMilli(days * 1440) {
		set.OpenInterest = append(set.OpenInterest, market.OpenInterest{EventTime: day + m*market.Minute, Contracts: market.Contracts(90_000 + r.Float64()*100)})
	}
	events := slices.Collect(set.Events())
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		e, err := New(listing, Options{}, discard{})
		if err != nil {
			b.Fatal(err)
		}
		for _, ev := range events {
			if err := e.Apply(context.Background(), ev); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(days*n)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mtrades/s")
}
