import { describe, expect, test, vi } from "vitest";
import { differingColumns, FRESH, mergeTile } from "../../src/data/cells";
import { Shelf } from "../../src/data/shelf";
import { LoadQueue, type Job } from "../../src/data/queue";
import { cutChunk } from "../../src/wire/columns";
import { SERIES, type ColumnsAnswer } from "../../src/wire/api";
import { cellUsd, TILE, usdCell, type Tile } from "../../src/wire/tile";
import { goldenTile } from "./golden";

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe("merging planes", () => {
  test("groups keep their channel, sides add up in USD, fresh stays apart", () => {
    const plane = (q: number): Uint16Array => new Uint16Array(TILE * TILE).fill(q, 7, 8);
    const planes = new Map([["long/low", plane(usdCell(1000, 1024))], ["short/low", plane(usdCell(3000, 1024))], ["long/high", plane(500)], ["long/fresh", plane(77)]]);
    const tile: Tile = { header: { ...goldenTile().header, planes: [...planes.keys()] }, planes };
    const merged = mergeTile(tile, ["low", "medium", "high"]);
    const cell = merged.cells.subarray(28, 32);
    expect(cellUsd(cell[0] as number, 1024) / 4000).toBeCloseTo(1, 2);
    expect([...cell].slice(1)).toEqual([0, 500, 77]);
    expect(merged.cells[28 + FRESH]).toBe(77);
    expect(merged.cells.filter((q) => q !== 0).length).toBe(3);
  });

  test("differing columns span the first and the last changed one", () => {
    const a = mergeTile(goldenTile(), ["low"]), changed = goldenTile();
    expect(differingColumns(a.cells, mergeTile(goldenTile(), ["low"]).cells, TILE)).toEqual({ from: TILE, end: 0 });
    (changed.planes.get("long/low") as Uint16Array)[9 * TILE + 201] = 5;
    (changed.planes.get("long/low") as Uint16Array)[3 * TILE + 230] = 5;
    expect(differingColumns(a.cells, mergeTile(changed, ["low"]).cells, TILE)).toEqual({ from: 201, end: 231 });
  });
});

test("chunks are cut by time; what is missing stays missing, null stays undefined", () => {
  const time = [256 * 60_000, 258 * 60_000], rows = Object.fromEntries(SERIES.map((s) => [s, [1, 2]]));
  const stats = { n: [5, 1], mean: [10, null], sd: [2, null], median: [1, null], mad: [1, null], quantiles: [[1, 2, 3], null] };
  const answer = { venue: "v", symbol: "s", level: 0, bucket_ms: 60_000, shift: 0, time, ...rows, norm: { band: 0.1, window_ms: 1, population: "p", quantile_points: [0.1, 0.5, 0.9], selections: { all: stats } } } as unknown as ColumnsAnswer;
  const chunk = cutChunk(answer, 1), all = chunk.stats.get("all");
  expect([...chunk.present.subarray(0, 4)]).toEqual([1, 0, 1, 0]);
  expect([...chunk.series.close.subarray(0, 3)]).toEqual([1, 0, 2]);
  expect([...(all?.mean.subarray(0, 3) ?? [])]).toEqual([10, NaN, NaN]);
  expect([...(all?.quantiles.subarray(0, 3) ?? [])]).toEqual([1, 2, 3]);
  expect(cutChunk(answer, 0).present.includes(1)).toBe(false);
});

test("a shelf throws away what was not read for longest, but nothing that is wanted", () => {
  const shelf = new Shelf<{ n: number }>(2), wanted = new Set(["a"]);
  for (const [n, key] of ["a", "b", "c"].entries()) shelf.put(key, { n }, wanted);
  expect(["a", "b", "c"].map((key) => shelf.get(key)?.n)).toEqual([0, undefined, 2]);
  for (const key of ["c", "a", "d"]) shelf.put(key, { n: 9 }, new Set(["a", "c", "d"]));
  expect(["a", "c", "d"].map((key) => shelf.get(key)?.n)).toEqual([9, 9, 9]);
});

test("a shelf remembers what a value took the place of, one step back", () => {
  const shelf = new Shelf<{ n: number }>(2), [first, second, third] = [{ n: 1 }, { n: 2 }, { n: 3 }];
  for (const value of [first, second, third]) shelf.put("a", value, new Set());
  expect([first, second, third].map((value) => shelf.before(value))).toEqual([undefined, undefined, second]);
  expect(shelf.lacks("a")).toBe(false);
  shelf.age(({ n }) => n === 3);
  expect([shelf.lacks("a"), shelf.get("a")]).toEqual([true, third]);
});

describe("the load queue", () => {
  const gate = (): { jobs: (keys: string[]) => Job[]; started: string[]; aborted: string[]; finish: (key: string, error?: Error) => void } => {
    const ends = new Map<string, (error?: Error) => void>(), started: string[] = [], aborted: string[] = [];
    const job = (key: string): Job => ({
      key,
      load: (signal) => new Promise((resolve, reject) => {
        started.push(key);
        ends.set(key, (error) => (error ? reject(error) : resolve()));
        signal.addEventListener("abort", () => {
          aborted.push(key);
          reject(new Error("aborted"));
        });
      }),
    });
    return { jobs: (keys) => keys.map(job), started, aborted, finish: (key, error) => ends.get(key)?.(error) };
  };

  test("runs the most wanted first, a few at a time, each once", async () => {
    const { jobs, started, finish } = gate(), queue = new LoadQueue(2, () => undefined);
    queue.want(jobs(["a", "b", "c"]));
    queue.want(jobs(["a", "b", "c"]));
    expect(started).toEqual(["a", "b"]);
    finish("a");
    await tick();
    expect(started).toEqual(["a", "b", "c"]);
  });

  test("aborts what is not wanted any more, without calling it an error", async () => {
    const errors: unknown[] = [], { jobs, aborted } = gate(), queue = new LoadQueue(2, (e) => errors.push(e));
    queue.want(jobs(["a", "b"]));
    queue.want(jobs(["b", "c"]));
    await tick();
    expect(aborted).toEqual(["a"]);
    expect(errors).toEqual([]);
  });

  test("tries failures again later, not at once", async () => {
    vi.useFakeTimers();
    const errors: unknown[] = [], { jobs, started, finish } = gate(), queue = new LoadQueue(1, (e) => errors.push(e));
    queue.want(jobs(["a"]));
    finish("a", new Error("no"));
    await vi.advanceTimersByTimeAsync(500);
    expect(started).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(started).toEqual(["a", "a"]);
    expect(errors.length).toBe(1);
    vi.useRealTimers();
  });
});
