/** Drawing on the chart: lines and ranges that are moved, deleted, undone, and kept. */
import { expect, test } from "vitest";
import { settled } from "../support/browser";
import { paneBox } from "../support/pixels";
import { page, url, visits } from "../support/visits";

visits({ each: true });

/** What the address holds of drawings, once it has `count` of them. */
async function drawn(count: number): Promise<string[]> {
  await page.waitForFunction((n) => (new URLSearchParams(location.search).get("draw") ?? "").split("~").filter(Boolean).length === n, count);
  return page.evaluate(() => (new URLSearchParams(location.search).get("draw") ?? "").split("~").filter(Boolean));
}
const spot = async (x: number, y: number): Promise<[number, number]> => {
  const box = await paneBox(page);
  return [box.x + box.width * x, box.y + box.height * y];
};

test("a horizontal line is placed, dragged, undone, kept, chosen and deleted", async () => {
  await page.click('[aria-label="Horizontal line"]');
  await page.mouse.click(...(await spot(0.4, 0.3)));
  const [first] = await drawn(1);
  const view = await page.evaluate(() => window.halcyon?.view()?.time0);
  await page.mouse.move(...(await spot(0.6, 0.3)));
  await page.waitForSelector('.chart[data-cursor="ns-resize"]');
  await page.mouse.down();
  await page.mouse.move(...(await spot(0.6, 0.5)), { steps: 6 });
  await page.mouse.up();
  await page.waitForFunction((before) => !location.search.includes(before), first as string);
  const [second] = await drawn(1), price = Number((second as string).split("_")[2]);
  const box = await paneBox(page);
  expect(Math.abs((await page.evaluate((p) => window.halcyon?.chartY(p) ?? 0, price)) - box.height * 0.5)).toBeLessThan(3);
  expect(await page.evaluate(() => window.halcyon?.view()?.time0)).toBe(view);
  await page.keyboard.press("Control+z");
  await page.waitForFunction((before) => location.search.includes(before), first as string);
  // Without the address it is still known in this browser.
  await page.goto(`${url}/`);
  await settled(page);
  expect(await drawn(1)).toEqual([first]);
  await page.mouse.click(...(await spot(0.6, 0.3)));
  await page.keyboard.press("Delete");
  await drawn(0);
});

test("a trend line by two clicks, a range by dragging, and Escape puts a tool back", async () => {
  await page.keyboard.press("\\");
  await page.keyboard.press("\\");
  await page.waitForSelector('[aria-label="Trend line"][aria-pressed="true"]');
  await page.mouse.click(...(await spot(0.2, 0.3)));
  await page.mouse.move(...(await spot(0.5, 0.6)), { steps: 4 });
  await page.mouse.click(...(await spot(0.5, 0.6)));
  expect((await drawn(1))[0]).toMatch(/^trend_\d+_[\d.]+_\d+_[\d.]+$/);
  await page.click('[aria-label="Price range"]');
  await page.mouse.move(...(await spot(0.55, 0.7)));
  await page.mouse.down();
  await page.mouse.move(...(await spot(0.7, 0.5)), { steps: 4 });
  await page.mouse.up();
  const list = await drawn(2), [, t0, p0, t1, p1] = (list[1] as string).split("_").map(Number) as [number, number, number, number, number];
  expect(t1).toBeGreaterThan(t0);
  expect(p1).toBeGreaterThan(p0);
  await page.keyboard.press("\\");
  await page.waitForSelector('.rail [aria-label="Horizontal line"][aria-pressed="true"]');
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => !document.querySelector('.rail [aria-label="Horizontal line"][aria-pressed="true"]'));
  await drawn(2);
});

test("each instrument has its own drawings", async () => {
  await page.click('[aria-label="Horizontal line"]');
  await page.mouse.click(...(await spot(0.4, 0.3)));
  await drawn(1);
  await page.evaluate(() => localStorage.setItem("halcyon.drawings.simex.DOGE", "horizontal_1781600000000_0.15"));
  await page.goto(`${url}/?symbol=DOGE`);
  await settled(page);
  expect(await drawn(1)).toEqual(["horizontal_1781600000000_0.15"]);
});
