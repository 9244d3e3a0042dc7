/** Optical, in both senses: the view of fresh entries, and the lens. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Browser, Page } from "playwright-core";
import { complaintsOf, frames, launch, open, server, settled, type Opened } from "../support/browser";
import { colour, paneBox, picture } from "../support/pixels";

interface Lens {
  readonly level: number;
  readonly complete: boolean;
  readonly view: { width: number; height: number; time0: number; msPerPixel: number; edges: number[] };
  readonly reading: { from: number; to: number; low: number; high: number };
  readonly state: { on: boolean; pinned: boolean; power: number };
}

let browser: Browser, at: Awaited<ReturnType<typeof server>>, opened: Opened, page: Page;

beforeAll(async () => {
  [browser, at] = await Promise.all([launch(), server()]);
});
afterAll(async () => {
  await browser.close();
  await at.close();
});
beforeEach(async () => {
  opened = await open(browser, at.url);
  page = opened.page;
  await settled(page);
});
afterEach(async () => {
  const complaints = complaintsOf(opened);
  await page.context().close();
  expect(complaints).toEqual([]);
});

const lens = (): Promise<Lens | null> => page.evaluate(() => window.halcyon?.lens() as Lens | null);

/** Holds the lens over a point of the pane, as shares of its size. */
async function hold(x: number, y: number): Promise<{ x: number; y: number }> {
  const box = await paneBox(page), point = { x: Math.round(box.x + box.width * x), y: Math.round(box.y + box.height * y) };
  await page.mouse.move(point.x, point.y);
  await page.keyboard.down("Alt");
  await page.waitForFunction(() => (window.halcyon?.lens() as { complete: boolean } | null)?.complete === true);
  await frames(page, 3);
  return point;
}

test("the lens draws cells that the wide view does not have", async () => {
  await hold(0.72, 0.22);
  const now = await lens(), wide = await page.evaluate(() => ({ level: window.halcyon?.level(), view: window.halcyon?.view() }));
  expect(wide.level?.level).toBeGreaterThan(0);
  expect(now?.level).toBe(0);
  expect((now?.reading.to ?? 0) - (now?.reading.from ?? 0)).toBe(60_000);
  expect((now?.reading.high ?? 0) / (now?.reading.low ?? 1)).toBeCloseTo(1.0001, 7);
  expect(now?.view.msPerPixel).toBeLessThan((wide.view?.msPerPixel ?? 0) / 3);
});

test("and they are finer in the pixels: colours change where no coarser cell has an edge", async () => {
  const shift = await page.evaluate(() => window.halcyon?.level()?.shift ?? 0);
  expect(shift).toBeGreaterThan(0);
  let odd = 0;
  for (const [x, y] of [[0.72, 0.2], [0.72, 0.35], [0.55, 0.75], [0.72, 0.85]] as const) {
    const point = await hold(x, y), now = await lens();
    if (!now) throw new Error("no lens");
    const size = now.view.width, png = await picture(page, { x: point.x - size / 2, y: point.y - size / 2, width: size, height: size });
    const column = Math.round(size * 0.3);
    for (let row = Math.round(size * 0.2); row < size * 0.8; row++) {
      const bin = (r: number): number => Math.floor(((now.view.edges[r] as number) + (now.view.edges[r + 1] as number)) / 2);
      const changed = String(colour(png, column, row)) !== String(colour(png, column, row + 1));
      if (changed && bin(row) !== bin(row + 1) && bin(row) % 2 ** shift !== 0) odd++;
    }
    await page.keyboard.up("Alt");
  }
  expect(odd).toBeGreaterThan(0);
});

test("the lens is held by Alt, pinned by Shift, magnified by the wheel, released by Escape", async () => {
  expect(await lens()).toBeNull();
  const point = await hold(0.5, 0.4), before = await lens();
  await page.mouse.wheel(0, -100);
  await frames(page, 3);
  expect((await lens())?.state.power).toBeGreaterThan(before?.state.power ?? 99);
  await page.keyboard.down("Shift");
  await page.keyboard.up("Shift");
  await page.keyboard.up("Alt");
  await frames(page, 3);
  const fixed = await lens();
  expect(fixed?.state).toMatchObject({ on: true, pinned: true });
  await page.mouse.move(point.x + 150, point.y + 60);
  await frames(page, 3);
  const moved = await lens();
  expect([moved?.reading.from, moved?.reading.low]).toEqual([fixed?.reading.from, fixed?.reading.low]);
  await page.keyboard.press("Escape");
  await frames(page, 3);
  expect(await lens()).toBeNull();
  await page.keyboard.press("l");
  await frames(page, 3);
  expect((await lens())?.state.on).toBe(true);
});

test("moving the lens over loaded cells asks for nothing", async () => {
  const point = await hold(0.5, 0.4);
  await page.waitForFunction(() => window.halcyon?.settled());
  const before = opened.requests.length;
  for (let i = 0; i < 5; i++) await page.mouse.move(point.x + i, point.y + i);
  await frames(page, 3);
  expect(opened.requests.length).toBe(before);
});

test("Optical shows fresh entries in the finest cells, normalised in a window of its own, and leads back", async () => {
  const before = await page.evaluate(() => window.halcyon?.view());
  await page.keyboard.press("o");
  await page.waitForFunction(() => window.halcyon?.level()?.level === 0);
  await settled(page);
  const columns = opened.requests.filter((url) => url.includes("/columns") && url.includes("level=0"));
  expect(columns.length).toBeGreaterThan(0);
  for (const url of columns) expect(url).toContain("band=0.02&window=14400000");
  expect(await page.innerText(".legend")).toMatch(/±2 %[\s\S]*4 h[\s\S]*1 min × 1 bp[\s\S]*fresh/);
  const view = await page.evaluate(() => window.halcyon?.view());
  expect((view?.msPerPixel ?? 0) * (view?.width ?? 0)).toBeCloseTo(6 * 3_600_000, -4);
  await page.keyboard.press("a");
  await page.waitForFunction(() => (window.halcyon?.level()?.level ?? 0) > 0);
  await settled(page);
  const after = await page.evaluate(() => window.halcyon?.view());
  expect(after?.time0).toBeCloseTo(before?.time0 ?? 0, -2);
});
