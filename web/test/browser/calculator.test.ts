/** The liquidation calculator: asked in its panel and on the chart. */
import { expect, test } from "vitest";
import { settled } from "../support/browser";
import { paneBox } from "../support/pixels";
import { page, visits } from "../support/visits";

visits({ each: true });

const result = async (): Promise<Record<string, string>> => {
  await page.waitForSelector(".answer");
  return Object.fromEntries(await page.$$eval(".answer > div", (rows) => rows.map((row) => [row.children[0]?.textContent ?? "", row.children[1]?.textContent ?? ""])));
};
const number = (text: string | undefined): number => Number((text ?? "").split(" ")[0]?.replaceAll(",", ""));
const fill = (label: string, value: string): Promise<void> => page.fill(`input[type=number][aria-label="${label}"]`, value);

test("opens by its button, answers with the venue's tiers, and says whose they are", async () => {
  await page.click('[aria-label="Liquidation calculator"]');
  await fill("Entry", "94000");
  await fill("Size", "94000");
  await fill("Leverage", "25");
  await page.waitForFunction(() => document.querySelector(".answer")?.textContent?.includes("90,602"));
  expect(number((await result())["Bankruptcy"])).toBe(90_240);
  expect((await result())["Fees"]).toBe("$47.00 + $45.30");
  expect(await page.innerText(".panel .source")).toBe("Tiers: the simulated venue, of 2025-12-05");
  await fill("Size", "940000");
  await fill("Leverage", "100");
  await page.waitForSelector("text=The venue grants at most 75× at this size.");
});

test("cross margin: the balance decides, and a table that is not the venue's is called a default", async () => {
  await page.keyboard.press("k");
  await fill("Entry", "94000");
  await fill("Size", "94000");
  await page.click('.panel [data-value="cross"]');
  await fill("Balance", "3760");
  await page.waitForFunction(() => document.querySelector(".answer")?.textContent?.includes("90,602"));
  await fill("Balance", "94000");
  await page.waitForFunction(() => document.querySelector(".answer")?.textContent?.includes("never"));
  await page.selectOption('[aria-label="Contract"]', "simex DOGE");
  await page.waitForSelector("text=Halcyon's default: the venue's table is not known");
});

test("an entry is picked by a click on the chart, dragged by its line, and kept in the address", async () => {
  await page.keyboard.press("k");
  await page.click('[aria-label="Pick the entry on the chart"]');
  await settled(page);
  const box = await paneBox(page), x = box.x + 300, y = box.y + box.height * 0.3, view = await page.evaluate(() => window.halcyon?.view());
  await page.mouse.click(x, y);
  const entry = (): Promise<number> => page.inputValue('input[aria-label="Entry"]').then(Number);
  const first = await entry();
  expect(Math.abs((await page.evaluate((p) => window.halcyon?.chartY(p) ?? 0, first)) - box.height * 0.3)).toBeLessThan(2);
  await page.mouse.move(x, y);
  await page.waitForSelector('.chart[data-cursor="ns-resize"]');
  await page.mouse.down();
  await page.mouse.move(x + 20, y + 60, { steps: 5 });
  await page.mouse.up();
  const second = await entry();
  expect(Math.abs((await page.evaluate((p) => window.halcyon?.chartY(p) ?? 0, second)) - box.height * 0.3 - 60)).toBeLessThan(2);
  expect((await page.evaluate(() => window.halcyon?.view()))?.time0).toBe(view?.time0);
  await page.waitForFunction((e) => location.search.includes(`calc=long_${e}_`) && location.search.includes("panel=calculator"), second);
  await page.reload();
  await settled(page);
  expect(await entry()).toBe(second);
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => !document.querySelector(".panel"));
});
