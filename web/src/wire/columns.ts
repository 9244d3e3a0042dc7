/** Cuts answers of `/api/v1/columns` into chunks that fit the tiles' columns. */
import { SERIES, type ColumnsAnswer, type SelectionAnswer, type SeriesName } from "./api";
import { TILE } from "./tile";

/** Statistics of one selection, an entry a column of the chunk; NaN where undefined. */
export interface SelectionStats {
  readonly n: Float64Array;
  readonly mean: Float64Array;
  readonly sd: Float64Array;
  /** Median of ln(1+x). */
  readonly median: Float64Array;
  /** Median absolute deviation of ln(1+x), not yet scaled by 1.4826. */
  readonly mad: Float64Array;
  /** USD at the chunk's quantile points, row by row. */
  readonly quantiles: Float64Array;
}

/** Normalisation that a chunk's statistics belong to. */
export interface NormInfo {
  readonly band: number;
  readonly windowMs: number;
  readonly population: string;
  readonly points: readonly number[];
}

/** Columns `[256x, 256x+256)` of a level; `present` is 0 where the server has none. */
export interface ColumnChunk {
  readonly level: number;
  readonly x: number;
  readonly bucketMs: number;
  readonly present: Uint8Array;
  readonly series: Readonly<Record<SeriesName, Float64Array>>;
  readonly norm: NormInfo;
  readonly stats: ReadonlyMap<string, SelectionStats>;
}

/** Cuts chunk `x` out of an answer that covers it. */
export function cutChunk(answer: ColumnsAnswer, x: number): ColumnChunk {
  const first = x * TILE;
  const present = new Uint8Array(TILE);
  // source[i] is the answer's row of column i, or -1.
  const source = new Int32Array(TILE).fill(-1);
  answer.time.forEach((time, row) => {
    const column = Math.round(time / answer.bucket_ms) - first;
    if (column >= 0 && column < TILE) {
      present[column] = 1;
      source[column] = row;
    }
  });
  const series = Object.fromEntries(
    SERIES.map((name) => [name, pick(answer[name], source, 0)]),
  ) as Record<SeriesName, Float64Array>;
  const norm = answer.norm;
  const stats = new Map<string, SelectionStats>();
  for (const [name, selection] of Object.entries(norm.selections)) {
    stats.set(name, cutSelection(selection, source, norm.quantile_points.length));
  }
  return {
    level: answer.level,
    x,
    bucketMs: answer.bucket_ms,
    present,
    series,
    norm: { band: norm.band, windowMs: norm.window_ms, population: norm.population, points: norm.quantile_points },
    stats,
  };
}

function cutSelection(s: SelectionAnswer, source: Int32Array, points: number): SelectionStats {
  const quantiles = new Float64Array(TILE * points).fill(NaN);
  for (let i = 0; i < TILE; i++) {
    const row = source[i] as number;
    const values = row < 0 ? null : s.quantiles[row];
    for (let k = 0; values && k < points; k++) quantiles[i * points + k] = values[k] ?? NaN;
  }
  return {
    n: pick(s.n, source, 0),
    mean: pick(s.mean, source, NaN),
    sd: pick(s.sd, source, NaN),
    median: pick(s.median, source, NaN),
    mad: pick(s.mad, source, NaN),
    quantiles,
  };
}

function pick(values: readonly (number | null)[], source: Int32Array, missing: number): Float64Array {
  const out = new Float64Array(TILE).fill(missing);
  for (let i = 0; i < TILE; i++) {
    const row = source[i] as number;
    if (row >= 0) out[i] = values[row] ?? missing;
  }
  return out;
}
