package halcyon_test

import (
	"context"
	"math"
	"testing"

	"halcyon/engine"
	"halcyon/heatmap"
	"halcyon/internal/sim"
	"halcyon/market"
)

// held keeps the days that an engine hands over.
type held map[market.UnixMilli]*heatmap.Day

func (h held) PutMap(_ context.Context, _ market.InstrumentID, d *heatmap.Day) error {
	h[d.Start] = d
	return nil
}

// distances is notional by distance from price, in steps of a percent up to 20.
type distances [20]float64

func (d *distances) add(distance, notional float64) {
	if k := int(distance * 100); k >= 0 && k < len(d) {
		d[k] += notional
	}
}

// share scales to sum 1, so that shapes can be compared.
func (d distances) share() distances {
	var sum float64
	for _, x := range d {
		sum += x
	}
	for k := range d {
		d[k] /= sum
	}
	return d
}

// overlap is Σ min(a, b) of two densities: 1 for equal ones.
func overlap(a, b distances) (sum float64) {
	a, b = a.share(), b.share()
	for k := range a {
		sum += min(a[k], b[k])
	}
	return sum
}

// The simulated market knows every position, so the estimate can be held
// against the truth: mass by distance, total, and what was swept against what
// was truly liquidated. The parameters are the defaults, learned from nothing
// here; the bounds are golden, so that a change that makes the estimate worse
// is seen.
func TestEstimateAgainstSimulatedTruth(t *testing.T) {
	const days = 5
	start := market.UnixMilli(20_000 * market.Day)
	m, err := sim.New(sim.Options{Symbol: "BTC", Seed: 11, Start: start})
	if err != nil {
		t.Fatal(err)
	}
	kept := held{}
	e, err := engine.New(m.Listing(), engine.Options{}, kept)
	if err != nil {
		t.Fatal(err)
	}
	var openInterest market.Contracts
	for ev := range m.Run(start + days*market.Day) {
		if oi, ok := ev.(market.OpenInterest); ok {
			openInterest = oi.Contracts
		}
		if err := e.Apply(context.Background(), ev); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	last := kept[start+(days-1)*market.Day]
	var estimated, truth [market.Sides]distances
	var total [market.Sides]float64
	price := float64(m.MarkPrice())
	groups := last.Planes / market.Sides
	cols := last.Levels[0].Columns
	end := cols[len(cols)-1]
	w := heatmap.Window{From: end.Bucket, To: end.Bucket + 1, Lo: -1 << 18, Hi: 1 << 18}
	if err := heatmap.Walk([]*heatmap.Tracks{last.Tracks(0)}, w, func(c *heatmap.Column, s *heatmap.State) bool {
		for p := range heatmap.Plane(last.Planes) {
			side := int(p) / groups
			for lo, hi := s.Occupied(p); lo < hi; lo++ {
				x := s.All(p, lo)
				// Counted in contracts, because that is what open interest is.
				total[side] += x / float64(lo.Mid())
				estimated[side].add(math.Abs(float64(lo.Mid())/price-1), x)
			}
		}
		return true
	}); err != nil {
		t.Fatal(err)
	}
	levels := m.TrueLevels()
	for side := range market.Sides {
		for bin, notional := range levels.At[side] {
			truth[side].add(math.Abs(float64(bin.Mid())/price-1), float64(notional))
		}
	}
	var swept [market.Sides]float64
	for _, d := range kept {
		for _, c := range d.Levels[0].Columns {
			for s := range swept {
				swept[s] += float64(c.Swept[s])
			}
		}
	}
	for side := range market.PositionSide(market.Sides) {
		o := overlap(estimated[side], truth[side])
		placed := float64(end.Placed[side])
		ratio := swept[side] / float64(m.Liquidated()[side])
		t.Logf("%v: overlap by distance %.3f, placed %.3f of open interest, swept / truly liquidated %.2f", side, o, placed, ratio)
		if o < 0.55 {
			t.Errorf("%v: overlap by distance %.3f, want at least 0.55", side, o)
		}
		if ratio < 0.7 || ratio > 1.4 {
			t.Errorf("%v: swept %.2f times what was liquidated, want 0.7 to 1.4", side, ratio)
		}
		// What is placed on the map and what is said to be must be the same.
		if got := total[side] / float64(openInterest); math.Abs(got-placed) > 0.02 {
			t.Errorf("%v: the map holds %.4f of open interest, the column says %.4f", side, got, placed)
		}
	}
}
