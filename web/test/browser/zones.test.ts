/** Zones beside the chart, over whatever the server holds. */
import { beforeEach, expect, test } from "vitest";
import { frames, settled } from "../support/browser";
import { colour, paneBox, picture } from "../support/pixels";
import { page, visits } from "../support/visits";

visits({ anyServer: true, each: true });
beforeEach(async () => {
  await page.waitForSelector(".zone");
});

test("zones are listed from above to below price, hot, with what is not known of them", async () => {
  const zones = await page.evaluate(() => window.halcyon?.zones() ?? []);
  expect(zones.length).toBe(await page.locator(".zone").count());
  const middles = zones.map((zone) => (zone.low + zone.high) / 2);
  expect(middles).toEqual([...middles].sort((a, b) => b - a));
  for (const zone of zones) {
    expect(zone.z).toBeGreaterThanOrEqual(1);
    expect(zone.high).toBeGreaterThan(zone.low);
    expect(zone.age).toBeGreaterThan(0);
  }
  // What a zone is said to hold is what the profile's cells add up to.
  const { profile, size } = await page.evaluate(() => ({ profile: window.halcyon?.profile(), size: window.halcyon?.level() }));
  const zone = zones[0];
  if (!profile || !size || !zone) throw new Error("nothing on the stage");
  const bin = (price: number): number => Math.round(Math.log(price) / Math.log(1.0001) / 2 ** size.shift) - profile.first;
  expect(zone.usd).toBeCloseTo(profile.totals.slice(bin(zone.low), bin(zone.high)).reduce((a, b) => a + b, 0), 3);
  // The margin of its price is that of a level of its age, in plain words.
  const tip = await page.locator(".zone").first().getAttribute("data-tip"), margin = Math.max((2 ** size.shift * 1e-4) / 2, 0.0023 * Math.sqrt(zone.age / 3_600_000));
  expect(tip).toContain("Not a confidence interval");
  expect(zone.priceError).toBeCloseTo(margin, 9);
  expect(await page.locator(".zone").first().innerText()).toContain(`±${(100 * margin).toFixed(margin < 0.01 ? 2 : 1)} %`);
});

test("a click marks the zone on the chart's own rows, the address keeps it, Escape takes it away", async () => {
  const entry = page.locator(".zone").first(), zone = (await page.evaluate(() => window.halcyon?.zones()[0]));
  await entry.click();
  expect(await entry.getAttribute("aria-pressed")).toBe("true");
  await frames(page, 3);
  await page.mouse.move(5, 5);
  await page.addStyleTag({ content: ".heat, .readout, .legend { visibility: hidden !important }" });
  const rows = await page.evaluate((z) => [window.halcyon?.chartY(z?.high ?? 1), window.halcyon?.chartY(z?.low ?? 1)], zone) as [number, number];
  const box = await paneBox(page);
  const lit = (y: number): Promise<boolean> => picture(page, { x: box.x + 300, y: box.y + Math.round(y) - 3, width: 1, height: 7 })
    .then((png) => Array.from({ length: 7 }, (_, i) => colour(png, 0, i)).some(([r, , b]) => b > 150 && b - r > 60));
  expect([await lit(rows[0]), await lit(rows[1])]).toEqual([true, true]);
  await page.waitForFunction(() => location.search.includes("mark="));
  await page.reload();
  await settled(page);
  await page.waitForSelector(".zone[aria-pressed=true]");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.querySelectorAll(".zone[aria-pressed=true]").length === 0 && !location.search.includes("mark="));
});

test("the list is folded away by its key and by its button, and the chart takes the room", async () => {
  const width = (await paneBox(page)).width;
  await page.keyboard.press("z");
  await page.waitForFunction((w) => (document.querySelector("canvas.heat")?.clientWidth ?? 0) > w + 150, width);
  expect(await page.locator(".zones").count()).toBe(0);
  await page.click('[aria-label="Zones"]');
  await page.waitForSelector(".zone");
});
