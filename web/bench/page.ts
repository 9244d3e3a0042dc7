/**
 * Measures the page in real Chromium with software rendering: npm run bench.
 * HALCYON_URL names the server, else the fake market is used; JSON=file also writes the figures there.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, test } from "vitest";
import type { Browser, Page } from "playwright-core";
import { TO } from "../test/fake/market";
import { startFake } from "../test/fake/server";
import { frames, launch, open, server, settled } from "../test/support/browser";
import { paneBox } from "../test/support/pixels";

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it is to stay under. */
  readonly goal: number;
}

const figures: Figure[] = [];
let browser: Browser, at: Awaited<ReturnType<typeof server>>;

beforeAll(async () => {
  [browser, at] = await Promise.all([launch(), server()]);
});
afterAll(async () => {
  await browser.close();
  await at.close();
  console.log(`\n${["measure".padEnd(44), "value".padStart(10), "goal".padStart(8), "unit"].join("  ")}`);
  for (const f of figures) console.log([f.name.padEnd(44), f.value.toFixed(2).padStart(10), String(f.goal).padStart(8), f.unit].join("  "));
  const json = process.env["JSON"];
  if (json) writeFileSync(json, JSON.stringify(figures, null, 1));
});

function note(name: string, values: readonly number[], unit: string, goal: number): void {
  if (values.length === 0) return;
  const sorted = [...values].sort((a, b) => a - b);
  figures.push({ name, value: sorted[Math.min(sorted.length - 1, Math.floor(0.95 * sorted.length))] ?? NaN, unit, goal });
}

const timings = (page: Page, name: "paint" | "recolour" | "cursor" | "lens" | "refill"): Promise<readonly number[]> => page.evaluate((n) => window.halcyon?.timings(n) ?? [], name);

test("first heatmap", async () => {
  // The first visit warms the server; the page itself starts cold each time.
  for (let i = 0; i < 4; i++) {
    const { page } = await open(browser, at.url);
    const ms = await page.evaluate(() => new Promise<number>((done) => {
      const look = (): void => void (window.halcyon?.complete() ? done(performance.now()) : requestAnimationFrame(look));
      look();
    }));
    if (i > 0) figures.push({ name: `first heatmap, complete, visit ${i}`, value: ms, unit: "ms", goal: 1000 });
    await page.context().close();
  }
});

/** Times every animation frame's callbacks, the chart library's included. */
const TIME_FRAMES = `
  window.frameTimes = [];
  const request = window.requestAnimationFrame.bind(window);
  let current = -1;
  window.requestAnimationFrame = (run) => request((now) => {
    const start = performance.now();
    run(now);
    const spent = performance.now() - start, times = window.frameTimes;
    if (now === current) times[times.length - 1] += spent;
    else times.push(spent);
    current = now;
  });`;

const frameTimes = (page: Page): Promise<number[]> => page.evaluate(() => (window as unknown as { frameTimes: number[] }).frameTimes.splice(0).filter((ms) => ms > 0.2));

test("moving and recolouring", async () => {
  for (const range of ["24h", "30d"]) {
    const { page } = await open(browser, `${at.url}/?range=${range}`);
    await page.addInitScript(TIME_FRAMES);
    await page.reload();
    await settled(page);
    await frameTimes(page);
    const box = await paneBox(page), x = box.x + box.width / 2, y = box.y + box.height / 2;
    await page.evaluate(() => window.halcyon?.clearTimings());
    await page.mouse.move(x, y);
    await page.mouse.down();
    for (let i = 1; i <= 80; i++) {
      await page.mouse.move(x + 4 * i, y);
      await frames(page, 1);
    }
    await page.mouse.up();
    note(`${range}: pan, all script per frame, p95`, await frameTimes(page), "ms", 16);
    note(`${range}: pan, map's script per frame, p95`, await timings(page, "paint"), "ms", 4);
    await settled(page);
    await frameTimes(page);
    await page.evaluate(() => window.halcyon?.clearTimings());
    for (let i = 0; i < 30; i++) {
      await page.mouse.wheel(0, i < 15 ? -40 : 40);
      await frames(page, 2);
    }
    note(`${range}: zoom, all script per frame, p95`, await frameTimes(page), "ms", 16);
    note(`${range}: zoom, map's script per frame, p95`, await timings(page, "paint"), "ms", 4);
    note(`${range}: candles refilled, p95`, await timings(page, "refill"), "ms", 16);
    await settled(page);
    await page.evaluate(() => window.halcyon?.clearTimings());
    for (let i = 0; i < 30; i++) {
      await page.keyboard.press(["p", "n", "]"][i % 3] as string);
      await frames(page, 2);
    }
    note(`${range}: recolour, script, p95`, await timings(page, "recolour"), "ms", 2);
    await page.evaluate(() => window.halcyon?.clearTimings());
    for (let i = 0; i < 60; i++) {
      await page.mouse.move(x - 200 + 6 * i, y - 100 + 3 * i);
      await frames(page, 1);
    }
    note(`${range}: cross-hair and profile, p95`, await timings(page, "cursor"), "ms", 4);
    await page.keyboard.down("Alt");
    await page.evaluate(() => window.halcyon?.clearTimings());
    for (let i = 0; i < 40; i++) {
      await page.mouse.move(x + i, y - i);
      await frames(page, 1);
    }
    note(`${range}: lens, p95`, await timings(page, "lens"), "ms", 16);
    await page.context().close();
  }
});

test("size of the page", () => {
  const assets = fileURLToPath(new URL("../dist/assets", import.meta.url));
  const bytes = readdirSync(assets).filter((name) => name.endsWith(".js")).reduce((sum, name) => sum + gzipSync(readFileSync(`${assets}/${name}`), { level: 9 }).length, 0);
  figures.push({ name: "JavaScript, gzipped", value: bytes / 1000, unit: "kB", goal: 300 });
});

// Always on the fake: it holds 34 days, whatever the server does. Wide enough that a month needs columns of a quarter of an hour.
test("a month of some 2,000 bins", async () => {
  const fake = await startFake();
  const { page } = await open(browser, `${fake.url}/?symbol=BTC&range=30d`, { viewport: { width: 4500, height: 2160 } });
  await page.addInitScript(TIME_FRAMES);
  await page.reload();
  await page.waitForFunction(() => window.halcyon?.settled(), undefined, { timeout: 300_000 });
  const cells = await page.evaluate(() => {
    const range = window.halcyon?.range();
    return range ? (range.columns.end - range.columns.first) * (range.rows.end - range.rows.first) : 0;
  });
  figures.push({ name: "month: cells in view, millions", value: cells / 1e6, unit: "M", goal: NaN });
  const box = await paneBox(page), x = box.x + box.width / 2, y = box.y + box.height / 2;
  await frameTimes(page);
  await page.evaluate(() => window.halcyon?.clearTimings());
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let i = 1; i <= 40; i++) {
    await page.mouse.move(x + 8 * i, y);
    await frames(page, 1);
  }
  await page.mouse.up();
  const pan = await frameTimes(page);
  note("month: pan, map's script per frame, p95", await timings(page, "paint"), "ms", 4);
  note("month: pan, all script per frame, p95", pan, "ms", 16);
  await page.evaluate(() => window.halcyon?.clearTimings());
  for (let i = 0; i < 20; i++) {
    await page.mouse.wheel(0, i < 10 ? -30 : 30);
    await frames(page, 2);
  }
  note("month: zoom, map's script per frame, p95", await timings(page, "paint"), "ms", 4);
  note("month: zoom, all script per frame, p95", await frameTimes(page), "ms", 16);
  await page.evaluate(() => window.halcyon?.clearTimings());
  for (let i = 0; i < 20; i++) {
    await page.keyboard.press(i % 2 ? "p" : "n");
    await frames(page, 2);
  }
  note("month: recolour, script, p95", await timings(page, "recolour"), "ms", 2);
  await page.context().close();
  await fake.close();
});

const HOUR = 3_600_000;

/** Bytes that the page's script holds after the garbage is gone. */
async function heap(page: Page): Promise<number> {
  const client = await page.context().newCDPSession(page);
  await client.send("HeapProfiler.collectGarbage");
  const { usedSize } = await client.send("Runtime.getHeapUsage");
  await client.detach();
  return usedSize;
}

test("eight hours of columns that close", async () => {
  const fake = await startFake(), hours = 8, step = 5 * 60_000;
  fake.mood.to = TO - hours * HOUR;
  const { page } = await open(browser, `${fake.url}/?symbol=BTC&range=12h&panes=on`);
  await settled(page);
  const sizes: number[] = [];
  for (let i = 1; i <= (hours * HOUR) / step; i++) {
    fake.mood.to += step;
    await page.evaluate(() => window.halcyon?.poll());
    await page.waitForFunction((to) => window.halcyon?.settled() && (window.halcyon.profile()?.bucket ?? 0) >= to / 300_000 - 1, fake.mood.to, { timeout: 60_000 });
    if (i % 12 === 0) sizes.push((await heap(page)) / 1e6);
  }
  // The first hours fill what the store keeps; from then on nothing may grow.
  figures.push({ name: "8 h of closing columns: heap after 2 h", value: sizes[1] ?? NaN, unit: "MB", goal: NaN });
  figures.push({ name: "8 h of closing columns: heap after 8 h", value: sizes[sizes.length - 1] ?? NaN, unit: "MB", goal: (sizes[1] ?? NaN) * 1.1 });
  await page.context().close();
  await fake.close();
});
