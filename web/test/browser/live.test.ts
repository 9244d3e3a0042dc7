/** Data that grow and data that lack, by pixels: against the fake, whose end can be moved. */
import { expect, test } from "vitest";
import { GAP } from "../fake/answers";
import { TO } from "../fake/market";
import { frames, settled } from "../support/browser";
import { bare, colour, different, paneBox, picture } from "../support/pixels";
import { fake, opened, page, visit, visits } from "../support/visits";

const HOUR = 3_600_000, MINUTE = 60_000;
visits();

const uploaded = (): Promise<number> => page.evaluate(() => window.halcyon?.uploaded() ?? 0);

test("a column that closes uploads its own cells and no others, and history's pixels stay", async () => {
  fake.mood.to = TO - HOUR;
  await visit(`?window=${TO - 13 * HOUR}-${TO + HOUR}`);
  expect(await page.innerText(".footer")).toContain("LIVE");
  const box = await paneBox(page);
  await page.mouse.move(box.x + box.width + 30, box.y + 300);
  // Dragging the price axis holds it: otherwise it follows price, and every pixel moves.
  await page.mouse.down();
  await page.mouse.move(box.x + box.width + 30, box.y + 320, { steps: 5 });
  await page.mouse.up();
  await settled(page);
  await bare(page);
  const size = await page.evaluate(() => window.halcyon?.level());
  const edge = await page.evaluate((t) => window.halcyon?.pixel(t, 1)?.x ?? 0, TO - HOUR);
  const history = { ...box, width: Math.floor(edge) - 1 }, fresh = { ...box, x: box.x + Math.ceil(edge), width: 20 };
  const before = [await picture(page, history), await picture(page, fresh)] as const, sent = await uploaded();
  const tiles = opened.requests.filter((url) => url.includes("/tiles/")).length, steps = 2;
  fake.mood.to += steps * (size?.bucketMs ?? 0);
  await page.evaluate(() => window.halcyon?.poll());
  await page.waitForFunction((n) => window.halcyon?.settled() && (window.halcyon?.uploaded() ?? 0) > n, sent);
  await settled(page);
  const again = opened.requests.filter((url) => url.includes("/tiles/")).length - tiles;
  // 256 bins of 8 bytes a column and tile, the statistics of one chunk of columns, and what cells each pixel shows, once.
  const cells = again * steps * 256 * 8, statistics = 256 * 20 * 16, spans = 8 * (Math.ceil(box.width) + Math.ceil(box.height));
  expect(again).toBeGreaterThan(0);
  expect((await uploaded()) - sent).toBeLessThanOrEqual(cells + statistics + spans);
  expect(different(before[0], await picture(page, history))).toBe(0);
  expect(different(before[1], await picture(page, fresh))).toBeGreaterThan(20);
});

test("a gap is hatched over its own columns, in stripes, and nowhere else", async () => {
  fake.mood.to = TO;
  await visit(`?window=${GAP.from - HOUR}-${GAP.to + HOUR}`);
  // Only what the chart draws: the hatching lies over the map and under the candles.
  await page.addStyleTag({ content: ".heat, .readout, .legend { visibility: hidden !important }" });
  await frames(page, 2);
  const box = await paneBox(page), png = await picture(page, box);
  const column = (t: number): Promise<number> => page.evaluate((at) => window.halcyon?.pixel(at, 1)?.x ?? 0, t);
  const [from, to] = [await column(GAP.from), await column(GAP.to)], y = 40;
  const bright = (x: number): boolean => colour(png, x, y)[0] > 40;
  const inside = Array.from({ length: Math.floor(to - from) - 6 }, (_, i) => bright(Math.ceil(from) + 3 + i));
  expect(inside.length).toBeGreaterThan(40);
  const stripes = inside.flatMap((on, i) => (on && !inside[i - 1] ? [i] : []));
  const apart = stripes.slice(1).map((x, i) => x - (stripes[i] as number));
  expect(stripes.length).toBeGreaterThan(inside.length / 7 - 2);
  expect(apart.every((d) => d === 7), apart.join()).toBe(true);
  const column5 = 5 * MINUTE;
  for (const [a, b] of [[await column(GAP.from - 8 * column5), from - 3], [to + 3, await column(GAP.to + 8 * column5)]] as const) {
    const lit = Array.from({ length: Math.floor(b - a) }, (_, i) => bright(Math.ceil(a) + i)).filter(Boolean);
    // A line of the chart's grid may pass; stripes would light a sixth of it.
    expect(lit.length).toBeLessThan((b - a) / 14);
  }
});
