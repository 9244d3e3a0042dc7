/** Decodes tiles of the map, format HTL1 (docs/API.md). */

/** Columns and bins of one tile. */
export const TILE = 256;
const CELLS = TILE * TILE;
const MAGIC = "HTL1";

/** Header of a tile as sent. `first` and `closed` bound the columns that hold data. */
export interface TileHeader {
  readonly venue: string;
  readonly symbol: string;
  readonly level: number;
  readonly x: number;
  readonly y: number;
  readonly columns: number;
  readonly bins: number;
  readonly log_step: number;
  readonly first: number;
  readonly closed: number;
  readonly planes: readonly string[];
}

/** A decoded tile. Plane arrays hold quantised cells, `bin · 256 + column`, bins from the lowest. */
export interface Tile {
  readonly header: TileHeader;
  /** By plane name (`long/low`, …, `short/fresh`); planes that are all zero are missing. */
  readonly planes: ReadonlyMap<string, Uint16Array>;
}

/**
 * Decodes one tile.
 * @throws Error with what was wrong: not a tile, cut short, or of another shape than 256 × 256.
 */
export function decodeTile(bytes: ArrayBuffer): Tile {
  if (bytes.byteLength < 8) throw new Error(`cannot decode tile: ${bytes.byteLength} bytes, expected at least 8`);
  const view = new DataView(bytes);
  const magic = String.fromCharCode(...new Uint8Array(bytes, 0, 4));
  if (magic !== MAGIC) throw new Error(`cannot decode tile: starts with "${magic}", expected "${MAGIC}"`);
  const length = view.getUint32(4, true);
  if (8 + length > bytes.byteLength) throw new Error(`cannot decode tile: header of ${length} bytes is cut short`);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, length))) as TileHeader;
  if (header.columns !== TILE || header.bins !== TILE) {
    throw new Error(`cannot decode tile: ${header.columns} × ${header.bins} cells, expected ${TILE} × ${TILE}`);
  }
  const expected = 8 + length + header.planes.length * CELLS * 2;
  if (bytes.byteLength !== expected) {
    throw new Error(`cannot decode tile: ${bytes.byteLength} bytes for ${header.planes.length} planes, expected ${expected}`);
  }
  const planes = new Map<string, Uint16Array>();
  header.planes.forEach((name, i) => planes.set(name, undelta(bytes, 8 + length + i * CELLS * 2)));
  return { header, planes };
}

/** Undoes the differences along each bin's row. The offset need not be even, so bytes are copied once. */
function undelta(bytes: ArrayBuffer, offset: number): Uint16Array {
  const raw = new Uint8Array(bytes, offset, CELLS * 2);
  const out = new Uint16Array(CELLS);
  for (let bin = 0, i = 0, at = 0; bin < TILE; bin++) {
    let value = 0;
    for (let column = 0; column < TILE; column++, i++, at += 2) {
      value = (value + (raw[at] as number) + ((raw[at + 1] as number) << 8)) & 0xffff;
      out[i] = value;
    }
  }
  return out;
}

const amounts = new Map<number, Float64Array>();

/** Estimated USD of every quantised cell: `2^(q/logStep) − 1`; 0 is empty. Made once a step: reading it is ten times as fast as a power. */
export function cellAmounts(logStep: number): Float64Array {
  const known = amounts.get(logStep);
  if (known) return known;
  const list = new Float64Array(0x10000);
  for (let q = 0; q < list.length; q++) list[q] = 2 ** (q / logStep) - 1;
  amounts.set(logStep, list);
  return list;
}

/** Estimated USD that a quantised cell stands for. */
export function cellUsd(q: number, logStep: number): number {
  return cellAmounts(logStep)[q] as number;
}

/** The quantised cell nearest to an amount of USD; the inverse of {@link cellUsd}. */
export function usdCell(amount: number, logStep: number): number {
  return amount <= 0 ? 0 : Math.min(0xffff, Math.round(Math.log2(1 + amount) * logStep));
}

/** Encodes a tile: the inverse of {@link decodeTile}, for fixtures and golden vectors. */
export function encodeTile(tile: Tile): ArrayBuffer {
  const header = new TextEncoder().encode(JSON.stringify(tile.header));
  const bytes = new ArrayBuffer(8 + header.length + tile.header.planes.length * CELLS * 2);
  new Uint8Array(bytes).set([...MAGIC].map((c) => c.charCodeAt(0)));
  const view = new DataView(bytes);
  view.setUint32(4, header.length, true);
  new Uint8Array(bytes).set(header, 8);
  tile.header.planes.forEach((name, p) => {
    const cells = tile.planes.get(name) as Uint16Array;
    for (let i = 0, at = 8 + header.length + p * CELLS * 2; i < CELLS; i++, at += 2) {
      const before = i % TILE === 0 ? 0 : (cells[i - 1] as number);
      view.setUint16(at, ((cells[i] as number) - before) & 0xffff, true);
    }
  });
  return bytes;
}
