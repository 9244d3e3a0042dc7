package lake

import (
	"cmp"
	"fmt"
	"math"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"halcyon/heatmap"
	"halcyon/market"
)

// benchMap makes a day of the size of a busy instrument's: price wanders, and
// in every minute each bin it visits opens positions in every plane at the
// plane's own distance, and sweeps what stood in its way.
func benchMap() *heatmap.Day {
	const planes, groups = 16, 8
	r := rand.New(rand.NewSource(7))
	d := &heatmap.Day{Start: aDay, Planes: planes}
	type place struct {
		plane heatmap.Plane
		bin   market.BinIndex
	}
	state := map[place]heatmap.Cell{}
	distance := [groups]market.BinIndex{40, 80, 150, 280, 500, 900, 1600, 2600}
	mid := market.BinIndex(110_000)
	open := func(changes map[place]heatmap.Cell, bin market.BinIndex, spread float64) {
		volume := math.Exp(7 + 1.2*r.NormFloat64())
		for p := range heatmap.Plane(planes) {
			side, off := market.PositionSide(p/groups), distance[p%groups]
			if side == market.Long {
				off = -off
			}
			at := place{p, bin + off + market.BinIndex(spread*r.NormFloat64())}
			c := changes[at]
			amount := volume * (0.5 + 0.5*r.Float64()) / float64(1+p%groups)
			c.Plane, c.Bin, c.All, c.Fresh = at.plane, at.bin, c.All+int64(amount), c.Fresh+int64(amount*1.7)
			changes[at] = c
		}
	}
	for range 3000 { // what stands at midnight
		open(state, mid+market.BinIndex(300*r.NormFloat64()), 20)
	}
	for _, c := range state {
		d.Keyframe = append(d.Keyframe, c)
	}
	scale := 1.0
	base := &d.Levels[0]
	for minute := range 1440 {
		bucket := market.BucketIndex(int64(aDay/market.Minute) + int64(minute))
		changes := map[place]heatmap.Cell{}
		from := mid
		mid += market.BinIndex(6 * r.NormFloat64())
		low, high := min(from, mid)-6, max(from, mid)+6
		for at, c := range state { // swept: longs from above, shorts from below
			if at.bin >= low && at.bin < high {
				c.All, c.Fresh = -c.All, -c.Fresh
				changes[at] = c
			}
		}
		for bin := low; bin < high; bin++ {
			open(changes, bin, 0)
		}
		for at, c := range changes {
			now := state[at]
			now.Plane, now.Bin, now.All, now.Fresh = at.plane, at.bin, now.All+c.All, now.Fresh+c.Fresh
			if state[at] = now; now.All == 0 && now.Fresh == 0 {
				delete(state, at)
			}
			base.Deltas = append(base.Deltas, heatmap.Delta{Bucket: bucket, Cell: c})
		}
		scale *= 1 - 0.0002*r.Float64()
		base.Columns = append(base.Columns, benchColumn(r, bucket, mid.Mid(), scale, planes))
	}
	slices.SortFunc(d.Keyframe, func(a, b heatmap.Cell) int {
		return cmp.Or(cmp.Compare(a.Plane, b.Plane), cmp.Compare(a.Bin, b.Bin))
	})
	sortDeltas(base.Deltas)
	for k := 1; k < heatmap.Levels; k++ {
		d.Levels[k] = coarser(base, k)
	}
	return d
}

func benchColumn(r *rand.Rand, bucket market.BucketIndex, price market.Price, scale float64, planes int) heatmap.Column {
	c := heatmap.Column{
		Bucket: bucket, Open: price, High: price + 20, Low: price - 15.5, Close: price + 1,
		Volume: market.Contracts(r.ExpFloat64() * 100), OpenInterest: market.Contracts(80_000 + r.Float64()), Price: price,
		Placed: [2]market.Ratio{0.5, 0.6},
	}
	c.TakerBuy = c.Volume * market.Contracts(r.Float64())
	c.Swept = [2]market.Notional{market.Notional(r.ExpFloat64() * 1e5), market.Notional(r.ExpFloat64() * 1e5)}
	for p := range planes {
		c.Scales = append(c.Scales, heatmap.Scales{All: math.Pow(scale, float64(1+p%8)), Fresh: math.Pow(scale, float64(2+p%8))})
	}
	return c
}

func sortDeltas(deltas []heatmap.Delta) {
	slices.SortFunc(deltas, func(a, b heatmap.Delta) int {
		return cmp.Or(cmp.Compare(a.Bucket, b.Bucket), cmp.Compare(a.Plane, b.Plane), cmp.Compare(a.Bin, b.Bin))
	})
}

// coarser sums level 0 into level k.
func coarser(base *heatmap.LevelDay, k int) (out heatmap.LevelDay) {
	level := heatmap.Ladder[k]
	type place struct {
		bucket market.BucketIndex
		plane  heatmap.Plane
		bin    market.BinIndex
	}
	sums := map[place]heatmap.Delta{}
	for _, x := range base.Deltas {
		x.Bucket = x.Bucket.Start(heatmap.BaseBucket).Bucket(level.Bucket)
		x.Bin = x.Bin.Coarsen(level.Shift)
		at := place{x.Bucket, x.Plane, x.Bin}
		sum := sums[at]
		x.All, x.Fresh = x.All+sum.All, x.Fresh+sum.Fresh
		sums[at] = x
	}
	for _, x := range sums {
		if x.All != 0 || x.Fresh != 0 {
			out.Deltas = append(out.Deltas, x)
		}
	}
	sortDeltas(out.Deltas)
	for _, c := range base.Columns {
		c.Bucket = c.Bucket.Start(heatmap.BaseBucket).Bucket(level.Bucket)
		if n := len(out.Columns); n > 0 && out.Columns[n-1].Bucket == c.Bucket {
			out.Columns[n-1] = c
		} else {
			out.Columns = append(out.Columns, c)
		}
	}
	return out
}

// folderSize sums the files below dir.
func folderSize(b testing.TB, dir string) (bytes float64) {
	b.Helper()
	err := filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			bytes += float64(info.Size())
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return bytes
}

func BenchmarkMapTracks(b *testing.B) {
	l, dir := openFolder(b)
	day := benchMap()
	if err := l.PutMap(noTime, btc, day); err != nil {
		b.Fatal(err)
	}
	for k := range heatmap.Levels {
		b.Run(fmt.Sprint("level=", k), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := l.MapTracks(noTime, btc, aDay, k); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(day.Levels[k].Deltas)), "deltas")
			b.ReportMetric(folderSize(b, dir)/1e6, "MB/day")
		})
	}
}

func BenchmarkPutMap(b *testing.B) {
	l, dir := openFolder(b)
	day := benchMap()
	b.ReportAllocs()
	for b.Loop() {
		if err := l.PutMap(noTime, btc, day); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(folderSize(b, dir)/1e6, "MB/day")
}
