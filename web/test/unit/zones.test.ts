import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { clustersOf, type Cluster } from "../../src/layers/zones";

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
