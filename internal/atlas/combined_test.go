package atlas_test

import (
	"context"
	"math"
	"slices"
	"sync"
	"testing"

	"halcyon/engine"
	"halcyon/heatmap"
	"halcyon/internal/atlas"
	"halcyon/internal/lake"
	"halcyon/internal/sim"
	"halcyon/liqmodel"
	"halcyon/market"
)

// start is two hours before a midnight.
const start market.UnixMilli = 20_000*market.Day - 2*market.Hour

// venue is one venue of the test's market.
type venue struct {
	sim.Mirror
	// until is when its feed ends.
	until market.UnixMilli
}

func instrument(v market.Venue, symbol string, s market.Settlement, size float64) market.Instrument {
	return market.Instrument{InstrumentID: market.InstrumentID{Venue: v, Symbol: symbol}, Coin: "BTC", Quote: "USD", Settlement: s, ContractSize: size, TickSize: .1}
}

// run is how long the test's market runs.
const run = 4 * market.Hour

func venues() []venue {
	return []venue{
		{sim.Mirror{Instrument: instrument("binance", "BTCUSDT", market.Linear, 1)}, start + run},
		{sim.Mirror{Instrument: instrument("binance", "BTCUSD_PERP", market.Inverse, 100), Premium: .0004, Share: .3}, start + run},
		{sim.Mirror{Instrument: instrument("okx", "BTC-USDT-SWAP", market.Linear, .01), Premium: -.0003, Swing: .0002, Share: .7}, start + run},
		// This one ends early.
		{sim.Mirror{Instrument: instrument("hyperliquid", "BTC", market.Linear, 1), Premium: .0002, Share: .2}, start + 3*market.Hour + 90*market.Second},
	}
}

// events are of the market that all venues mirror.
var events = sync.OnceValue(func() []market.Event {
	m, err := sim.New(sim.Options{Symbol: "BTC", Seed: 5, Start: start, Traders: 500, WarmUp: market.Hour, TradesPerSecond: 1})
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return slices.Collect(m.Run(start + run))
})

// lag is by how much each venue is behind the one before it.
const lag = 25 * market.Second

// fill draws the venues' maps of the events before an instant into a new lake.
func fill(t *testing.T, before market.UnixMilli) *lake.Lake {
	t.Helper()
	ctx := context.Background()
	l, err := lake.Open(ctx, "mem://")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	for i, v := range venues() {
		// Not all venues have come equally far.
		before := before - market.UnixMilli(i)*lag
		listing := market.Listing{Instrument: v.Instrument, Provenance: market.Simulated}
		if err := l.PutListing(ctx, listing); err != nil {
			t.Fatal(err)
		}
		e, err := engine.New(listing, engine.Options{}, l)
		if err != nil {
			t.Fatal(err)
		}
		var mark market.Price
		for _, ev := range events() {
			if ev.Time() >= min(before, v.until) {
				break
			}
			if err := e.Apply(ctx, v.Event(ev, mark)); err != nil {
				t.Fatal(err)
			}
			if m, ok := ev.(market.MarkPrice); ok {
				mark = m.MarkPrice
			}
		}
		if err := e.Flush(ctx); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func open(t *testing.T, before market.UnixMilli) *atlas.Atlas {
	t.Helper()
	return atlas.New(fill(t, before), liqmodel.DefaultParams().Groups)
}

// cell is a place on the map.
type cell struct {
	bucket market.BucketIndex
	plane  heatmap.Plane
	bin    market.BinIndex
}

// amounts are all and fresh of a cell.
type amounts [2]float64

// sampled thins out the bins that are read: all would be millions of cells.
const sampled = 13

// read returns the cells of an instrument at a level that are not empty, of
// every sampled bin, and the columns.
func read(t *testing.T, a *atlas.Atlas, id market.InstrumentID, level int) (map[cell]amounts, []heatmap.Column) {
	t.Helper()
	width := heatmap.Ladder[level].Bucket
	from, to := market.UnixMilli(start-market.Day).Bucket(width), market.UnixMilli(start+2*market.Day).Bucket(width)
	days, err := a.Days(context.Background(), id, level, from, to)
	if err != nil {
		t.Fatal(err)
	}
	out, columns := map[cell]amounts{}, []heatmap.Column{}
	w := heatmap.Window{Level: level, From: from, To: to, Lo: math.MaxInt32, Hi: math.MinInt32}
	for _, d := range days {
		lo, hi := d.Bins()
		w.Lo, w.Hi = min(w.Lo, lo), max(w.Hi, hi)
	}
	if w.Lo >= w.Hi {
		return out, columns
	}
	err = heatmap.Walk(days, w, func(c *heatmap.Column, s *heatmap.State) bool {
		columns = append(columns, *c)
		for p := range heatmap.Plane(6) {
			lo, hi := s.Occupied(p)
			for bin := (lo + sampled - 1) / sampled * sampled; bin < hi; bin += sampled {
				if x := (amounts{s.All(p, bin), s.Fresh(p, bin)}); x != (amounts{}) {
					out[cell{c.Bucket, p, bin}] = x
				}
			}
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return out, columns
}

// last returns the bucket whose state stands for a column: the column's own, or
// the last before.
func last(columns []heatmap.Column, b market.BucketIndex) market.BucketIndex {
	at := market.BucketIndex(-1)
	for _, c := range columns {
		if c.Bucket <= b {
			at = c.Bucket
		}
	}
	return at
}

func ids() (out []market.InstrumentID) {
	for _, v := range venues() {
		out = append(out, v.Instrument.InstrumentID)
	}
	return out
}

var whole = market.InstrumentID{Venue: "all", Symbol: "BTC"}

// The whole is the sum of its parts, cell by cell, at every level; what ended
// early stands to the end of its day, and every column without it says so.
func TestWholeIsTheSumOfItsParts(t *testing.T) {
	a := open(t, start+run)
	in, ok, err := a.Instrument(context.Background(), whole)
	if err != nil || !ok || len(in.Parts) != 4 {
		t.Fatalf("combination %+v, %v, %v", in, ok, err)
	}
	for level := range 4 {
		got, columns := read(t, a, whole, level)
		if len(columns) == 0 {
			t.Fatalf("level %d: no columns", level)
		}
		want := map[cell]amounts{}
		var early []heatmap.Column
		for _, id := range ids() {
			own, ownColumns := read(t, a, id, level)
			if id.Venue == "hyperliquid" {
				early = ownColumns
			}
			byBucket := map[market.BucketIndex][]cell{}
			for at := range own {
				byBucket[at.bucket] = append(byBucket[at.bucket], at)
			}
			for _, c := range columns {
				for _, at := range byBucket[last(ownColumns, c.Bucket)] {
					x, to := own[at], cell{c.Bucket, at.plane, at.bin}
					want[to] = amounts{want[to][0] + x[0], want[to][1] + x[1]}
				}
			}
		}
		for at, x := range want {
			if math.Abs(got[at][0]-x[0]) > 1e-3 || math.Abs(got[at][1]-x[1]) > 1e-3 {
				t.Fatalf("level %d, %+v: %v, the parts add up to %v", level, at, got[at], x)
			}
		}
		for at, x := range got {
			if _, known := want[at]; !known && (x[0] > 1e-3 || x[1] > 1e-3) {
				t.Fatalf("level %d, %+v: %v out of nothing", level, at, x)
			}
		}
		end := early[len(early)-1].Bucket
		for _, c := range columns {
			if gap := c.Flags&heatmap.FlagGap != 0; gap != (c.Bucket > end) {
				t.Errorf("level %d, bucket %d: gap %v, the early one's last is %d", level, c.Bucket, gap, end)
			}
		}
	}
}

// A combination of one instrument is that instrument, but for its unit.
func TestOneAloneIsItself(t *testing.T) {
	a := open(t, start+run)
	okx := ids()[2]
	for level := range 3 {
		want, wantColumns := read(t, a, okx, level)
		got, columns := read(t, a, market.InstrumentID{Venue: "okx", Symbol: "BTC"}, level)
		if len(got) == 0 || len(columns) != len(wantColumns) {
			t.Fatalf("level %d: %d cells, %d columns, want %d columns", level, len(got), len(columns), len(wantColumns))
		}
		for at, x := range want {
			if math.Abs(got[at][0]-x[0]) > 1e-3 || math.Abs(got[at][1]-x[1]) > 1e-3 {
				t.Fatalf("level %d, %+v: %v, want %v", level, at, got[at], x)
			}
		}
		for i, c := range columns {
			w := wantColumns[i]
			if c.Close != w.Close || c.Price != w.Price || c.Swept != w.Swept || c.Flags != w.Flags ||
				math.Abs(float64(c.OpenInterest)-float64(w.OpenInterest)*.01) > 1e-9*float64(w.OpenInterest) {
				t.Fatalf("level %d: column %+v, want %+v with a hundredth of the contracts", level, c, w)
			}
		}
	}
}

// A closed column never changes, its normalisation included, unless it is
// flagged as a gap.
func TestCombinationIsCausal(t *testing.T) {
	complete := open(t, start+run)
	for _, cut := range []market.UnixMilli{market.Hour, 3*market.Hour + 45*market.Second, 3*market.Hour + 20*market.Minute} {
		early := open(t, start+cut)
		for _, id := range []market.InstrumentID{whole, {Venue: "all.z", Symbol: "BTC"}, {Venue: "binance+okx", Symbol: "BTC"}} {
			for level := range 2 {
				compareUpTo(t, early, complete, id, level, cut > 3*market.Hour+market.Minute && id.Venue != "binance+okx")
			}
		}
	}
}

// compareUpTo holds every closed column of the earlier map against the later one.
func compareUpTo(t *testing.T, early, later *atlas.Atlas, id market.InstrumentID, level int, gaps bool) {
	t.Helper()
	ctx := context.Background()
	width := heatmap.Ladder[level].Bucket
	from, to := market.UnixMilli(start).Bucket(width), market.UnixMilli(start+run).Bucket(width)
	before, err := early.Columns(ctx, id, level, from, to, heatmap.DefaultPopulation(level))
	if err != nil {
		t.Fatal(err)
	}
	after, err := later.Columns(ctx, id, level, from, to, heatmap.DefaultPopulation(level))
	if err != nil {
		t.Fatal(err)
	}
	if len(before.Columns) == 0 || len(before.Columns) > len(after.Columns) {
		t.Fatalf("%v level %d: %d columns became %d", id, level, len(before.Columns), len(after.Columns))
	}
	was, _ := read(t, early, id, level)
	is, _ := read(t, later, id, level)
	firstGap := market.BucketIndex(math.MaxInt64)
	for i, c := range before.Columns {
		if c.Flags&heatmap.FlagGap != 0 {
			firstGap = min(firstGap, c.Bucket)
			continue
		}
		if c.Bucket > firstGap {
			continue
		}
		d := after.Columns[i]
		c.Scales, d.Scales = nil, nil
		if c.Bucket != d.Bucket || c.Close != d.Close || c.OpenInterest != d.OpenInterest || c.Placed != d.Placed || c.Flags != d.Flags {
			t.Fatalf("%v level %d: column %+v became %+v", id, level, c, d)
		}
		if !slices.Equal(before.Norms[i], after.Norms[i]) {
			t.Fatalf("%v level %d: normalisation of bucket %d changed", id, level, c.Bucket)
		}
	}
	if found := firstGap < math.MaxInt64; found != gaps {
		t.Fatalf("%v level %d: gaps %v in the earlier map, want %v: who is only a little behind is waited for", id, level, found, gaps)
	}
	for at, x := range was {
		if at.bucket < firstGap && is[at] != x {
			t.Fatalf("%v level %d: %+v was %v, is %v", id, level, at, x, is[at])
		}
	}
}

// Equalised, every instrument counts by its own deviation: the sum of fresh
// cells over their own standard deviations and the root of their number.
func TestEqualised(t *testing.T) {
	a := open(t, start+run)
	ctx := context.Background()
	equal := market.InstrumentID{Venue: "binance+okx.z", Symbol: "BTC"}
	in, ok, err := a.Instrument(ctx, equal)
	if err != nil || !ok || !in.Equalised {
		t.Fatalf("%+v, %v, %v", in, ok, err)
	}
	const level = 1
	got, columns := read(t, a, equal, level)
	want := map[cell]amounts{}
	n := map[market.BucketIndex]amounts{}
	parts := ids()[:3]
	weigh := func(visit func(norm []heatmap.Norm, bucket market.BucketIndex, own map[cell]amounts)) {
		for _, id := range parts {
			own, _ := read(t, a, id, level)
			cols, err := a.Columns(ctx, id, level, columns[0].Bucket, columns[len(columns)-1].Bucket+1, heatmap.DefaultPopulation(level))
			if err != nil {
				t.Fatal(err)
			}
			for i, c := range cols.Columns {
				visit(cols.Norms[i], c.Bucket, own)
			}
		}
	}
	count := func(sd float64) float64 {
		if sd > 0 {
			return 1
		}
		return 0
	}
	weigh(func(norm []heatmap.Norm, b market.BucketIndex, _ map[cell]amounts) {
		n[b] = amounts{n[b][0] + count(norm[0].SD), n[b][1] + count(norm[4].SD)}
	})
	weigh(func(norm []heatmap.Norm, b market.BucketIndex, own map[cell]amounts) {
		for at, x := range own {
			if at.bucket == b && norm[0].SD > 0 && norm[4].SD > 0 {
				w := want[at]
				want[at] = amounts{w[0] + 1e6*x[0]/norm[0].SD/math.Sqrt(n[b][0]), w[1] + 1e6*x[1]/norm[4].SD/math.Sqrt(n[b][1])}
			}
		}
	})
	if len(want) == 0 {
		t.Fatal("nothing to compare")
	}
	for at, x := range want {
		if math.Abs(got[at][0]-x[0]) > 1e-3 || math.Abs(got[at][1]-x[1]) > 1e-3 {
			t.Fatalf("%+v: %v, want %v", at, got[at], x)
		}
	}
}

// What is stored anew is seen at once, in combinations too.
func TestCombinationFollowsItsParts(t *testing.T) {
	ctx := context.Background()
	l := fill(t, start+run)
	a := atlas.New(l, liqmodel.DefaultParams().Groups)
	_, before := read(t, a, whole, 0)
	id := ids()[2]
	day := start.Floor(market.Day)
	d, err := l.Map(ctx, id, day)
	if err != nil {
		t.Fatal(err)
	}
	for i := range d.Levels[0].Columns {
		d.Levels[0].Columns[i].Swept[market.Long] += 1e6
	}
	if err := l.PutMap(ctx, id, d); err != nil {
		t.Fatal(err)
	}
	a.Changed(id, day)
	_, after := read(t, a, whole, 0)
	for i, c := range after {
		want := before[i].Swept[market.Long]
		if c.Bucket.Start(heatmap.BaseBucket).Floor(market.Day) == day {
			want += 1e6
		}
		if math.Abs(float64(c.Swept[market.Long]-want)) > 1e-3 {
			t.Fatalf("bucket %d: swept %v, want %v", c.Bucket, c.Swept[market.Long], want)
		}
	}
}
