/** What hands expect of a chart: ranges, box zoom, pinch, double-click, undo, and all of it by keyboard alone. */
import { expect, test } from "vitest";
import { FROM, TO } from "../fake/market";
import { frames, PHONE, settled } from "../support/browser";
import { paneBox } from "../support/pixels";
import { page, visit, visits } from "../support/visits";

const HOUR = 3_600_000, DAY = 24 * HOUR;
visits();

interface Shown {
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly high: number;
}

/** Window of time and prices as drawn. */
async function shown(): Promise<Shown> {
  await settled(page);
  return page.evaluate(() => {
    const v = window.halcyon?.view(), range = window.halcyon?.range(), size = window.halcyon?.level();
    if (!v || !range || !size) throw new Error("nothing is shown");
    const price = (bin: number): number => 1.0001 ** (bin * 2 ** size.shift);
    return { from: v.time0, to: v.time0 + v.width * v.msPerPixel, low: price(range.rows.first), high: price(range.rows.end) };
  });
}

const near = (a: Shown, b: Shown): void => {
  const span = b.to - b.from, height = b.high - b.low;
  for (const key of ["from", "to"] as const) expect(Math.abs(a[key] - b[key]) / span, key).toBeLessThan(0.01);
  for (const key of ["low", "high"] as const) expect(Math.abs(a[key] - b[key]) / height, key).toBeLessThan(0.02);
};
/** Until the history has noted where the chart rests. */
const rested = (): Promise<void> => page.waitForTimeout(600);
const address = async (part: string): Promise<void> => void (await page.waitForFunction((q) => location.search.includes(q), part));

/** Waits until a window of this length, in hours, is drawn, its cells there or not. */
async function drawn(hours: number): Promise<void> {
  await page.waitForFunction((ms) => {
    const v = window.halcyon?.view();
    return v && Math.abs(v.width * v.msPerPixel - ms) < 0.02 * ms;
  }, hours * HOUR, { timeout: 90_000 });
}

test("every range is a button and a key, any other can be typed, from an hour to everything stored", async () => {
  await visit("?symbol=BTC");
  for (const [i, [name, days]] of ([["12h", 0.5], ["24h", 1], ["3d", 3], ["7d", 7], ["30d", 30], ["90d", 90], ["180d", 180], ["1y", 365], ["all", 34]] as const).entries()) {
    await page.click(`[role=radio][data-value="${name}"]`);
    await drawn(24 * days);
    expect(await page.evaluate(() => (window.halcyon?.view()?.time0 ?? 0) + (window.halcyon?.view()?.width ?? 0) * (window.halcyon?.view()?.msPerPixel ?? 0)), name).toBeGreaterThan(TO);
    await page.keyboard.press(i === 1 ? "1" : "2");
    await page.keyboard.press(String(i + 1));
    await page.waitForSelector(`[role=radio][aria-checked="true"][data-value="${name}"]`);
    await drawn(24 * days);
  }
  expect((await page.evaluate(() => window.halcyon?.view()?.time0)) ?? TO).toBeLessThan(FROM + 2 * DAY);
  await page.keyboard.press("y");
  await page.keyboard.type("1h");
  await page.keyboard.press("Enter");
  await address("range=1h");
  await drawn(1);
  await page.reload();
  await drawn(1);
  expect(await page.inputValue("#range")).toBe("1h");
  await page.fill("#range", "soon");
  await page.locator("#range").evaluate((input: HTMLInputElement) => input.dispatchEvent(new Event("change", { bubbles: true })));
  expect(await page.locator("#range:invalid").count()).toBe(1);
}, 240_000);

test("a box zooms to its time and prices, holds them in the address, and is undone and redone", async () => {
  await visit("?symbol=BTC&range=3d");
  const before = await shown(), box = await paneBox(page);
  await rested();
  const drag = async (from: [number, number], to: [number, number]): Promise<void> => {
    await page.mouse.move(box.x + from[0] * box.width, box.y + from[1] * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + to[0] * box.width, box.y + to[1] * box.height, { steps: 8 });
    expect(await page.locator(".box-zoom").isVisible()).toBe(true);
    await page.mouse.up();
  };
  await page.click('[aria-label="Box zoom"]');
  await drag([0.4, 0.3], [0.7, 0.6]);
  expect(await page.getAttribute('[aria-label="Box zoom"]', "aria-pressed")).toBe("false");
  await address("prices=");
  const zoomed = await shown(), span = before.to - before.from, log = Math.log(before.high / before.low);
  expect(Math.abs(zoomed.from - before.from - 0.4 * span) / span).toBeLessThan(0.01);
  expect(Math.abs(zoomed.to - before.from - 0.7 * span) / span).toBeLessThan(0.01);
  // The axis leaves a fiftieth free at either end.
  expect(Math.abs(Math.log(before.high / zoomed.high) / log - 0.3)).toBeLessThan(0.03);
  expect(Math.abs(Math.log(before.high / zoomed.low) / log - 0.6)).toBeLessThan(0.03);
  await rested();
  await page.reload();
  near(await shown(), zoomed);
  await rested();
  await page.keyboard.down("Shift");
  await drag([0.2, 0.2], [0.8, 0.8]);
  await page.keyboard.up("Shift");
  await rested();
  const twice = await shown();
  expect(twice.to - twice.from).toBeLessThan(0.7 * (zoomed.to - zoomed.from));
  await page.keyboard.press("Control+z");
  near(await shown(), zoomed);
  await page.keyboard.press("Control+Shift+z");
  near(await shown(), twice);
  await page.click('[aria-label="Undo"]');
  near(await shown(), zoomed);
  await page.mouse.dblclick(box.x + 0.5 * box.width, box.y + 0.5 * box.height);
  await page.waitForFunction(() => !location.search.includes("prices="));
  const reset = await shown();
  expect((reset.to - reset.from) / DAY).toBeCloseTo(1, 1);
});

test("prices scaled by the axis stay, whatever the map loads, until the axis is double-clicked", async () => {
  await visit("?symbol=BTC");
  const box = await paneBox(page), automatic = await shown(), x = box.x + box.width + 30;
  await page.mouse.move(x, box.y + 300);
  await page.mouse.down();
  await page.mouse.move(x, box.y + 400, { steps: 6 });
  await page.mouse.up();
  await address("prices=");
  const scaled = await shown();
  expect(scaled.high - scaled.low).not.toBeCloseTo(automatic.high - automatic.low, -2);
  await page.reload();
  near(await shown(), scaled);
  await page.mouse.dblclick(x, box.y + 300);
  await page.waitForFunction(() => !location.search.includes("prices="));
  near(await shown(), automatic);
});

test("two fingers pinch", async () => {
  await visit("?symbol=BTC", PHONE);
  const before = await shown(), box = await paneBox(page), client = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", apart: number): Promise<unknown> => client.send("Input.dispatchTouchEvent", {
    type, touchPoints: type === "touchEnd" ? [] : [-1, 1].map((side, id) => ({ x: box.x + 150 + side * apart, y: box.y + 250, id })),
  });
  await touch("touchStart", 40);
  for (let apart = 45; apart <= 120; apart += 5) await touch("touchMove", apart);
  await touch("touchEnd", 0);
  const after = await shown();
  expect((after.to - after.from) / (before.to - before.from)).toBeLessThan(0.7);
  expect(await page.locator('[role=radio][aria-checked="true"][data-value="24h"]').count()).toBe(0);
});

test("a whole session by keyboard alone", async () => {
  await visit("?symbol=BTC");
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
    await frames(page, 2);
  };
  // The cross-hair is moved cell by cell, and read aloud.
  await press("Shift+ArrowRight", "Shift+ArrowUp");
  const first = (await page.evaluate(() => window.halcyon?.reading())) as { from: number; low: number };
  await press("Shift+ArrowRight");
  const second = (await page.evaluate(() => window.halcyon?.reading())) as { from: number; low: number };
  expect(second.from - first.from).toBe(15 * 60_000);
  expect(second.low).toBe(first.low);
  await press("Shift+ArrowUp");
  expect(((await page.evaluate(() => window.halcyon?.reading())) as { low: number }).low).toBeGreaterThan(first.low);
  expect(await page.innerText("[aria-label='Cross-hair read-out']")).toMatch(/\d{2}:\d{2}/);
  const start = await shown();
  await press("ArrowUp");
  await address("prices=");
  expect((await shown()).high).toBeGreaterThan(start.high);
  await press("-", "ArrowLeft");
  await address("window=");
  await press("0");
  near(await shown(), start);
  // Every control can be reached by Tab, shows that it has the focus, and does its work on Enter or Space.
  const seen = new Set<string>();
  for (let i = 0; i < 90; i++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const e = document.activeElement as HTMLElement | null;
      return e && e !== document.body ? { name: e.getAttribute("aria-label") ?? e.textContent ?? "", outline: getComputedStyle(e).outlineStyle } : null;
    });
    if (!at) continue;
    expect(at.outline, at.name).not.toBe("none");
    if (at.name === "Panes" && !seen.has(at.name)) await page.keyboard.press("Enter");
    seen.add(at.name);
  }
  for (const name of ["24h", "all", "Optical", "Replay", "Box zoom", "Threshold", "Palette", "Panes", "Zones", "Opacity", "Keyboard help"]) {
    expect([...seen].join("|"), name).toContain(name);
  }
  expect((await page.evaluate(() => window.halcyon?.panes().titles.length)) ?? 0).toBeGreaterThan(0);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await press("?");
  await page.waitForSelector("[role=dialog]:focus");
  await press("Escape");
  expect(await page.locator("[role=dialog]").count()).toBe(0);
}, 120_000);
