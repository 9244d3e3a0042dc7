import { describe, expect, test } from "vitest";
import { cascade, impact, measure, sweptTo, type Book, type MarketState } from "../../src/model/cascade";
import { binLow, DAY } from "../../src/units/units";

const SHIFT = 2, PRICE = binLow(27_000, SHIFT), GROUPS = ["low", "high"];
/** A book of 2,000 bins around price with `usd` in every bin of each group, longs below and shorts above. */
function book(usd: (steps: number) => number): Book {
  const side = (long: boolean): Record<string, number[]> => Object.fromEntries(GROUPS.map((g) => [g, Array.from({ length: 2000 }, (_, i) => (i < 1000 === long ? usd(long ? 999 - i : i - 1000) : 0))]));
  return { price: PRICE, shift: SHIFT, first_bin: 26_000, long: { ...side(true), fresh: [9e9] }, short: { ...side(false), fresh: [9e9] } };
}
const even = book(() => 1e5);
const market: MarketState = { volatility: 0.03, volume: 1e9, over: DAY };

describe("what stands on the way", () => {
  test("is summed by group, longs below price and shorts above, parts of bins in proportion", () => {
    const ten = sweptTo(even, binLow(27_000 - 10, SHIFT), GROUPS);
    expect(ten.side).toBe("long");
    expect(ten.usd).toBeCloseTo(2e6, 0);
    expect(ten.groups.map((g) => [g.name, Math.round(g.usd)])).toEqual([["low", 1e6], ["high", 1e6]]);
    expect(sweptTo(even, PRICE * Math.exp(2.5 * 4 * Math.log(1.0001)), GROUPS).usd).toBeCloseTo(5e5, 0);
    expect(sweptTo(even, PRICE * 1.01, GROUPS).side).toBe("short");
    expect(sweptTo(even, PRICE, GROUPS).usd).toBe(0);
  });
});

test("of a combination it is told by venue, two instruments of one together, the most first", () => {
  const parts = [["okx", 0.2], ["binance", 0.5], ["okx", 0.3]].map(([venue, share], i) => {
    const { long, short } = book(() => 1e5 * (share as number));
    return { venue: venue as string, symbol: `${i}`, long, short };
  });
  const whole = sweptTo({ ...even, parts: [...parts.slice(0, 2)] }, binLow(27_000 - 10, SHIFT), GROUPS);
  expect(whole.venues.map((v) => [v.name, Math.round(v.usd)])).toEqual([["binance", 1e6], ["okx", 4e5]]);
  expect(sweptTo({ ...even, parts }, binLow(27_000 + 10, SHIFT), GROUPS).venues.reduce((sum, v) => sum + v.usd, 0)).toBeCloseTo(sweptTo(even, binLow(27_000 + 10, SHIFT), GROUPS).usd, 0);
  expect(sweptTo(even, PRICE * 0.99, GROUPS).venues).toEqual([]);
});

describe("the cascade", () => {
  test("ends where what it has liquidated carries it: a fixed point", () => {
    for (const share of [0.99, 0.97, 1.02]) {
      const line = PRICE * share, c = cascade(even, line, market, GROUPS, 1);
      expect(c.beyond).toBe(false);
      expect(Math.abs(Math.log(c.end / line))).toBeCloseTo(impact(sweptTo(even, c.end, GROUPS).usd, market, 1), 5);
      expect(share < 1 ? c.end < line : c.end > line).toBe(true);
      expect(c.total.usd).toBeGreaterThan(c.way.usd);
    }
  });

  test("never turns back, and is the same upwards and downwards", () => {
    const up = cascade(even, PRICE * 1.02, market, GROUPS, 1), down = cascade(even, PRICE / 1.02, market, GROUPS, 1);
    expect([...up.steps].sort((a, b) => a - b)).toEqual(up.steps);
    expect(Math.log(up.end / PRICE)).toBeCloseTo(-Math.log(down.end / PRICE), 6);
    expect(up.total.usd).toBeCloseTo(down.total.usd, 0);
  });

  test("stays at the line where nothing is forced, or nothing gives way", () => {
    expect(cascade(book(() => 0), PRICE * 0.98, market, GROUPS, 1).end).toBeCloseTo(PRICE * 0.98, 6);
    expect(cascade(even, PRICE * 0.98, market, GROUPS, 0).end).toBeCloseTo(PRICE * 0.98, 6);
  });

  test("grows with volatility and shrinks with volume", () => {
    const way = (change: Partial<MarketState>): number => PRICE - cascade(even, PRICE * 0.98, { ...market, ...change }, GROUPS, 1).end;
    expect(way({ volatility: 0.06 })).toBeGreaterThan(way({}));
    expect(way({ volume: 1e10 })).toBeLessThan(way({}));
  });

  test("says where it ran out of the book, and ends there", () => {
    const c = cascade(book((steps) => 1e9 * (steps + 1)), PRICE * 0.99, { ...market, volume: 1e6 }, GROUPS, 1);
    expect(c.beyond).toBe(true);
    expect(c.end).toBeCloseTo(binLow(26_000, SHIFT), 6);
  });
});

describe("the market is measured", () => {
  const columns = (n: number): Parameters<typeof measure>[0] => ({
    bucket_ms: 900_000, close: Array.from({ length: n }, (_, i) => (i % 2 ? 101 : 100)), price: new Array<number>(n).fill(100), volume: new Array<number>(n).fill(5),
  });
  test("volatility and volume of a day, whatever the span", () => {
    for (const n of [24, 96]) {
      const m = measure(columns(n), { settlement: "linear", contract_size: 2 });
      expect(m?.volatility).toBeCloseTo(Math.log(1.01) * Math.sqrt(96), 9);
      expect(m?.volume).toBeCloseTo(96 * 5 * 2 * 100.5, 6);
    }
    expect(measure(columns(96), { settlement: "inverse", contract_size: 100 })?.volume).toBeCloseTo(96 * 500, 6);
  });
  test("not from nearly nothing", () => {
    expect(measure(columns(5), { settlement: "linear", contract_size: 1 })).toBeNull();
    expect(measure({ ...columns(20), volume: new Array<number>(20).fill(0) }, { settlement: "linear", contract_size: 1 })).toBeNull();
  });
});
