/**
 * Measures the way of a trade from the server's receiving its frame to the
 * screen, under load: the real binary live on a loopback Binance that sends
 * LOAD messages a second (default 20,000), the page in real Chromium with
 * software rendering, all on one machine. Needs make build: npm run bench:live.
 */
import { afterAll, beforeAll, test } from "vitest";
import type { Browser } from "playwright-core";
import { run, scratch, type Running } from "../test/support/halcyon";
import { launch, open } from "../test/support/browser";

const LOAD = Number(process.env["LOAD"] ?? 20_000), SECONDS = Number(process.env["SECONDS"] ?? 60);
const folder = scratch();
let browser: Browser, venue: Running, server: Running;

beforeAll(async () => {
  [browser, venue] = await Promise.all([launch(), run("exchange", "--listen", "127.0.0.1:0", "--venues", "binance-usdm", "--coins", "BTC", "--load", String(LOAD))]);
  server = await run("serve", "--live", "binance-usdm", "--venue-url", `all=${venue.url}`, "--coins", "BTC", "--lake", folder.path, "--listen", "127.0.0.1:0");
});
afterAll(async () => {
  await browser.close();
  await server.stop();
  await venue.stop();
  folder.remove();
});

/** A sum over the labels of a metric. */
async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return text.split("\n").filter((line) => line.startsWith(`${name}{`)).reduce((sum, line) => sum + Number(line.split(" ").pop()), 0);
}

test("frame received to pixel", async () => {
  const { page } = await open(browser, `${server.url}/?range=12h`);
  await page.waitForFunction(() => window.halcyon?.complete() === true && (window.halcyon?.timings("latency").length ?? 0) > 20, undefined, { timeout: 200_000 });
  await page.waitForTimeout(5_000);
  await page.evaluate(() => window.halcyon?.clearTimings());
  const before = await metric("halcyon_feed_frames_total"), begun = Date.now();
  await page.waitForTimeout(SECONDS * 1000);
  const list = await page.evaluate(() => window.halcyon?.timings("latency") ?? []);
  const rate = ((await metric("halcyon_feed_frames_total")) - before) / ((Date.now() - begun) / 1000);
  const sorted = [...list].sort((a, b) => a - b), at = (p: number): number => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? NaN;
  const late = await metric("halcyon_instrument_late_total"), gaps = await metric("halcyon_instrument_gaps_total");
  console.log(`\nframe received to pixel at ${Math.round(rate)} messages/s over ${SECONDS} s, ${sorted.length} paintings:`);
  console.log(`p50 ${at(0.5)} ms  p95 ${at(0.95)} ms  p99 ${at(0.99)} ms (goal 250)  max ${sorted[sorted.length - 1]} ms  late ${late}  gaps ${gaps}`);
}, 500_000);
