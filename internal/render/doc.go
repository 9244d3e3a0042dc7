// Package render draws the liquidation heatmap as a PNG, without a browser.
//
// The picture follows the page: the same cells, normalisation, colours and
// words, so that a picture from the command line and a screenshot of the page
// tell the same story. Palettes and the rule which cells a pixel shows are
// restated from web/src/scale; tests hold the two together.
//
// It knows neither HTTP nor the lake: numbers come from an atlas.Atlas. It
// reads no clock, so one atlas and one Options give one picture. All functions
// are safe for concurrent use.
//
//	opt := render.DefaultOptions(market.InstrumentID{Venue: "hyperliquid", Symbol: "BTC"})
//	err := render.WritePNG(ctx, file, a, opt)
//
// # What is drawn
//
// Cells by nearest sampling, never interpolated: a pixel shows the cells whose
// centres lie in it, and where there is none the cell that holds its centre;
// of several the greatest is drawn. A column's cells are normalised by what
// was known at its close. A cell whose normalisation is undefined is a neutral
// grey that no palette has. Columns that are missing or flagged with a gap are
// hatched. Over the cells lie candles, and circles for observed liquidations
// in a hue that no palette has. The profile on the right is what stands at the
// end, on the same price axis.
package render
