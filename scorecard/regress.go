package scorecard

import "math"

// Ridge is a linear regression with a quadratic penalty on standardised
// features. It is fitted by FitRidge and then only read.
type Ridge struct {
	mean, scale, weight []float64
	level               float64
}

// penalties are the strengths that FitRidge chooses from, per entry.
var penalties = []float64{1e-4, 1e-3, 1e-2, 1e-1}

// FitRidge fits target on rows of features of equal length. The penalty is the
// one that does best on the last fifth of the rows when fitted on the rest, so
// that nothing after the training window decides anything.
func FitRidge(rows [][]float64, target []float64) Ridge {
	cut := len(rows) * 4 / 5
	best, chosen := math.Inf(1), penalties[0]
	for _, p := range penalties {
		m := fitRidge(rows[:cut], target[:cut], p)
		var loss float64
		for i := cut; i < len(rows); i++ {
			e := m.Predict(rows[i]) - target[i]
			loss += e * e
		}
		if loss < best {
			best, chosen = loss, p
		}
	}
	return fitRidge(rows, target, chosen)
}

func fitRidge(rows [][]float64, target []float64, penalty float64) Ridge {
	k, n := len(rows[0]), float64(len(rows))
	m := Ridge{mean: make([]float64, k), scale: make([]float64, k), level: Mean(target)}
	for _, r := range rows {
		for j, x := range r {
			m.mean[j] += x / n
		}
	}
	for _, r := range rows {
		for j, x := range r {
			m.scale[j] += (x - m.mean[j]) * (x - m.mean[j]) / n
		}
	}
	for j, v := range m.scale {
		if m.scale[j] = math.Sqrt(v); v < 1e-18 {
			m.scale[j] = math.Inf(1) // constant: no information
		}
	}
	a := make([][]float64, k)
	for j := range a {
		a[j] = make([]float64, k)
		a[j][j] = penalty * n
	}
	b, z := make([]float64, k), make([]float64, k)
	for i, r := range rows {
		for j, x := range r {
			z[j] = (x - m.mean[j]) / m.scale[j]
		}
		for j := range z {
			b[j] += z[j] * (target[i] - m.level)
			for l := 0; l <= j; l++ {
				a[j][l] += z[j] * z[l]
			}
		}
	}
	m.weight = solve(a, b)
	return m
}

// Predict returns the regression's value for one row.
func (m Ridge) Predict(row []float64) float64 {
	y := m.level
	for j, x := range row {
		y += m.weight[j] * (x - m.mean[j]) / m.scale[j]
	}
	return y
}

// solve solves a·x = b for a symmetric, positive definite a whose lower
// triangle is given, by Cholesky decomposition in place.
func solve(a [][]float64, b []float64) []float64 {
	n := len(b)
	for j := range n {
		for l := range j {
			a[j][j] -= a[j][l] * a[j][l]
		}
		a[j][j] = math.Sqrt(max(a[j][j], 1e-12))
		for i := j + 1; i < n; i++ {
			for l := range j {
				a[i][j] -= a[i][l] * a[j][l]
			}
			a[i][j] /= a[j][j]
		}
	}
	x := make([]float64, n)
	for i := range n {
		x[i] = b[i]
		for l := range i {
			x[i] -= a[i][l] * x[l]
		}
		x[i] /= a[i][i]
	}
	for i := n - 1; i >= 0; i-- {
		for l := i + 1; l < n; l++ {
			x[i] -= a[l][i] * x[l]
		}
		x[i] /= a[i][i]
	}
	return x
}

// Line is a fitted straight line.
type Line struct{ Level, Slope float64 }

// FitLine fits y on x by least squares; slope 0 where x is constant.
func FitLine(x, y []float64) Line {
	mx, my := Mean(x), Mean(y)
	var xy, xx float64
	for i := range x {
		xy += (x[i] - mx) * (y[i] - my)
		xx += (x[i] - mx) * (x[i] - mx)
	}
	if xx == 0 {
		return Line{Level: my}
	}
	return Line{my - xy/xx*mx, xy / xx}
}

// At returns the line's value at x.
func (l Line) At(x float64) float64 { return l.Level + l.Slope*x }
