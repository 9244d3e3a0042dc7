// Package backfill gives a cold start a past: before an instrument's first
// live event, what its venue tells over REST of the days before (candles and
// open interest) is put into the store as events, and the map is drawn from
// them as from any others. Columns drawn from candles are flagged so
// (heatmap.FlagBars); archives replace them by trades, day by day.
//
// It must not know any venue, nor how maps are drawn. Fill is safe to call for
// several instruments at once.
package backfill
