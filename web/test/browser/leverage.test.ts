/** Leverage tiers of one's own choice: added up, normalised together, and kept in the address. */
import { expect, test } from "vitest";
import { frames, settled } from "../support/browser";
import { bare, different, paneBox, picture } from "../support/pixels";
import { opened, page, visit, visits } from "../support/visits";

visits({ anyServer: true });

interface Read {
  state: string;
  from: number;
  groups: { name: string; long: number; short: number }[];
  z: number;
}

const reading = (): Promise<Read> => page.evaluate(() => window.halcyon?.reading() as unknown as Read);
const tier = (name: string): ReturnType<typeof page.locator> => page.locator(`.tiers label:has-text("${name}") input`);
const look = async (): Promise<Awaited<ReturnType<typeof picture>>> => picture(page, await paneBox(page));

/** Points at a cell that holds something of the profile's fullest bin. */
async function point(): Promise<Read> {
  // Off the chart the profile is that of the newest column.
  await page.mouse.move(700, 5);
  await frames(page, 3);
  const at = await page.evaluate(() => {
    const h = window.halcyon!, profile = h.profile()!, size = h.level()!, view = h.view()!;
    const seen = h.range()!.rows;
    let best = -1;
    profile.totals.forEach((usd, i) => {
      if (profile.first + i > seen.first + 2 && profile.first + i < seen.end - 2 && usd > (profile.totals[best] ?? 0)) best = i;
    });
    const price = 1.0001 ** ((profile.first + best + 0.5) * 2 ** size.shift);
    const pixel = h.pixel((profile.bucket + 0.5) * size.bucketMs, price)!;
    return { x: pixel.x / view.ratio, y: pixel.y / view.ratio };
  });
  const box = await paneBox(page);
  await page.mouse.move(box.x + at.x, box.y + at.y);
  await page.waitForFunction(() => (window.halcyon?.reading() as { state?: string } | null)?.state === "cell");
  return reading();
}

test("tiers are chosen in a list by mouse, and what they hold together is normalised by a population of its own", async () => {
  await visit("?range=24h");
  await page.click("text=custom ▾");
  expect(await page.locator(".tiers input:checked").count()).toBe(3);
  // The list hangs from its button's right end, and leaves the tools free.
  const [list, button, rail] = await Promise.all([".tiers", ".leverages > button", ".rail"].map((of) => page.locator(of).boundingBox()));
  expect(Math.abs((list?.x ?? 0) + (list?.width ?? 0) - (button?.x ?? 0) - (button?.width ?? 0))).toBeLessThan(1);
  expect(list?.x).toBeGreaterThan((rail?.x ?? 0) + (rail?.width ?? 0));
  await tier("Medium").uncheck();
  await settled(page);
  await page.waitForFunction(() => location.search.includes("leverage=low%2Bhigh"));
  expect(await page.locator(".leverages > button").textContent()).toContain("low+high");
  expect(await page.locator(".legend figcaption").textContent()).toContain("low and high leverage");
  await page.keyboard.press("Escape");
  expect(await page.locator(".tiers").count()).toBe(0);
  const profile = await page.evaluate(() => window.halcyon?.profile());
  expect(profile?.groups).toEqual(["low", "high"]);
  expect((await page.locator(".profile-foot .key").allInnerTexts()).map((text) => text.trim())).toEqual(["low", "high", "sum"]);
  // z as read off is that of the sum, by the server's statistics of the sum.
  const read = await point(), level = await page.evaluate(() => window.halcyon?.level());
  const asked = opened.requests.filter((url) => url.includes("/columns") && url.includes("selections=low%2Bhigh"));
  expect(asked.length).toBeGreaterThan(0);
  const query = new URL(asked[asked.length - 1] as string);
  query.searchParams.set("from", String(read.from));
  query.searchParams.set("to", String(read.from + (level?.bucketMs ?? 0)));
  const stats = await page.evaluate(async (url) => (await (await fetch(url)).json()).norm.selections["low+high"] as { mean: number[]; sd: number[] }, query.href);
  const usd = read.groups.filter((g) => g.name !== "medium").reduce((sum, g) => sum + g.long + g.short, 0);
  expect(read.z).toBeCloseTo((usd - (stats.mean[0] as number)) / (stats.sd[0] as number), 2);
});

test("the keyboard does it, too; the last tier cannot be taken away, and all of them are All", async () => {
  await visit("?range=24h&leverage=medium");
  await page.keyboard.press("&");
  await page.waitForSelector(".tiers");
  // The list begins at the highest leverage and has the focus.
  expect(await tier("Medium").isDisabled()).toBe(true);
  await page.keyboard.press("Space");
  await settled(page);
  await page.waitForFunction(() => location.search.includes("leverage=medium%2Bhigh"));
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await page.waitForFunction(() => !location.search.includes("leverage"));
  expect(await page.getByRole('radio', { name: 'All', exact: true }).getAttribute("aria-checked")).toBe("true");
  await page.keyboard.press("&");
  expect(await page.locator(".tiers").count()).toBe(0);
});

test("a link shows the same picture, which is that of no tier alone, with and without WebGL", async () => {
  const shots: Record<string, Awaited<ReturnType<typeof picture>>> = {};
  for (const [name, query] of [["chosen", "leverage=high+low"], ["low", "leverage=low"], ["all", ""], ["raster", "leverage=low%2Bhigh&painter=raster"]] as const) {
    await visit(`?range=24h&${query}`);
    await bare(page);
    await frames(page, 3);
    shots[name] = await look();
  }
  const chosen = shots["chosen"]!, size = chosen.width * chosen.height;
  expect(different(chosen, shots["raster"]!)).toBe(0);
  expect(different(chosen, shots["low"]!) / size).toBeGreaterThan(0.002);
  expect(different(chosen, shots["all"]!) / size).toBeGreaterThan(0.002);
  await page.reload();
  await settled(page);
  await bare(page);
  await frames(page, 3);
  expect(different(await look(), shots["raster"]!)).toBe(0);
});
