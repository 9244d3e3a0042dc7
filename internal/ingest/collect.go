package ingest

import (
	"maps"
	"slices"

	"halcyon/internal/venue"
	"halcyon/market"
)

// collector sorts the events of a file into UTC days.
type collector struct {
	hold     int  // trades that it may hold while it does not know the days' sizes
	overlaps bool // see venue.Format
	days     map[market.UnixMilli]*dayEvents
	sizes    map[market.UnixMilli]int // events of each day, gaps apart
	gaps     []market.Gap
	trades   int
	dropped  bool // first reading: too many to hold
	put      func(market.UnixMilli, *market.EventSet) error
	united   int64 // trades found in two recordings of one span
}

// dayEvents is a day in the making.
type dayEvents struct {
	set  market.EventSet
	run  market.EventSet // with overlaps: the trades since time last stepped back
	size int
}

func newCollector(hold int) *collector {
	return &collector{hold: hold, days: map[market.UnixMilli]*dayEvents{}, sizes: map[market.UnixMilli]int{}}
}

// holds reports whether the whole file is held.
func (c *collector) holds() bool { return !c.dropped }

// beginSecond makes ready for the second reading, which hands each day to put
// as soon as it is whole.
func (c *collector) beginSecond(put func(market.UnixMilli, *market.EventSet) error) { c.put = put }

// complete reports whether a second reading has found all days.
func (c *collector) complete() bool { return len(c.days) == 0 && len(c.sizes) == 0 }

func (c *collector) add(e market.Event) error {
	switch e := e.(type) {
	case *market.Trades:
		for from := 0; from < e.Len(); {
			day := e.EventTime[from].Floor(market.Day)
			n, _ := slices.BinarySearch(e.EventTime[from:], day+market.Day)
			if err := c.addTo(day, e.Slice(from, from+n), n); err != nil {
				return err
			}
			from += n
		}
		return nil
	case market.Gap:
		if c.put == nil {
			c.gaps = append(c.gaps, e)
		}
		return nil
	}
	return c.addTo(e.Time().Floor(market.Day), e, 1)
}

// addTo adds n events to a day.
func (c *collector) addTo(day market.UnixMilli, e market.Event, n int) error {
	if c.put == nil {
		c.sizes[day] += n
		c.trades += n
		if c.trades > c.hold {
			c.dropped = true
			clear(c.days)
		}
		if c.dropped {
			return nil
		}
	}
	d := c.days[day]
	if d == nil {
		d = &dayEvents{}
		c.days[day] = d
	}
	c.enter(d, e)
	d.size += n
	if c.put != nil && d.size == c.sizes[day] {
		return c.close(day, d)
	}
	return nil
}

// enter adds an event to a day. With overlaps, a batch that begins well
// before the end of the one before begins a second recording.
func (c *collector) enter(d *dayEvents, e market.Event) {
	t, ok := e.(*market.Trades)
	if !ok || !c.overlaps {
		addEvent(&d.set, e)
		return
	}
	if n := d.run.Trades.Len(); n > 0 && t.Time() < d.run.Trades.EventTime[n-1]-venue.Tolerance {
		c.unite(d)
	}
	addEvent(&d.run, e)
}

// unite merges the latest recording of a day with those before it.
func (c *collector) unite(d *dayEvents) {
	before := d.set.Trades.Len() + d.run.Trades.Len()
	if d.set.Trades.Len() == 0 {
		d.set.Trades = d.run.Trades
	} else {
		d.set.Sort()
		d.run.Sort()
		d.set.Merge(&d.run)
	}
	d.run = market.EventSet{}
	c.united += int64(before - d.set.Trades.Len())
}

// close hands over a day that is whole, with the gaps that end in it.
func (c *collector) close(day market.UnixMilli, d *dayEvents) error {
	delete(c.days, day)
	delete(c.sizes, day)
	c.unite(d)
	c.gaps = slices.DeleteFunc(c.gaps, func(g market.Gap) bool {
		mine := g.Time().Floor(market.Day) == day
		if mine {
			d.set.Gaps = append(d.set.Gaps, g)
		}
		return mine
	})
	d.set.Sort()
	return c.put(day, &d.set)
}

// finish hands over all days that are held, in order.
func (c *collector) finish(put func(market.UnixMilli, *market.EventSet) error) error {
	c.put = put
	for _, day := range slices.Sorted(maps.Keys(c.days)) {
		if err := c.close(day, c.days[day]); err != nil {
			return err
		}
	}
	return c.leftGaps()
}

// leftGaps hands over the gaps that end in a day without another event.
func (c *collector) leftGaps() error {
	for len(c.gaps) > 0 {
		if err := c.close(c.gaps[0].Time().Floor(market.Day), &dayEvents{}); err != nil {
			return err
		}
	}
	return nil
}
