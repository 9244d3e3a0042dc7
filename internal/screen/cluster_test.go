package screen

import (
	"math"
	"testing"

	"halcyon/heatmap"
	"halcyon/market"
)

// Mean 10 and standard deviation 5: bins of 15 and more are hot.
var norm = heatmap.Norm{N: 100, Mean: 10, SD: 5}

func TestClusters(t *testing.T) {
	for name, c := range map[string]struct {
		totals []float64
		split  market.BinIndex
		want   []Cluster // Side, USD and Z alone
	}{
		"nothing hot":             {[]float64{10, 14, 9}, 1, nil},
		"one hot bin":             {[]float64{0, 20, 0}, 0, []Cluster{{Side: market.Short, USD: 20, Z: 2}}},
		"joined across three":     {[]float64{15, 1, 1, 1, 25}, 9, []Cluster{{Side: market.Long, USD: 43, Z: 3}}},
		"not across four":         {[]float64{15, 1, 1, 1, 1, 25}, 9, []Cluster{{Side: market.Long, USD: 15, Z: 1}, {Side: market.Long, USD: 25, Z: 3}}},
		"never across price":      {[]float64{20, 30}, 1, []Cluster{{Side: market.Long, USD: 20, Z: 2}, {Side: market.Short, USD: 30, Z: 4}}},
		"the fullest bin gives z": {[]float64{20, 35, 15}, 0, []Cluster{{Side: market.Short, USD: 70, Z: 5}}},
		"up to the very last bin": {[]float64{0, 0, 15}, 0, []Cluster{{Side: market.Short, USD: 15, Z: 1}}},
		"empty":                   {nil, 0, nil},
	} {
		got := clusters(c.totals, 0, c.split, norm)
		if len(got) != len(c.want) {
			t.Errorf("%s: %d clusters, want %d", name, len(got), len(c.want))
			continue
		}
		for i, want := range c.want {
			if got[i].Side != want.Side || got[i].USD != want.USD || math.Abs(got[i].Z-want.Z) > 1e-9 {
				t.Errorf("%s: cluster %d is %+v, want %+v", name, i, got[i], want)
			}
		}
	}
	if got := clusters([]float64{1e9}, 0, 0, heatmap.Norm{N: 1, Mean: 1}); got != nil {
		t.Errorf("clusters %v where z is undefined", got)
	}
}

func TestNearestIsByTheEdgeThatFacesPrice(t *testing.T) {
	list := []Cluster{
		{Side: market.Long, Low: 80, High: 97}, {Side: market.Short, Low: 102, High: 130}, {Side: market.Short, Low: 140, High: 141},
	}
	got := nearest(list, 100)
	if got.Side != market.Short || got.Low != 102 || math.Abs(float64(got.Distance)-0.02) > 1e-12 {
		t.Errorf("nearest %+v", got)
	}
	if nearest(nil, 100) != nil {
		t.Error("a nearest of none")
	}
}
