package heatmap

import "halcyon/market"

// A bin is hot from z-score HotZ on. Hot bins are one cluster where at most
// ClusterBridge others lie between two of them.
const (
	HotZ          = 1.0
	ClusterBridge = 3
)

// Cluster is neighbouring bins that stand far above their population together;
// users know it as a zone.
type Cluster struct {
	// First and End are its bins, half-open.
	First, End market.BinIndex
	// Amount is the sum over its bins, those between hot ones included (quote).
	Amount float64
	// Z is the z-score of its fullest bin, at least HotZ.
	Z float64
}

// Clusters finds the clusters of a column, rising. amounts (quote) are of
// consecutive bins from first on, norm is what z is of. No cluster spans split,
// the bin that holds price: longs stand below it, shorts in it and above. There
// are none where z is undefined.
//
// The page finds zones by the same rule, clustersOf in web/src/layers/zones.ts;
// TestClustersAreThePages holds both to web/testdata/zones_golden.json.
func Clusters(amounts []float64, first, split market.BinIndex, norm Norm) (out []Cluster) {
	for i, amount := range amounts {
		z, ok := norm.Z(amount)
		if !ok || z < HotZ {
			continue
		}
		bin := first + market.BinIndex(i)
		if n := len(out) - 1; n >= 0 && bin-out[n].End <= ClusterBridge && (bin < split || out[n].First >= split) {
			out[n].End, out[n].Z = bin+1, max(out[n].Z, z)
		} else {
			out = append(out, Cluster{First: bin, End: bin + 1, Z: z})
		}
	}
	for i := range out {
		for _, amount := range amounts[out[i].First-first : out[i].End-first] {
			out[i].Amount += amount
		}
	}
	return out
}
