import { describe, expect, test } from "vitest";
import { clustersOf } from "../../src/layers/zones";

const STATS = { mean: 10, sd: 5 };
/** Bins from 100 on; everything not named is cold. */
function bins(hot: Record<number, number>, count = 40): Float64Array {
  const out = new Float64Array(count).fill(1);
  for (const [bin, usd] of Object.entries(hot)) out[Number(bin) - 100] = usd;
  return out;
}

describe("clusters", () => {
  test("join hot bins across at most the bridge, and sum everything between", () => {
    const found = clustersOf(bins({ 105: 20, 106: 30, 110: 25, 115: 40 }), 100, 0, STATS, 3);
    // Bins 107 to 109 are three cold ones of 1; 111 to 114 are four, one too many.
    expect(found).toEqual([{ first: 105, end: 111, usd: 20 + 30 + 3 + 25, z: 4 }, { first: 115, end: 116, usd: 40, z: 6 }]);
  });

  test("begin at z 1 exactly, and not below", () => {
    expect(clustersOf(bins({ 110: 15 }), 100, 0, STATS)).toHaveLength(1);
    expect(clustersOf(bins({ 110: 14.9 }), 100, 0, STATS)).toEqual([]);
  });

  test("never span price", () => {
    const hot = Object.fromEntries([118, 119, 120, 121].map((bin) => [bin, 50]));
    expect(clustersOf(bins(hot), 100, 120, STATS).map((c) => [c.first, c.end])).toEqual([[118, 120], [120, 122]]);
  });

  test("do not exist where z is undefined, and reach to the last bin", () => {
    expect(clustersOf(bins({ 110: 90 }), 100, 0, { mean: 10, sd: NaN })).toEqual([]);
    expect(clustersOf(bins({ 110: 90 }), 100, 0, { mean: 10, sd: 0 })).toEqual([]);
    expect(clustersOf(bins({ 139: 90 }), 100, 0, STATS)).toEqual([{ first: 139, end: 140, usd: 90, z: 16 }]);
  });
});
