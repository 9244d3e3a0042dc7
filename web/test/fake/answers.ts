/** Answers of the contract (docs/API.md) drawn from a fake world. */
import type { ColumnsAnswer, Interval, RecordAnswer, SelectionAnswer } from "../../src/wire/api";
import { SERIES } from "../../src/wire/api";
import { binPosition } from "../../src/units/units";
import { planesOf } from "../../src/scale/selection";
import { encodeTile, TILE, usdCell } from "../../src/wire/tile";
import { FROM, LONGEST_LIFE, minuteOf, standing, TO, type World } from "./market";

export const LEVELS = [
  { bucket_ms: 60_000, shift: 0 },
  { bucket_ms: 300_000, shift: 1 },
  { bucket_ms: 900_000, shift: 2 },
  { bucket_ms: 3_600_000, shift: 3 },
  { bucket_ms: 14_400_000, shift: 4 },
  { bucket_ms: 86_400_000, shift: 5 },
] as const;
export const LOG_STEP = 1024;
const NAMES = ["low", "medium", "high"] as const;
const POINTS = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];

/** What the fake's DOGE market reports of what is swept; its BTC market reports nothing. */
export const OBSERVED_SHARE = 0.4;

/** A gap of the fake market: the hour that lacks data, ms from `TO`. */
export const GAP = { from: TO - 5 * 3_600_000, to: TO - 4.75 * 3_600_000 };

/** When the fake market was not told of liquidations, nor of open interest, while it traded. */
export const LAPSE = { from: TO - 30 * 3_600_000, to: TO - 29 * 3_600_000 };

/** Cells of a tile as of the closed columns before `to`. */
export function tile(world: World, name: { venue: string; symbol: string }, { level, x, y }: { level: number; x: number; y: number }, to: number, share = 1): ArrayBuffer {
  const { bucket_ms, shift } = LEVELS[level]!;
  const sums = new Map<string, Float64Array>();
  const plane = (key: string): Float64Array => {
    let p = sums.get(key);
    if (!p) sums.set(key, (p = new Float64Array(TILE * TILE)));
    return p;
  };
  const closeOf = (column: number): number => minuteOf((x * TILE + column + 1) * bucket_ms) - 1;
  const first = clamp(Math.ceil(FROM / bucket_ms) - x * TILE), end = clamp(Math.floor(to / bucket_ms) - x * TILE);
  const perColumn = bucket_ms / 60_000;
  for (const run of world.runs) {
    const bin = (run.bin >> shift) - y * TILE;
    if (bin < 0 || bin >= TILE) continue;
    const start = Math.max(first, Math.floor((run.from - closeOf(0)) / perColumn));
    const stop = Math.min(end, Math.ceil((run.until - closeOf(0)) / perColumn) + 1);
    const side = run.long ? "long" : "short";
    for (let c = start; c < stop; c++) {
      const { all, fresh } = standing(run, closeOf(c));
      if (all <= 0) continue;
      plane(`${side}/${NAMES[run.group]}`)[bin * TILE + c]! += all;
      plane(`${side}/fresh`)[bin * TILE + c]! += fresh;
    }
  }
  const planes = new Map([...sums].map(([key, usd]) => [key, Uint16Array.from(usd, (v) => usdCell(share * v, LOG_STEP))]));
  const header = {
    ...name, level, x, y, columns: TILE, bins: TILE, log_step: LOG_STEP,
    first, closed: Math.max(0, end - first), planes: [...planes.keys()],
  };
  return encodeTile({ header, planes });
}

/** The fake's DOGE market publishes, and there longs of the last day are not won; its BTC market publishes nothing. */
export function track(symbol: string): Pick<RecordAnswer, "from" | "to" | "observed" | "records"> {
  if (symbol !== "DOGE") return { from: 0, to: 0, observed: false, records: [] };
  const around = (value: number): Interval => ({ value, low: value - 0.03, high: value + 0.03 });
  const records = [1, 7, 30].flatMap((days) => (["long", "short"] as const).map((side) => {
    const won = days > 1 || side === "short", lead = around(won ? 0.09 : 0.01);
    return {
      window_ms: days * 86_400_000, side, periods: days * 24, map: around(0.87), swept_over_published: 2.5, beats_baselines: won,
      baselines: [{ name: "price move", rank: around(0.87 - (lead.value as number)), lead }, { name: "range-mass placebo", rank: around(0.7), lead: around(0.17) }],
    };
  }));
  return { from: FROM, to: TO, observed: true, records };
}

/** Observed positions: a tenth of each side, half a percent wide at 3 % from price. */
export function observed(world: World, at: number): object {
  const price = world.close[minuteOf(at) - 1] as number, shift = 2, first = Math.floor(binPosition(price * 0.5, shift));
  const side = (from: number): object => {
    const usd = new Array<number>(Math.ceil(binPosition(price * 1.5, shift)) - first).fill(0);
    for (let bin = Math.floor(binPosition(price * from, shift)); bin < binPosition(price * (from + 0.005), shift); bin++) usd[bin - first] = 5e7;
    return { usd, beyond: 0, share: 0.1, without_level: 0.2, moved: 0.05 };
  };
  return { at, price, shift, first_bin: first, long: side(0.97), short: side(1.03), positions: 412, addresses: 9120, reconciled: 530, age: { median_ms: 61_000, p90_ms: 240_000, oldest_ms: 900_000 } };
}

const clamp = (n: number): number => Math.max(0, Math.min(TILE, n));

/** Columns closed before `end`. */
export function columns(world: World, query: URLSearchParams, end: number): ColumnsAnswer {
  const level = Number(query.get("level"));
  const { bucket_ms, shift } = LEVELS[level]!;
  const band = Number(query.get("band") ?? 0.1), window = Number(query.get("window") ?? 86_400_000);
  const from = Math.max(Number(query.get("from")), FROM), to = Math.min(Number(query.get("to")), end);
  const wanted = query.get("selections")?.split(",") ?? ["all", ...NAMES, "fresh"];
  const rows: Record<string, number[]> = Object.fromEntries(["time", ...SERIES].map((s) => [s, []]));
  const selections: Record<string, { [K in keyof SelectionAnswer]: unknown[] }> = {};
  for (let t = Math.ceil(from / bucket_ms) * bucket_ms; t + bucket_ms <= to; t += bucket_ms) {
    column(world, rows, t, bucket_ms, query.get("symbol") === "DOGE" ? OBSERVED_SHARE : 0);
    const stats = statistics(world, Math.floor(t / bucket_ms / 8) * 8 + 8, level, { band, window, wanted });
    for (const [name, s] of Object.entries(stats)) {
      const into = (selections[name] ??= { n: [], mean: [], sd: [], median: [], mad: [], quantiles: [] });
      for (const key of Object.keys(into) as (keyof typeof into)[]) into[key].push(s[key]);
    }
  }
  return {
    venue: query.get("venue"), symbol: query.get("symbol"), level, bucket_ms, shift, ...rows,
    norm: {
      band, window_ms: window, quantile_points: POINTS, selections,
      population: `non-empty cells within ±${band * 100} % of price over the trailing ${window / 3_600_000} h of closed columns`,
    },
  } as unknown as ColumnsAnswer;
}

function column(world: World, rows: Record<string, number[]>, t: number, bucket: number, observed: number): void {
  const a = minuteOf(t), b = minuteOf(t + bucket);
  let high = 0, low = Infinity, long = 0, short = 0;
  for (let i = a; i < b; i++) {
    high = Math.max(high, world.high[i]!);
    low = Math.min(low, world.low[i]!);
    long += world.swept.long[i]!;
    short += world.swept.short[i]!;
  }
  const close = world.close[b - 1]!;
  const values: Record<string, number> = {
    time: t, open: world.close[Math.max(0, a - 1)]!, high, low, close, price: close,
    volume: 100, taker_buy: 50, open_interest: 30_000, swept_long: long, swept_short: short,
    liquidated_long: observed * long, liquidated_short: observed * short, placed_long: 0.8, placed_short: 0.8,
    flags: (t < GAP.to && t + bucket > GAP.from ? 1 : 0) + (t < LAPSE.to && t + bucket > LAPSE.from ? 16 + 32 : 0),
  };
  for (const [key, list] of Object.entries(rows)) list.push(values[key] ?? 0);
}

type Stats = Record<string, { n: number; mean: number | null; sd: number | null; median: number | null; mad: number | null; quantiles: number[] | null }>;
const memory = new WeakMap<World, Map<string, Stats>>();

/** Statistics as of a column's close, from a few sampled columns of the window: good enough for a fake. */
function statistics(world: World, column: number, level: number, { band, window, wanted }: { band: number; window: number; wanted: readonly string[] }): Stats {
  const { bucket_ms, shift } = LEVELS[level]!;
  const key = `${column}/${level}/${band}/${window}/${wanted.join()}`;
  let known = memory.get(world);
  if (!known) memory.set(world, (known = new Map()));
  const hit = known.get(key);
  if (hit) return hit;
  const samples = Object.fromEntries(wanted.map((name) => [name, [] as number[]]));
  const last = Math.min(minuteOf(column * bucket_ms), minuteOf(TO)) - 1;
  for (let k = 0; k < 6; k++) {
    const minute = last - Math.floor((k * window) / 6 / bucket_ms) * (bucket_ms / 60_000);
    if (minute < 0) continue;
    const cells = new Map<number, number[]>();
    const middle = binPosition(world.close[minute]!, 0), reach = band * 10_000;
    for (let i = firstAlive(world, minute); i < world.runs.length; i++) {
      const run = world.runs[i]!;
      if (run.from > minute) break;
      if (run.until <= minute || Math.abs(run.bin - middle) > reach) continue;
      const { all, fresh } = standing(run, minute);
      const sums = cells.get(run.bin >> shift) ?? [0, 0, 0, 0];
      sums[run.group]! += all;
      sums[3]! += fresh;
      cells.set(run.bin >> shift, sums);
    }
    for (const sums of cells.values()) {
      for (const [name, list] of Object.entries(samples)) {
        const usd = planesOf(name, NAMES).reduce((sum, plane) => sum + sums[plane === "fresh" ? 3 : NAMES.indexOf(plane as "low")]!, 0);
        if (usd > 1) list.push(usd);
      }
    }
  }
  const stats = Object.fromEntries(Object.entries(samples).map(([name, list]) => [name, describe(list)])) as Stats;
  known.set(key, stats);
  return stats;
}

/** Index of the first run that may live at a minute: runs are in the order of their beginning. */
function firstAlive({ runs }: World, minute: number): number {
  let low = 0, high = runs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (runs[middle]!.from < minute - LONGEST_LIFE) low = middle + 1;
    else high = middle;
  }
  return low;
}

function describe(list: number[]): Stats[string] {
  const n = list.length;
  if (n < 2) return { n, mean: null, sd: null, median: null, mad: null, quantiles: null };
  list.sort((a, b) => a - b);
  const mean = list.reduce((a, b) => a + b, 0) / n;
  const sd = Math.sqrt(list.reduce((a, b) => a + (b - mean) ** 2, 0) / n);
  const at = (sorted: number[], p: number): number => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))]!;
  const median = Math.log1p(at(list, 0.5));
  const away = list.map((v) => Math.abs(Math.log1p(v) - median)).sort((a, b) => a - b);
  return { n, mean, sd, median, mad: at(away, 0.5), quantiles: POINTS.map((p) => at(list, p)) };
}

/** The screener's answer at an instant: BTC with more above, DOGE with more below and no cluster. */
export function screened(at: number): object {
  const row = (symbol: string, price: number, scale: number, skew: number): object => ({
    venue: "simex", symbol, coin: symbol, provenance: "SIMULATED", at, price,
    above: [1, 2, 5, 10].map((x) => x * scale * (1 + skew)), below: [1, 2, 5, 10].map((x) => x * scale * (1 - skew)), skew,
    nearest: skew > 0 ? { side: "short", low: price * 1.02, high: price * 1.021, usd: 4.2 * scale, z: 3.4, distance: 0.02 } : null,
  });
  return { within: [0.01, 0.02, 0.05, 0.1], instruments: [row("BTC", 64_000, 1e6, 0.25), row("DOGE", 0.16, 1e4, -0.5)] };
}
