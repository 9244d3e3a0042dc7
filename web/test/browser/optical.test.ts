/** Optical, in both senses: the view of fresh entries, and the lens. */
import { expect, test } from "vitest";
import type { Drawn } from "../../src/chart/glass";
import { frames, settled } from "../support/browser";
import { colour, paneBox, picture } from "../support/pixels";
import { opened, page, visits } from "../support/visits";

interface Lens {
  readonly level: number;
  readonly complete: boolean;
  readonly view: { width: number; height: number; time0: number; msPerPixel: number; edges: number[] };
  readonly reading: { state: string; from: number; to: number; low: number; high: number };
  readonly state: { on: boolean; power: number; size: number };
}

visits({ anyServer: true, each: true });

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

const pins = (): Promise<readonly Drawn[]> => page.evaluate(() => window.halcyon?.pins() ?? []);

test("the lens is held by Alt, magnified by the wheel and resized with Ctrl, released by Escape", async () => {
  expect(await lens()).toBeNull();
  await hold(0.5, 0.4);
  const before = await lens();
  await page.mouse.wheel(0, -100);
  await frames(page, 3);
  expect((await lens())?.state.power).toBeGreaterThan(before?.state.power ?? 99);
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -100);
  await page.keyboard.up("Control");
  await frames(page, 3);
  expect((await lens())?.view.width).toBeGreaterThan(before?.view.width ?? 999);
  await page.keyboard.up("Alt");
  await frames(page, 3);
  expect(await lens()).toBeNull();
  await page.keyboard.press("l");
  await frames(page, 3);
  expect((await lens())?.state.on).toBe(true);
  await page.keyboard.press("Escape");
  await frames(page, 3);
  expect(await lens()).toBeNull();
});

test("several are pinned by Shift, stay over their instant and price, and come back with the address", async () => {
  for (const [x, y] of [[0.3, 0.3], [0.7, 0.6]] as const) {
    await hold(x, y);
    await page.keyboard.press("Shift");
    await page.keyboard.up("Alt");
    await frames(page, 3);
  }
  expect(await lens()).toBeNull();
  await page.waitForFunction(() => window.halcyon?.pins().length === 2 && window.halcyon.pins().every((pin) => pin.complete));
  const before = await pins();
  await page.evaluate(() => window.halcyon?.pan(0.1));
  await settled(page);
  await page.waitForFunction(() => window.halcyon?.pins().length === 2 && window.halcyon.pins().every((pin) => pin.complete));
  const moved = await pins();
  expect(moved.map((pin) => pin.reading.from)).toEqual(before.map((pin) => pin.reading.from));
  expect(moved.map((pin) => pin.reading.low)).toEqual(before.map((pin) => pin.reading.low));
  await page.waitForFunction(() => (new URLSearchParams(location.search).get("lens") ?? "").split("~").length === 2 && location.search.includes("window="));
  await page.reload();
  await settled(page);
  await page.waitForFunction(() => window.halcyon?.pins().length === 2);
  await page.click('[aria-label="Take the pinned lens off"] >> nth=0');
  await page.waitForFunction(() => window.halcyon?.pins().length === 1);
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => window.halcyon?.pins().length === 0 && !location.search.includes("lens="));
});

test("numbers stand on cells once they are large enough", async () => {
  await hold(0.5, 0.5);
  for (let i = 0; i < 9; i++) await page.mouse.wheel(0, -100);
  await page.waitForFunction(() => ((window.halcyon?.lens() as Lens | null)?.state.power ?? 0) === 48);
  // Somewhere beside price something stands.
  let point = { x: 0, y: 0 }, now: Lens | null = null;
  for (let y = 0.1; y < 0.9 && now?.reading.state !== "cell"; y += 0.02) {
    point = await hold(0.72, y);
    now = await lens();
  }
  expect(now?.reading.state).toBe("cell");
  // Letters are what is as light as the page's text; the glass's cross is, too.
  const letters = async (): Promise<number> => {
    const size = (await lens())?.view.width ?? 0;
    const png = await picture(page, { x: point.x - size / 3, y: point.y - size / 3, width: (2 * size) / 3, height: (2 * size) / 3 });
    let count = 0;
    for (let x = 0; x < png.width; x++) for (let y = 0; y < png.height; y++) if (colour(png, x, y).every((v, k) => Math.abs(v - ([0xc9, 0xd1, 0xdc][k] as number)) < 12)) count++;
    return count;
  };
  const written = await letters();
  for (let i = 0; i < 3; i++) await page.mouse.wheel(0, 100);
  await page.waitForFunction(() => ((window.halcyon?.lens() as Lens | null)?.state.power ?? 0) === 16);
  await frames(page, 3);
  expect(written).toBeGreaterThan((await letters()) + 20);
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
  expect(await page.textContent(".legend")).toMatch(/±2 %[\s\S]*4 h[\s\S]*1 min × 1 bp[\s\S]*fresh/);
  const view = await page.evaluate(() => window.halcyon?.view());
  expect((view?.msPerPixel ?? 0) * (view?.width ?? 0)).toBeCloseTo(6 * 3_600_000, -4);
  await page.keyboard.press("a");
  await page.waitForFunction(() => (window.halcyon?.level()?.level ?? 0) > 0);
  await settled(page);
  const after = await page.evaluate(() => window.halcyon?.view());
  expect(after?.time0).toBeCloseTo(before?.time0 ?? 0, -2);
});
