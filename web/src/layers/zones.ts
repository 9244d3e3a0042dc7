/**
 * Zones: neighbouring cells of one column that stand far above their
 * population, merged and named by side and nearness to price.
 */
import { CHANNELS, channelOf } from "../data/cells";
import type { Ink } from "../scale/ink";
import { planesOf, type Selection } from "../scale/selection";
import { binLow, binOf, HOUR } from "../units/units";
import { cellAmounts, TILE } from "../wire/tile";
import type { Profile } from "./profile";
import { chunkOf, runsOf, type Run, type Source } from "./source";

/** A cell belongs to a zone from this z-score on; heatmap/clusters.go holds the same rule. */
export const HOT_Z = 1;
/** Zones are joined across at most this many cells that are not hot. */
const BRIDGE = 3;
/** Zones listed of a side: the greatest. */
const MOST_OF_A_SIDE = 5;
/** A zone has stood since its bins held this share of what they hold now. */
const STANDING = 0.5;

/** Bins `[first, end)` that are hot together. */
export interface Cluster {
  readonly first: number;
  readonly end: number;
  /** Sum over its bins, USD, estimated. */
  readonly usd: number;
  /** z-score of its fullest bin. */
  readonly z: number;
}

export interface Zone {
  /** L1 is the nearest listed zone of longs below price, S1 that of shorts above. */
  readonly name: string;
  readonly side: "long" | "short";
  /** Price range, half-open. */
  readonly low: number;
  readonly high: number;
  readonly usd: number;
  readonly z: number;
  /** Distance from price to the nearer edge as a fraction of price, at least 0. */
  readonly distance: number;
  /** How long it has stood, ms; at least so long where `older`. */
  readonly age: number;
  /** It stood already in the oldest column that is loaded. */
  readonly older: boolean;
  /** Share of the side's open interest that has no known level and so may be missing here, 0..1. */
  readonly unplaced: number;
  /** How far from where it is drawn a level of this age lies on average, a fraction of price; half a cell's height at least. */
  readonly priceError: number;
}

/**
 * Joins bins whose z = (x − mean)/sd is at least {@link HOT_Z} across gaps of at
 * most `bridge` others. `totals` are consecutive bins from `first` on; a cluster
 * never spans `split`, which is where one side ends. No clusters where sd is not positive.
 */
export function clustersOf(totals: Float64Array, first: number, split: number, stats: { mean: number; sd: number }, bridge = BRIDGE): Cluster[] {
  const out: Cluster[] = [];
  if (!(stats.sd > 0)) return out;
  let start = -1, last = -1, most = 0;
  const close = (): void => {
    if (start < 0) return;
    let usd = 0;
    for (let i = start; i <= last; i++) usd += totals[i] as number;
    out.push({ first: first + start, end: first + last + 1, usd, z: (most - stats.mean) / stats.sd });
    start = -1;
  };
  for (let i = 0; i < totals.length; i++) {
    const amount = totals[i] as number;
    if (first + i === split) close();
    if ((amount - stats.mean) / stats.sd < HOT_Z) continue;
    if (start >= 0 && i - last > bridge + 1) close();
    if (start < 0) {
      start = i;
      most = 0;
    }
    last = i;
    most = Math.max(most, amount);
  }
  close();
  return out;
}

/** The zones of a profile: shorts from the farthest down to price, then longs. Empty while statistics are missing. */
export function zonesOf(source: Source, profile: Profile, selection: Selection, groups: readonly string[]): Zone[] {
  const channels = planesOf(selection, groups).map((plane) => channelOf(plane, groups));
  const at = chunkOf(source, profile.bucket), stats = at?.chunk.stats.get(selection);
  if (!at || !stats) return [];
  const { shift } = source.size, middle = binOf(profile.price, shift);
  const clusters = clustersOf(profile.totals, profile.first, middle, { mean: stats.mean[at.column] as number, sd: stats.sd[at.column] as number });
  const placed = { long: at.chunk.series.placed_long[at.column] as number, short: at.chunk.series.placed_short[at.column] as number };
  const side = (name: "long" | "short"): Zone[] => {
    const own = clusters.filter((c) => (name === "long" ? c.first < middle : c.first >= middle));
    const greatest = own.sort((a, b) => b.usd - a.usd).slice(0, MOST_OF_A_SIDE);
    greatest.sort((a, b) => (name === "long" ? b.first - a.first : a.first - b.first));
    return greatest.map((cluster, i) => {
      const stood = ageOf(source, profile, cluster, channels);
      const low = binLow(cluster.first, shift), high = binLow(cluster.end, shift);
      const near = name === "long" ? profile.price / high - 1 : low / profile.price - 1;
      return {
        name: `${name === "long" ? "L" : "S"}${i + 1}`, side: name, low, high, usd: cluster.usd, z: cluster.z, distance: Math.max(0, near),
        ...stood, unplaced: Math.max(0, 1 - placed[name]), priceError: priceErrorOf(stood.age, shift),
      };
    });
  };
  return [...side("short").reverse(), ...side("long")];
}

/**
 * How far a level wanders from where it was opened, as margin is added and
 * entries are averaged: the mean distance after an hour, a fraction of price,
 * growing with the root of age. The server's models hold the same number.
 */
export const WANDER_PER_ROOT_HOUR = 0.0023;

/** Mean error of the price of a level that has stood for `age` ms and is drawn in cells of `2^shift` basis points. */
export function priceErrorOf(age: number, shift: number): number {
  return Math.max((2 ** shift * 1e-4) / 2, WANDER_PER_ROOT_HOUR * Math.sqrt(age / HOUR));
}

/** Walks back over loaded columns until the cluster's bins held less than half of what they hold now. */
function ageOf(source: Source, profile: Profile, cluster: Cluster, channels: readonly number[]): { age: number; older: boolean } {
  const since = (bucket: number, older: boolean): { age: number; older: boolean } => ({ age: (profile.bucket + 1 - bucket) * source.size.bucketMs, older });
  const oldest = profile.bucket - 8 * TILE;
  let x = NaN, runs: Run[] = [];
  for (let bucket = profile.bucket - 1; bucket >= oldest; bucket--) {
    if (Math.floor(bucket / TILE) !== x) runs = [...runsOf(source, (x = Math.floor(bucket / TILE)) * TILE, cluster)];
    const held = heldAt(runs, bucket - x * TILE, channels);
    if (held === null) return since(bucket + 1, true);
    if (held < STANDING * cluster.usd) return since(bucket + 1, false);
  }
  return since(oldest, false);
}

/** USD of the channels over runs that begin in their tiles' first column, in another column; null where it is not loaded or holds no data. */
function heldAt(runs: readonly Run[], column: number, channels: readonly number[]): number | null {
  let sum = 0;
  for (const { at, first, end } of runs) {
    if (!at || column < at.tile.first || column >= at.tile.end) return null;
    const { cells, logStep } = at.tile, amounts = cellAmounts(logStep);
    for (let bin = first, i = (at.index + column) * CHANNELS; bin < end; bin++, i += TILE * CHANNELS) {
      for (const channel of channels) sum += amounts[cells[i + channel] as number] as number;
    }
  }
  return sum;
}

/** A band of prices over the width of the chart, with its name: what was picked from the list. */
export function drawBand(context: CanvasRenderingContext2D, rows: { top: number; bottom: number }, name: string, view: { width: number; ratio: number }, ink: Ink): void {
  const line = Math.max(1, Math.round(view.ratio)), top = Math.round(rows.top), bottom = Math.max(top + line, Math.round(rows.bottom));
  context.save();
  context.fillStyle = ink.band;
  context.fillRect(0, top, view.width, bottom - top);
  context.fillStyle = ink.accent;
  context.fillRect(0, top - line, view.width, line);
  context.fillRect(0, bottom, view.width, line);
  context.font = `600 ${11 * view.ratio}px Inter, system-ui, sans-serif`;
  context.textAlign = "right";
  context.fillText(name, view.width - 6 * view.ratio, top - 4 * view.ratio);
  context.restore();
}
