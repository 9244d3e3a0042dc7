// Package lake keeps market events, stored heatmaps, instruments and engine
// checkpoints as immutable objects on a blob store: a local folder, memory,
// or any store that gocloud.dev/blob knows.
//
// Tables are Parquet in hive partitions, so that DuckDB, Polars, pandas,
// ClickHouse and Spark read a user's history without this program:
//
//	kind=trades/venue=V/symbol=S/date=YYYY-MM-DD/part.parquet
//	kind=open_interest|mark_price|funding|liquidations|candles|gaps/…/part.parquet
//	kind=columns/venue=V/symbol=S/date=YYYY-MM-DD/part.parquet
//	kind=levels/venue=V/symbol=S/date=YYYY-MM-DD/part-<content hash>.parquet
//	kind=observed/venue=V/symbol=S/date=YYYY-MM-DD/at-<UTC ms>.parquet
//	kind=instrument/venue=V/symbol=S/instrument.json
//	kind=checkpoint/venue=V/symbol=S/checkpoint.bin, live.bin
//
//	SELECT time_bucket(INTERVAL 1 MINUTE, time), max(last_price), sum(size)
//	FROM read_parquet('lake/kind=trades/*/*/*/*.parquet', hive_partitioning = true)
//	WHERE venue = 'hyperliquid' AND symbol = 'BTC' GROUP BY 1
//
// FORMAT.md beside this file lists every column with its unit.
//
// # Invariants
//
//  1. An object is whole or absent: it appears under its name only once all of
//     its bytes are written, and a failed write leaves the one before in place.
//  2. Every byte that is decoded has first passed a CRC-32C. What fails it is
//     ErrCorrupt and never data. See seal.go.
//  3. Equal content is equal bytes: no clock and no randomness in an object.
//  4. An event lies in the UTC day of its Time.
//
// A Lake may be used by any number of goroutines. Two processes must not write
// the same instrument at once: Merge reads, unites and replaces, and of two
// that race the last one wins.
//
// The package knows nothing about venues' wire formats or the model.
package lake
