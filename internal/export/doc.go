// Package export writes stretches of maps as tables for other programs: CSV
// and Parquet, one row a column or one row a cell.
//
// It reads through an atlas.Atlas a day at a time and keeps nothing, so a year
// takes no more memory than a day. It knows neither HTTP nor files. All of it
// is safe for concurrent use.
package export
