/** What the chart shows right now, in device pixels: the one mapping that everything drawn goes by. */
import { LN_BIN } from "../units/units";

/**
 * State of the chart's scales at a paint. Device pixel `i` is centred at `i`:
 * the chart rounds a coordinate to the nearest pixel, so a pixel covers half a
 * pixel to either side.
 */
export interface View {
  readonly width: number;
  readonly height: number;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
  /** Instant at the centre of pixel column 0, ms. */
  readonly time0: number;
  readonly msPerPixel: number;
  /** Base bin position (basis points of log price) of the upper edge of every pixel row, and of the lower edge of the last. */
  readonly edges: Float64Array;
  /** Rises with every change of anything above. */
  readonly version: number;
}

/** Rows from one at which the scale is asked to the next: over so few the logarithm of a price is straight. */
const ASKED = 8;

/** Edges of `height` rows; `position` says where the scale has the upper edge of a row, and costs too much to be asked for every one. */
export function edgesOf(height: number, position: (row: number) => number): Float64Array {
  const edges = new Float64Array(height + 1);
  let before = position(0);
  for (let row = 0; row < height; row += ASKED) {
    const end = Math.min(row + ASKED, height), after = position(end);
    for (let i = row; i <= end; i++) edges[i] = before + ((after - before) * (i - row)) / (end - row);
    before = after;
  }
  return edges;
}

/** Instant at a pixel column, ms. */
export function timeAt(view: View, px: number): number {
  return view.time0 + px * view.msPerPixel;
}

/** Pixel column of an instant, not rounded. */
export function columnOf(view: View, time: number): number {
  return (time - view.time0) / view.msPerPixel;
}

/** Base bin position at a pixel row, not rounded. */
export function positionAt(view: View, py: number): number {
  const at = Math.max(0, Math.min(view.height - 1e-9, py + 0.5));
  const row = Math.floor(at), upper = view.edges[row] as number, lower = view.edges[row + 1] as number;
  return upper + (lower - upper) * (at - row);
}

/** Price at a pixel row. */
export function priceAt(view: View, py: number): number {
  return Math.exp(positionAt(view, py) * LN_BIN);
}

/** Pixel row of a base bin position, not rounded; beyond the view it is extrapolated from the outermost row. */
export function rowOf(view: View, position: number): number {
  const { edges, height } = view;
  let low = 0, high = height;
  // Edges fall from top to bottom: find the last edge that is not below the position.
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((edges[middle] as number) >= position) low = middle;
    else high = middle;
  }
  const upper = edges[low] as number, lower = edges[low + 1] as number;
  return low + (upper - position) / (upper - lower) - 0.5;
}

/** Basis points of price per pixel row, in the middle of the view. */
export function bpPerPixel(view: View): number {
  return Math.abs((view.edges[0] as number) - (view.edges[view.height] as number)) / view.height;
}

/** Charts wider than this, in CSS pixels, hang on a wall: what is written on them is written larger. */
export const WALL = 2400;

/** Device pixels per CSS pixel of words: more than `ratio` on a wall. */
export function letters({ width, ratio }: View): number {
  return width / ratio > WALL ? 1.35 * ratio : ratio;
}
