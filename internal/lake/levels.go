package lake

import (
	"halcyon/heatmap"
	"halcyon/market"
)

const levelUnits = "level: index of the ladder; keyframe: state at 00:00, else change within the bucket; time: start of the bucket, UTC milliseconds; " +
	"price_bin: at level k the prices [1.0001^(price_bin*2^k), 1.0001^((price_bin+1)*2^k)); " +
	"all_raw, fresh_raw: whole quote units, to be multiplied by the columns' scales"

// levelRow is a cell of the keyframe or a delta.
type levelRow struct {
	Level    int32  `parquet:"level,dict"`
	Keyframe bool   `parquet:"keyframe"`
	Time     int64  `parquet:"time,timestamp(millisecond),dict"`
	Side     string `parquet:"side,dict"`
	Group    int32  `parquet:"group,dict"`
	PriceBin int32  `parquet:"price_bin,delta"`
	All      int64  `parquet:"all_raw,split"`
	Fresh    int64  `parquet:"fresh_raw,split"`
}

// groupsOf returns the groups a side of a book, so that plane = side·groups + group.
func groupsOf(planes int) int { return (planes + market.Sides - 1) / market.Sides }

func encodeLevels(d *heatmap.Day) (*draft, error) {
	coarse := heatmap.Coarsen(d.Keyframe, heatmap.Ladder[coarseLevel].Shift)
	s := sections{len(d.Keyframe)}
	for _, level := range d.Levels {
		s = append(s, len(level.Deltas))
	}
	s = append(s, len(coarse))
	// What a plane's rows have in common.
	planes := make([]levelRow, d.Planes)
	for p := range planes {
		groups := groupsOf(d.Planes)
		planes[p] = levelRow{Side: market.PositionSide(p / groups).String(), Group: int32(p % groups)}
	}
	set := func(r *levelRow, c *heatmap.Cell) {
		*r = planes[c.Plane]
		r.PriceBin, r.All, r.Fresh = int32(c.Bin), c.All, c.Fresh
	}
	w := newTableWriter[levelRow](kindLevels, levelUnits, headOf(d, s)...)
	keyframe := func(cells []heatmap.Cell, level int32) error {
		return w.group(len(cells), func(i int, r *levelRow) {
			set(r, &cells[i])
			r.Level, r.Keyframe, r.Time = level, true, int64(d.Start)
		})
	}
	err := keyframe(d.Keyframe, 0)
	for k := range d.Levels {
		if err != nil {
			return nil, err
		}
		deltas := d.Levels[k].Deltas
		err = w.group(len(deltas), func(i int, r *levelRow) {
			set(r, &deltas[i].Cell)
			r.Level, r.Time = int32(k), int64(deltas[i].Bucket.Start(heatmap.Ladder[k].Bucket))
		})
	}
	if err == nil {
		err = keyframe(coarse, coarseLevel)
	}
	if err != nil {
		return nil, err
	}
	return w.finish()
}
