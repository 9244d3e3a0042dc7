package export

import (
	"context"
	"fmt"
	"io"
	"math"

	"halcyon/heatmap"
	"halcyon/internal/atlas"
	"halcyon/liqmodel"
	"halcyon/market"
)

// Window is what is exported: columns of a level with From <= start < To, and
// of cells those whose bins touch [Low, High); High 0 means any price.
type Window struct {
	Level     int
	From, To  market.UnixMilli
	Low, High market.Price
}

// Validate reports a field out of range; the error wraps market.ErrInvalid.
func (w Window) Validate() error {
	switch {
	case w.Level < 0 || w.Level >= heatmap.Levels:
		return fmt.Errorf("level %d: want 0 to %d: %w", w.Level, heatmap.Levels-1, market.ErrInvalid)
	case w.From >= w.To:
		return fmt.Errorf("from %v to %v: want an earlier from: %w", w.From, w.To, market.ErrInvalid)
	case w.Low < 0 || w.High < 0 || (w.High > 0 && w.Low >= w.High):
		return fmt.Errorf("prices %v to %v: want a lower low: %w", w.Low, w.High, market.ErrInvalid)
	}
	return nil
}

// Columns writes one row for each stored column of the window.
func Columns(ctx context.Context, out io.Writer, f Format, a *atlas.Atlas, in atlas.Instrument, w Window) error {
	t, err := newTable[columnRow](out, f, describe(in, "amounts named estimated are estimates, those named observed were reported by the venue")...)
	if err != nil {
		return err
	}
	return byDay(ctx, a, in, w, t, func(day *heatmap.Tracks, span heatmap.Window) error {
		columns := day.In(span.From, span.To)
		for i := range columns {
			if err := t.write(columnRowOf(&columns[i], heatmap.Ladder[w.Level].Bucket)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Cells writes one row for each cell of the window that holds at least a unit
// of quote currency, by column, side, leverage group and price.
func Cells(ctx context.Context, out io.Writer, f Format, a *atlas.Atlas, in atlas.Instrument, w Window) error {
	t, err := newTable[cellRow](out, f, describe(in, "every amount is an estimate of what would be liquidated at the bin's prices")...)
	if err != nil {
		return err
	}
	return byDay(ctx, a, in, w, t, func(day *heatmap.Tracks, span heatmap.Window) error {
		span.Lo, span.Hi = w.bins(day)
		var failed error
		err := heatmap.Walk([]*heatmap.Tracks{day}, span, func(c *heatmap.Column, s *heatmap.State) bool {
			if failed = ctx.Err(); failed == nil {
				failed = writeCells(t, a.Groups(), w.Level, c, s)
			}
			return failed == nil
		})
		if failed != nil {
			return failed
		}
		return err
	})
}

func writeCells(t table[cellRow], groups []liqmodel.Group, level int, c *heatmap.Column, s *heatmap.State) error {
	width, shift := heatmap.Ladder[level].Bucket, heatmap.Ladder[level].Shift
	start := c.Bucket.Start(width)
	for side := range market.PositionSide(market.Sides) {
		for g, group := range groups {
			p := heatmap.PlaneOf(side, g, len(groups))
			lo, hi := s.Occupied(p)
			for bin := lo; bin < hi; bin++ {
				usd := s.All(p, bin)
				if usd < 1 {
					continue
				}
				row := cellRow{
					Time: int64(start), CloseTime: int64(start + width), Low: float64((bin << shift).Low()), High: float64(((bin + 1) << shift).Low()),
					Side: side.String(), Leverage: group.Name, USD: cents(usd), Fresh: cents(min(usd, s.Fresh(p, bin))), // rounded apart, it may be a little more
				}
				if err := t.write(row); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// byDay visits the stored days of the window in order, each with the buckets
// of it that belong to the window, and closes the table.
func byDay[R row](ctx context.Context, a *atlas.Atlas, in atlas.Instrument, w Window, t table[R], visit func(*heatmap.Tracks, heatmap.Window) error) error {
	if err := w.Validate(); err != nil {
		return err
	}
	width := heatmap.Ladder[w.Level].Bucket
	from, to := max(w.From, in.From-width), min(w.To, in.To)
	for day := from.Floor(market.Day); day < to; day += market.Day {
		span := heatmap.Window{
			Level: w.Level, From: (max(from, day) + width - 1).Bucket(width), To: (min(to, day+market.Day) + width - 1).Bucket(width),
		}
		days, err := a.Days(ctx, in.InstrumentID, w.Level, span.From, span.To)
		if err != nil {
			return err
		}
		for _, d := range days {
			if err := visit(d, span); err != nil {
				return err
			}
		}
	}
	return t.close()
}

// bins returns the bins of a day that the window's prices touch, half-open.
func (w Window) bins(day *heatmap.Tracks) (lo, hi market.BinIndex) {
	lo, hi = day.Bins()
	shift := heatmap.Ladder[w.Level].Shift
	if w.Low > 0 {
		lo = max(lo, market.BinOf(w.Low).Coarsen(shift))
	}
	if w.High > 0 {
		hi = min(hi, market.BinOf(w.High).Coarsen(shift)+1)
	}
	return lo, max(lo, hi)
}

// describe is what a Parquet file says of itself.
func describe(in atlas.Instrument, what string) []string {
	return []string{"halcyon.venue", string(in.Venue), "halcyon.symbol", in.Symbol, "halcyon.provenance", string(in.Provenance), "halcyon.amounts", what}
}

func cents(x float64) float64 { return math.Round(x*100) / 100 }
