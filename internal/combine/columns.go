package combine

import (
	"slices"

	"halcyon/heatmap"
	"halcyon/market"
)

// Patience is how far behind the newest of its fellows an instrument may be and
// is still waited for.
const Patience = 2 * market.Minute

// missed is for how long after an instrument's end columns without it are
// flagged: a feed that has been gone for longer is taken for ended.
const missed = market.Day

// Span is the time that an instrument's map covers, half-open.
type Span struct{ From, To market.UnixMilli }

// SpanOf returns the time that the combination of parts' maps covers: it begins
// with the first, and ends where the last one that is waited for does. ok is
// false where no part has a map. Parts without a map have the zero Span.
func SpanOf(parts []Span) (all Span, ok bool) {
	var newest market.UnixMilli
	for _, s := range parts {
		newest = max(newest, s.To)
	}
	for _, s := range parts {
		if s.From >= s.To {
			continue
		}
		if !ok {
			all, ok = Span{s.From, newest}, true
		}
		all.From = min(all.From, s.From)
		if s.To >= newest-Patience {
			all.To = min(all.To, s.To)
		}
	}
	return all, ok
}

// Part is what one instrument brings to the columns of a day.
type Part struct {
	market.Listing
	Span Span
	// Columns are those of the level that is combined, in order; none where
	// the instrument has no map of the day.
	Columns []heatmap.Column
}

// Columns combines the columns of one day at one level, up to the end of the
// combination's Span. parts come in the order of Combination.Parts. There is a
// column wherever at least one part has one; it holds
//
//   - the candle and price of the first part that has them,
//   - the sums of traded volume and open interest, in coins,
//   - the sums of swept and observed liquidations,
//   - the placed share, weighted by open interest,
//   - all flags of its parts, and FlagGap while one is missing.
//
// Scales are left to heatmap.Sum.
func Columns(level int, parts []Part, end market.UnixMilli) []heatmap.Column {
	width := heatmap.Ladder[level].Bucket
	var buckets []market.BucketIndex
	for i := range parts {
		for j := range parts[i].Columns {
			if b := parts[i].Columns[j].Bucket; (b + 1).Start(width) <= end {
				buckets = append(buckets, b)
			}
		}
	}
	slices.Sort(buckets)
	buckets = slices.Compact(buckets)
	out := make([]heatmap.Column, len(buckets))
	next := make([]int, len(parts))
	for i, b := range buckets {
		c := &out[i]
		c.Bucket = b
		var placed [market.Sides]float64
		for k := range parts {
			p := &parts[k]
			for next[k] < len(p.Columns) && p.Columns[next[k]].Bucket <= b {
				next[k]++
			}
			p.join(c, p.Columns[:next[k]], width, &placed)
		}
		for s := range c.Placed {
			if c.OpenInterest > 0 {
				c.Placed[s] = market.Ratio(placed[s] / float64(c.OpenInterest))
			}
		}
	}
	return out
}

// join adds to column c what the part had closed by then. placed is
// the coins that stand on the map, by side.
func (p *Part) join(c *heatmap.Column, soFar []heatmap.Column, width market.UnixMilli, placed *[market.Sides]float64) {
	var own *heatmap.Column
	if n := len(soFar); n > 0 {
		own = &soFar[n-1]
	}
	if own == nil || own.Bucket != c.Bucket {
		if start := c.Bucket.Start(width); start >= p.Span.From && start < p.Span.To+missed {
			c.Flags |= heatmap.FlagGap
		}
	}
	if own == nil {
		return
	}
	// What stood goes on standing; what happened did so in a column of its own.
	open := p.coins(own, own.OpenInterest)
	c.OpenInterest += open
	for s := range placed {
		placed[s] += float64(open) * float64(own.Placed[s])
	}
	if own.Bucket != c.Bucket {
		return
	}
	if c.Open == 0 {
		c.Open, c.High, c.Low, c.Close = own.Open, own.High, own.Low, own.Close
	}
	if c.Price == 0 {
		c.Price = own.Price
	}
	c.Volume += p.coins(own, own.Volume)
	c.TakerBuy += p.coins(own, own.TakerBuy)
	for s := range c.Swept {
		c.Swept[s] += own.Swept[s]
		c.Liquidated[s] += own.Liquidated[s]
	}
	c.Flags |= own.Flags
}

// coins converts contracts of the part to coins: those of an inverse one at the
// price of the column that counts them.
func (p *Part) coins(c *heatmap.Column, n market.Contracts) market.Contracts {
	if p.Settlement == market.Linear {
		return market.Contracts(float64(n) * p.ContractSize)
	}
	price := c.Price
	if price == 0 {
		price = c.Close
	}
	if price == 0 {
		return 0
	}
	return market.Contracts(float64(p.NotionalOf(price, n)) / float64(price))
}
