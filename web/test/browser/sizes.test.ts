/** From a phone to a wall, over a slow line, and through a restart of the server. Against the fake. */
import { afterEach, expect, test } from "vitest";
import { startFake } from "../fake/server";
import { frames, PHONE, settled } from "../support/browser";
import { bare, painted, paneBox, picture } from "../support/pixels";
import { arrive, fake, page, visit, visits } from "../support/visits";

// One server goes away on purpose.
visits({ provoked: ["net::ERR_", "WebSocket"] });
afterEach(() => {
  fake.mood.delayMs = 0;
});

test("4k: the map fills its pane, nothing overflows, every control is on the screen", async () => {
  await visit("?symbol=BTC", { viewport: { width: 3840, height: 2160 } });
  expect(await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight])).toEqual([3840, 2160]);
  const box = await paneBox(page), size = await page.evaluate(() => [document.querySelector<HTMLCanvasElement>("canvas.heat")?.width, document.querySelector<HTMLCanvasElement>("canvas.heat")?.height]);
  expect(size).toEqual([Math.round(box.width), Math.round(box.height)]);
  // Letters are larger there, and so is what lies beside the map.
  expect(box.width).toBeGreaterThan(0.8 * 3840);
  const outside = await page.$$eval("button, select, input", (list) => list.filter((e) => {
    const r = e.getBoundingClientRect();
    return r.width > 0 && (r.left < 0 || r.top < 0 || r.right > innerWidth || r.bottom > innerHeight);
  }).map((e) => e.getAttribute("aria-label") ?? e.textContent));
  expect(outside).toEqual([]);
  await bare(page);
  expect(painted(await picture(page, box))).toBeGreaterThan(0.02);
}, 120_000);

test("a phone: ranges within reach of the thumb, theme and opacity behind one button, replay and screener usable", async () => {
  await visit("?symbol=BTC", PHONE);
  const range = await page.locator('[role=radio][data-value="7d"]').boundingBox();
  expect(range?.y).toBeGreaterThan(640);
  expect(range?.height).toBeGreaterThanOrEqual(36);
  await page.tap('[role=radio][data-value="7d"]');
  await page.waitForFunction(() => location.search.includes("range=7d"));
  await page.tap('[aria-label="More controls"]');
  await page.tap("button:has-text('dark page')");
  expect(await page.evaluate(() => document.documentElement.dataset["theme"])).toBe("light");
  await page.fill('[aria-label="Opacity"]', "0.5");
  await page.waitForFunction(() => location.search.includes("opacity=0.50"));
  await page.tap('[aria-label="More controls"]');
  await page.tap('[aria-label="Replay"]');
  await page.tap('[aria-label="One candle back"]');
  expect(await page.locator(".stamp.replayed").first().isVisible()).toBe(true);
  await page.tap("button:has-text('now')");
  await page.tap('[aria-label="More controls"]');
  await page.tap('[aria-label="Screener"]');
  await page.waitForSelector(".screener tbody tr");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await page.tap("[aria-label='Close']");
  await page.tap('[aria-label="More controls"]');
  expect((await page.locator(".plot").boundingBox())?.height).toBeGreaterThan(480);
});

test("a network of 200 ms: something is drawn of every move at once, and everything comes", async () => {
  fake.mood.delayMs = 200;
  await visit("?symbol=BTC&range=3d");
  await bare(page);
  const coarse = await page.evaluate(() => window.halcyon?.level()?.level ?? 0);
  const box = await paneBox(page), whole = painted(await picture(page, box));
  expect(whole).toBeGreaterThan(0.02);
  // Zooming in asks for finer cells; while they travel the coarser ones stand in.
  const view = await page.evaluate(() => window.halcyon?.view());
  await page.evaluate((v) => v && window.halcyon?.go(v.time0 + 0.6 * v.width * v.msPerPixel, v.time0 + 0.8 * v.width * v.msPerPixel), view);
  await page.waitForFunction((level) => (window.halcyon?.level()?.level ?? level) < level, coarse);
  await frames(page, 2);
  expect(painted(await picture(page, box))).toBeGreaterThan(whole / 4);
  await page.keyboard.press("2");
  await settled(page);
}, 120_000);

test("a server that restarts under the page: what was drawn stays, its age is told, and the page goes on by itself", async () => {
  const first = await startFake();
  await arrive("?symbol=BTC", {}, first.url);
  await settled(page);
  const box = await paneBox(page), style = await page.addStyleTag({ content: ".chart, .readout, .legend, .ribbon, .card { visibility: hidden !important }" });
  const before = painted(await picture(page, box));
  await first.close();
  await page.evaluate(() => window.halcyon?.poll());
  await page.waitForSelector(".footer .note:has-text('trying again')", { timeout: 30_000 });
  // The note may take a line from the chart, no more.
  expect(painted(await picture(page, box))).toBeGreaterThan(0.9 * before);
  expect(await page.innerText(".footer")).toMatch(/simex BTC to \d{4}-\d\d-\d\d/);
  const second = await startFake(Number(new URL(first.url).port));
  await page.waitForSelector(".footer .note:has-text('trying again')", { state: "detached", timeout: 60_000 });
  await style.evaluate((node) => (node as unknown as HTMLElement).remove());
  await page.keyboard.press("3");
  await settled(page);
  expect(await page.evaluate(() => window.halcyon?.complete())).toBe(true);
  await second.close();
}, 180_000);
