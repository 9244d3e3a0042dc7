import { expect, test } from "vitest";
import * as format from "../../src/units/format";
import { binLow, binOf } from "../../src/units/units";

test.each([
  [0, "0"], [0.2, "<1"], [640, "640"], [999.6, "1.00 k"], [56_234, "56.2 k"], [318_200_000, "318 M"], [1_240_000_000, "1.24 B"], [999_700_000, "1.00 B"], [NaN, "–"],
])("compact %d is %s", (value, text) => expect(format.compact(value)).toBe(text));

test.each([[64_000, 1, "64,000"], [1_234_567.891, 0.01, "1,234,567.89"], [999.5, 1, "1,000"], [0.16, 0.00001, "0.16000"], [-1234, 1, "-1,234"], [12, 1, "12"]])("price %d by ticks of %d is %s", (value, tick, text) => {
  expect(format.price(value, tick)).toBe(text);
  expect(value.toLocaleString("en-US", { minimumFractionDigits: format.decimals(tick), maximumFractionDigits: format.decimals(tick) })).toBe(text);
});

test.each([[1, 0], [0.5, 1], [0.01, 2], [0.00001, 5], [10, 0]])("tick %d needs %d decimals", (tick, digits) => expect(format.decimals(tick)).toBe(digits));

test("scores say when they are undefined", () => {
  expect(format.score(NaN)).toBe("undefined");
  expect(format.score(-0.84)).toBe("−0.8");
  expect(format.score(3)).toBe("+3.0");
  expect(format.percentile(1)).toBe(">99 %");
});

test("bins hold their lower edge and not their upper one", () => {
  for (const [price, shift] of [[64_000.5, 0], [0.16, 2], [1, 3]] as const) {
    const bin = binOf(price, shift);
    expect(binLow(bin, shift)).toBeLessThanOrEqual(price * (1 + 1e-12));
    expect(binLow(bin + 1, shift)).toBeGreaterThan(price);
  }
});

test("spans are in their largest whole unit", () => {
  expect([60_000, 900_000, 14_400_000, 86_400_000].map(format.span)).toEqual(["1 min", "15 min", "4 h", "1 d"]);
});
