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

/** Compares with a golden picture; UPDATE=1 writes it. Says which pixels differ, nothing where none does. */
export function golden(name: string, png: PNG): string {
  const path = fileURLToPath(new URL(`../golden/${name}.png`, import.meta.url));
  if (process.env["UPDATE"]) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, PNG.sync.write(png, { deflateLevel: 9 }));
    return "";
  }
  if (!existsSync(path)) throw new Error(`no golden picture ${name}; run with UPDATE=1 to make it`);
  const want = PNG.sync.read(readFileSync(path)), marks = new PNG({ width: png.width, height: png.height });
  const count = pixelmatch(want.data, png.data, marks.data, png.width, png.height, { threshold: 0.02, includeAA: true, diffMask: true });
  if (count === 0) return "";
  const folder = fileURLToPath(new URL("../../test-results", import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/${name}.png`, PNG.sync.write(png));
  writeFileSync(`${folder}/${name}-differs.png`, PNG.sync.write(marks));
  return `${name}: ${count} pixels differ, ${where(want, png, marks)}; see test-results/${name}.png and ${name}-differs.png`;
}

/** Between which columns and rows marked pixels lie, and what the first of them is instead of what. */
function where(want: PNG, is: PNG, marks: PNG): string {
  const hex = (png: PNG, at: number): string => `#${Buffer.from(png.data.subarray(at, at + 3)).toString("hex")}`;
  let first = -1, x0 = Infinity, x1 = 0, y0 = Infinity, y1 = 0;
  for (let at = 0; at < marks.data.length; at += 4) {
    if (marks.data[at + 3] === 0) continue;
    if (first < 0) first = at;
    const x = (at / 4) % marks.width, y = Math.floor(at / 4 / marks.width);
    [x0, x1, y0, y1] = [Math.min(x0, x), Math.max(x1, x), Math.min(y0, y), Math.max(y1, y)];
  }
  return `x ${x0} to ${x1}, y ${y0} to ${y1}; the first is ${hex(is, first)} instead of ${hex(want, first)}`;
}
