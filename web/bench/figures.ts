/** The table of a benchmark: what was measured, how it spread, and what it is to stay under. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";

export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  /** Number of values; 1 for a figure that is one value. */
  readonly n: number;
  /** What p95 is to stay under; NaN where nothing is asked. */
  readonly goal: number;
}

/** Names of what the page times by itself. */
export type TimingName = "paint" | "recolour" | "cursor" | "lens" | "refill";

export class Figures {
  private readonly list: Figure[] = [];

  /** Notes how values spread; nothing where there are none. */
  spread(name: string, values: readonly number[], unit: string, goal = NaN): void {
    const sorted = [...values].sort((a, b) => a - b), at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
    if (sorted.length > 0) this.list.push({ name, unit, p50: at(0.5), p95: at(0.95), max: at(1), n: sorted.length, goal });
  }

  value(name: string, value: number, unit: string, goal = NaN): void {
    this.spread(name, [value], unit, goal);
  }

  /** Prints the table; JSON=file also adds the figures to that file. */
  print(): void {
    const cell = (value: number): string => value.toFixed(2).padStart(9);
    console.log(`\n${"measure".padEnd(58)}${["p50", "p95", "max", "goal"].map((title) => title.padStart(9)).join("")}  unit      n`);
    for (const f of this.list) {
      const numbers = f.n === 1 ? [" ".repeat(9), cell(f.p95), " ".repeat(9)] : [cell(f.p50), cell(f.p95), cell(f.max)];
      console.log(`${f.name.padEnd(58)}${numbers.join("")}${Number.isNaN(f.goal) ? " ".repeat(9) : cell(f.goal)}  ${f.unit.padEnd(6)}${f.n === 1 ? "" : String(f.n).padStart(5)}`);
    }
    const json = process.env["JSON"];
    if (json) writeFileSync(json, JSON.stringify([...(existsSync(json) ? (JSON.parse(readFileSync(json, "utf8")) as Figure[]) : []), ...this.list], null, 1));
  }
}

/** Times every animation frame's callbacks, the chart library's included, and when frames begin. */
const TIME_FRAMES = `
  window.frameTimes = [];
  window.frameStarts = [];
  const request = window.requestAnimationFrame.bind(window);
  let current = -1;
  window.requestAnimationFrame = (run) => request((now) => {
    const start = performance.now();
    run(now);
    const spent = performance.now() - start, times = window.frameTimes;
    if (now === current) times[times.length - 1] += spent;
    else {
      times.push(spent);
      window.frameStarts.push(now);
    }
    current = now;
  });`;

/** Has the page time its frames from the next load on, and loads it. */
export async function timeFrames(page: Page): Promise<void> {
  await page.addInitScript(TIME_FRAMES);
  await page.reload();
}

interface Timed {
  frameTimes: number[];
  frameStarts: number[];
}

/** Forgets what was timed so far. */
export async function begin(page: Page): Promise<void> {
  await page.evaluate(() => {
    const timed = window as unknown as Timed;
    timed.frameTimes = [];
    timed.frameStarts = [];
    window.halcyon?.clearTimings();
  });
}

/** Script of every frame since then that did anything, ms. */
export function frameTimes(page: Page): Promise<number[]> {
  return page.evaluate(() => (window as unknown as Timed).frameTimes.filter((ms) => ms > 0.2));
}

/** From one frame to the next, ms. */
export async function intervals(page: Page): Promise<number[]> {
  const starts = await page.evaluate(() => (window as unknown as Timed).frameStarts);
  return starts.slice(1).map((start, i) => start - (starts[i] as number));
}

/** Events of a trace, as far as they are looked at: µs; `tts` and `tdur` are processor time. */
interface TraceEvent {
  readonly name: string;
  readonly ts: number;
  readonly tts?: number;
  readonly tdur?: number;
  readonly args: { readonly data?: { readonly message?: string } };
}

/** Processor time of an act, ms: of every frame's callbacks, and of what the page times by itself. */
export interface ProcessorTimes {
  readonly frames: readonly number[];
  of(name: TimingName): readonly number[];
}

/** Processor times of an act. On a shared machine the clock also counts what others did meanwhile; this does not. */
export async function processorTimes(page: Page, act: () => Promise<void>): Promise<ProcessorTimes> {
  const browser = page.context().browser() as Browser;
  await browser.startTracing(page, { categories: ["devtools.timeline", "gpu"] });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const frames: number[] = [], begun = new Map<string, number>(), spent = new Map<string, number[]>();
  for (const { name, tts = NaN, tdur = 0, args } of traceEvents.sort((a, b) => a.ts - b.ts)) {
    if (name === "WidgetBase::WillBeginMainFrame") frames.push(0);
    if (name === "FireAnimationFrame" && frames.length > 0) frames[frames.length - 1] = (frames[frames.length - 1] as number) + tdur / 1000;
    const [timing = "", edge] = name === "TimeStamp" ? (args.data?.message ?? "").split(" ") : [];
    if (edge === "begins") begun.set(timing, tts);
    if (edge === "ends") spent.set(timing, [...(spent.get(timing) ?? []), (tts - (begun.get(timing) ?? NaN)) / 1000]);
  }
  return { frames: frames.filter((ms) => ms > 0.2), of: (name) => spent.get(name) ?? [] };
}

export function timings(page: Page, name: TimingName): Promise<readonly number[]> {
  return page.evaluate((n) => window.halcyon?.timings(n) ?? [], name);
}

/** Bytes that a page's script holds after the garbage is gone. */
export interface Memory {
  /** Objects and compiled code. */
  readonly heap: number;
  /** Objects alone: compiled code grows for as long as the browser finds something to optimise, and with every script of a benchmark. */
  readonly objects: number;
  /** Arrays of numbers that objects refer to. */
  readonly arrays: number;
}

/** Parts of a heap snapshot that this counts: rows of numbers, with the meaning of each. */
interface Snapshot {
  readonly snapshot: { readonly meta: { readonly node_fields: readonly string[]; readonly node_types: readonly [readonly string[], ...unknown[]] } };
  readonly nodes: readonly number[];
}

/** What in a snapshot is not of the script's making. */
const FOREIGN = new Set(["code", "native", "hidden", "object shape", "synthetic"]);

/** What a page holds now, whole rounds of garbage collection later. */
export async function memory(page: Page): Promise<Memory> {
  const client = await page.context().newCDPSession(page), text: string[] = [];
  client.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => text.push(chunk));
  // What only weak references lead to is gone after more than one round.
  for (let round = 0; round < 4; round++) await client.send("HeapProfiler.collectGarbage");
  const usage = (await client.send("Runtime.getHeapUsage")) as { usedSize: number; backingStorageSize?: number };
  await client.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  await client.detach();
  const { snapshot: { meta }, nodes } = JSON.parse(text.join("")) as Snapshot;
  const width = meta.node_fields.length, type = meta.node_fields.indexOf("type"), size = meta.node_fields.indexOf("self_size");
  let objects = 0;
  for (let at = 0; at < nodes.length; at += width) if (!FOREIGN.has(meta.node_types[0][nodes[at + type] as number] as string)) objects += nodes[at + size] as number;
  return { heap: usage.usedSize, objects, arrays: usage.backingStorageSize ?? NaN };
}
