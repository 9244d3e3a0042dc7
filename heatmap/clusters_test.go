package heatmap

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"halcyon/market"
)

// The page's zones and these clusters are found by one rule: both are held to
// the same vectors.
func TestClustersAreThePages(t *testing.T) {
	text, err := os.ReadFile("../web/testdata/zones_golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Mean, SD float64
		Cases    []struct {
			Name         string
			First, Split market.BinIndex
			Amounts      []float64
			Clusters     []struct {
				First, End market.BinIndex
				USD, Z     float64
			}
		}
	}
	if err := json.Unmarshal(text, &golden); err != nil || len(golden.Cases) < 10 {
		t.Fatalf("%d vectors, %v", len(golden.Cases), err)
	}
	norm := Norm{N: 100, Mean: golden.Mean, SD: golden.SD}
	for _, c := range golden.Cases {
		var want []Cluster
		for _, w := range c.Clusters {
			want = append(want, Cluster{w.First, w.End, w.USD, w.Z})
		}
		if got := Clusters(c.Amounts, c.First, c.Split, norm); !slices.Equal(got, want) {
			t.Errorf("%s: %+v, want %+v", c.Name, got, want)
		}
	}
	if got := Clusters([]float64{1e9}, 0, 0, Norm{N: 1, Mean: 1}); got != nil {
		t.Errorf("clusters %v where z is undefined", got)
	}
}
