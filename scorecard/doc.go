// Package scorecard judges forecasts of liquidations. It has never heard of
// ledgers, leverage, files or clocks: amounts that were predicted and amounts
// that were published go in, tables with intervals come out.
//
// Three questions are asked, each beside baselines that cost nothing:
//
//   - How much (HowMuch): predicted against published USD by period and side.
//     Baselines: regressions on the price path, volume and past liquidations,
//     linear and boosted; whatever the caller adds, such as a placebo.
//   - Where (Where): the reached prices, ranked by the map, against the prices
//     of published liquidations. Baselines: uniform, depth, the caller's.
//   - Truth (Truth): estimated against true positions by distance from price.
//
// Everything that is fitted is fitted on the first periods and judged on the
// rest. Intervals come from a bootstrap by UTC day with a seed, so that a
// report is reproduced byte for byte. VerifyCausal refuses a forecast that
// knew the future. Published amounts of a censored feed are lower bounds; the
// tables say which feeds are.
//
// Functions are pure; values are not safe for concurrent change.
package scorecard
