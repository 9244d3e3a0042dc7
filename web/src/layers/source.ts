/** Reads single cells and columns out of what the store holds. */
import type { CellTile } from "../data/cells";
import type { NormQuery } from "../data/client";
import type { Store } from "../data/store";
import type { Level } from "../units/units";
import { binLow } from "../units/units";
import type { ColumnChunk } from "../wire/columns";
import { cellUsd, TILE } from "../wire/tile";

/** One level of the ladder as read with one normalisation. */
export interface Source {
  readonly store: Store;
  readonly level: number;
  readonly size: Level;
  readonly norm: NormQuery | null;
  /** End of what is known, ms: columns that close later are not told of, stored or not. */
  readonly to: number;
}

/** A column's place: its chunk, and its index in it. */
export interface At {
  readonly chunk: ColumnChunk;
  readonly column: number;
  /** The column is stored, and had closed at the end of what is known. */
  readonly present: boolean;
}

/** Number of the first bucket that had not closed at the end of what is known. */
export function firstUnknown(source: Source): number {
  return Math.floor(source.to / source.size.bucketMs);
}

/** Where a cell lies: its tile, and its index `bin · 256 + column` within it. */
export interface Located {
  readonly tile: CellTile;
  readonly index: number;
}

/** The tile that holds a cell and its index in it; undefined while it is not loaded. */
export function locate(source: Source, bucket: number, bin: number): Located | undefined {
  const x = Math.floor(bucket / TILE), y = Math.floor(bin / TILE);
  const tile = source.store.tile({ level: source.level, x, y });
  return tile && { tile, index: (bin - y * TILE) * TILE + (bucket - x * TILE) };
}

/** The place of a bucket's column; undefined while its chunk is not loaded. */
export function chunkOf(source: Source, bucket: number): At | undefined {
  return columnReader(source)(bucket);
}

/** Reads columns one after the other: {@link chunkOf} that asks the store once a chunk. */
export function columnReader(source: Source): (bucket: number) => At | undefined {
  const end = firstUnknown(source);
  let held = NaN, chunk: ColumnChunk | undefined;
  return (bucket) => {
    const x = Math.floor(bucket / TILE);
    if (x !== held) chunk = source.store.chunk({ level: source.level, x: (held = x), norm: source.norm });
    const column = bucket - x * TILE;
    return chunk && { chunk, column, present: bucket < end && chunk.present[column] === 1 };
  };
}

/** Bins `[first, end)` of one column in one tile; `at` is the lowest, undefined while the tile is not loaded. */
export interface Run {
  readonly at: Located | undefined;
  readonly first: number;
  readonly end: number;
}

/** Cuts bins `[first, end)` of a column into runs, from the lowest. */
export function* runsOf(source: Source, bucket: number, bins: { readonly first: number; readonly end: number }): Generator<Run> {
  for (let first = bins.first; first < bins.end;) {
    const end = Math.min(bins.end, (Math.floor(first / TILE) + 1) * TILE);
    yield { at: locate(source, bucket, first), first, end };
    first = end;
  }
}

/** Estimated USD of one plane (`long/high`) at a located cell. */
export function planeUsd({ tile, index }: Located, plane: string): number {
  return cellUsd(tile.planes.get(plane)?.[index] ?? 0, tile.logStep);
}

/** Price that levels were swept on at the close of a bucket: longs below, shorts above. 0 while unknown. */
export function priceOf(source: Source, bucket: number): number {
  const at = chunkOf(source, bucket);
  return at?.present ? (at.chunk.series.price[at.column] as number) : 0;
}

/** The last bucket at or before `bucket` that has a column, looked for over one chunk; null if there is none. */
export function lastColumn(source: Source, bucket: number): number | null {
  const last = Math.min(bucket, firstUnknown(source) - 1);
  for (let b = last; b > last - TILE; b--) {
    const at = chunkOf(source, b);
    if (at?.present) return b;
  }
  return null;
}

/** Price range of a bin at the source's level, half-open. */
export function binRange(source: Source, bin: number): { low: number; high: number } {
  return { low: binLow(bin, source.size.shift), high: binLow(bin + 1, source.size.shift) };
}
