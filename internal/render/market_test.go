package render

import (
	"context"
	"math"
	"slices"
	"testing"

	"halcyon/heatmap"
	"halcyon/internal/atlas"
	"halcyon/liqmodel"
	"halcyon/market"
)

// maps is an atlas's store in memory.
type maps struct {
	listing market.Listing
	days    map[market.UnixMilli]*heatmap.Day
}

func (m maps) Listings(context.Context) ([]market.Listing, error) {
	return []market.Listing{m.listing}, nil
}

func (m maps) MapDays(_ context.Context, id market.InstrumentID) ([]market.UnixMilli, error) {
	var days []market.UnixMilli
	for d := range m.days {
		if id == m.listing.InstrumentID {
			days = append(days, d)
		}
	}
	slices.Sort(days)
	return days, nil
}

func (m maps) MapTracks(_ context.Context, _ market.InstrumentID, day market.UnixMilli, level int) (*heatmap.Tracks, error) {
	return m.days[day].Tracks(level), nil
}

func (m maps) MapColumns(_ context.Context, _ market.InstrumentID, day market.UnixMilli, _ int) (*heatmap.Day, error) {
	return m.days[day], nil
}

var (
	testID  = market.InstrumentID{Venue: "test", Symbol: "BTC"}
	testDay = market.UnixMilli(20_000) * market.Day
	groups  = liqmodel.DefaultParams().Groups
	planes  = market.Sides * len(groups)
)

// drawing builds a map of one day column by column.
type drawing struct {
	t       testing.TB
	builder *heatmap.Builder
	next    market.BucketIndex
}

func newDrawing(t testing.TB) *drawing {
	b, err := heatmap.NewBuilder(testDay, planes, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &drawing{t: t, builder: b, next: testDay.Bucket(heatmap.BaseBucket)}
}

// commit closes the next column.
func (d *drawing) commit(c heatmap.Column) {
	c.Bucket, c.Scales = d.next, make([]heatmap.Scales, planes)
	for p := range c.Scales {
		c.Scales[p] = heatmap.Scales{All: 1, Fresh: 0.5}
	}
	if err := d.builder.Commit(c); err != nil {
		d.t.Fatal(err)
	}
	d.next++
}

func (d *drawing) atlas() *atlas.Atlas {
	listing := market.Listing{
		Instrument: market.Instrument{InstrumentID: testID, Coin: "BTC", Quote: "USD", ContractSize: 1, TickSize: 0.5},
		Provenance: market.Simulated,
	}
	return atlas.New(maps{listing, map[market.UnixMilli]*heatmap.Day{testDay: d.builder.Day()}}, groups)
}

// waves is a small market with all that a picture can show: levels that are
// placed at three leverages, grow old and are swept, a gap, and observed
// liquidations. It spans minutes columns from the start of the day.
func waves(t testing.TB, minutes int) *atlas.Atlas {
	d := newDrawing(t)
	states := make([]map[market.BinIndex]int64, planes)
	for p := range states {
		states[p] = map[market.BinIndex]int64{}
	}
	price := func(i int) float64 {
		x := float64(i)
		return 60_000 * (1 + 0.012*math.Sin(x/190) + 0.005*math.Sin(x/41) + 0.0012*math.Sin(x/7))
	}
	for i := range minutes {
		open, end := price(i), price(i+1)
		size := math.Round(11 + 1.5*math.Sin(float64(i)/23) + 1.5*math.Sin(float64(i*i)))
		place(states, market.Price(end), 1<<int(size))
		d.sweep(states, market.Price(end))
		c := heatmap.Column{
			Open: market.Price(open), Close: market.Price(end), Price: market.Price(end), Volume: 1,
			High: market.Price(max(open, end) * 1.0004), Low: market.Price(min(open, end) * 0.9997),
		}
		if i > 160 && i < 176 {
			c.Flags = heatmap.FlagGap
		}
		if i%97 == 0 {
			c.Liquidated[i/97%2] = market.Notional(1e4 * (1 + i%5))
		}
		d.commit(c)
	}
	return d.atlas()
}

// place opens longs and shorts of three leverages at a price. Amounts are
// powers of two and grow by doubling, so that a builder stores them exactly
// whatever precision it keeps.
func place(states []map[market.BinIndex]int64, at market.Price, amount int64) {
	for g, distance := range []float64{0.05, 0.025, 0.011} {
		for s := range market.PositionSide(market.Sides) {
			bin := market.BinOf(market.Price(float64(at) * (1 - s.Sign()*distance)))
			cells := states[heatmap.PlaneOf(s, g, len(groups))]
			if cells[bin] <= 2*amount {
				cells[bin] = max(amount, 2*cells[bin])
			}
		}
	}
}

// sweep sets the cells of a column, without those that price has reached.
func (d *drawing) sweep(states []map[market.BinIndex]int64, price market.Price) {
	at := market.BinOf(price)
	for p, cells := range states {
		var bins []market.BinIndex
		for bin := range cells {
			bins = append(bins, bin)
		}
		slices.Sort(bins)
		for _, bin := range bins {
			if long := p < len(groups); long && bin >= at || !long && bin <= at {
				cells[bin] = 0
			}
			d.builder.Set(d.next, heatmap.Cell{Plane: heatmap.Plane(p), Bin: bin, All: cells[bin], Fresh: cells[bin] >> (len(groups) - p%len(groups))})
		}
	}
}
