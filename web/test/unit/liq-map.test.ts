import { expect, test } from "vitest";
import { barAt, liqMapOf, roundPrices, type LiqMapPlan } from "../../src/layers/liq-map";
import { binLow } from "../../src/units/units";
import type { ProfileAnswer } from "../../src/wire/api";

const SHIFT = 2, FIRST = 26_000, MIDDLE = 27_000, GROUPS = ["low", "high"];

/** Longs below price and shorts above it, some of each in the bin of price itself; `of` is a share of it. */
function answer(of = 1): ProfileAnswer {
  const side = (long: boolean): Record<string, number[]> => Object.fromEntries([...GROUPS, "fresh"].map((name, g) => [name, Array.from({ length: 2001 }, (_, i) => {
    const bin = FIRST + i;
    return (long ? bin <= MIDDLE : bin >= MIDDLE) ? of * (g + 1) * (1 + (i % 7)) : 0;
  })]));
  return { at: 1, price: binLow(MIDDLE, SHIFT) * 1.0002, shift: SHIFT, first_bin: FIRST, long: side(true), short: side(false), beyond: { long: 0, short: 0 } };
}
const plan: LiqMapPlan = { groups: GROUPS, selection: "all", by: "leverage", reach: 0.1, most: 1000 };
const sum = (list: readonly number[] | undefined, from: number, end: number): number => (list ?? []).slice(from - FIRST, end - FIRST).reduce((a, b) => a + b, 0);

test("longs stand left of price and shorts right of it, and sums grow from price outwards", () => {
  const map = liqMapOf(answer(), plan), price = map.price;
  for (const [i, bar] of map.bars.entries()) {
    expect(bar.side === "long" ? bar.low <= price : bar.high >= price).toBe(true);
    if (i > 0) expect(bar.low).toBeGreaterThanOrEqual((map.bars[i - 1]?.low ?? 0));
    expect(bar.parts.reduce((a, b) => a + b, 0)).toBeCloseTo(bar.usd, 9);
  }
  const longs = map.bars.filter((bar) => bar.side === "long");
  expect(longs.map((bar) => bar.cumulative)).toEqual(longs.map((_, i) => longs.slice(i).reduce((s, bar) => s + bar.usd, 0)));
  const bins = longs.length;
  expect(map.sums.long).toBeCloseTo(sum(answer().long["low"], MIDDLE - bins + 1, MIDDLE + 1) + sum(answer().long["high"], MIDDLE - bins + 1, MIDDLE + 1), 6);
});

test("prices under the bars are round, and lie where the bars of their prices are", () => {
  const map = liqMapOf(answer(), { ...plan, most: 100 }), found = roundPrices(map, 8);
  expect(found.length).toBeGreaterThan(2);
  expect(found.length).toBeLessThanOrEqual(9);
  const step = (found[1]?.price ?? 0) - (found[0]?.price ?? 0);
  expect(String(step)).toMatch(/^[125]0*$/);
  for (const { price, place } of found) {
    const bar = map.bars[Math.floor(place)];
    expect(price).toBeGreaterThanOrEqual((bar?.low ?? Infinity) * (1 - 1e-9));
    expect(price).toBeLessThan(bar?.high ?? 0);
    expect(Math.abs(price % step)).toBeLessThan(1e-6);
  }
});

test("wider bars hold the same, a selection only its own", () => {
  const fine = liqMapOf(answer(), plan), wide = liqMapOf(answer(), { ...plan, most: 40 }), high = liqMapOf(answer(), { ...plan, selection: "high" });
  expect(wide.bars.length).toBeLessThan(fine.bars.length / 4);
  // The last bar may reach a little farther.
  const at = (map: typeof fine, steps: number): number => map.bars.filter((bar) => bar.side === "short" && bar.low < binLow(MIDDLE + steps, SHIFT) * 1.00001).reduce((s, bar) => s + bar.usd, 0);
  const width = Math.round(Math.log((wide.bars[wide.bars.length - 1]?.high ?? 1) / (wide.bars[wide.bars.length - 1]?.low ?? 1)) / Math.log(1.0001) / 2 ** SHIFT);
  expect(at(wide, 3 * width)).toBeCloseTo(at(fine, 4 * width - 1), 6);
  expect(high.names).toEqual(["high"]);
  expect(high.sums.short / fine.sums.short).toBeCloseTo(2 / 3, 9);
});

test("by venue the bars are as high, and two instruments of one venue are one", () => {
  const parts = [["okx", 0.25], ["binance", 0.5], ["okx", 0.25]].map(([venue, share], i) => ({ venue: venue as string, symbol: `${i}`, long: answer(share as number).long, short: answer(share as number).short }));
  const whole = { ...answer(), parts }, map = liqMapOf(whole, { ...plan, by: "venue" }), leverage = liqMapOf(whole, plan);
  expect(map.names).toEqual(["okx", "binance"]);
  map.bars.forEach((bar, i) => {
    expect(bar.usd).toBeCloseTo(leverage.bars[i]?.usd ?? NaN, 6);
    expect(bar.parts[0]).toBeCloseTo(bar.parts[1] as number, 6);
  });
  expect(map.pain).toEqual(leverage.pain);
  expect(liqMapOf(answer(), { ...plan, by: "venue" }).by).toBe("leverage");
});

test("a pixel column leads to the bar that stands there, the axes to the outermost", () => {
  const map = liqMapOf(answer(), plan), sheet = { width: 1200, height: 600, ratio: 1 };
  expect(barAt(map, sheet, 0)).toBe(0);
  expect(barAt(map, sheet, 1199)).toBe(map.bars.length - 1);
  expect(barAt(map, sheet, 52 + (1200 - 108) / 2)).toBe(Math.floor(map.bars.length / 2));
});
