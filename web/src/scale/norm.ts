/**
 * Normalisation: from a cell's USD to its place on the colour scale. Each
 * formula stands here twice, once for the CPU (read-out, lens, fallback) and
 * once for the shader; the browser tests compare what they paint.
 *
 *	z           (x − mean) / sd
 *	robust      (ln(1+x) − median) / (1.4826 · MAD), both of ln(1+x)
 *	percentile  share of the population at or below x
 *	usd         log10(1 + x)
 *	linear      x
 *
 * The colour domain is fixed per mode and never depends on what is in view, so
 * a colour does not change its meaning while panning.
 */
import type { ColumnChunk, SelectionStats } from "../wire/columns";
import type { Selection } from "./selection";

export const MODES = ["z", "robust", "percentile", "usd", "linear"] as const;
export type Mode = (typeof MODES)[number];

/** The modes of an instrument by its unit: where every instrument counts by its own deviation there are no dollars. */
export function modesOf(unit: "usd" | "sd" | undefined): readonly Mode[] {
  return unit === "sd" ? MODES.filter((mode) => mode !== "usd" && mode !== "linear") : MODES;
}

/** Quantile points that the tables hold; the contract's default. */
export const POINTS = 9;
/** Texels (four floats) that one selection takes in a column's table. */
export const TEXELS = 4;
const MAD_TO_SD = 1.4826;
const UNDEFINED = -1;

/** A stretch of the normalised value that the palette spans. */
export interface Domain {
  readonly low: number;
  readonly high: number;
}

/** Table of a chunk's statistics: row `selection·4 + k` by the place in `selections`, 256 columns, four floats each. */
export function statTable(chunk: ColumnChunk, selections: readonly Selection[]): Float32Array {
  const width = chunk.present.length, { points } = chunk.norm;
  const table = new Float32Array(width * selections.length * TEXELS * 4);
  selections.forEach((selection, s) => {
    const stats = chunk.stats.get(selection);
    for (let column = 0; column < width; column++) {
      const texel = (k: number): number => ((s * TEXELS + k) * width + column) * 4;
      fill(table, texel, stats, column, points.length);
    }
  });
  return table;
}

function fill(table: Float32Array, texel: (k: number) => number, stats: SelectionStats | undefined, column: number, points: number): void {
  const value = (list: Float64Array | undefined): number => list?.[column] ?? NaN;
  const positive = (v: number): number => (v > 0 ? v : UNDEFINED);
  const or0 = (v: number): number => (Number.isFinite(v) ? v : 0);
  table[texel(0)] = or0(value(stats?.mean));
  table[texel(0) + 1] = positive(value(stats?.sd));
  table[texel(0) + 2] = or0(value(stats?.median));
  table[texel(0) + 3] = positive(MAD_TO_SD * value(stats?.mad));
  for (let k = 0; k < POINTS; k++) {
    table[texel(1 + (k >> 2)) + (k & 3)] = Math.log1p(or0(stats?.quantiles[column * points + k] ?? 0));
  }
  const known = points === POINTS && stats !== undefined && Number.isFinite(stats.quantiles[column * points]);
  table[texel(3) + 1] = known ? 1 : UNDEFINED;
}

/**
 * The normalised value of a cell, NaN where undefined. `log1p` is ln(1 + USD);
 * statistics are read from a {@link statTable} for column `column`.
 */
export function normalise(mode: Mode, log1p: number, table: Float32Array, selection: number, column: number, width: number, points: readonly number[]): number {
  const texel = (k: number): number => ((selection * TEXELS + k) * width + column) * 4;
  const at = (k: number, i: number): number => table[texel(k) + i] as number;
  if (mode === "usd") return log1p / Math.LN10;
  if (mode === "linear") return Math.expm1(log1p);
  if (mode === "z") return at(0, 1) > 0 ? (Math.expm1(log1p) - at(0, 0)) / at(0, 1) : NaN;
  if (mode === "robust") return at(0, 3) > 0 ? (log1p - at(0, 2)) / at(0, 3) : NaN;
  return at(3, 1) > 0 ? share(log1p, (k) => at(1 + (k >> 2), k & 3), points) : NaN;
}

/** Share at or below, interpolated between quantiles in log USD; 1 beyond the last one. */
function share(log1p: number, quantile: (k: number) => number, points: readonly number[]): number {
  let belowAt = 0, belowShare = 0;
  for (let k = 0; k < POINTS; k++) {
    const at = quantile(k), upTo = points[k] as number;
    if (log1p < at) return belowShare + ((upTo - belowShare) * (log1p - belowAt)) / Math.max(at - belowAt, 1e-6);
    belowAt = at;
    belowShare = upTo;
  }
  return 1;
}

/** Place of a normalised value on the colour scale, 0..1. Percentiles are spread by their tail: 90 % is half-way, 99 % the end. */
export function tone(mode: Mode, value: number, domain: Domain): number {
  const v = mode === "percentile" ? tail(value) : value;
  return Math.max(0, Math.min(1, (v - domain.low) / (domain.high - domain.low)));
}

/** The normalised value at a place on the colour scale; the inverse of {@link tone} inside the domain. */
export function valueAt(mode: Mode, t: number, domain: Domain): number {
  const v = domain.low + t * (domain.high - domain.low);
  return mode === "percentile" ? 1 - 10 ** -v : v;
}

function tail(value: number): number {
  return -Math.log10(Math.max(1e-9, 1 - value));
}

/** The same in GLSL ES 3.00: `float normalised(float log1p, int column)` writes NaN-free; `undefinedAt` is set instead. */
export const NORM_GLSL = `
uniform int mode;        // 0 z, 1 robust, 2 percentile, 3 usd, 4 linear
uniform int selection;   // its place in the table
uniform vec2 domain;     // low, high
uniform float points[${POINTS}];
bool undefinedAt = false;
vec4 stat(int k, int column) { return texelFetch(stats, ivec2(column, selection * ${TEXELS} + k), 0); }
float shareOf(float log1p, int column) {
  float belowAt = 0.0, belowShare = 0.0;
  for (int k = 0; k < ${POINTS}; k++) {
    float at = stat(1 + (k >> 2), column)[k & 3];
    if (log1p < at) return belowShare + (points[k] - belowShare) * (log1p - belowAt) / max(at - belowAt, 1e-6);
    belowAt = at;
    belowShare = points[k];
  }
  return 1.0;
}
float tone(float log1p, int column) {
  float v;
  if (mode == 3) {
    v = log1p / ${Math.LN10};
  } else if (mode == 4) {
    v = exp(log1p) - 1.0;
  } else if (mode == 2) {
    if (stat(3, column).y <= 0.0) { undefinedAt = true; return 0.0; }
    v = -log(max(1e-9, 1.0 - shareOf(log1p, column))) / ${Math.LN10};
  } else {
    vec4 s = stat(0, column);
    float spread = mode == 0 ? s.y : s.w;
    if (spread <= 0.0) { undefinedAt = true; return 0.0; }
    v = mode == 0 ? (exp(log1p) - 1.0 - s.x) / spread : (log1p - s.z) / spread;
  }
  return clamp((v - domain.x) / (domain.y - domain.x), 0.0, 1.0);
}`;
