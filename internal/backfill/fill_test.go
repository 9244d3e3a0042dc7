package backfill

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"halcyon/internal/lake"
	"halcyon/internal/venue"
	"halcyon/market"
)

const noon = market.UnixMilli(1_780_056_000_000) // 2026-05-29 12:00

var id = market.InstrumentID{Venue: "test", Symbol: "BTC"}

// venueOf tells bars of five minutes without end, and open interest with them.
type venueOf struct {
	noOpen, noBars bool
	err            error
	asked          []market.UnixMilli // from, to of each
}

func (v *venueOf) Bars(_ context.Context, _ market.InstrumentID, from, to market.UnixMilli) (out []market.Candle, err error) {
	v.asked = append(v.asked, from, to)
	if v.noBars {
		return nil, venue.ErrNoHistory
	}
	const width = 5 * market.Minute
	for at := from; at+width <= to; at += width {
		out = append(out, market.Candle{OpenTime: at, CloseTime: at + width, Open: 10, High: 12, Low: 9, Close: 11, Volume: 5, TakerBuyVolume: -1})
	}
	return out, v.err
}

func (v *venueOf) OpenInterest(_ context.Context, _ market.InstrumentID, from, to market.UnixMilli) (out []market.OpenInterest, err error) {
	if v.noOpen {
		return nil, venue.ErrNoHistory
	}
	for at := from; at < to; at += 5 * market.Minute {
		out = append(out, market.OpenInterest{EventTime: at, Contracts: 100})
	}
	return out, nil
}

func empty(t *testing.T) *lake.Lake {
	l, err := lake.Open(t.Context(), "mem://")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func stored(t *testing.T, l *lake.Lake) (all market.EventSet) {
	days, err := l.Days(t.Context(), id)
	for _, day := range days {
		var set *market.EventSet
		if set, err = l.Events(t.Context(), id, day); err != nil {
			break
		}
		for ev := range set.Events() {
			all.Add(ev)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAColdStartHasAPast(t *testing.T) {
	l, v := empty(t), &venueOf{}
	before := noon + 7*market.Minute + 30*market.Second
	r, err := Fill(t.Context(), l, v, id, before, Span)
	from := before.Floor(market.Day) - Span
	if want := (Report{From: from, Bars: 30*288 + 145, OpenInterest: 30*288 + 146}); err != nil || r != want {
		t.Fatalf("%+v, %v; want %+v", r, err, want)
	}
	all := stored(t, l)
	if len(all.Candles) != r.Bars || len(all.OpenInterest) != r.OpenInterest || all.Trades.Len() != 0 {
		t.Errorf("stored %d candles, %d observations", len(all.Candles), len(all.OpenInterest))
	}
	want := []market.Gap{{From: noon + 5*market.Minute, To: before, Reason: "before the first live event"}}
	if !reflect.DeepEqual(all.Gaps, want) {
		t.Errorf("gaps %+v, want %+v", all.Gaps, want)
	}
	// Everything is known: nothing more is asked.
	if r, err := Fill(t.Context(), l, v, id, before, Span); err != nil || r.Bars != 0 || len(v.asked) != 2 {
		t.Errorf("again: %+v, %v, asked %v", r, err, v.asked)
	}
}

// TestFillGoesOnBehindWhatIsStored: what the store has is not asked for, and
// events behind the instant are not its affair.
func TestFillGoesOnBehindWhatIsStored(t *testing.T) {
	l, v := empty(t), &venueOf{noOpen: true}
	var set, later market.EventSet
	set.Trades.Append(noon-50*market.Hour+1, 10, 1, market.TakerBuy)
	later.Trades.Append(noon+market.Second, 10, 1, market.TakerBuy)
	for _, s := range []*market.EventSet{&set, &later} {
		if _, err := l.Merge(t.Context(), id, s.Trades.EventTime[0].Floor(market.Day), s); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Fill(t.Context(), l, v, id, noon, Span)
	if from := noon - 50*market.Hour + market.Minute; err != nil || !reflect.DeepEqual(v.asked, []market.UnixMilli{from, noon}) || r.From != from || !r.NoOpenInterest {
		t.Errorf("%+v, %v; asked %v", r, err, v.asked)
	}
}

func TestNothingIsStoredOfAFailure(t *testing.T) {
	l := empty(t)
	if _, err := Fill(t.Context(), l, &venueOf{err: venue.ErrRateLimited}, id, noon, Span); !errors.Is(err, venue.ErrRateLimited) {
		t.Error(err)
	}
	if r, err := Fill(t.Context(), l, &venueOf{noBars: true}, id, noon, Span); err != nil || r != (Report{}) {
		t.Errorf("without history: %+v, %v", r, err)
	}
	if days, err := l.Days(t.Context(), id); err != nil || len(days) > 0 {
		t.Errorf("days %v, %v", days, err)
	}
}
