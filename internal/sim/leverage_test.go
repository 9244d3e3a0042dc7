package sim

import (
	"math"
	"slices"
	"testing"

	"halcyon/market"

	"pgregory.net/rapid"
)

// TestPlantedLeverageIsOpened plants one leverage a population and side and
// finds it on what was just opened.
func TestPlantedLeverageIsOpened(t *testing.T) {
	one := func(l market.Leverage) []LeverageBand { return []LeverageBand{{l, l, 1}} }
	opt := small(6)
	opt.Leverage = &LeverageMix{
		Stock: [market.Sides][]LeverageBand{one(2), one(3)},
		Flow:  [market.Sides][]LeverageBand{one(20), one(25)},
	}
	want := map[Kind][market.Sides]float64{Stock: {2, 3}, Flow: {20, 25}}
	m := mustNew(t, opt)
	seen := map[Kind]int{}
	for m.Now() < testStart+market.Hour {
		from := m.Now()
		for range m.Run(from + market.Second) {
		}
		for _, p := range m.Positions() {
			if p.OpenedAt < from || p.Kind == Maker {
				continue
			}
			if p.Kind == Hedged {
				t.Fatal("a hedged position where none is planted")
			}
			seen[p.Kind]++
			got := float64(p.EntryPrice) * float64(p.Size) / float64(p.Margin)
			if math.Abs(got/want[p.Kind][p.Side]-1) > 1e-9 || float64(p.Leverage) < want[p.Kind][p.Side] {
				t.Fatalf("%v %v opened at %v, set to %v, want %v", p.Kind, p.Side, got, p.Leverage, want[p.Kind][p.Side])
			}
		}
	}
	if seen[Stock] == 0 || seen[Flow] < 100 {
		t.Fatalf("too few openings seen: %v", seen)
	}
}

func TestDrawnLeverageFollowsShares(t *testing.T) {
	bands := []LeverageBand{{1, 2, .5}, {10, 20, 1.5}, {50, 100, 2}}
	r, counts, logs := newRandom(1, "X"), [3]int{}, 0.0
	const n = 40_000
	for range n {
		l := market.Leverage(drawLeverage(r, bands))
		i := slices.IndexFunc(bands, func(b LeverageBand) bool { return l >= b.From && l < b.To })
		if i < 0 {
			t.Fatalf("leverage %v outside the bands", l)
		}
		counts[i]++
		logs += math.Log2(float64(l/bands[i].From)) / n
	}
	for i, want := range []float64{.125, .375, .5} {
		if got := float64(counts[i]) / n; math.Abs(got-want) > .01 {
			t.Errorf("band %d drawn %.3f of the time, want %.3f", i, got, want)
		}
	}
	if math.Abs(logs-.5) > .01 {
		t.Errorf("mean place within a band %.3f on the log scale, want 0.5", logs)
	}
}

// TestHeapAgainstSorting compares the heap with a plain map.
func TestHeapAgainstSorting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h heap
		model := map[int32]float64{}
		t.Repeat(map[string]func(*rapid.T){
			"set": func(t *rapid.T) {
				id, key := rapid.Int32Range(0, 40).Draw(t, "id"), float64(rapid.IntRange(0, 30).Draw(t, "key"))
				h.set(id, key)
				model[id] = key
			},
			"remove": func(t *rapid.T) {
				id := rapid.Int32Range(0, 60).Draw(t, "id")
				h.remove(id)
				delete(model, id)
			},
			"pop": func(t *rapid.T) {
				limit := float64(rapid.IntRange(0, 30).Draw(t, "limit"))
				least := math.Inf(1)
				for _, key := range model {
					least = min(least, key)
				}
				id, ok := h.popUpTo(limit)
				if ok != (least <= limit) || ok && model[id] != least {
					t.Fatalf("popped %d (key %v), %v; the least key is %v", id, model[id], ok, least)
				}
				if ok {
					delete(model, id)
				}
			},
			"": func(t *rapid.T) {
				if len(h.entries) != len(model) {
					t.Fatalf("%d entries, want %d", len(h.entries), len(model))
				}
			},
		})
	})
}
