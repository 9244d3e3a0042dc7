/** The page in a real browser, over whatever the server holds. */
import { describe, expect, test } from "vitest";
import { decodeTile, cellUsd, TILE } from "../../src/wire/tile";
import type { Reading } from "../../src/layers/readout";
import { frames, settled } from "../support/browser";
import { bare, different, painted, paneBox, picture } from "../support/pixels";
import { opened, page, url, visits } from "../support/visits";

visits({ anyServer: true, each: true });

const level = (): Promise<number> => page.evaluate(() => window.halcyon?.level()?.level ?? -1);
const middle = async (): Promise<{ x: number; y: number }> => {
  const box = await paneBox(page);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

describe("the map", () => {
  test("is painted, says what it is, and asks nobody but its server", async () => {
    const words = await page.innerText(".page");
    expect(words).toMatch(/RECORDED|SIMULATED|LIVE/);
    expect(words).toContain("ESTIMATED");
    expect(await page.textContent(".legend")).toMatch(/z-score[\s\S]*over .*price over the trailing/);
    expect(opened.requests.filter((asked) => !asked.startsWith(url) && !asked.startsWith("data:"))).toEqual([]);
    await bare(page);
    expect(painted(await picture(page, await paneBox(page)))).toBeGreaterThan(0.02);
  });

  test("asks for columns at once, without a round trip for what the document brought along", () => {
    const asked = opened.requests.map((request) => new URL(request).pathname).filter((path) => path.startsWith("/api/"));
    expect(asked[0]).toBe("/api/v1/columns");
    expect(asked.slice(0, asked.findIndex((path) => path.startsWith("/api/v1/tiles/")) + 1).filter((path) => /status|instruments/.test(path))).toEqual([]);
  });

  test("changes colours without a request: palette, normalisation, threshold, leverage", async () => {
    await bare(page);
    const box = await paneBox(page), before = opened.requests.length;
    let last = await picture(page, box);
    for (const press of ["p", "n", "]", "]", "]", "]", "h"]) {
      await page.keyboard.press(press);
      await frames(page, 3);
      if (press !== "]") {
        const now = await picture(page, box);
        expect(different(last, now), `after ${press}`).toBeGreaterThan(50);
        last = now;
      }
    }
    expect(opened.requests.length).toBe(before);
  });

  test("has a threshold that sinks weak cells into the ground", async () => {
    await bare(page);
    const box = await paneBox(page), all = painted(await picture(page, box));
    for (let i = 0; i < 10; i++) await page.keyboard.press("]");
    await frames(page, 3);
    const strong = painted(await picture(page, box));
    expect(strong).toBeLessThan(all);
  });

  test("zooms by wheel to finer and coarser cells, keeping the instant under the pointer", async () => {
    const start = await level(), { x, y } = await middle();
    await page.mouse.move(x, y);
    const instant = (): Promise<number> => page.evaluate(() => {
      const v = window.halcyon?.view();
      return v ? v.time0 + (v.width / 2) * v.msPerPixel : 0;
    });
    const before = await instant();
    for (let i = 0; i < 12; i++) {
      await page.mouse.wheel(0, -100);
      await frames(page, 1);
    }
    await page.waitForFunction((from) => (window.halcyon?.level()?.level ?? 9) < from, start);
    await settled(page);
    const px = await page.evaluate(() => window.halcyon?.view()?.msPerPixel ?? 0);
    expect(Math.abs((await instant()) - before)).toBeLessThan(6 * px);
    for (let i = 0; i < 30; i++) {
      await page.mouse.wheel(0, 100);
      await frames(page, 1);
    }
    await page.waitForFunction((from) => (window.halcyon?.level()?.level ?? 0) > from, start);
    await settled(page);
  });

  test("follows a drag, and stays complete", async () => {
    const { x, y } = await middle();
    const time0 = (): Promise<number> => page.evaluate(() => window.halcyon?.view()?.time0 ?? 0);
    const before = await time0(), px = await page.evaluate(() => window.halcyon?.view()?.msPerPixel ?? 0);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 300, y, { steps: 60 });
    await frames(page, 2);
    const dragged = await time0();
    // The chart library takes the first few pixels for a click.
    expect(Math.abs(before - dragged - 300 * px)).toBeLessThan(12 * px);
    await page.mouse.up();
    await settled(page);
    expect(Math.abs((await time0()) - dragged)).toBeLessThan(px);
    expect(await page.locator('[role=radio][aria-checked="true"][data-value="24h"]').count()).toBe(0);
  });

  test("keeps the chosen state in its address", async () => {
    await page.keyboard.press("3");
    await page.keyboard.press("p");
    await page.keyboard.press("g");
    await page.waitForFunction(() => location.search.includes("range=3d") && location.search.includes("axis=linear"));
    await settled(page);
    const view = await page.evaluate(() => window.halcyon?.view());
    await page.reload();
    await settled(page);
    const again = await page.evaluate(() => window.halcyon?.view());
    expect(again?.time0).toBeCloseTo(view?.time0 ?? 0, 0);
    expect(again?.msPerPixel).toBeCloseTo(view?.msPerPixel ?? 0, 3);
  });
});

describe("the cross-hair", () => {
  test("gives the profile's room to the map when it is switched off, and a link keeps that", async () => {
    const wide = await paneBox(page), profile = await page.locator(".profile").boundingBox();
    await page.keyboard.press("f");
    const room = (): Promise<number> => paneBox(page).then((box) => box.width);
    await expect.poll(room).toBe(wide.width + (profile?.width ?? 0));
    expect((await paneBox(page)).height).toBe(wide.height);
    await page.waitForFunction(() => location.search.includes("profile=off"));
    await page.reload();
    await settled(page);
    expect(await room()).toBe(wide.width + (profile?.width ?? 0));
    await page.keyboard.press("f");
    await expect.poll(room).toBe(wide.width);
    await page.waitForFunction(() => !location.search.includes("profile"));
  });

  test.each(["log", "linear"])("reads the very cell of the tile, %s axis", async (axis) => {
    if (axis === "linear") await page.keyboard.press("g");
    await settled(page);
    const box = await paneBox(page);
    let cells = 0;
    for (let i = 0; i < 40 && cells < 5; i++) {
      await page.mouse.move(box.x + box.width * 0.8, box.y + 20 + (i * (box.height - 40)) / 40);
      await frames(page, 2);
      const reading = (await page.evaluate(() => window.halcyon?.reading())) as Reading;
      if (reading.state !== "cell") continue;
      cells++;
      await compareWithTile(reading);
    }
    expect(cells).toBeGreaterThan(0);
  });

  async function compareWithTile(reading: Reading): Promise<void> {
    const size = await page.evaluate(() => window.halcyon?.level()), name = await page.locator("#instrument").inputValue();
    if (!size) throw new Error("no level");
    const bucket = reading.from / size.bucketMs, bin = Math.round(Math.log(reading.low) / Math.log(1.0001) / 2 ** size.shift);
    const x = Math.floor(bucket / TILE), y = Math.floor(bin / TILE);
    const answer = await fetch(`${url}/api/v1/tiles/${name.replace(" ", "/")}/${size.level}/${x}/${y}`);
    const tile = decodeTile(await answer.arrayBuffer()), index = (bin - y * TILE) * TILE + (bucket - x * TILE);
    const sum = (side: string): number => [...tile.planes].filter(([plane]) => plane.startsWith(side) && !plane.endsWith("fresh"))
      .reduce((total, [, cells]) => total + cellUsd(cells[index] as number, tile.header.log_step), 0);
    expect(reading.long).toBeCloseTo(sum("long/"), 6);
    expect(reading.short).toBeCloseTo(sum("short/"), 6);
  }

  test("shows the map as of its column in the profile, on the chart's own rows", async () => {
    const box = await paneBox(page);
    await page.mouse.move(box.x + box.width * 0.7, box.y + box.height / 2);
    await frames(page, 4);
    const found = await page.evaluate(() => {
      const profile = window.halcyon?.profile(), size = window.halcyon?.level(), range = window.halcyon?.range();
      const canvas = document.querySelector<HTMLCanvasElement>(".profile canvas");
      if (!profile || !size || !range || !canvas) return null;
      let bin = -1;
      profile.totals.forEach((usd, i) => {
        const inside = profile.first + i > range.rows.first + 4 && profile.first + i < range.rows.end - 4;
        if (inside && (bin < 0 || usd > (profile.totals[bin] as number))) bin = i;
      });
      const edge = (b: number): number => window.halcyon?.chartY(1.0001 ** ((profile.first + b) * 2 ** size.shift)) ?? NaN;
      const image = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height);
      const rows: number[] = [], most = Math.max(...profile.totals.slice(range.rows.first - profile.first, range.rows.end - profile.first));
      const x = Math.floor(((profile.totals[bin] as number) / most) * (canvas.width - 8) * 0.97);
      for (let y = Math.floor(edge(bin + 1)) - 3; image && y < edge(bin) + 4; y++) {
        const at = (y * canvas.width + x) * 4, [r, , b, a] = image.data.slice(at, at + 4) as unknown as number[];
        // A bar's grey, not the curve's blue.
        if (a === 255 && (b as number) - (r as number) < 60) rows.push(y);
      }
      return { rows, top: edge(bin + 1), bottom: edge(bin) };
    });
    expect(found?.rows.length).toBeGreaterThan(0);
    for (const row of found?.rows ?? []) {
      expect(row).toBeGreaterThanOrEqual((found?.top ?? 0) - 0.5);
      expect(row).toBeLessThanOrEqual((found?.bottom ?? 0) + 0.5);
    }
  });
});

test("everything has a key, and a sheet that lists them", async () => {
  await page.keyboard.press("?");
  expect(await page.innerText("[role=dialog]")).toContain("next palette");
  await page.keyboard.press("Escape");
  expect(await page.locator("[role=dialog]").count()).toBe(0);
  for (const [key, label] of [["5", "30d"], ["h", "High"], ["n", "robust"]] as const) {
    await page.keyboard.press(key);
    expect(await page.locator(`[role=radio][aria-checked="true"]:has-text("${label}")`).count(), key).toBe(1);
  }
  expect(await page.locator("button:not([aria-label]):empty, input:not([aria-label]), select:not([aria-label]):not(label select)").count()).toBe(0);
});
