/** What leaves the page: a picture that names itself, and tables of what is shown. */
import { readFileSync } from "node:fs";
import { PNG } from "pngjs";
import { expect, test } from "vitest";
import { TO } from "../fake/market";
import { settled } from "../support/browser";
import { different, paneBox, picture } from "../support/pixels";
import { arrive, page, visits } from "../support/visits";

const HOUR = 3_600_000;
visits();

/** Notes every word that is written into a picture. */
const LISTEN = `
  window.written = [];
  const write = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    if (!this.canvas.isConnected) window.written.push(text);
    return write.call(this, text, ...rest);
  };`;

async function hear(query: string): Promise<void> {
  await arrive(`?symbol=BTC${query}`, { acceptDownloads: true, permissions: ["clipboard-read", "clipboard-write"] });
  await page.addInitScript(LISTEN);
  await page.reload();
  await settled(page);
}

test.each(["", "&painter=raster", `&at=${TO - 30 * HOUR}`])("a picture holds the very map, and says what it is of%s", async (query) => {
  await hear(query);
  const box = await paneBox(page);
  await page.keyboard.press("Control+s");
  await page.evaluate(() => ((window as unknown as { written: string[] }).written = []));
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=Save as PNG")]);
  expect(download.suggestedFilename()).toMatch(/^halcyon-simex-BTC-SIMULATED-\d{8}T\d{4}\.png$/);
  const png = PNG.sync.read(readFileSync(await download.path()));
  const words = (await page.evaluate(() => (window as unknown as { written: string[] }).written)).join("\n");
  expect(words).toContain("BTC  simex");
  expect(words).toContain("SIMULATED");
  expect(words).toContain("ESTIMATED");
  expect(words).toMatch(/data to 20\d\d-\d\d-\d\d \d\d:\d\d UTC/);
  expect(words).toMatch(/z-score: over non-empty cells/);
  expect(words.includes("REPLAY")).toBe(query.includes("at="));
  expect(await page.innerText("[role=dialog] .said")).toContain("Saved");
  await page.keyboard.press("Escape");
  // Off the chart: what lay under the pressed button was no cross-hair in the picture.
  await page.mouse.move(5, 5);
  // A stretch of the map between the read-out and the legend, with candles on it.
  await page.addStyleTag({ content: ".readout, .legend, .rail { visibility: hidden !important }" });
  const seen = await picture(page, { x: box.x, y: box.y + 40, width: Math.floor(box.width), height: 200 });
  const held = new PNG({ width: seen.width, height: seen.height });
  PNG.bitblt(png, held, 0, 40 + 40, seen.width, seen.height, 0, 0);
  expect(different(seen, held, 0.1)).toBeLessThan(20);
});

test("the picture goes to the clipboard, and a link does", async () => {
  await hear("");
  await page.click('[aria-label="Export"]');
  await page.click("text=Copy to clipboard");
  await page.waitForSelector(".said:has-text('on the clipboard')");
  const types = await page.evaluate(async () => (await navigator.clipboard.read()).flatMap((item) => item.types));
  expect(types).toContain("image/png");
  await page.click("text=Copy a link");
  await page.waitForSelector(".said:has-text('link')");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());
});

test.each([["cells as csv", "cells.csv"], ["cells as parquet", "cells.parquet"], ["columns as csv", "columns.csv"], ["columns as parquet", "columns.parquet"]])("%s are of what is shown, and of nothing later", async (label, name) => {
  const at = TO - 30 * HOUR + 7 * 60_000;
  await hear(`&at=${at}`);
  await page.keyboard.press("Control+s");
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(`[aria-label="${label}"]`)]);
  expect(download.suggestedFilename()).toBe(`BTC-${name}`);
  const asked = Object.fromEntries(readFileSync(await download.path(), "utf8").split("\n").map((line) => line.split(",") as [string, string]));
  const range = await page.evaluate(() => window.halcyon?.range()), size = await page.evaluate(() => window.halcyon?.level()), width = size?.bucketMs ?? 0;
  expect(asked).toMatchObject({ venue: "simex", symbol: "BTC", level: String(size?.level), from: String((range?.columns.first ?? 0) * width), to: String(Math.floor(at / width) * width) });
  if (!label.startsWith("cells")) return;
  expect(Number(asked["low"])).toBeLessThan(64_000);
  expect(Number(asked["high"])).toBeGreaterThan(Number(asked["low"]));
});
