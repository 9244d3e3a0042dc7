/** The numbers of one cell, as shown under the cross-hair and in the lens. */
import { normalise, statTable } from "../scale/norm";
import { counted, planesOf, type Selection } from "../scale/selection";
import { columnSpans, rowSpans, type Spans } from "../scale/spans";
import type { View } from "../scale/view";
import type { ColumnChunk } from "../wire/columns";
import { TILE } from "../wire/tile";
import { binRange, chunkOf, firstUnknown, locate, planeUsd, type At, type Located, type Source } from "./source";

/** USD of one leverage group on both sides. */
export interface GroupReading {
  readonly name: string;
  readonly long: number;
  readonly short: number;
}

export interface Reading {
  /** Half-open span of the column, ms. */
  readonly from: number;
  readonly to: number;
  /** Price range of the bin, half-open. */
  readonly low: number;
  readonly high: number;
  /** "cell" where numbers follow; otherwise why there are none. */
  readonly state: "cell" | "empty" | "gone" | "loading";
  /** Estimated USD that would be liquidated in the bin, all groups together. */
  readonly long: number;
  readonly short: number;
  readonly groups: readonly GroupReading[];
  /** Fresh part of both sides. */
  readonly fresh: { readonly long: number; readonly short: number };
  /** NaN where undefined. Of the selection in force. */
  readonly z: number;
  readonly robust: number;
  /** Share of the population at or below, 0..1. */
  readonly percentile: number;
  /** What the column's flags say; 0 where it is not there. */
  readonly flags: number;
}

const tables = new WeakMap<ColumnChunk, Float32Array>();

/** Reads cell (bucket, bin) of the source's level. */
export function readCell(source: Source, bucket: number, bin: number, groups: readonly string[], selection: Selection): Reading {
  const { bucketMs } = source.size;
  const base = {
    from: bucket * bucketMs, to: (bucket + 1) * bucketMs, ...binRange(source, bin),
    long: 0, short: 0, groups: [], fresh: { long: 0, short: 0 }, z: NaN, robust: NaN, percentile: NaN, flags: 0,
  };
  const at = locate(source, bucket, bin), columns = chunkOf(source, bucket);
  if (!at || !columns) return { ...base, state: "loading" };
  const column = bucket - at.tile.x * TILE;
  if (column < at.tile.first || column >= at.tile.end || !columns.present) return { ...base, state: "gone" };
  const flags = columns.chunk.series.flags[columns.column] as number;
  const read = groups.map((name) => ({ name, long: planeUsd(at, `long/${name}`), short: planeUsd(at, `short/${name}`) }));
  const long = read.reduce((sum, g) => sum + g.long, 0), short = read.reduce((sum, g) => sum + g.short, 0);
  const fresh = { long: planeUsd(at, "long/fresh"), short: planeUsd(at, "short/fresh") };
  const amount = selected(selection, at, groups);
  const scores = amount > 0 ? scoresOf(columns, amount, selection, groups) : {};
  return { ...base, state: long + short > 0 ? "cell" : "empty", long, short, groups: read, fresh, flags, ...scores };
}

/** USD of the selection, both sides. */
export function selected(selection: Selection, at: Located, groups: readonly string[]): number {
  return planesOf(selection, groups).reduce((sum, name) => sum + planeUsd(at, `long/${name}`) + planeUsd(at, `short/${name}`), 0);
}

function scoresOf({ chunk, column }: At, amount: number, selection: Selection, groups: readonly string[]): Pick<Reading, "z" | "robust" | "percentile"> {
  const selections = counted(selection, groups);
  let table = tables.get(chunk);
  if (!table) tables.set(chunk, (table = statTable(chunk, selections)));
  const stats = table, row = selections.indexOf(selection), log1p = Math.log1p(amount);
  const of = (mode: "z" | "robust" | "percentile"): number => normalise(mode, log1p, stats, row, column, TILE, chunk.norm.points);
  return { z: of("z"), robust: of("robust"), percentile: of("percentile") };
}

/** The cell that a device pixel within the view shows. */
export function cellAt(source: Source, view: View, at: { x: number; y: number }, selection: Selection, groups: readonly string[]): { bucket: number; bin: number } {
  const span = (list: Spans, i: number): { first: number; end: number } => ({ first: list[2 * i] as number, end: list[2 * i + 1] as number });
  return shownCell(source, span(columnSpans(view, source.size.bucketMs), at.x), span(rowSpans(view, source.size.shift), at.y), selection, groups);
}

/** The cell that a pixel shows: of those in its spans the greatest of the selection, as painted. */
export function shownCell(source: Source, columns: { first: number; end: number }, bins: { first: number; end: number }, selection: Selection, groups: readonly string[]): { bucket: number; bin: number } {
  let best = { bucket: columns.end - 1, bin: bins.first }, most = -1;
  for (let bucket = columns.first; bucket < Math.min(columns.end, firstUnknown(source)); bucket++) {
    for (let bin = bins.first; bin < bins.end; bin++) {
      const at = locate(source, bucket, bin);
      const amount = at ? selected(selection, at, groups) : 0;
      if (amount > most) {
        most = amount;
        best = { bucket, bin };
      }
    }
  }
  return best;
}
