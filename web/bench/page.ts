/**
 * Measures the page in real Chromium with software rendering: npm run bench.
 * HALCYON_URL names the server, else the fake market is used; JSON=file also writes the figures there.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Browser, Page } from "playwright-core";
import { startFake } from "../test/fake/server";
import { launch, open, server, settled } from "../test/support/browser";
import { begin, Figures, frameTimes, timeFrames } from "./figures";
import { drag, moves } from "./moves";

const figures = new Figures();
let browser: Browser, at: Awaited<ReturnType<typeof server>>;

beforeAll(async () => {
  [browser, at] = await Promise.all([launch(), server()]);
});
afterAll(async () => {
  await browser.close();
  await at.close();
  figures.print();
});

/** From the beginning of the visit until every cell in view is drawn and that frame is done with, ms: the next one begins then. */
const shownAfter = (page: Page): Promise<number> => page.evaluate(() => new Promise<number>((done) => {
  const look = (): void => void requestAnimationFrame(window.halcyon?.complete() ? () => done(performance.now()) : look);
  look();
}));

/** For how long a browser is left alone until it has made a window, ms. */
const REST_MS = 1000;

test("first heatmap", async () => {
  for (const [name, rest] of [["first heatmap, complete", REST_MS], ["first heatmap, complete, in a window just made", 0]] as const) {
    const times: number[] = [];
    // The first visit warms the server; the page itself starts cold each time.
    for (let i = 0; i < 11; i++) {
      const { page } = await open(browser, "about:blank");
      await page.waitForTimeout(rest);
      await page.goto(at.url);
      const ms = await shownAfter(page);
      if (i > 0) times.push(ms);
      await page.context().close();
    }
    figures.spread(name, times, "ms", 1000);
  }
});

test("a network of 200 ms", async () => {
  const times: number[] = [];
  for (let i = 0; i < 4; i++) {
    const { page } = await open(browser, "about:blank");
    const client = await page.context().newCDPSession(page);
    await client.send("Network.enable");
    await client.send("Network.emulateNetworkConditions", { offline: false, latency: 200, downloadThroughput: -1, uploadThroughput: -1 });
    await page.goto(at.url);
    times.push(await shownAfter(page));
    if (i === 3) {
      await timeFrames(page);
      await settled(page);
      await begin(page);
      await drag(page, 120, 8);
      figures.spread("200 ms away: pan into what is not loaded, all script a frame", await frameTimes(page), "ms", 16);
    }
    await page.context().close();
  }
  figures.spread("200 ms away: first heatmap, complete", times, "ms");
});

test("moving and recolouring", async () => {
  for (const range of ["24h", "30d"]) {
    const { page } = await open(browser, `${at.url}/?range=${range}`);
    await timeFrames(page);
    await settled(page);
    await moves(page, figures, range);
    await page.context().close();
  }
});

test("size of the page", () => {
  const assets = fileURLToPath(new URL("../dist/assets", import.meta.url));
  const bytes = readdirSync(assets).filter((name) => name.endsWith(".js")).reduce((sum, name) => sum + gzipSync(readFileSync(`${assets}/${name}`), { level: 9 }).length, 0);
  figures.value("JavaScript, gzipped", bytes / 1000, "kB", 300);
});

// Always on the fake: it holds 34 days, whatever the server does. A screen beyond 4k looked at from afar, at half its usual
// size: there a month is drawn in columns of a quarter of an hour and bins of 4 bp.
test("a month of some four million cells", async () => {
  const fake = await startFake();
  const { page } = await open(browser, `${fake.url}/?symbol=BTC&range=30d`, { viewport: { width: 8400, height: 2700 }, deviceScaleFactor: 0.5 });
  await timeFrames(page);
  await page.waitForFunction(() => window.halcyon?.settled(), undefined, { timeout: 300_000 });
  const cells = await page.evaluate(() => {
    const range = window.halcyon?.range();
    return range ? (range.columns.end - range.columns.first) * (range.rows.end - range.rows.first) : 0;
  });
  figures.value("a month: cells in view", cells / 1e6, "M");
  expect(cells, "cells in view: has the choice of levels changed?").toBeGreaterThan(3.5e6);
  await moves(page, figures, "a month", 40);
  await page.context().close();
  await fake.close();
});
