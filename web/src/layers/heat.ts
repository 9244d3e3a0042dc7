/**
 * The map itself: which tiles a view wants, and the scene that is drawn of
 * what is there. While a tile loads, what is known of its place at another
 * level stands in, so that nothing goes blank when the level changes.
 */
import { differingColumns, type CellTile } from "../data/cells";
import { normKey, type NormQuery } from "../data/client";
import type { ChunkKey, Store, TileKey } from "../data/store";
import type { Block, Box, Pass, Placed, Table } from "../gl/scene";
import { columnSpans, extent, pixelsOf, rowSpans, type Spans } from "../scale/spans";
import { statTable, TEXELS } from "../scale/norm";
import { counted } from "../scale/selection";
import type { View } from "../scale/view";
import type { Level } from "../units/units";
import type { ColumnChunk } from "../wire/columns";
import { cellAmounts, TILE } from "../wire/tile";

/** What the map is to show. */
export interface HeatPlan {
  readonly view: View;
  readonly level: number;
  readonly norm: NormQuery | null;
  /** Bounds of the known columns, ms; what closes after `to` is not drawn. */
  readonly from: number;
  readonly to: number;
}

/** Most rows of tiles that are asked for beyond which nobody can see a cell. */
const MOST_ROWS = 12;

/** Rows of tiles between the view and price that are asked for as well, so that sums can begin at price. */
const REACH = 2;

/** What a plan needs, nearest to the middle first. */
export interface Wanted {
  readonly tiles: readonly TileKey[];
  readonly chunks: readonly ChunkKey[];
}

/** Numbers of tiles, inclusive. */
interface Range {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

const NOTHING: Wanted = { tiles: [], chunks: [] };

export class Heat {
  private readonly blocks = new WeakMap<CellTile, Block>();
  private readonly tables = new WeakMap<ColumnChunk, Table>();
  private last: { readonly key: string; readonly wanted: Wanted } | null = null;

  constructor(private readonly store: Store, private readonly levels: readonly Level[]) {}

  /** Tiles and chunks that the plan needs: the same object as before where it needs the same. `price` is kept in reach of the rows. */
  wanted(plan: HeatPlan, price: number | null): Wanted {
    const { level, norm } = plan, seen = this.range(plan, level);
    if (!seen) return NOTHING;
    const range = price === null ? seen : reaching(seen, Math.floor(price / 2 ** (this.levels[level] as Level).shift / TILE));
    const key = [level, normKey(norm), range.x0, range.x1, range.y0, range.y1].join();
    if (this.last?.key !== key) this.last = { key, wanted: wantedOf(range, level, norm) };
    return this.last.wanted;
  }

  /** Passes to draw: stand-ins first, then the level itself. `complete` is false while something is missing. */
  passes(plan: HeatPlan): { passes: Pass[]; complete: boolean } {
    const own = this.pass(plan, plan.level), missing: Box[] = [];
    for (const { x, y, box } of this.grid(plan, plan.level)) {
      const placed = this.place(plan, plan.level, x, y, box);
      if (placed === "missing") missing.push(box);
      else if (placed) own.placed.push(placed);
    }
    const standIns = missing.length > 0 ? this.standIns(plan, missing) : [];
    return { passes: [...standIns, own], complete: missing.length === 0 };
  }

  /** The nearest coarser level, else finer level, that has anything of each missing box. */
  private standIns(plan: HeatPlan, missing: readonly Box[]): Pass[] {
    const order = this.levels.map((_, level) => level).filter((level) => level !== plan.level);
    order.sort((a, b) => rank(a, plan.level) - rank(b, plan.level));
    const passes = new Map<number, Pass & { placed: Placed[] }>();
    for (const box of missing) {
      for (const level of order) {
        const found = this.inside(plan, level, box);
        if (found.length === 0) continue;
        if (!passes.has(level)) passes.set(level, this.pass(plan, level));
        passes.get(level)?.placed.push(...found);
        break;
      }
    }
    return [...passes.values()];
  }

  /** Loaded tiles of a level within a box, cut to it. */
  private inside(plan: HeatPlan, level: number, within: Box): Placed[] {
    const found: Placed[] = [];
    for (const { x, y, box } of this.grid(plan, level, within)) {
      const placed = this.place(plan, level, x, y, cut(box, within));
      if (placed && placed !== "missing") found.push(placed);
    }
    return found;
  }

  private pass(plan: HeatPlan, level: number): Pass & { placed: Placed[] } {
    const { columns, rows } = this.spans(plan.view, level);
    return { columns, rows, placed: [] };
  }

  /** A tile ready to draw, "missing" while it or its columns are not loaded, null where it holds nothing. */
  private place(plan: HeatPlan, level: number, x: number, y: number, box: Box): Placed | "missing" | null {
    const tile = this.store.tile({ level, x, y });
    const chunk = this.store.chunk({ level, x, norm: plan.norm });
    if (!tile || (!chunk && !tile.empty)) return "missing";
    if (tile.empty || !chunk) return null;
    const { bucketMs } = this.levels[level] as Level;
    return {
      block: this.block(tile), table: this.table(chunk, plan.norm), box,
      column: x * TILE, row: y * TILE, from: tile.first, end: Math.min(tile.end, Math.floor(plan.to / bucketMs) - x * TILE),
    };
  }

  /** Tiles that a view (or a box of it) touches at a level, each with the pixels that it covers. */
  private *grid(plan: HeatPlan, level: number, within?: Box): Generator<{ x: number; y: number; box: Box }> {
    const range = this.range(plan, level, within);
    if (!range) return;
    const { columns, rows } = this.spans(plan.view, level), down: { from: number; to: number }[] = [];
    for (let y = range.y0; y <= range.y1; y++) down.push(pixelsOf(rows, y * TILE, (y + 1) * TILE));
    for (let x = range.x0; x <= range.x1; x++) {
      const { from: x0, to: x1 } = pixelsOf(columns, x * TILE, (x + 1) * TILE);
      for (const [i, { from: y0, to: y1 }] of down.entries()) yield { x, y: range.y0 + i, box: { x0, x1, y0, y1 } };
    }
  }

  /** Tile numbers that a view (or a box of it) touches at a level, within the stored time. Null if none. */
  private range(plan: HeatPlan, level: number, box?: Box): Range | null {
    const { columns, rows } = this.spans(plan.view, level);
    const c = extent(box ? columns.subarray(2 * box.x0, 2 * box.x1) : columns);
    const r = extent(box ? rows.subarray(2 * box.y0, 2 * box.y1) : rows);
    const { bucketMs } = this.levels[level] as Level;
    const first = Math.max(c.first, Math.floor(plan.from / bucketMs)), end = Math.min(c.end, Math.ceil(plan.to / bucketMs));
    if (first >= end || r.first >= r.end) return null;
    const y0 = Math.floor(r.first / TILE);
    return {
      x0: Math.floor(first / TILE), x1: Math.floor((end - 1) / TILE),
      y0, y1: Math.min(y0 + MOST_ROWS, Math.floor((r.end - 1) / TILE)),
    };
  }

  private spans(view: View, level: number): { columns: Spans; rows: Spans } {
    const { bucketMs, shift } = this.levels[level] as Level;
    return { columns: columnSpans(view, bucketMs), rows: rowSpans(view, shift) };
  }

  private block(tile: CellTile): Block {
    const known = this.blocks.get(tile);
    if (known) return known;
    const block: Block = { size: TILE, cells: tile.cells, logStep: tile.logStep, amounts: cellAmounts(tile.logStep) };
    const before = this.store.before(tile), elder = before && this.blocks.get(before);
    if (elder) {
      // Only the block before is linked, never the one before that: no chain is kept alive.
      delete elder.replaces;
      block.replaces = { elder, ...differingColumns(before.cells, block.cells, TILE) };
    }
    this.blocks.set(tile, block);
    return block;
  }

  private table(chunk: ColumnChunk, norm: NormQuery | null): Table {
    const known = this.tables.get(chunk);
    if (known) return known;
    const selections = counted(norm?.selections ?? "all", this.store.groups), rows = TEXELS * selections.length;
    const table: Table = { size: TILE, rows, data: statTable(chunk, selections) };
    const before = this.store.before(chunk), elder = before && this.tables.get(before);
    if (elder) {
      delete elder.replaces;
      table.replaces = { elder, ...differingColumns(elder.data, table.data, rows) };
    }
    this.tables.set(chunk, table);
    return table;
  }
}

/** Whether a row of tiles is near enough to the rows in view to be asked for together with them. */
export function withinReach({ y0, y1 }: { readonly y0: number; readonly y1: number }, row: number): boolean {
  return row >= y0 - REACH && row <= y1 + REACH;
}

/** A range with the row of price in it, where that is near. */
function reaching(range: Range, row: number): Range {
  const { y0, y1 } = range;
  return withinReach(range, row) ? { ...range, y0: Math.min(y0, row), y1: Math.max(y1, row) } : range;
}

function wantedOf({ x0, x1, y0, y1 }: Range, level: number, norm: NormQuery | null): Wanted {
  const tiles: TileKey[] = [], chunks: ChunkKey[] = [];
  for (let x = x0; x <= x1; x++) {
    chunks.push({ level, x, norm });
    for (let y = y0; y <= y1; y++) tiles.push({ level, x, y });
  }
  const away = (key: TileKey): number => Math.hypot(key.x - (x0 + x1) / 2, key.y - (y0 + y1) / 2);
  return { tiles: tiles.sort((a, b) => away(a) - away(b)), chunks };
}

/** Coarser levels first, nearest first; then finer ones. */
function rank(level: number, wanted: number): number {
  return level > wanted ? level - wanted : 100 + wanted - level;
}

function cut(a: Box, b: Box): Box {
  return { x0: Math.max(a.x0, b.x0), x1: Math.min(a.x1, b.x1), y0: Math.max(a.y0, b.y0), y1: Math.min(a.y1, b.y1) };
}
