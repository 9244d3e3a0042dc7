import { describe, expect, test } from "vitest";
import { chooseLevel } from "../../src/scale/level";
import { counted } from "../../src/scale/selection";
import { MODES, normalise, statTable, TEXELS, tone, valueAt, type Mode } from "../../src/scale/norm";
import { domainOf, ticks } from "../../src/scale/legend";
import { difference, ENTRIES, groundOf, palette, PALETTES, THEMES, type Rgb } from "../../src/scale/palette";
import { extent, pixelsOf, rowSpans, spansOf } from "../../src/scale/spans";
import { priceTicks, timeTicks } from "../../src/scale/ticks";
import { edgesOf, rowOf, type View } from "../../src/scale/view";
import { as_, binPosition, type Level, type Millis } from "../../src/units/units";
import { SERIES } from "../../src/wire/api";
import type { ColumnChunk } from "../../src/wire/columns";

describe("spans", () => {
  test("large cells: nearest", () => {
    const spans = spansOf(10, (edge) => edge / 4);
    expect([...spans]).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 1, 2, 1, 2, 1, 2, 1, 2, 2, 3, 2, 3]);
  });

  test("small cells: each belongs to exactly one pixel, on rising and falling axes", () => {
    for (const position of [(e: number) => 1000.3 + e * 3.7, (e: number) => 1000.3 - e * 3.7]) {
      const spans = spansOf(50, position), seen = new Map<number, number>();
      for (let i = 0; i < 50; i++) for (let c = spans[2 * i] as number; c < (spans[2 * i + 1] as number); c++) seen.set(c, (seen.get(c) ?? 0) + 1);
      expect([...seen.values()].every((n) => n === 1)).toBe(true);
      const { first, end } = extent(spans);
      expect(seen.size).toBe(end - first);
    }
  });

  test("pixels of a stretch of cells are those whose first cell lies in it", () => {
    for (const step of [0.3, 2.5, -0.3, -2.5]) {
      const spans = spansOf(200, (edge) => 500 + edge * step);
      const { from, to } = pixelsOf(spans, 480, 510);
      for (let i = 0; i < 200; i++) {
        const first = spans[2 * i] as number;
        expect(i >= from && i < to).toBe(first >= 480 && first < 510);
      }
    }
  });
});

/** A view over a linear or logarithmic price axis, as the chart makes it. */
function view(price: (y: number) => number, height = 400): View {
  const edges = Float64Array.from({ length: height + 1 }, (_, r) => binPosition(price(r - 0.5), 0));
  return { width: 10, height, ratio: 1, time0: 0, msPerPixel: 1, edges, version: 1 };
}

test.each([
  ["linear", (y: number) => 70_000 - y * 25],
  ["logarithmic", (y: number) => 70_000 * Math.exp(-y / 2500)],
])("rows of a %s axis show the bin of the price at their centre", (_, price) => {
  const v = view(price), spans = rowSpans(v, 3);
  for (let y = 0; y < v.height; y++) {
    const bin = Math.floor(binPosition(price(y), 3)), first = spans[2 * y] as number;
    // Within half a pixel of an edge either neighbour is right.
    expect(Math.abs(first - bin)).toBeLessThanOrEqual(1);
    expect(rowOf(v, binPosition(price(y), 0))).toBeCloseTo(y, 1);
  }
});

test("edges are where the scale has them, to a hundredth of a row, on axes of either kind", () => {
  const axes: [string, number, (y: number) => number][] = [
    ["linear, 10 %", 733, (y) => 66_000 - 9 * y], ["linear, from a half to the whole", 1351, (y) => 60_000 - 22 * y], ["logarithmic", 400, (y) => 90_000 * 0.998 ** y], ["low", 3, (y) => 70_000 - y],
  ];
  for (const [name, height, price] of axes) {
    const exact = (row: number): number => binPosition(price(row - 0.5), 0), edges = edgesOf(height, exact);
    expect(edges.length).toBe(height + 1);
    const off = Array.from(edges, (edge, row) => Math.abs(edge - exact(row)) / (exact(row) - exact(row + 1)));
    expect(Math.max(...off), name).toBeLessThan(0.01);
  }
});

test("rows are computed anew when prices move, not when time does", () => {
  const v = view((y) => 70_000 - y * 25), spans = rowSpans(v, 3);
  expect(rowSpans({ ...v, time0: 60_000, version: 2 }, 3)).toBe(spans);
  expect(rowSpans(v, 2)).not.toBe(spans);
  expect(rowSpans(view((y) => 71_000 - y * 25), 3)).not.toEqual(spans);
});

describe("normalisation", () => {
  const column = (value: number): Float64Array => new Float64Array(256).fill(value);
  const stats = { n: column(100), mean: column(1000), sd: column(500), median: column(6), mad: column(0.5), quantiles: new Float64Array(256 * 9).map((_, i) => 10 ** (i % 9)) };
  const chunk: ColumnChunk = {
    level: 0, x: 0, bucketMs: 60_000, present: new Uint8Array(256).fill(1),
    series: Object.fromEntries(SERIES.map((s) => [s, column(1)])) as ColumnChunk["series"],
    norm: { band: 0.1, windowMs: 1, population: "", points: [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99] },
    stats: new Map([["all", stats], ["low", { ...stats, sd: column(0), mad: column(NaN) }]]),
  };
  const selections = counted("all", ["low", "medium", "high"]), table = statTable(chunk, selections);
  const of = (mode: Mode, usd: number, selection = 0): number => normalise(mode, Math.log1p(usd), table, selection, 17, 256, chunk.norm.points);

  test("is what the legend says", () => {
    expect(table.length).toBe(256 * 5 * TEXELS * 4);
    expect(of("z", 2000)).toBeCloseTo(2, 6);
    expect(of("robust", Math.expm1(6 + 1.4826))).toBeCloseTo(2, 5);
    expect(of("percentile", 10_000)).toBeCloseTo(0.5, 6);
    expect(of("percentile", 2e8)).toBe(1);
    expect(of("usd", 999_999)).toBeCloseTo(6, 6);
    expect(of("linear", 999_999)).toBeCloseTo(999_999, 3);
  });

  test("is undefined, not 0, where the spread is 0 or unknown", () => {
    const low = selections.indexOf("low"), high = selections.indexOf("high");
    for (const mode of ["z", "robust"] as const) expect(of(mode, 2000, low)).toBeNaN();
    expect(of("percentile", 2000, high)).toBeNaN();
  });

  test.each(MODES)("%s: tone and value are inverse, ticks lie on the bar", (mode) => {
    const domain = domainOf(mode, [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 2e6, 5e6]);
    for (const t of [0.1, 0.5, 0.9]) expect(tone(mode, valueAt(mode, t, domain), domain)).toBeCloseTo(t, 9);
    expect(valueAt(mode, 1, domain)).toBeGreaterThan(valueAt(mode, 0, domain));
    const places = ticks(mode, domain).map((tick) => tick.at);
    expect(places.length).toBeGreaterThanOrEqual(3);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
  });

  test("the colour domain of z does not move with the data", () => {
    expect(domainOf("z", [1, 2, 3])).toEqual(domainOf("z", null));
  });
});

describe.each(PALETTES.flatMap((name) => THEMES.map((theme) => [name, theme] as const)))("palette %s, %s", (name, theme) => {
  const bytes = palette(name, theme);
  const at = (i: number): Rgb => [bytes[4 * i] as number, bytes[4 * i + 1] as number, bytes[4 * i + 2] as number];

  test("starts at the ground and steps evenly", () => {
    expect(at(0)).toEqual(groundOf(theme).ground);
    const steps = Array.from({ length: ENTRIES / 8 - 1 }, (_, i) => difference(at(8 * i), at(8 * i + 8)));
    const mean = steps.reduce((a, b) => a + b, 0) / steps.length;
    for (const step of steps) {
      expect(step).toBeGreaterThan(mean * 0.6);
      expect(step).toBeLessThan(mean * 1.4);
    }
  });
});

test("every palette's extreme stands out from its ground, more than its middle does", () => {
  for (const theme of THEMES) {
    for (const name of PALETTES) {
      const bytes = palette(name, theme), { ground } = groundOf(theme);
      const away = (i: number): number => difference(ground, [bytes[4 * i] as number, bytes[4 * i + 1] as number, bytes[4 * i + 2] as number]);
      expect(away(255), `${name} ${theme}`).toBeGreaterThan(0.45);
      expect(away(64), `${name} ${theme}`).toBeLessThan(away(255));
    }
  }
});

test("opacity lays colours over the ground and leaves the ground as it is", () => {
  const full = palette("ice"), half = palette("ice", "dark", 0.5);
  expect([...half.subarray(0, 3)]).toEqual([...full.subarray(0, 3)]);
  expect(half[4 * 255]).toBe(Math.round((0x0b + (full[4 * 255] as number)) / 2));
});

test("the level is the finest whose cells can be told apart", () => {
  const levels = [[60_000, 0], [300_000, 1], [900_000, 2], [3_600_000, 3]].map(([ms, shift]) => ({ bucketMs: as_<Millis>(ms as number), shift: shift as number })) satisfies Level[];
  const per = (hours: number): number => (hours * 3_600_000) / 1100;
  expect([6, 12, 24, 72, 168, 720].map((hours) => chooseLevel(levels, per(hours), 0.5))).toEqual([0, 1, 1, 2, 3, 3]);
  // Bins are no hair-lines, unless that would leave a handful of candles.
  expect([0.55, 1.1, 1.2, 2.2].map((bp) => chooseLevel(levels, per(24), bp))).toEqual([1, 1, 2, 2]);
  expect([2.5, 5.6, 5.8].map((bp) => chooseLevel(levels, per(24), bp))).toEqual([2, 2, 3]);
  expect(chooseLevel(levels, 1e12, 1e6)).toBe(3);
});

test("ticks are round", () => {
  expect(priceTicks(63_950, 64_420, 5)).toEqual([64_000, 64_100, 64_200, 64_300, 64_400]);
  expect(timeTicks(0, 3_600_000, 6)).toEqual([0, 600_000, 1_200_000, 1_800_000, 2_400_000, 3_000_000, 3_600_000]);
});
