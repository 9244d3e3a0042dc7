package api

import (
	"context"
	"math"
	"slices"
	"testing"

	"halcyon/heatmap"
	"halcyon/internal/atlas"
	"halcyon/market"
)

// Groups that are looked at together are normalised by the population of their
// sums, which is not that of any group.
func TestCustomSelectionHasItsOwnPopulation(t *testing.T) {
	server, a := site(t)
	type stats struct {
		N        []int64
		Mean, SD []*float64
	}
	var body struct {
		Time []int64
		Norm struct{ Selections map[string]stats }
	}
	// A window no longer than a column holds that column alone.
	get(t, server, "/api/v1/columns?venue=test&symbol=BTC&level=1&band=0.1&window=60000&selections=high%2Blow,low&from="+number(start)+"&to="+number(start+8*market.Hour), &body)
	custom, low := body.Norm.Selections["low+high"], body.Norm.Selections["low"]
	if len(body.Norm.Selections) != 2 || len(custom.N) != len(body.Time) || len(low.N) != len(body.Time) {
		t.Fatalf("%d selections; %d and %d counts for %d columns", len(body.Norm.Selections), len(custom.N), len(low.N), len(body.Time))
	}
	want := populationOf(t, a, 1, []string{"low", "high"})
	differs := false
	for i, at := range body.Time {
		w := want[market.UnixMilli(at)]
		if custom.N[i] != w.N {
			t.Fatalf("column %d: %d cells, want %d", at, custom.N[i], w.N)
		}
		if mean, sd, ok := w.MeanSD(); ok {
			if math.Abs(*custom.Mean[i]/mean-1) > 1e-5 || math.Abs(*custom.SD[i]/sd-1) > 1e-5 {
				t.Fatalf("column %d: mean %v, sd %v, want %v and %v", at, *custom.Mean[i], *custom.SD[i], mean, sd)
			}
			differs = differs || low.SD[i] != nil && *low.SD[i] != *custom.SD[i]
		}
	}
	if !differs {
		t.Error("low and high together are normalised like low alone")
	}
}

// populationOf gathers, by the start of a column, the cells of some groups
// within 10 % of price: each bin's sum once.
func populationOf(t *testing.T, a *atlas.Atlas, level int, groups []string) map[market.UnixMilli]*heatmap.Stats {
	t.Helper()
	width := heatmap.Ladder[level].Bucket
	w := heatmap.Window{Level: level, From: start.Bucket(width), To: (start + 8*market.Hour).Bucket(width)}
	days, err := a.Days(context.Background(), listing.InstrumentID, level, w.From, w.To)
	if err != nil {
		t.Fatal(err)
	}
	w.Lo, w.Hi = days[0].Bins()
	for _, d := range days {
		lo, hi := d.Bins()
		w.Lo, w.Hi = min(w.Lo, lo), max(w.Hi, hi)
	}
	out := map[market.UnixMilli]*heatmap.Stats{}
	if err := heatmap.Walk(days, w, func(c *heatmap.Column, s *heatmap.State) bool {
		st := &heatmap.Stats{}
		lo, hi := heatmap.BandOf(level, c.Price, 0.1)
		for bin := max(lo, w.Lo); bin < min(hi, w.Hi); bin++ {
			var sum float64
			for g, group := range a.Groups() {
				if slices.Contains(groups, group.Name) {
					sum += s.All(heatmap.PlaneOf(market.Long, g, len(a.Groups())), bin) + s.All(heatmap.PlaneOf(market.Short, g, len(a.Groups())), bin)
				}
			}
			st.Observe(sum)
		}
		out[c.Bucket.Start(width)] = st
		return true
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSelectionsByName(t *testing.T) {
	_, a := site(t)
	for name, want := range map[string]string{
		"all": "all", "fresh": "fresh", "medium": "medium", "high+low": "low+high", "low high": "low+high", "low+low": "low",
		"low+medium+high": "all", "tiny": "", "": "", "low+tiny": "", "fresh+low": "",
	} {
		sel, err := a.Select(name)
		if (err != nil) != (want == "") || sel.Name != want {
			t.Errorf("%q: %q, %v, want %q", name, sel.Name, err, want)
		}
	}
	custom, _ := a.Select("low+high")
	low, _ := a.Select("low")
	high, _ := a.Select("high")
	if custom.Planes != low.Planes|high.Planes || custom.Fresh {
		t.Errorf("low+high selects %b, low %b, high %b", custom.Planes, low.Planes, high.Planes)
	}
}
