/** Chooses the resolution of the map by the density of pixels. */
import type { Level } from "../units/units";

/** Narrowest column that is drawn, in CSS pixels. */
export const MIN_COLUMN = 1.4;
/** Lowest bin that is drawn, in CSS pixels: bins may be finer, the greatest of a pixel is drawn. */
export const MIN_BIN = 0.7;

/**
 * The finest level whose cells are not smaller than a pixel can show.
 * `msPerPixel` and `bpPerPixel` are per CSS pixel. With `finer` set the level
 * is that many steps finer than density asks for.
 */
export function chooseLevel(levels: readonly Level[], msPerPixel: number, bpPerPixel: number, finer = 0): number {
  let level = 0;
  while (level < levels.length - 1 && !fits(levels[level] as Level, msPerPixel, bpPerPixel)) level++;
  return Math.max(0, level - finer);
}

function fits(level: Level, msPerPixel: number, bpPerPixel: number): boolean {
  return level.bucketMs / msPerPixel >= MIN_COLUMN && 2 ** level.shift / bpPerPixel >= MIN_BIN;
}
