/** The liquidation map over the chart: USD by price, read off bar by bar. */
import { expect, test } from "vitest";
import { profile } from "../fake/terms";
import { TO, world } from "../fake/market";
import { frames, PHONE, settled } from "../support/browser";
import { different, picture } from "../support/pixels";
import { fake, page, visit, visits } from "../support/visits";

visits();

const words = (): Promise<string> => page.locator(".liq-map-words").innerText();
const usdOf = (text: string, what: RegExp): number => {
  // Nothing is written as a dash.
  const [, number, unit] = new RegExp(`${what.source}\\s*(?:\\$([\\d.]+) ?([kMB]?)|–)`).exec(text.replaceAll("–\n", "$0\n")) ?? [];
  if (number === undefined) throw new Error(`no ${what.source} in ${text}`);
  return Number(number) * ({ k: 1e3, M: 1e6, B: 1e9 }[unit ?? ""] ?? 1);
};
const drawn = (): Promise<void> => page.waitForSelector(".liq-map canvas").then(() => frames(page, 3));

test("opens by its key and its button, says what stands within reach, and the address keeps it", async () => {
  await visit("?symbol=BTC");
  await page.keyboard.press("$");
  await drawn();
  const now = profile(world(7, 64_000), TO), text = await words(), reach = 0.1;
  const bins = Math.round(Math.log(1 + reach) / Math.log(1.0001) / 4), middle = Math.floor(Math.log(now.price) / Math.log(1.0001) / 4) - now.first_bin;
  const sum = (side: "long" | "short", from: number, end: number): number => ["low", "medium", "high"].reduce((s, g) => s + (now[side][g] ?? []).slice(from, end).reduce((a, b) => a + b, 0), 0);
  expect(Math.abs(usdOf(text, /longs below/) / sum("long", middle - bins, middle + 1) - 1)).toBeLessThan(0.02);
  expect(Math.abs(usdOf(text, /shorts above/) / sum("short", middle, middle + bins + 1) - 1)).toBeLessThan(0.02);
  expect(text).toContain("most longs at");
  await page.click('.liq-map button:has-text("±2 %")');
  await page.waitForFunction(() => location.search.includes("map=0.02"));
  expect(usdOf(await words(), /longs below/)).toBeLessThan(sum("long", middle - bins, middle + 1));
  await page.reload();
  await settled(page);
  await drawn();
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => !document.querySelector(".liq-map") && !location.search.includes("map="));
  await page.click('[aria-label="Liquidation map"]');
  await drawn();
});

test("a bar is read by pointer and by keys: its prices, USD by leverage, and the sum from price; a click marks it", async () => {
  await visit("?symbol=BTC&map=0.05");
  await drawn();
  const box = (await page.locator(".liq-map canvas").boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.2, box.y + box.height / 2);
  await page.waitForFunction(() => document.querySelector(".liq-map-words")?.textContent?.includes("from price to here"));
  const far = await words();
  expect(far).toMatch(/longs \$/);
  const parts = ["low", "medium", "high"].map((name) => usdOf(far, new RegExp(name))).reduce((a, b) => a + b, 0);
  expect(Math.abs(parts - usdOf(far, /longs/))).toBeLessThan(0.02 * parts + 1);
  // The pointed bar is marked by a line up to the top of the plot, where no bar reaches.
  const strip = { x: Math.round(box.x + box.width * 0.2) - 6, y: Math.round(box.y) + 18, width: 12, height: 8 }, marked = await picture(page, strip);
  await page.mouse.move(box.x + box.width * 0.3, box.y + box.height / 2);
  await frames(page, 3);
  expect(different(marked, await picture(page, strip))).toBeGreaterThanOrEqual(strip.height);
  await page.mouse.click(box.x + box.width * 0.2, box.y + box.height / 2);
  await page.waitForFunction(() => location.search.includes("mark="));
  await page.locator(".liq-map").focus();
  const before = await page.evaluate(() => window.halcyon?.view()?.time0);
  await page.keyboard.press("ArrowRight");
  await frames(page, 2);
  const next = await words();
  expect(next).not.toBe(far);
  expect(usdOf(next, /from price to here/)).toBeLessThanOrEqual(usdOf(far, /from price to here/));
  // Arrows are the map's while it has the focus: the chart stays.
  expect(await page.evaluate(() => window.halcyon?.view()?.time0)).toBe(before);
});

test("of a combination it is cut by venue, of a replayed instant it is what stood then", async () => {
  fake.mood.several = true;
  try {
    await visit("?symbol=BTC&venue=all&map=0.1");
    await drawn();
    await page.click('.liq-map button:has-text("by leverage")');
    await page.waitForFunction(() => document.querySelector(".liq-map-words")?.textContent?.includes("tenth"));
    const at = TO - 8 * 3_600_000;
    await visit(`?symbol=BTC&venue=all&map=0.1&at=${at}`);
    await drawn();
    expect(await page.locator(".liq-map-head").innerText()).toContain("stood at 2026-06-16 16:00");
  } finally {
    fake.mood.several = false;
  }
});

test("on a phone it is a sheet at the bottom that leaves the chart in sight", async () => {
  await visit("?symbol=BTC&map=0.1", PHONE);
  await drawn();
  const box = (await page.locator(".liq-map").boundingBox())!;
  expect(box.x).toBe(0);
  expect(box.width).toBe(390);
  expect(box.y).toBeGreaterThan(100);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.tap('[aria-label="Close the liquidation map"]');
  await page.waitForSelector(".liq-map", { state: "detached" });
});
