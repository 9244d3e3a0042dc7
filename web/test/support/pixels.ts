/** Pixels of screenshots. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";
import type { Page } from "playwright-core";

export type Clip = { x: number; y: number; width: number; height: number };
export const GROUND = [0x0b, 0x0e, 0x14] as const;

/** Box of the (first) map's pane on the page, CSS pixels. */
export async function paneBox(page: Page): Promise<Clip> {
  const box = await page.locator("canvas.heat").first().boundingBox();
  if (!box) throw new Error("the map has no box");
  return box;
}

/** Hides everything but the map, so that a picture holds cells and nothing else. */
export async function bare(page: Page): Promise<void> {
  await page.addStyleTag({ content: "body * { visibility: hidden !important } canvas.heat { visibility: visible !important }" });
}

export async function picture(page: Page, clip: Clip): Promise<PNG> {
  return PNG.sync.read(await page.screenshot({ clip, animations: "disabled" }));
}

/** Colour at a pixel. */
export function colour(png: PNG, x: number, y: number): [number, number, number] {
  const at = (Math.round(y) * png.width + Math.round(x)) * 4;
  return [png.data[at] as number, png.data[at + 1] as number, png.data[at + 2] as number];
}

/** Share of pixels that are not the ground. */
export function painted(png: PNG): number {
  let count = 0;
  for (let i = 0; i < png.data.length; i += 4) if (GROUND.some((v, k) => png.data[i + k] !== v)) count++;
  return count / (png.width * png.height);
}

/** Number of pixels that differ visibly. */
export function different(a: PNG, b: PNG, threshold = 0.02): number {
  return pixelmatch(a.data, b.data, undefined, a.width, a.height, { threshold, includeAA: true });
}

/** Compares with a golden picture; UPDATE=1 writes it. Returns how many pixels differ. */
export function golden(name: string, png: PNG): number {
  const path = fileURLToPath(new URL(`../golden/${name}.png`, import.meta.url));
  if (process.env["UPDATE"] || !existsSync(path)) {
    if (!process.env["UPDATE"]) throw new Error(`no golden picture ${name}; run with UPDATE=1 to make it`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, PNG.sync.write(png, { deflateLevel: 9 }));
    return 0;
  }
  const count = different(PNG.sync.read(readFileSync(path)), png);
  if (count > 0) {
    const actual = fileURLToPath(new URL(`../../test-results/${name}.png`, import.meta.url));
    mkdirSync(dirname(actual), { recursive: true });
    writeFileSync(actual, PNG.sync.write(png));
  }
  return count;
}
