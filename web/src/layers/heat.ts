/**
 * The map itself: which tiles a view wants, and the scene that is drawn of
 * what is there. While a tile loads, what is known of its place at another
 * level stands in, so that nothing goes blank when the level changes.
 */
import { differingColumns, type CellTile } from "../data/cells";
import type { NormQuery } from "../data/client";
import type { ChunkKey, Store, TileKey } from "../data/store";
import { Recent, type Block, type Box, type Pass, type Placed, type Table } from "../gl/scene";
import { columnSpans, extent, pixelsOf, rowSpans, type Spans } from "../scale/spans";
import { statTable, TEXELS } from "../scale/norm";
import { counted } from "../scale/selection";
import type { View } from "../scale/view";
import type { Level } from "../units/units";
import type { ColumnChunk } from "../wire/columns";
import { TILE } from "../wire/tile";

/** What the map is to show. */
export interface HeatPlan {
  readonly view: View;
  readonly level: number;
  readonly norm: NormQuery | null;
  /** Bounds of the known columns, ms; what closes after `to` is not drawn. */
  readonly from: number;
  readonly to: number;
}

/** Blocks of a tile and tables of a chunk, made once. */
const BLOCKS_KEPT = 128;
/** Most rows of tiles that are asked for beyond which nobody can see a cell. */
const MOST_ROWS = 12;

export class Heat {
  private readonly blocks = new Recent<CellTile, Block>(BLOCKS_KEPT, () => undefined);
  private readonly newest = new Map<string, CellTile>();
  private readonly tables = new WeakMap<ColumnChunk, Table>();

  constructor(private readonly store: Store, private readonly levels: readonly Level[]) {}

  /** Tiles and chunks that the plan needs, nearest to the middle first. `price` is kept in reach of the rows. */
  wanted(plan: HeatPlan, price: number | null): { tiles: TileKey[]; chunks: ChunkKey[] } {
    const { level, norm } = plan;
    const range = this.range(plan, level);
    if (!range) return { tiles: [], chunks: [] };
    let { y0, y1 } = range;
    if (price !== null) {
      const row = Math.floor(price / 2 ** (this.levels[level] as Level).shift / TILE);
      if (row < y0 && y0 - row <= 2) y0 = row;
      if (row > y1 && row - y1 <= 2) y1 = row;
    }
    const tiles: TileKey[] = [];
    for (let x = range.x0; x <= range.x1; x++) for (let y = y0; y <= y1; y++) tiles.push({ level, x, y });
    const middleX = (range.x0 + range.x1) / 2, middleY = (y0 + y1) / 2;
    const away = (key: TileKey): number => Math.hypot(key.x - middleX, key.y - middleY);
    tiles.sort((a, b) => away(a) - away(b));
    const chunks: ChunkKey[] = [];
    for (let x = range.x0; x <= range.x1; x++) chunks.push({ level, x, norm });
    return { tiles, chunks };
  }

  /** Passes to draw: stand-ins first, then the level itself. `complete` is false while something is missing. */
  passes(plan: HeatPlan): { passes: Pass[]; complete: boolean } {
    const own = this.pass(plan, plan.level);
    const missing: Box[] = [];
    const range = this.range(plan, plan.level);
    for (let x = range?.x0 ?? 0; range && x <= range.x1; x++) {
      for (let y = range.y0; y <= range.y1; y++) {
        const placed = this.place(plan, plan.level, x, y);
        if (placed === "missing") missing.push(this.boxOf(plan, plan.level, x, y));
        else if (placed) own.placed.push(placed);
      }
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
  private inside(plan: HeatPlan, level: number, box: Box): Placed[] {
    const range = this.range(plan, level, box);
    const found: Placed[] = [];
    for (let x = range?.x0 ?? 0; range && x <= range.x1; x++) {
      for (let y = range.y0; y <= range.y1; y++) {
        const placed = this.place(plan, level, x, y);
        if (placed && placed !== "missing") found.push({ ...placed, box: cut(placed.box, box) });
      }
    }
    return found;
  }

  private pass(plan: HeatPlan, level: number): Pass & { placed: Placed[] } {
    const { columns, rows } = this.spans(plan.view, level);
    return { columns, rows, placed: [] };
  }

  /** A tile ready to draw, "missing" while it or its columns are not loaded, null where it holds nothing. */
  private place(plan: HeatPlan, level: number, x: number, y: number): Placed | "missing" | null {
    const tile = this.store.tile({ level, x, y });
    const chunk = this.store.chunk({ level, x, norm: plan.norm });
    if (!tile || (!chunk && !tile.empty)) return "missing";
    if (tile.empty || !chunk) return null;
    const { bucketMs } = this.levels[level] as Level;
    return {
      block: this.block(tile), table: this.table(chunk, plan.norm),
      column: x * TILE, row: y * TILE, from: tile.first, end: Math.min(tile.end, Math.floor(plan.to / bucketMs) - x * TILE),
      box: this.boxOf(plan, level, x, y),
    };
  }

  private boxOf({ view }: HeatPlan, level: number, x: number, y: number): Box {
    const { columns, rows } = this.spans(view, level);
    const across = pixelsOf(columns, x * TILE, (x + 1) * TILE), down = pixelsOf(rows, y * TILE, (y + 1) * TILE);
    return { x0: across.from, x1: across.to, y0: down.from, y1: down.to };
  }

  /** Tile numbers that a view (or a box of it) touches at a level, within the stored time. Null if none. */
  private range(plan: HeatPlan, level: number, box?: Box): { x0: number; x1: number; y0: number; y1: number } | null {
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
    const id = `${tile.level}/${tile.x}/${tile.y}`;
    const before = this.newest.get(id), old = before && this.blocks.take(before);
    const block: Block = { size: TILE, cells: tile.cells, logStep: tile.logStep };
    if (before && old) {
      // Only the block before is linked, never the one before that: no chain is kept alive.
      delete old.replaces;
      block.replaces = { block: old, ...differingColumns(before, tile) };
    }
    this.newest.set(id, tile);
    this.blocks.set(tile, block);
    return block;
  }

  private table(chunk: ColumnChunk, norm: NormQuery | null): Table {
    let table = this.tables.get(chunk);
    if (!table) {
      const selections = counted(norm?.selections ?? "all", this.store.groups);
      this.tables.set(chunk, (table = { size: TILE, rows: TEXELS * selections.length, data: statTable(chunk, selections) }));
    }
    return table;
  }
}

/** Coarser levels first, nearest first; then finer ones. */
function rank(level: number, wanted: number): number {
  return level > wanted ? level - wanted : 100 + wanted - level;
}

function cut(a: Box, b: Box): Box {
  return { x0: Math.max(a.x0, b.x0), x1: Math.min(a.x1, b.x1), y0: Math.max(a.y0, b.y0), y1: Math.min(a.y1, b.y1) };
}
