/**
 * Measures the page in real Chromium with software rendering: npm run bench.
 * HALCYON_URL names the server, else the fake market is used; JSON=file also writes the figures there.
 */
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, test } from "vitest";
import type { Browser, Page } from "playwright-core";
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
    if (i > 0) figures.push({ name: `first heatmap, complete, visit ${i}`, value: ms, unit: "ms", goal: 1500 });
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
