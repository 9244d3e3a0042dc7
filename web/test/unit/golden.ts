/** The golden tile that the Go side and the page both check their code against. */
import { encodeTile, TILE, usdCell, type Tile } from "../../src/wire/tile";

/** Cells that are set: plane, bin, column, quantised value. Corners, wrap-arounds, and runs of equal values. */
export const GOLDEN_CELLS: readonly (readonly [plane: string, bin: number, column: number, q: number])[] = [
  ["long/low", 0, 0, 1],
  ["long/low", 0, 255, 65535],
  ["long/low", 255, 0, 65535],
  ["long/low", 255, 1, 1],
  ["long/low", 255, 255, 40000],
  ["short/fresh", 100, 10, 1024],
  ["short/fresh", 100, 11, 1024],
  ["short/fresh", 100, 12, 20480],
  ["short/fresh", 101, 12, usdCell(1_000_000, 1024)],
];

export function goldenTile(): Tile {
  const planes = new Map<string, Uint16Array>();
  for (const [name, bin, column, q] of GOLDEN_CELLS) {
    const plane = planes.get(name) ?? new Uint16Array(TILE * TILE);
    plane[bin * TILE + column] = q;
    planes.set(name, plane);
  }
  return {
    header: { venue: "hyperliquid", symbol: "BTC", level: 1, x: 23186, y: -3, columns: TILE, bins: TILE, log_step: 1024, first: 0, closed: 256, planes: [...planes.keys()] },
    planes,
  };
}

export function goldenBytes(): ArrayBuffer {
  return encodeTile(goldenTile());
}
