import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { clustersOf, priceErrorOf, WANDER_PER_ROOT_HOUR, type Cluster } from "../../src/layers/zones";
import { HOUR } from "../../src/units/units";

interface Golden {
  readonly mean: number;
  readonly sd: number;
  readonly cases: readonly { name: string; first: number; split: number; amounts: number[]; clusters: Cluster[] }[];
}

/** What heatmap/clusters.go is held to as well. */
const golden = JSON.parse(readFileSync(new URL("../../testdata/zones_golden.json", import.meta.url), "utf8")) as Golden;

describe("clusters", () => {
  test.each(golden.cases)("$name", ({ first, split, amounts, clusters }) => {
    expect(clustersOf(Float64Array.from(amounts), first, split, golden)).toEqual(clusters);
  });

  test.each([NaN, 0])("do not exist where z is undefined: sd %d", (sd) => {
    expect(clustersOf(Float64Array.of(90), 100, 0, { mean: 10, sd })).toEqual([]);
  });
});

test("the margin of a zone's price grows with the root of its age, by the law that the server's models hold", () => {
  const learned = JSON.parse(readFileSync(new URL("../../../liqmodel/learned.json", import.meta.url), "utf8")) as { DriftPerRootHour: number };
  expect(WANDER_PER_ROOT_HOUR).toBe(learned.DriftPerRootHour);
  expect(priceErrorOf(4 * HOUR, 2)).toBeCloseTo(2 * WANDER_PER_ROOT_HOUR, 12);
  // A young zone's price is known to half a cell.
  expect(priceErrorOf(0, 5)).toBeCloseTo(16e-4, 12);
});
