package lake

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"halcyon/market"
)

// drawEvents draws a set within few instants, so that times meet. Events that
// share a key are equal but for trades and liquidations, which have no key:
// only then does the outcome not depend on which set is the newer.
func drawEvents(t *rapid.T) *market.EventSet {
	s := new(market.EventSet)
	instant := rapid.Custom(func(t *rapid.T) market.UnixMilli {
		return aDay + market.UnixMilli(rapid.IntRange(0, 12).Draw(t, "at"))*(2*market.Hour-500)
	})
	for range rapid.IntRange(0, 40).Draw(t, "trades") {
		s.Trades.Append(instant.Draw(t, "time"), market.Price(rapid.IntRange(1, 2).Draw(t, "price")),
			market.Contracts(rapid.IntRange(1, 2).Draw(t, "size")), market.TakerSide(rapid.IntRange(0, 1).Draw(t, "taker")))
	}
	for range rapid.IntRange(0, 12).Draw(t, "others") {
		at := instant.Draw(t, "time")
		n := float64(at % 97)
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			s.OpenInterest = append(s.OpenInterest, market.OpenInterest{EventTime: at, Contracts: market.Contracts(n)})
		case 1:
			s.MarkPrices = append(s.MarkPrices, market.MarkPrice{EventTime: at, MarkPrice: market.Price(n), IndexPrice: market.Price(n / 3)})
		case 2:
			s.FundingRates = append(s.FundingRates, market.FundingRate{EventTime: at, Rate: market.Ratio(-n / 7)})
		case 3:
			s.Liquidations = append(s.Liquidations, market.Liquidation{
				EventTime: at, Side: market.PositionSide(rapid.IntRange(0, 1).Draw(t, "side")), Size: market.Contracts(rapid.IntRange(1, 3).Draw(t, "size"))})
		case 4:
			s.Candles = append(s.Candles, market.Candle{OpenTime: at - market.Minute + 1, CloseTime: at + 1, Open: market.Price(n), TakerBuyVolume: -1})
		case 5:
			s.Gaps = append(s.Gaps, market.Gap{From: at - 3*market.Day, To: at + 1, Reason: fmt.Sprint("lost ", n)})
		}
	}
	return s
}

// drawParts deals a set into overlapping parts in any order, whose union is
// the set. Trades of one millisecond stay together: two parts of equal trades
// would rightly count as the same trades seen twice.
func drawParts(t *rapid.T, s *market.EventSet) []*market.EventSet {
	parts := make([]*market.EventSet, rapid.IntRange(1, 4).Draw(t, "parts"))
	for i := range parts {
		parts[i] = new(market.EventSet)
	}
	deal := func(to func(p *market.EventSet)) {
		to(parts[rapid.IntRange(0, len(parts)-1).Draw(t, "part")])
		if rapid.Bool().Draw(t, "twice") {
			to(parts[rapid.IntRange(0, len(parts)-1).Draw(t, "again")])
		}
	}
	in := sorted(s)
	for i := 0; i < in.Trades.Len(); {
		end := i
		for end < in.Trades.Len() && in.Trades.EventTime[end] == in.Trades.EventTime[i] {
			end++
		}
		from := i
		taken := map[*market.EventSet]bool{}
		deal(func(p *market.EventSet) {
			for j := from; j < end && !taken[p]; j++ {
				p.Trades.Append(in.Trades.EventTime[j], in.Trades.LastPrice[j], in.Trades.Size[j], in.Trades.Taker[j])
			}
			taken[p] = true
		})
		i = end
	}
	for _, e := range in.OpenInterest {
		deal(func(p *market.EventSet) { p.OpenInterest = append(p.OpenInterest, e) })
	}
	for _, e := range in.MarkPrices {
		deal(func(p *market.EventSet) { p.MarkPrices = append(p.MarkPrices, e) })
	}
	for _, e := range in.FundingRates {
		deal(func(p *market.EventSet) { p.FundingRates = append(p.FundingRates, e) })
	}
	for _, e := range in.Liquidations {
		deal(func(p *market.EventSet) { p.Liquidations = append(p.Liquidations, e) })
	}
	for _, e := range in.Candles {
		deal(func(p *market.EventSet) { p.Candles = append(p.Candles, e) })
	}
	for _, e := range in.Gaps {
		deal(func(p *market.EventSet) { p.Gaps = append(p.Gaps, e) })
	}
	return parts
}

// canonical orders liquidations of one instant, whose order Merge leaves open.
func canonical(s *market.EventSet) *market.EventSet {
	slices.SortFunc(s.Liquidations, func(a, b market.Liquidation) int {
		return cmp.Or(cmp.Compare(a.EventTime, b.EventTime), cmp.Compare(a.Side, b.Side), cmp.Compare(a.Size, b.Size))
	})
	return s
}

// Whatever the parts and their order, the lake holds the union, and merging
// any part again changes nothing, not even a byte.
func TestMergeIsTheUnion(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		set := drawEvents(rt)
		var want market.EventSet
		want.Merge(sorted(set))
		l := openTest(t)
		parts := drawParts(rt, set)
		for _, p := range parts {
			before, _ := l.Events(noTime, btc, aDay)
			changed, err := l.Merge(noTime, btc, aDay, p)
			if err != nil {
				rt.Fatal(err)
			}
			after, err := l.Events(noTime, btc, aDay)
			if err != nil {
				rt.Fatal(err)
			}
			if changed == reflect.DeepEqual(before, after) {
				rt.Fatalf("changed is %v and the events say otherwise", changed)
			}
		}
		got, err := l.Events(noTime, btc, aDay)
		if err != nil || !reflect.DeepEqual(canonical(got), canonical(&want)) {
			rt.Fatalf("error %v\n got %+v\nwant %+v", err, got, &want)
		}
		objects := contents(t, l)
		for _, p := range append(parts, set) {
			if changed, err := l.Merge(noTime, btc, aDay, p); err != nil || changed {
				rt.Fatalf("merging again: changed %v, error %v", changed, err)
			}
		}
		if !reflect.DeepEqual(contents(t, l), objects) {
			rt.Fatal("merging again changed bytes")
		}
	})
}

// contents returns the bytes of every object.
func contents(t testing.TB, l *Lake) map[string]string {
	t.Helper()
	names, err := l.list(noTime, "")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, name := range names {
		data, err := l.get(noTime, name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(data)
	}
	return all
}

// Equal content is equal bytes, however it came together.
func TestBytesAreAFunctionOfContent(t *testing.T) {
	set, day := someEvents(), benchMap()
	whole, pieces := openTest(t), openTest(t)
	half := &market.EventSet{Trades: *set.Trades.Slice(1000, 3000), OpenInterest: set.OpenInterest[1:]}
	for _, err := range []error{
		merge(whole, set), merge(pieces, half), merge(pieces, set),
		whole.PutMap(noTime, btc, day), pieces.PutMap(noTime, btc, &heatmapOfNothing), pieces.PutMap(noTime, btc, day),
		whole.PutListing(noTime, aListing("sim", "BTC")), pieces.PutListing(noTime, aListing("sim", "BTC")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(contents(t, whole), contents(t, pieces)) {
		t.Fatal("two lakes of equal content differ in bytes")
	}
}

func merge(l *Lake, set *market.EventSet) error {
	_, err := l.Merge(noTime, btc, aDay, set)
	return err
}
