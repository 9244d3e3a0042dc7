import { expect, test } from "vitest";
import { maxPainOf } from "../../src/layers/max-pain";
import { binLow, binOf } from "../../src/units/units";

const middle = 27_000, price = Math.sqrt(binLow(middle, 2) * binLow(middle + 1, 2));
const profile = (amounts: Record<number, number>): { totals: Float64Array; first: number; price: number } => {
  const totals = new Float64Array(21);
  for (const [away, usd] of Object.entries(amounts)) totals[10 + Number(away)] = usd;
  return { totals, first: middle - 10, price };
};

test("max pain is the fullest bin of each side, whatever stands at price itself", () => {
  const { long, short } = maxPainOf(profile({ [-7]: 5, [-3]: 9, 0: 100, 2: 4, 8: 6 }), 2);
  expect([long && binOf(long.price, 2) - middle, long?.usd]).toEqual([-3, 9]);
  expect([short && binOf(short.price, 2) - middle, short?.usd]).toEqual([8, 6]);
});

test("a side of which nothing stands has none", () => {
  expect(maxPainOf(profile({ 0: 5, 3: 1 }), 2).long).toBeNull();
  expect(maxPainOf(profile({}), 2)).toEqual({ long: null, short: null });
});
