package screen

import (
	"math"
	"slices"
	"testing"

	"halcyon/heatmap"
	"halcyon/market"
)

func TestClustersAreNamedByPriceAndSide(t *testing.T) {
	got := clustersOf([]heatmap.Cluster{{First: 100, End: 103, Amount: 7, Z: 2}, {First: 103, End: 104, Amount: 5, Z: 3}}, 103)
	want := []Cluster{
		{Side: market.Long, Low: market.BinIndex(400).Low(), High: market.BinIndex(412).Low(), USD: 7, Z: 2},
		{Side: market.Short, Low: market.BinIndex(412).Low(), High: market.BinIndex(416).Low(), USD: 5, Z: 3},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
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
