/** Measures what a page holds that is kept open all day: npm run bench:day. */
import { afterAll, beforeAll, test } from "vitest";
import type { Browser } from "playwright-core";
import { TO } from "../test/fake/market";
import { startFake } from "../test/fake/server";
import { launch, open, settled } from "../test/support/browser";
import { Figures, memory, type Memory } from "./figures";

const HOUR = 3_600_000, MB = 1e6;
/** Arrays hold tiles, a new one every so often, until as many are kept as the store allows. */
const ARRAYS_MB = 250;
const figures = new Figures();
let browser: Browser;

/** Tells what a page held early and late: nothing may have grown. */
function grown(name: string, early: Memory | undefined, late: Memory, [then, now]: readonly [string, string]): void {
  if (!early) throw new Error(`BUG: nothing was measured ${then} into ${name}`);
  for (const [what, most] of [["heap", 1.1 * early.heap], ["objects", 1.1 * early.objects], ["arrays", ARRAYS_MB * MB]] as const) {
    figures.value(`${name}: ${what} after ${then}`, early[what] / MB, "MB");
    figures.value(`${name}: ${what} after ${now}`, late[what] / MB, "MB", most / MB);
  }
}

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  figures.print();
});

test("eight hours of columns that close", async () => {
  const fake = await startFake(), hours = 8, step = 5 * 60_000;
  fake.mood.to = TO - hours * HOUR;
  const { page } = await open(browser, `${fake.url}/?symbol=BTC&range=12h&panes=on`);
  await settled(page);
  const uploads: number[] = [];
  // The first hours fill what the store keeps; from then on nothing may grow.
  let early: Memory | undefined;
  for (let i = 1; i <= (hours * HOUR) / step; i++) {
    const before = await page.evaluate(() => window.halcyon?.uploaded() ?? 0);
    fake.mood.to += step;
    await page.evaluate(() => window.halcyon?.poll());
    await page.waitForFunction((to) => window.halcyon?.settled() && (window.halcyon.profile()?.bucket ?? 0) >= to / 300_000 - 1, fake.mood.to, { timeout: 60_000 });
    uploads.push((await page.evaluate(() => window.halcyon?.uploaded() ?? 0)) - before);
    if (i * step === 2 * HOUR) early = await memory(page);
  }
  figures.spread("a column closes: sent to the card", uploads.map((bytes) => bytes / 1000), "kB");
  grown("8 h of closing columns", early, await memory(page), ["2 h", "8 h"]);
  await page.context().close();
  await fake.close();
});

/** As much as a busy hand moves in three hours: a move every nine seconds. The store is full after half of them. */
const MOVES = 1200;

test("three hours of panning and zooming", async () => {
  const fake = await startFake();
  const { page } = await open(browser, `${fake.url}/?symbol=BTC&range=24h`);
  await settled(page);
  let early: Memory | undefined;
  for (let i = 1; i <= MOVES; i++) {
    // Back through the month and forth again, closer for a while in every tenth of it.
    await page.evaluate((n) => (n % 10 === 3 ? window.halcyon?.zoom(0.4) : n % 10 === 8 ? window.halcyon?.zoom(2.5) : window.halcyon?.pan(n % 100 < 50 ? -0.6 : 0.6)), i);
    await page.waitForFunction(() => window.halcyon?.settled(), undefined, { timeout: 60_000 });
    if (i === MOVES / 2) early = await memory(page);
  }
  grown("three hours of panning", early, await memory(page), ["1.5 h", "3 h"]);
  await page.context().close();
  await fake.close();
});
