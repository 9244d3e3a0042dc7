/** What if price went there: a line that is dragged, and what follows. */
import { expect, test } from "vitest";
import { settled } from "../support/browser";
import { SHARES } from "../fake/server";
import { profile } from "../fake/terms";
import { TO, world } from "../fake/market";
import { paneBox } from "../support/pixels";
import { fake, page, url, visits } from "../support/visits";

visits({ each: true });

const answer = (): Promise<Record<string, string>> =>
  page.$$eval(".answer > div", (rows) => Object.fromEntries(rows.map((row) => [row.children[0]?.textContent ?? "", row.children[1]?.textContent ?? ""])));
const line = (): Promise<number> => page.inputValue('input[aria-label="Price to"]').then(Number);

test("says what is liquidated on the way, by side and leverage, as an estimate", async () => {
  await page.click('[aria-label="What if"]');
  await page.waitForSelector('[aria-label="Cascade"]');
  const now = profile(world(7, 64_000), TO);
  await page.fill('input[aria-label="Price to"]', String(Math.round(now.price * 0.5)));
  await page.waitForFunction(() => /−50/.test(document.querySelector(".answer")?.textContent ?? ""));
  const all = await answer(), sum = (name: string): number => (now.long[name] as number[]).reduce((a, b) => a + b, 0);
  const total = sum("low") + sum("medium") + sum("high");
  expect(all["longs"]).toContain("ESTIMATED");
  const shown = Number(/\$([\d.]+) M/.exec(all["longs"] ?? "")?.[1]) * 1e6;
  expect(Math.abs(shown / total - 1)).toBeLessThan(0.02);
  expect(all["low leverage"]).toContain(`${Math.round((100 * sum("low")) / total)} %`);
  await page.click('button:has-text("+2")');
  await page.waitForFunction(() => document.querySelector(".answer")?.textContent?.includes("shorts"));
});

test("the cascade ends beyond the line, farther the stronger its impact, and explains itself", async () => {
  await page.keyboard.press("q");
  await page.waitForSelector('[aria-label="Cascade"]');
  const end = async (): Promise<number> => Number(((await answer())["ends at"] ?? "").replace("beyond ", "").split(" ")[0]?.replaceAll(",", ""));
  const usual = await end();
  expect(usual).toBeLessThan(await line());
  await page.fill('input[aria-label="Impact Y"]', "3");
  await page.waitForFunction((before) => !document.querySelector('[aria-label="Cascade"]')?.textContent?.includes(before), usual.toLocaleString("en-US"));
  expect(await end()).toBeLessThan(usual);
  const law = await page.getAttribute('[aria-label="Cascade"] dt', "data-tip");
  expect(law).toMatch(/√.*Assumes/);
});

test("the line is dragged on the chart, and the address brings it back", async () => {
  await page.keyboard.press("q");
  await page.waitForSelector('[aria-label="Cascade"]');
  await settled(page);
  const box = await paneBox(page), from = await line(), y = await page.evaluate((p) => window.halcyon?.chartY(p) ?? 0, from);
  await page.mouse.move(box.x + 400, box.y + y);
  await page.waitForSelector('.chart[data-cursor="ns-resize"]');
  await page.mouse.down();
  await page.mouse.move(box.x + 420, box.y + y - 40, { steps: 8 });
  await page.mouse.up();
  const to = await line();
  expect(to).toBeGreaterThan(from);
  await page.waitForFunction((p) => location.search.includes(`whatif=${String(p).slice(0, 5)}`), to);
  await page.reload();
  await settled(page);
  await page.waitForSelector('[aria-label="Cascade"]');
  expect(await line()).toBe(to);
});

test("in a replay it is reckoned as of that instant", async () => {
  await page.goto(`${url}/?symbol=BTC&panel=whatif&at=${TO - 6 * 3_600_000}`);
  await settled(page);
  await page.waitForSelector('[aria-label="Cascade"]');
  const then = profile(world(7, 64_000), TO - 6 * 3_600_000).price;
  expect((await answer())["From"]).toContain(Math.round(then).toLocaleString("en-US"));
});

test("of a combination it is split by venue as well, in dollars even where the map is equalised", async () => {
  fake.mood.several = true;
  try {
    for (const venue of ["all", "all.z"]) {
      await page.goto(`${url}/?symbol=BTC&venue=${venue}&panel=whatif`);
      await settled(page);
      await page.waitForSelector('[aria-label="By venue"]');
      const all = await answer(), now = profile(world(7, 64_000), TO);
      const way = Number(/\$([\d.]+)/.exec(all["longs"] ?? "")?.[1]);
      for (const [name, share] of Object.entries(SHARES)) {
        expect(all[name]).toContain(`${Math.round(100 * share)} %`);
        expect(Number(/\$([\d.]+)/.exec(all[name] ?? "")?.[1]) / way).toBeCloseTo(share, 1);
      }
      expect(all["From"]).toContain(Math.round(now.price).toLocaleString("en-US"));
    }
  } finally {
    fake.mood.several = false;
  }
});
