/** Chooses the resolution of the map by the density of pixels. */
import type { Level } from "../units/units";

/** Narrowest column that is drawn, in CSS pixels: its candle has a body. */
export const MIN_COLUMN = 2.5;
/** Lowest bin that is drawn, in CSS pixels: hair-lines claim a precision that no estimate has, and read as noise. */
export const MIN_BIN = 1.8;
/** How low bins may get rather than draw columns wider than {@link WIDE_COLUMN}, CSS pixels; of several in a pixel the greatest is drawn. */
export const LEAST_BIN = 0.7;
/** Wider columns would leave a low chart with a handful of candles, CSS pixels. */
export const WIDE_COLUMN = 12;

/**
 * The finest level whose cells are drawn large enough to be told apart.
 * `msPerPixel` and `bpPerPixel` are per CSS pixel. With `finer` set the level
 * is that many steps finer than density asks for.
 */
export function chooseLevel(levels: readonly Level[], msPerPixel: number, bpPerPixel: number, finer = 0): number {
  const column = (level: number): number => (levels[level] as Level).bucketMs / msPerPixel;
  const fits = (level: number, bin: number): boolean => column(level) >= MIN_COLUMN && 2 ** (levels[level] as Level).shift / bpPerPixel >= bin;
  let level = 0;
  while (level < levels.length - 1 && !fits(level, MIN_BIN)) level++;
  while (level > 0 && column(level) > WIDE_COLUMN && fits(level - 1, LEAST_BIN)) level--;
  return Math.max(0, level - finer);
}
