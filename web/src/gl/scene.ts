/**
 * What a painter draws: integer cells in blocks, one table of floats per block
 * of columns, and a colour for each tone. Nothing here knows what the numbers
 * mean.
 */

/** Cells of `size × size`, four uint16 each, `(row · size + column) · 4 + channel`. Identity is the version: a changed block is a new object. */
export interface Block {
  readonly size: number;
  readonly cells: Uint16Array;
  /** A cell's amount is `2^(q/logStep) − 1`. */
  readonly logStep: number;
  /** The same of every q. */
  readonly amounts: Float64Array;
  /** What this one takes the place of: only where they differ is uploaded. */
  replaces?: Replaced<Block>;
}

/** Columns `[from, end)` of something that has columns. */
export interface Columns {
  readonly from: number;
  readonly end: number;
}

/** An elder version that is the same outside of columns `[from, end)`. */
export interface Replaced<T> extends Columns {
  readonly elder: T;
}

/** Floats by column, four a texel, `rows` texels a column: `(row · size + column) · 4`. */
export interface Table {
  readonly size: number;
  readonly rows: number;
  readonly data: Float32Array;
  replaces?: Replaced<Table>;
}

/** A block with its table, and where its first column and row lie among all cells of the pass. */
export interface Placed {
  readonly block: Block;
  readonly table: Table;
  readonly column: number;
  readonly row: number;
  /** Columns `[from, end)` of the block hold data. */
  readonly from: number;
  readonly end: number;
  /** Device pixels that the block covers, half-open. */
  readonly box: Box;
}

/** Half-open rectangle in device pixels, y downwards. */
export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Blocks of one resolution and the cells that each pixel shows: first, end per pixel column and row. */
export interface Pass {
  readonly columns: Int32Array;
  readonly rows: Int32Array;
  readonly placed: readonly Placed[];
}

/** How cells become tones, and tones colours; changing it needs no upload but the palette's. */
export interface Look extends Toning {
  readonly palette: Uint8Array;
  readonly ground: readonly [number, number, number];
  readonly undefinedColour: readonly [number, number, number];
  /** Tones below it are not drawn. */
  readonly threshold: number;
  /** Tone 0..1 of ln(1 + amount) by a table's column, NaN where undefined: what the shader's `tone` computes. */
  readonly tone: (log1p: number, table: Table, column: number) => number;
}

/** How cells become tones. */
export interface Toning {
  /** Channels that add up to a cell's amount. */
  readonly channels: readonly number[];
  readonly mode: number;
  readonly selection: number;
  readonly domain: readonly [number, number];
  readonly points: readonly number[];
}

export interface Scene {
  readonly width: number;
  readonly height: number;
  /** Drawn in order, later ones over earlier ones. */
  readonly passes: readonly Pass[];
  readonly look: Look;
}

/** Draws scenes on a canvas. */
export interface Painter {
  readonly kind: "webgl2" | "raster";
  /** Has the driver compile what draws will need, while there is nothing to draw yet; only the ground is to be seen of it. */
  warm(ground: Look["ground"]): void;
  /** Draws the scene; blocks it has not seen are uploaded first. */
  draw(scene: Scene): void;
  /** Bytes uploaded so far. */
  readonly uploaded: number;
  dispose(): void;
}

/** Most cells of one pixel that are looked at along an axis; beyond that they are sampled evenly. */
export const MOST_CELLS = 16;
