package scorecard

import (
	"math"
	"slices"
)

// Boost is gradient-boosted regression trees for squared error: the strongest
// baseline that price alone is given. It has no randomness.
type Boost struct {
	cuts  [][]float64
	level float64
	trees [][]node
}

// node is a split or, with feature < 0, a leaf worth value.
type node struct {
	feature, cut, left, right int
	value                     float64
}

// Parameters of the trees: slow learning, shallow trees, leaves not too small
// for hourly noise. The number of trees is chosen, at most maxTrees.
const (
	boostRate  = 0.05
	boostDepth = 4
	boostLeaf  = 20
	boostCuts  = 31
	maxTrees   = 300
	// boostPrior shrinks a leaf's value as if it held so many more rows of 0.
	boostPrior = 5
)

// FitBoost fits target on rows of features of equal length. The number of
// trees is the one that does best on the last fifth of the rows when fitted on
// the rest.
func FitBoost(rows [][]float64, target []float64) Boost {
	cut := len(rows) * 4 / 5
	_, trees := fitBoost(rows[:cut], target[:cut], rows[cut:], target[cut:], maxTrees)
	m, _ := fitBoost(rows, target, nil, nil, trees)
	return m
}

// Predict returns the model's value for one row.
func (m Boost) Predict(row []float64) float64 {
	y := m.level
	for _, t := range m.trees {
		y += boostRate * m.leaf(t, row)
	}
	return y
}

func (m Boost) leaf(t []node, row []float64) float64 {
	at := 0
	for t[at].feature >= 0 {
		if n := t[at]; row[n.feature] < m.cuts[n.feature][n.cut] {
			at = n.left
		} else {
			at = n.right
		}
	}
	return t[at].value
}

// fitBoost fits trees and returns how many did best on the validation rows.
func fitBoost(rows [][]float64, target []float64, validRows [][]float64, valid []float64, trees int) (Boost, int) {
	m := Boost{level: Mean(target), cuts: cutsOf(rows)}
	b := builder{cuts: m.cuts, binned: make([][]uint8, len(m.cuts)), residual: make([]float64, len(rows))}
	for j := range b.binned {
		b.binned[j] = make([]uint8, len(rows))
		for i, r := range rows {
			k, found := slices.BinarySearch(m.cuts[j], r[j])
			if found {
				k++
			}
			b.binned[j][i] = uint8(k)
		}
	}
	for i := range rows {
		b.residual[i] = target[i] - m.level
	}
	left := make([]float64, len(valid))
	for i, y := range valid {
		left[i] = y - m.level
	}
	best, bestTrees := math.Inf(1), trees
	all := make([]int, len(rows))
	for i := range all {
		all[i] = i
	}
	for n := 1; n <= trees; n++ {
		b.tree = nil
		b.grow(slices.Clone(all), boostDepth)
		m.trees = append(m.trees, b.tree)
		for i, r := range rows {
			b.residual[i] -= boostRate * m.leaf(b.tree, r)
		}
		var loss float64
		for i, r := range validRows {
			left[i] -= boostRate * m.leaf(b.tree, r)
			loss += left[i] * left[i]
		}
		if len(valid) > 0 && loss < best {
			best, bestTrees = loss, n
		}
	}
	return m, bestTrees
}

// cutsOf returns, a feature, the borders of boostCuts+1 cells of equal count.
func cutsOf(rows [][]float64) [][]float64 {
	cuts := make([][]float64, len(rows[0]))
	for j := range cuts {
		v := make([]float64, len(rows))
		for i, r := range rows {
			v[i] = r[j]
		}
		slices.Sort(v)
		for c := 1; c <= boostCuts; c++ {
			cuts[j] = append(cuts[j], v[c*(len(v)-1)/(boostCuts+1)])
		}
		cuts[j] = slices.Compact(cuts[j])
	}
	return cuts
}

// builder grows one tree at a time.
type builder struct {
	cuts [][]float64
	// binned is the cell of every row, a feature at a time.
	binned   [][]uint8
	residual []float64
	tree     []node
}

// grow adds the node for some rows and what is below it; it returns its index.
func (b *builder) grow(rows []int, depth int) int {
	at := len(b.tree)
	var sum float64
	for _, i := range rows {
		sum += b.residual[i]
	}
	b.tree = append(b.tree, node{feature: -1, value: sum / (float64(len(rows)) + boostPrior)})
	if depth == 0 || len(rows) < 2*boostLeaf {
		return at
	}
	feature, cut := b.split(rows, sum)
	if feature < 0 {
		return at
	}
	k := 0 // rows below the cut come first
	for i, r := range rows {
		if int(b.binned[feature][r]) <= cut {
			rows[i], rows[k] = rows[k], rows[i]
			k++
		}
	}
	b.tree[at].feature, b.tree[at].cut = feature, cut
	left := b.grow(rows[:k], depth-1)
	right := b.grow(rows[k:], depth-1)
	b.tree[at].left, b.tree[at].right = left, right
	return at
}

// split returns the feature and cut that lower the squared error most.
func (b *builder) split(rows []int, total float64) (feature, cut int) {
	n := float64(len(rows))
	best := total*total/(n+boostPrior) + 1e-9
	feature = -1
	var sums [boostCuts + 1]float64
	var counts [boostCuts + 1]float64
	for j := range b.cuts {
		clear(sums[:])
		clear(counts[:])
		cells := b.binned[j]
		for _, i := range rows {
			k := cells[i] & boostCuts
			sums[k] += b.residual[i]
			counts[k]++
		}
		var s, c float64
		for k := range b.cuts[j] {
			s, c = s+sums[k], c+counts[k]
			if c < boostLeaf || n-c < boostLeaf {
				continue
			}
			if gain := s*s/(c+boostPrior) + (total-s)*(total-s)/(n-c+boostPrior); gain > best {
				best, feature, cut = gain, j, k
			}
		}
	}
	return feature, cut
}
