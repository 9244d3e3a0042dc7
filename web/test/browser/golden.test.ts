/**
 * Pictures of the map, pixel by pixel: every palette on either ground, every
 * normalisation, every selection of leverage, and the same from the painter
 * without WebGL. UPDATE=1 npm run test:browser -- golden makes them anew. One
 * page is switched through, as a user does it.
 */
import { expect, test } from "vitest";
import type { PNG } from "pngjs";
import { frames, settled } from "../support/browser";
import { bare, golden, paneBox, picture } from "../support/pixels";
import { arrive, fake, page, visits } from "../support/visits";

visits();

/** Settings that every picture begins from. */
const BASE = { leverage: "all", norm: "z", palette: "halcyon", theme: "dark", opacity: "1", threshold: "0", axis: "log" };
const PALETTES = ["halcyon", "viridis", "cividis", "inferno", "ice", "mono"] as const;
const PICTURES: readonly (readonly [name: string, query: string])[] = [
  ...PALETTES.flatMap((palette) => [[`${palette}-z`, `palette=${palette}`], [`${palette}-z-light`, `palette=${palette}&theme=light`]] as const),
  ["halcyon-z-faint", "opacity=0.5"],
  ["halcyon-z-threshold", "threshold=0.4"],
  ["halcyon-robust", "norm=robust"],
  ["halcyon-percentile", "norm=percentile"],
  ["halcyon-usd", "norm=usd"],
  ["halcyon-usd-linear", "norm=linear"],
  ["halcyon-z-medium", "leverage=medium"],
  ["halcyon-z-high", "leverage=high"],
  ["halcyon-z-custom", "leverage=low%2Bhigh"],
  ["halcyon-robust-custom", "leverage=low%2Bhigh&norm=robust"],
  ["halcyon-z-linear-high", "axis=linear&leverage=high"],
  // Optical looks closer, so it is the last.
  ["halcyon-z-optical", "leverage=fresh"],
  ["halcyon-percentile-optical", "leverage=fresh&norm=percentile"],
];
const TIMEOUT = 300_000;

/** Opens the page with a map of the same size whatever stands around it. */
async function open(query: string): Promise<void> {
  await arrive(`?range=24h&${query}`, { viewport: { width: 1000, height: 640 } });
  await page.addStyleTag({ content: ".plot { position: fixed !important; inset: 60px auto auto 0; width: 780px; height: 540px; }" });
  await settled(page);
  await bare(page);
}

async function shot(): Promise<PNG> {
  const box = await paneBox(page);
  return picture(page, { x: box.x + 300, y: box.y + 60, width: 360, height: 320 });
}

test.each(["webgl2", "raster"])("every palette, normalisation and selection: %s", async (painter) => {
  await open(painter === "raster" ? "painter=raster" : "");
  expect(await page.evaluate(() => window.halcyon?.painter())).toBe(painter);
  const wrong: string[] = [], seen = new Map<string, string>();
  for (const [name, query] of PICTURES) {
    const settings = new URLSearchParams({ ...BASE, ...Object.fromEntries(new URLSearchParams(query)) });
    await page.evaluate((q) => window.halcyon?.set(q), settings.toString());
    await frames(page, 2);
    await settled(page);
    const png = await shot(), pixels = png.data.toString("base64");
    wrong.push(golden(name, png), seen.has(pixels) ? `${name} is the same picture as ${seen.get(pixels)}` : "");
    seen.set(pixels, name);
  }
  expect(wrong.filter(Boolean)).toEqual([]);
}, TIMEOUT);

test.each([
  // Every venue by its own deviation.
  ["halcyon-z-combined", "symbol=BTC&venue=all.z&leverage=fresh"],
  // Low leverage stands far from price.
  ["halcyon-z-low", "leverage=low&prices=50000-59000"],
])("%s, with and without WebGL", async (name, query) => {
  fake.mood.several = query.includes("venue");
  try {
    for (const painter of ["", "&painter=raster"]) {
      await open(query + painter);
      expect(golden(name, await shot())).toBe("");
    }
  } finally {
    fake.mood.several = false;
  }
}, TIMEOUT);

test("a picture that differs says where, and from which colour to which", async () => {
  await open("");
  const changed = await shot();
  for (const [x, y] of [[10, 5], [40, 9]] as const) changed.data.set([255, 0, 255, 255], (y * changed.width + x) * 4);
  expect(golden("halcyon-z", changed)).toMatch(/^halcyon-z: 2 pixels differ, x 10 to 40, y 5 to 9; the first is #ff00ff instead of #[0-9a-f]{6};/);
}, TIMEOUT);
