import { describe, expect, test } from "vitest";
import type { ChunkKey, Store } from "../../src/data/store";
import { gapStretches, unscaledStretches } from "../../src/layers/gaps";
import type { Source } from "../../src/layers/source";
import { columnSpans } from "../../src/scale/spans";
import type { View } from "../../src/scale/view";
import { as_, type Millis } from "../../src/units/units";
import { FLAG, SERIES } from "../../src/wire/api";
import type { ColumnChunk } from "../../src/wire/columns";
import { TILE } from "../../src/wire/tile";

const BUCKET = 60_000, CHUNKS = 4, FROM = 10 * BUCKET, TO = (CHUNKS * TILE - 20) * BUCKET;

/** Numbers in [0, 1) that are the same every time. */
function dice(seed: number): () => number {
  let state = seed;
  return () => ((state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31);
}

/** Columns of which a few are missing, flagged, or without a spread, alone and in rows. */
function chunkOf(x: number, roll: () => number): ColumnChunk {
  let ill = 0;
  const pick = (): boolean => {
    if (ill > 0) ill--;
    else if (roll() < 0.03) ill = Math.floor(8 * roll());
    return ill > 0;
  };
  const series = Object.fromEntries(SERIES.map((name) => [name, new Float64Array(TILE)])) as unknown as ColumnChunk["series"];
  const sd = new Float64Array(TILE).map(() => (pick() ? (roll() < 0.5 ? NaN : 0) : 1));
  for (let c = 0; c < TILE; c++) (series.flags as Float64Array)[c] = pick() ? FLAG.gap : 0;
  const present = new Uint8Array(TILE).map(() => (pick() ? 0 : 1));
  const stats = { n: sd, mean: sd, sd, median: sd, mad: sd, quantiles: sd };
  return { level: 0, x, bucketMs: BUCKET, present, series, norm: { band: 0.1, windowMs: 0, population: "", points: [] }, stats: new Map([["all", stats]]) };
}

function sourceOf(seed: number): Source {
  const roll = dice(seed), chunks = Array.from({ length: CHUNKS }, (_, x) => chunkOf(x, roll));
  const store = { chunk: ({ x }: ChunkKey) => (x === 2 && seed % 3 === 0 ? undefined : chunks[x]) } as unknown as Store;
  return { store, level: 0, size: { bucketMs: as_<Millis>(BUCKET), shift: 0 }, norm: null, to: TO };
}

/** The pixel columns of which any column passes, as a list. */
function pixels(source: Source, view: View, passes: (chunk: ColumnChunk, column: number, bucket: number) => boolean): number[] {
  const spans = columnSpans(view, BUCKET), out: number[] = [];
  for (let px = 0; px < view.width; px++) {
    for (let bucket = spans[2 * px] as number; bucket < (spans[2 * px + 1] as number); bucket++) {
      const chunk = source.store.chunk({ level: 0, x: Math.floor(bucket / TILE), norm: null });
      if (chunk && passes(chunk, bucket - chunk.x * TILE, bucket)) {
        out.push(px);
        break;
      }
    }
  }
  return out;
}

const listed = (stretches: readonly { from: number; to: number }[]): number[] => stretches.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));

// From columns that are many pixels wide to many columns in a pixel, beginning before what is stored and ending after it.
const VIEWS = [0.07, 0.5, 1, 1.7, 6].flatMap((step) => [-30, 0, 300.4, 700].map((begin): View =>
  ({ width: 400, height: 1, ratio: 1, time0: begin * BUCKET, msPerPixel: step * BUCKET, edges: new Float64Array(2), version: 0 })));

describe("stretches that the map has nothing to show of", () => {
  test("are the pixels that show a missing or flagged column of the stored time", () => {
    for (const seed of [1, 2, 3]) {
      const source = sourceOf(seed);
      for (const view of VIEWS) {
        const want = pixels(source, view, (chunk, column, bucket) => bucket * BUCKET >= FROM && (bucket + 1) * BUCKET <= TO
          && (chunk.present[column] !== 1 || chunk.series.flags[column] === FLAG.gap));
        expect(listed(gapStretches(source, view, { from: FROM, to: TO }))).toEqual(want);
      }
    }
  });

  test("are the pixels that show a column too poor for colours, which dollars never are", () => {
    for (const seed of [4, 5, 6]) {
      const source = sourceOf(seed);
      for (const view of VIEWS) {
        const want = pixels(source, view, (chunk, column, bucket) => (bucket + 1) * BUCKET <= TO && chunk.present[column] === 1
          && !((chunk.stats.get("all")?.sd[column] as number) > 0));
        expect(listed(unscaledStretches(source, view, "z", "all"))).toEqual(want);
        expect(unscaledStretches(source, view, "usd", "all")).toEqual([]);
      }
    }
  });

  test("are apart, in order, and found again for an equal view", () => {
    const source = sourceOf(7);
    for (const view of VIEWS) {
      const found = gapStretches(source, view, { from: FROM, to: TO });
      for (let i = 1; i < found.length; i++) expect(found[i]?.from).toBeGreaterThan(found[i - 1]?.to as number);
      expect(gapStretches(source, { ...view }, { from: FROM, to: TO })).toEqual(found);
    }
  });
});
