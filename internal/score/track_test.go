package score

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"halcyon/heatmap"
	"halcyon/liqmodel"
	"halcyon/market"
)

// storedMaps is days of columns at levels 0 and 1, as a lake would hold them.
type storedMaps map[market.UnixMilli]*heatmap.Day

func (m storedMaps) MapDays(context.Context, market.InstrumentID) (days []market.UnixMilli, err error) {
	for d := range market.UnixMilli(len(m)) {
		days = append(days, 20_000*market.Day+d*market.Day)
	}
	return days, nil
}

func (m storedMaps) MapColumns(_ context.Context, _ market.InstrumentID, day market.UnixMilli, _ int) (*heatmap.Day, error) {
	return m[day], nil
}

// recordedMaps makes days of columns whose swept amounts are, up to noise, what
// was published; nothing is published where share is 0.
func recordedMaps(days int, share float64) storedMaps {
	r := rand.New(rand.NewPCG(3, 1))
	f := walk(8, days)
	out := storedMaps{}
	for _, b := range f.bars {
		day := b.OpenTime.Floor(market.Day)
		if out[day] == nil {
			out[day] = &heatmap.Day{Start: day}
		}
		c := heatmap.Column{
			Bucket: b.OpenTime.Bucket(5 * market.Minute), Open: b.Open, High: b.High, Low: b.Low, Close: b.Close,
			Volume: b.Volume, TakerBuy: b.Volume / 2, OpenInterest: 90_000,
		}
		for s := range market.Sides {
			usd := 1e5 * math.Exp(2*r.NormFloat64())
			c.Swept[s] = market.Notional(usd)
			c.Liquidated[s] = market.Notional(share * usd * math.Exp(0.3*r.NormFloat64()))
		}
		d := out[day]
		d.Levels[1].Columns = append(d.Levels[1].Columns, c)
		c.Bucket = (b.CloseTime - market.Minute).Bucket(market.Minute)
		d.Levels[0].Columns = append(d.Levels[0].Columns, c)
	}
	return out
}

var alone = []market.Listing{testListing}

func fixed(p liqmodel.Params) func(market.Listing) liqmodel.Params {
	return func(market.Listing) liqmodel.Params { return p }
}

func TestTrackOfStoredMaps(t *testing.T) {
	ctx, p := context.Background(), startParams()
	got, err := track(ctx, recordedMaps(9, 0.5), alone, fixed(p))
	if err != nil {
		t.Fatal(err)
	}
	if !got.Observed || got.To-got.From != 9*market.Day || len(got.Records) != 6 {
		t.Fatalf("track %+v", got)
	}
	for _, r := range got.Records {
		// Amounts are planted at random: the map knows them, price does not.
		if want := min(9*24, int(r.Window/market.Hour)); r.Periods != want || r.Map.Value < 0.8 || len(r.Baselines) != 3 {
			t.Errorf("%v %v: %d hours of %d, %+v", r.Window, r.Side, r.Periods, want, r)
		}
		if r.Window > market.Day && (!r.Beats || math.Abs(r.Baselines[0].Rank.Value) > 0.3 || math.IsNaN(r.Baselines[1].Rank.Value) || math.IsNaN(r.Baselines[2].Rank.Value)) {
			t.Errorf("%v %v: %+v, want the map ahead of all", r.Window, r.Side, r)
		}
	}
}

func TestTrackLeavesOutWhatCannotBeJudged(t *testing.T) {
	ctx, p := context.Background(), startParams()
	if got, err := track(ctx, recordedMaps(3, 0), alone, fixed(p)); err != nil || got.Observed || len(got.Records) != 0 {
		t.Errorf("nothing published: %+v, %v", got, err)
	}
	maps := recordedMaps(3, 0.5)
	begin := 20_000 * market.Day
	p.Origin.To = begin + market.Day
	gap := &maps[begin+market.Day].Levels[1].Columns[12*4+3]
	gap.Flags = heatmap.FlagGap
	for i := range 12 * 5 { // the feed is down for the last five hours
		c := maps[begin+2*market.Day].Levels[1].Columns
		c[len(c)-1-i].Liquidated = [market.Sides]market.Notional{}
	}
	got, err := track(ctx, maps, alone, fixed(p))
	if err != nil {
		t.Fatal(err)
	}
	if got.From != begin+market.Day || got.To != begin+3*market.Day-5*market.Hour {
		t.Errorf("judged from %v to %v", got.From, got.To)
	}
	if r := got.Records[len(got.Records)-1]; r.Periods != 2*24-5-1 {
		t.Errorf("%d hours, want two days less five hours and the one with a gap", r.Periods)
	}
	p.Origin.To = begin + 9*market.Day
	if got, err := track(ctx, maps, alone, fixed(p)); err != nil || !got.Observed || len(got.Records) != 0 {
		t.Errorf("all of it learned from: %+v, %v", got, err)
	}
}

func TestTracksFollowTheHours(t *testing.T) {
	ctx := context.Background()
	maps := recordedMaps(4, 0.5)
	begin := 20_000 * market.Day
	last := maps[begin+3*market.Day]
	whole := last.Levels[1].Columns
	cut := func(hours int) {
		last = &heatmap.Day{Start: last.Start}
		last.Levels[1].Columns = whole[:12*hours]
		c := whole[12*hours-1]
		c.Bucket = (c.Bucket+1)*5 - 1
		last.Levels[0].Columns = []heatmap.Column{c}
		maps[last.Start] = last
	}
	cut(10)
	tracks := NewTrackRecords(ctx, maps, func(market.Listing) liqmodel.Params { return startParams() })
	first, err := tracks.Track(ctx, testListing.InstrumentID, alone)
	if err != nil || first.To != begin+3*market.Day+10*market.Hour {
		t.Fatalf("track to %v: %v", first.To, err)
	}
	cut(11)
	for {
		// The next answer comes in its time; until then the last one stands.
		next, err := tracks.Track(ctx, testListing.InstrumentID, alone)
		if err != nil {
			t.Fatal(err)
		}
		if next.To == first.To+market.Hour {
			break
		}
		if next.To != first.To {
			t.Fatalf("track to %v after %v", next.To, first.To)
		}
		time.Sleep(time.Millisecond)
	}
	if none, err := NewTrackRecords(ctx, storedMaps{}, nil).Track(ctx, testListing.InstrumentID, alone); err != nil || none.Records == nil {
		t.Errorf("no maps: %+v, %v", none, err)
	}
}

// perVenue is stored maps of several venues.
type perVenue map[market.Venue]storedMaps

func (m perVenue) MapDays(ctx context.Context, id market.InstrumentID) ([]market.UnixMilli, error) {
	return m[id.Venue].MapDays(ctx, id)
}

func (m perVenue) MapColumns(ctx context.Context, id market.InstrumentID, day market.UnixMilli, level int) (*heatmap.Day, error) {
	return m[id.Venue].MapColumns(ctx, id, day, level)
}

func TestTrackOfACombinationIsOfItsSum(t *testing.T) {
	maps := perVenue{"a": recordedMaps(6, 0.5), "b": recordedMaps(4, 0.25), "silent": recordedMaps(6, 0)}
	var parts []market.Listing
	for _, venue := range []market.Venue{"a", "b", "silent"} {
		l := testListing
		l.Venue = venue
		parts = append(parts, l)
	}
	got, err := track(context.Background(), maps, parts, fixed(startParams()))
	if err != nil {
		t.Fatal(err)
	}
	// Four days are known of both that publish; the third has nothing to say.
	if !got.Observed || got.To-got.From != 4*market.Day {
		t.Fatalf("judged from %v to %v, want the four days of both", got.From, got.To)
	}
	one, err := track(context.Background(), maps, parts[1:2], fixed(startParams()))
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range got.Records {
		if r.Periods != one.Records[i].Periods || r.Map.Value < 0.8 || len(r.Baselines) != 3 {
			t.Errorf("%v %v: %+v", r.Window, r.Side, r)
		}
		// Twice what is swept against three times what is published.
		if of := r.Ratio / one.Records[i].Ratio; of < 0.6 || of > 0.75 {
			t.Errorf("%v %v: the ratio of the sum is %.2f of one part's, want two thirds", r.Window, r.Side, of)
		}
	}
}
