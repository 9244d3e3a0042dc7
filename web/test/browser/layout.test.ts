/** Several charts side by side, in step. */
import { expect, test } from "vitest";
import { settled } from "../support/browser";
import { arrive, fake, opened, page, url, visit, visits } from "../support/visits";

// The test itself reads pixels back.
visits({ each: true, provoked: ["getImageData"] });

const charts = (count: number): Promise<unknown> => page.waitForFunction((n) => document.querySelectorAll(".cell").length === n, count);
/** Presses the middle of a chart, which makes it the one that controls are about. */
async function activate(index: number): Promise<void> {
  const box = await page.locator(".cell .chart").nth(index).boundingBox();
  if (!box) throw new Error("no chart");
  await page.mouse.click(box.x + box.width * 0.5, box.y + box.height * 0.45);
  await page.waitForFunction((i) => document.querySelectorAll(".cell")[i]?.getAttribute("data-active") === "true", index);
  await settled(page);
}
const span = (): Promise<[number, number]> => page.evaluate(() => {
  const v = window.halcyon?.view();
  return v ? [v.time0, v.time0 + v.width * v.msPerPixel] : [0, 0];
});

test("two charts show two instruments over the same time, and move together", async () => {
  await page.click('[aria-label="Layout"]');
  await charts(2);
  await page.waitForFunction(() => document.querySelectorAll(".head")[1]?.textContent?.includes("DOGE"));
  await settled(page);
  await page.evaluate(() => window.halcyon?.pan(-0.5));
  await settled(page);
  const first = await span();
  await activate(1);
  await page.waitForFunction(([from, to]) => {
    const v = window.halcyon?.view();
    return v && Math.abs(v.time0 - from) < 3 * v.msPerPixel && Math.abs(v.time0 + v.width * v.msPerPixel - to) < 3 * v.msPerPixel;
  }, first);
  // Controls are the second chart's now.
  expect(await page.inputValue("#instrument")).toContain("DOGE");
  await page.keyboard.press("p");
  await page.waitForFunction(() => new URLSearchParams(new URLSearchParams(location.search).get("chart2") ?? "").has("palette"));
  expect(await page.evaluate(() => new URLSearchParams(location.search).has("palette"))).toBe(false);
});

test("the cross-hair of one is read in the other", async () => {
  await page.keyboard.press("^");
  await charts(2);
  await page.waitForFunction(() => document.querySelectorAll(".head")[1]?.textContent?.includes("DOGE"));
  await settled(page);
  const box = await page.locator(".cell .chart").nth(0).boundingBox();
  if (!box) throw new Error("no chart");
  // What the library draws of the cross-hair lies on a canvas of its own.
  const lines = (i: number): Promise<boolean> => page.locator(".cell .chart").nth(i).evaluate((host) => {
    const top = [...host.querySelectorAll("canvas")].filter((c) => c.width > 200 && c.height > 200)[1] as HTMLCanvasElement;
    return (top.getContext("2d")?.getImageData(0, 0, top.width, top.height).data ?? []).some((v, k) => k % 4 === 3 && v > 0);
  });
  expect(await lines(1)).toBe(false);
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.4);
  await page.waitForFunction(() => document.querySelectorAll(".readout")[0]?.querySelector(".row span")?.textContent);
  await expect.poll(() => lines(1)).toBe(true);
  await page.mouse.move(2, 2);
  await expect.poll(() => lines(1)).toBe(false);
});

test("four charts come back with the address, and go again", async () => {
  await page.goto(`${url}/?symbol=BTC&layout=4&chart2=${encodeURIComponent("symbol=DOGE")}&chart3=${encodeURIComponent("symbol=BTC&leverage=high")}&chart4=${encodeURIComponent("symbol=DOGE&norm=usd")}`);
  await charts(4);
  await settled(page);
  // Every one of them is drawn by then, its profile beside it on the same rows.
  const drawn = await page.evaluate(() => [...document.querySelectorAll(".cell")].map((cell) => {
    const canvas = cell.querySelector<HTMLCanvasElement>(".profile canvas"), heat = cell.querySelector<HTMLCanvasElement>(".heat");
    const bars = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data.filter((v, i) => i % 4 === 3 && v > 0).length ?? 0;
    return { bars: bars > 500, rows: canvas?.height === heat?.height, top: canvas?.getBoundingClientRect().top === heat?.getBoundingClientRect().top, words: cell.querySelector(".waiting") !== null };
  }));
  expect(drawn).toEqual(Array(4).fill({ bars: true, rows: true, top: true, words: false }));
  await activate(3);
  expect(await page.getAttribute('[role=radio][data-value="usd"]', "aria-checked")).toBe("true");
  await page.waitForFunction(() => location.search.includes("layout=4") && location.search.includes("chart4="));
  await page.keyboard.press("^");
  await charts(1);
  await settled(page);
  await page.waitForFunction(() => !location.search.includes("layout="));
  expect(await page.inputValue("#instrument")).toContain("BTC");
});

test("a chart that joins shows the range of the others, not its usual one", async () => {
  await visit("?symbol=BTC&range=3d");
  await page.keyboard.press("^");
  await charts(2);
  await settled(page);
  await activate(1);
  expect(await page.getAttribute('[role=radio][data-value="3d"]', "aria-checked")).toBe("true");
  const [from, to] = await span();
  expect((to - from) / 86_400_000).toBeCloseTo(3, 1);
});

test("a chart that has nothing to show yet says what it waits for", async () => {
  fake.mood.delayMs = 1500;
  await arrive(`?symbol=BTC&layout=2&chart2=${encodeURIComponent("symbol=DOGE")}`);
  await page.waitForSelector(".cell:nth-child(1) .waiting:has-text('loading BTC')");
  await page.waitForSelector(".cell:nth-child(2) .waiting:has-text('loading DOGE')");
  fake.mood.delayMs = 0;
  await settled(page);
  expect(await page.locator(".waiting").count()).toBe(0);
});

test("charts that are closed give back what they drew with", async () => {
  // Browsers take a context away from a living chart when there are too many.
  for (const count of [2, 4, 1]) {
    await page.click('[aria-label="Layout"]');
    await charts(count);
    await page.waitForFunction(() => [...document.querySelectorAll<HTMLCanvasElement>("canvas.heat")].every((canvas) => canvas.width > 300));
    if (count === 4) await page.evaluate(() => void ((window as unknown as { kept: HTMLCanvasElement[] }).kept = [...document.querySelectorAll<HTMLCanvasElement>("canvas.heat")]));
  }
  expect(await page.evaluate(() => (window as unknown as { kept: HTMLCanvasElement[] }).kept.map((canvas) => canvas.getContext("webgl2")?.isContextLost()))).toEqual([false, true, true, true]);
});

test("what is true of the server is said once, however many charts there are", async () => {
  fake.mood.status = "preparing";
  try {
    await arrive("?layout=2");
    await charts(2);
    await page.waitForSelector(".card:has-text('Preparing')");
    const asked = (): number => opened.requests.filter((request) => request.endsWith("/api/v1/status")).length;
    await expect.poll(asked, { timeout: 10_000 }).toBeGreaterThanOrEqual(3);
    expect(await page.locator(".card").count()).toBe(1);
    fake.mood.status = "ready";
    await page.waitForSelector(".card", { state: "detached" });
    await settled(page);
    // It goes on preparing what is not there yet.
    fake.mood.status = "preparing";
    await page.evaluate(() => window.halcyon?.poll());
    await page.waitForSelector(".ribbon:has-text('Preparing')");
    expect(await page.locator(".ribbon").count()).toBe(1);
  } finally {
    fake.mood.status = "ready";
  }
});
