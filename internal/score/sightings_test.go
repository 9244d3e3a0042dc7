package score

import (
	"context"
	"errors"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"halcyon/internal/observed"
	"halcyon/liqmodel"
	"halcyon/market"
)

// An account that is not told of keeps its position for the age given, and no
// longer; not once it is told of without one, or price lies beyond its level.
func TestAccountsAreCarriedUntilToldOtherwise(t *testing.T) {
	long := func(liquidation market.Price, seen market.UnixMilli) position {
		return position{market.Long, 2, liquidation, seen}
	}
	hour := market.Hour
	sightings := []sighting{
		{0, 100, map[string]bool{"a": true, "b": true, "c": true}, map[string]position{"a": long(95, 0), "b": long(90, 0), "c": long(0, 0)}},
		{hour, 100, map[string]bool{"z": true}, map[string]position{"z": long(99, hour)}}, // too soon for a moment of its own, but known from then on
		{3 * hour, 110, map[string]bool{"b": true}, nil},
		{6 * hour, 98, map[string]bool{}, nil},
		{26 * hour, 98, map[string]bool{"d": true}, map[string]position{"d": {market.Short, 1, 98 * 1.1, 26 * hour}}},
	}
	got := snapshots(sightings, market.Day)
	for i, want := range []struct {
		at                      market.UnixMilli
		long, within, shortSide float64
	}{
		{0, 600, 400, 0},
		{3 * hour, 660, 440, 0}, // a, c and z; b is gone
		{6 * hour, 392, 196, 0}, // z was swept
		{26 * hour, 0, 0, 98},   // a and c were seen too long ago
	} {
		if i >= len(got) {
			t.Fatalf("%d moments, want 4", len(got))
		}
		var within float64
		for _, x := range got[i].true[market.Long] {
			within += x
		}
		if s := got[i]; s.at != want.at || s.total[market.Long] != want.long || math.Abs(within-want.within) > 1e-9 || s.total[market.Short] != want.shortSide {
			t.Errorf("moment %d: at %d, long %v (%v of it near), short %v, want %+v", i, s.at, s.total[market.Long], within, s.total[market.Short], want)
		}
	}
	if alone := snapshots(sightings, 0); alone[1].total[market.Long] != 0 || alone[3].total[market.Short] != 98 {
		t.Errorf("carried without an age: %v and %v", alone[1].total, alone[3].total)
	}
}

// observedOf is positions drawn from what stands in a map, so that the map is right.
func observedOf(f feed, p liqmodel.Params, every market.UnixMilli) map[market.UnixMilli][]observed.Position {
	out := map[market.UnixMilli][]observed.Position{}
	r := rand.New(rand.NewPCG(1, 2))
	l, err := liqmodel.NewLedger(f.listing.Instrument, f.listing.Tiers, p)
	if err != nil {
		panic(err)
	}
	f.drive(l, f.bars[0].OpenTime, f.bars[len(f.bars)-1].CloseTime, nil, func(bar market.Candle) {
		if bar.CloseTime%every != 0 {
			return
		}
		var all []observed.Position
		l.Levels(func(v liqmodel.Level) {
			usd := float64(v.All) * l.Scale(v.Side, v.Group).All
			if r.Float64() < usd/5e6 {
				all = append(all, observed.Position{Address: observed.Address{byte(len(all)), byte(len(all) >> 8)}, Side: v.Side, Size: market.Contracts(5e6 / float64(bar.Close)), LiquidationPrice: v.Bin.Mid()})
			}
		})
		out[bar.CloseTime] = all
	})
	return out
}

// Positions that a server observed are held against its map: a map that they were
// drawn from is found close to them, closer than others, and less where sides are swapped.
func TestObservedPositionsAreScored(t *testing.T) {
	f := walk(11, 8)
	p := startParams()
	store := lakeOf{feed: f, observed: observedOf(f, p, market.Hour)}
	scored := func(store lakeOf) map[string]float64 {
		r, err := Stored(context.Background(), store, Question{Listing: testListing, From: f.bars[0].OpenTime + 2*market.Day, To: 1 << 60, Params: p})
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]float64{}
		for _, row := range r.Report.Truth {
			out[row.Side+" "+row.Name] = row.KS.Value
			if row.Moments < 20 || row.Moments > 40 {
				t.Errorf("%d moments judged, want two hours apart on the last 40 %% of 6 days", row.Moments)
			}
		}
		return out
	}
	right := scored(store)
	swapped := lakeOf{feed: f, observed: map[market.UnixMilli][]observed.Position{}}
	for at, all := range store.observed {
		all = slices.Clone(all)
		for i := range all {
			mark := f.priceAt(at)
			all[i].Side = 1 - all[i].Side
			all[i].LiquidationPrice = mark + 0.1*(mark-all[i].LiquidationPrice)
		}
		swapped.observed[at] = all
	}
	wrong := scored(swapped)
	for _, side := range []string{"long ", "short "} {
		if right[side+nameLearned] > 0.15 || right[side+nameLearned] >= right[side+namePeers] {
			t.Errorf("%sKS %.3f of the right map, %.3f of the peers', want it small and smaller", side, right[side+nameLearned], right[side+namePeers])
		}
		if wrong[side+nameLearned] < right[side+nameLearned]+0.2 {
			t.Errorf("%sKS %.3f of a map that is wrong, %.3f of the right one", side, wrong[side+nameLearned], right[side+nameLearned])
		}
	}
	if _, err := Stored(context.Background(), lakeOf{feed: f}, Question{Listing: testListing, To: 1 << 60, Params: p}); !errors.Is(err, market.ErrInvalid) {
		t.Errorf("a lake with neither liquidations nor positions: %v, want it refused", err)
	}
}

// Parameters that are learned anew each day know no position of their own day:
// changing those changes what is drawn on the next day, and nothing before.
func TestDailyLearnsFromThePastAlone(t *testing.T) {
	f := walk(13, 5)
	p, begin := startParams(), f.bars[0].OpenTime
	var sightings []sighting
	all := observedOf(f, p, 4*market.Hour)
	for _, at := range slices.Sorted(maps.Keys(all)) {
		s := sighting{at: at, price: f.priceAt(at), held: map[string]position{}}
		for _, o := range all[at] {
			s.held[o.Address.String()] = position{o.Side, float64(o.Size), o.LiquidationPrice, at}
		}
		sightings = append(sightings, s)
	}
	positions := snapshots(sightings, 0)
	changed := slices.Clone(positions)
	changeFrom := begin + 3*market.Day
	for i, s := range changed {
		if s.at >= changeFrom {
			changed[i].true = profile{s.true[market.Short], s.true[market.Long]}
			slices.Reverse(changed[i].true[market.Long])
		}
	}
	d := set{feed: f, begin: begin}
	before, err := d.daily(p, positions, begin+2*market.Day)
	if err != nil {
		t.Fatal(err)
	}
	after, err := d.daily(p, changed, begin+2*market.Day)
	if err != nil {
		t.Fatal(err)
	}
	_, judged := parted(positions, begin+2*market.Day)
	if len(before) != len(judged) || len(after) != len(judged) {
		t.Fatalf("%d and %d profiles for %d moments", len(before), len(after), len(judged))
	}
	for i, s := range judged {
		same := slices.Equal(before[i][market.Long], after[i][market.Long])
		if known := s.at >= changeFrom.Floor(market.Day)+market.Day; same == known {
			t.Errorf("%v: drawn alike %v, want %v: positions differ from %v on", s.at, same, !known, changeFrom)
		}
	}
}

// Orders of a candle lie at its four prices, the rest along the legs on which
// their side is liquidated.
func TestOrdersLieWhereTheCandleTells(t *testing.T) {
	price := func(k market.BinIndex) market.Price { return (k*cellBins + 2).Mid() }
	c := market.Candle{Open: price(20010), High: price(20012), Low: price(20002), Close: price(20004)}
	for orders, want := range map[float64]map[market.BinIndex]float64{
		4:   {20010: .25, 20012: .25, 20002: .25, 20004: .25},
		400: {20011: .99 / 11, 20003: .99 / 11, 20012: .99/11 + .0025},
	} {
		got, sum := map[market.BinIndex]float64{}, 0.0
		for bin, share := range orderShares(c, market.Long, orders) {
			got[bin] = share
			sum += share
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Errorf("%v orders: shares sum to %v", orders, sum)
		}
		for bin, share := range want {
			if math.Abs(got[bin]-share) > 1e-9 {
				t.Errorf("%v orders: %v in cell %d, want %v", orders, got[bin], bin, share)
			}
		}
	}
}
