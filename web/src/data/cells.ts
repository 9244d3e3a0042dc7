/** A tile as the page keeps it: planes for reading, one merged block for drawing. */
import { cellUsd, TILE, usdCell, type Tile } from "../wire/tile";

/** Number of channels of a merged cell: low, medium, high leverage, fresh. */
export const CHANNELS = 4;
/** Channel of the fresh part. */
export const FRESH = 3;

/** Cells of 256 columns × 256 bins, ready to draw. */
export interface CellTile {
  readonly level: number;
  readonly x: number;
  readonly y: number;
  readonly logStep: number;
  /** Columns `[first, end)` of the tile hold data. */
  readonly first: number;
  readonly end: number;
  /** Quantised cells of long and short together, `(bin · 256 + column) · 4 + channel`. */
  readonly cells: Uint16Array;
  /** Quantised cells by `side/group` name as sent. */
  readonly planes: ReadonlyMap<string, Uint16Array>;
  /** Nothing stands anywhere in the tile. */
  readonly empty: boolean;
}

/** The channel of a plane `side/group`, or of a group: further groups than three join the last; -1 for one that is not known. */
export function channelOf(plane: string, groups: readonly string[]): number {
  const group = plane.slice(plane.indexOf("/") + 1);
  return group === "fresh" ? FRESH : Math.min(FRESH - 1, groups.indexOf(group));
}

/**
 * Merges the planes of a tile into channels as {@link channelOf} says. Longs lie below price
 * and shorts above it, so the sides overlap only in the bin that holds price;
 * there their USD add up.
 */
export function mergeTile(tile: Tile, groups: readonly string[]): CellTile {
  const { header, planes } = tile;
  const cells = new Uint16Array(TILE * TILE * CHANNELS);
  for (const [name, plane] of planes) {
    const channel = channelOf(name, groups);
    if (channel >= 0) blend(cells, plane, channel, header.log_step);
  }
  return {
    level: header.level, x: header.x, y: header.y, logStep: header.log_step,
    first: header.first, end: header.first + header.closed,
    cells, planes, empty: planes.size === 0,
  };
}

function blend(cells: Uint16Array, plane: Uint16Array, channel: number, logStep: number): void {
  for (let i = 0, at = channel; i < plane.length; i++, at += CHANNELS) {
    const q = plane[i] as number;
    if (q === 0) continue;
    const there = cells[at] as number;
    cells[at] = there === 0 ? q : usdCell(cellUsd(q, logStep) + cellUsd(there, logStep), logStep);
  }
}

/** Columns `[from, end)` outside of which two grids of `rows` rows are the same; empty (from beyond end) if they are equal. */
export function differingColumns(a: Uint16Array | Float32Array, b: Uint16Array | Float32Array, rows: number): { from: number; end: number } {
  const width = a.length / rows;
  let from = width, end = 0;
  for (let start = 0; start < a.length; start += width) {
    for (let i = 0; i < from; i++) if (a[start + i] !== b[start + i]) from = i;
    for (let i = width; i > end; i--) if (a[start + i - 1] !== b[start + i - 1]) end = i;
  }
  return { from: Math.floor(from / CHANNELS), end: Math.ceil(end / CHANNELS) };
}
