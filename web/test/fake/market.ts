/** A small deterministic market for tests: a price walk, and levels that open, fade and are swept. */
import { binOf, binPosition } from "../../src/units/units";

export const TO = 1_781_654_400_000;
export const DAYS = 34;
export const FROM = TO - DAYS * 86_400_000;
const MINUTE = 60_000;

export interface Run {
  readonly bin: number;
  readonly long: boolean;
  /** 0 low, 1 medium, 2 high. */
  readonly group: number;
  readonly usd: number;
  /** Minutes since FROM, half-open. */
  readonly from: number;
  until: number;
}

/** No run lives longer, minutes. */
export const LONGEST_LIFE = 9200;

export interface World {
  /** Close of every minute. */
  readonly close: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly runs: readonly Run[];
  readonly swept: { long: Float64Array; short: Float64Array };
}

/** Small fast generator; the same seed gives the same world everywhere. */
export function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function walk(rnd: () => number, start: number, minutes: number): Pick<World, "close" | "high" | "low"> {
  const close = new Float64Array(minutes), high = new Float64Array(minutes), low = new Float64Array(minutes);
  let p = start, volatility = 0.0004;
  for (let i = 0; i < minutes; i++) {
    const normal = rnd() + rnd() + rnd() + rnd() - 2;
    volatility = Math.max(0.0002, volatility * 0.995 + 0.000003 + (rnd() < 0.001 ? 0.0014 : 0));
    const before = p;
    p *= Math.exp(normal * volatility + 0.00002 * Math.log(start / p));
    close[i] = p;
    high[i] = Math.max(before, p) * (1 + rnd() * volatility * 0.5);
    low[i] = Math.min(before, p) * (1 - rnd() * volatility * 0.5);
  }
  return { close, high, low };
}

const GROUPS = [
  { distance: [0.1, 0.35], usd: 9e5 },
  { distance: [0.03, 0.1], usd: 6e5 },
  { distance: [0.005, 0.03], usd: 3e5 },
] as const;

/** Builds the market of one seed. */
export function world(seed: number, start: number): World {
  const minutes = DAYS * 1440;
  const rnd = random(seed);
  const path = walk(rnd, start, minutes);
  const runs: Run[] = [];
  for (let i = 0; i < minutes; i += 10) {
    const move = Math.abs(Math.log((path.close[i] as number) / (path.close[Math.max(0, i - 60)] as number)));
    GROUPS.forEach((group, g) => {
      for (const long of [true, false]) {
        const near = Math.min(rnd(), rnd());
        const d = group.distance[0] + (group.distance[1] - group.distance[0]) * near;
        const at = (path.close[i] as number) * (long ? 1 - d : 1 + d);
        const usd = group.usd * Math.exp(2.2 * (rnd() + rnd() - 1)) * (1 + move * 120);
        // A level is a smear of a few bins, not a hair-line.
        const bin = binOf(at, 0), width = 2 + Math.floor(rnd() * 8 * (3 - g));
        for (let k = 0; k < width; k++) {
          const until = Math.min(minutes, i + Math.floor((rnd() * rnd() * [9000, 4000, 900][g]!) + 120));
          runs.push({ bin: bin + (long ? -k : k), long, group: g, usd: usd / width, from: i, until });
        }
      }
    });
  }
  return { ...path, runs, swept: sweep(path, runs, minutes) };
}

/** Ends every run when the price reaches it. */
function sweep(path: Pick<World, "high" | "low">, runs: Run[], minutes: number): World["swept"] {
  const swept = { long: new Float64Array(minutes), short: new Float64Array(minutes) };
  const lowBin = Float64Array.from(path.low, (p) => binPosition(p, 0));
  const highBin = Float64Array.from(path.high, (p) => binPosition(p, 0));
  for (const run of runs) {
    for (let i = run.from; i < run.until; i++) {
      if (run.long ? (lowBin[i] as number) <= run.bin + 1 : (highBin[i] as number) >= run.bin) {
        run.until = i;
        swept[run.long ? "long" : "short"][i]! += run.usd;
        break;
      }
    }
  }
  return swept;
}

/** What is left of a run at a minute: everything, and its age-discounted fresh part. */
export function standing(run: Run, minute: number): { all: number; fresh: number } {
  if (minute < run.from || minute >= run.until) return { all: 0, fresh: 0 };
  const age = minute - run.from;
  const all = run.usd * 2 ** (-age / [14000, 6000, 1500][run.group]!);
  return { all, fresh: all * 2 ** (-age / 120) };
}

export const minuteOf = (time: number): number => Math.round((time - FROM) / MINUTE);
