/** Margin tables and what stands now, of the fake market. */
import { binOf } from "../../src/units/units";
import type { FundingAnswer } from "../../src/wire/funding";
import type { ProfileAnswer, TiersAnswer } from "../../src/wire/api";
import { LEVELS } from "./answers";
import { FROM, minuteOf, standing, type World } from "./market";

/** Eight hours of the fake BTC market after which its rate changes, and what it changes between; DOGE's venue tells none. */
const RATES = [0.0001, -0.00005, 0.0002] as const;

export function funding(query: URLSearchParams, end: number): FundingAnswer {
  const venue = query.get("venue") ?? "", symbol = query.get("symbol") ?? "", level = Number(query.get("level"));
  const bucket_ms = LEVELS[level]?.bucket_ms ?? 60_000, time: number[] = [];
  const from = Math.max(Number(query.get("from")), FROM), to = Math.min(Number(query.get("to")), end);
  for (let t = Math.ceil(from / bucket_ms) * bucket_ms; symbol === "BTC" && t + bucket_ms <= to; t += bucket_ms) time.push(t);
  const interval = { interval_hours: 8, interval_assumed: true };
  const parts = venue === "all" ? ["simex", "tenth"].map((part) => ({ venue: part, symbol, ...interval })) : [];
  return {
    venue, symbol, ...interval, level, bucket_ms, parts, time,
    rate: time.map((t) => RATES[Math.floor((t + bucket_ms - 1) / 28_800_000) % RATES.length] as number), of: time.map(() => Math.max(1, parts.length)),
  };
}

const NAMES = ["low", "medium", "high"] as const;

/** A simulated venue's table; DOGE has none, so that it is given the default. */
export function tiers(symbol: string): TiersAnswer {
  const own = symbol === "BTC";
  return {
    venue: "simex", symbol, quote: "USD", settlement: "linear", contract_size: symbol === "BTC" ? 1 : 1000, from: own ? 1_764_892_800_000 : 0,
    source: own ? "the simulated venue" : "Halcyon's default: the venue's table is not known", fallback: !own,
    tiers: [
      { floor: 0, cap: 300_000, max_leverage: 150, maintenance_margin_rate: 0.004, maintenance_amount: 0 },
      { floor: 300_000, cap: 800_000, max_leverage: 100, maintenance_margin_rate: 0.005, maintenance_amount: 300 },
      { floor: 800_000, cap: null, max_leverage: 75, maintenance_margin_rate: 0.0065, maintenance_amount: 1500 },
    ],
  };
}

/** What a share of a market brings to its profile. */
export function scaled({ long, short }: ProfileAnswer, share: number): Pick<ProfileAnswer, "long" | "short"> {
  const side = (of: ProfileAnswer["long"]): ProfileAnswer["long"] => Object.fromEntries(Object.entries(of).map(([name, list]) => [name, list.map((usd) => usd * share)]));
  return { long: side(long), short: side(short) };
}

/** What stands at an instant, in bins of `2^shift` basis points within half of price. */
export function profile(world: World, at: number, shift = 2): ProfileAnswer {
  const minute = minuteOf(at) - 1, price = world.close[minute]!;
  const first = binOf(price * 0.5, shift), end = binOf(price * 1.5, shift) + 1;
  const side = (): Record<string, number[]> => Object.fromEntries([...NAMES, "fresh"].map((name) => [name, new Array<number>(end - first).fill(0)]));
  const out = { long: side(), short: side() }, beyond = { long: 0, short: 0 };
  for (const run of world.runs) {
    const { all, fresh } = standing(run, minute), bin = (run.bin >> shift) - first, name = run.long ? "long" : "short";
    if (all <= 0) continue;
    if (bin < 0 || bin >= end - first) {
      beyond[name] += all;
      continue;
    }
    out[name][NAMES[run.group]!]![bin]! += all;
    out[name]["fresh"]![bin]! += fresh;
  }
  return { at, price, shift, first_bin: first, ...out, beyond };
}
