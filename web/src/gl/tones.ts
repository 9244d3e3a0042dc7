/**
 * The tones of blocks on the card, a layer each. A tone is computed when its
 * cell, the statistics of its column or the look have changed, and never
 * because the view has moved.
 */
import { Program } from "./program";
import { Recent } from "./recent";
import type { Block, Columns, Placed, Table, Toning } from "./scene";
import { TONE_VERTEX, toneFragment } from "./shader";
import { Grids, Layers, type GL } from "./textures";

/** Blocks kept, unless more are in view at once. */
const KEPT = 96;
const UNITS = { cells: 0, stats: 1 };
const UNIFORMS = ["logStep", "channels", "mode", "selection", "domain", "points"] as const;

interface Held {
  readonly cells: WebGLTexture;
  readonly layer: number;
  /** What the layer holds the tones of. */
  key: string;
  table: Table | null;
  /** Columns that were sent since. */
  dirty: Columns;
}

export class Tones {
  private readonly program: Program<(typeof UNIFORMS)[number]>;
  private readonly vertices: WebGLVertexArrayObject;
  private readonly layers: Layers;
  private readonly blocks: Grids<Block>;
  private readonly tables: Grids<Table>;
  private readonly held = new Recent<Block, Held>(({ cells, layer }) => {
    this.gl.deleteTexture(cells);
    this.layers.giveBack(layer);
  });
  private readonly stats = new Recent<Table, WebGLTexture>((texture) => this.gl.deleteTexture(texture));

  constructor(private readonly gl: GL, private readonly size: number, toneSource: string) {
    this.program = new Program(gl, TONE_VERTEX, toneFragment(toneSource), UNIFORMS, UNITS);
    this.vertices = gl.createVertexArray();
    this.layers = new Layers(gl, size);
    this.blocks = Grids.ofBlocks(gl);
    this.tables = Grids.ofTables(gl);
  }

  /** Bytes sent so far. */
  get sent(): number {
    return this.blocks.sent + this.tables.sent;
  }

  /** Layer that holds a block's tones, once {@link prepare} has seen it; undefined where the card has no room for it. */
  layerOf(block: Block): number | undefined {
    return this.held.get(block)?.layer;
  }

  bind(): void {
    this.layers.bind();
  }

  /** Sees to it that the tones of everything placed are right. Changes program, textures and viewport where they are not. */
  prepare(placed: readonly Placed[], toning: Toning): void {
    const look = [toning.mode, toning.selection, toning.channels, toning.domain, toning.points].join();
    const stale: { held: Held; placed: Placed }[] = [];
    this.gl.activeTexture(this.gl.TEXTURE0 + UNITS.cells);
    for (const one of placed) {
      const held = this.hold(one.block);
      if (held) stale.push({ held, placed: one });
    }
    // A layer that was added may have emptied all others: only now is it known which are right.
    const key = `${this.layers.generation} ${look}`;
    const wrong = stale.filter(({ held, placed: { table } }) => {
      held.dirty = this.dirty(held, table, key);
      return held.dirty.from < held.dirty.end;
    });
    if (wrong.length > 0) this.tone(wrong, toning, key);
    this.held.trim(Math.max(KEPT, placed.length));
    this.stats.trim(Math.max(KEPT, placed.length));
  }

  /** A block's cells on the card, with what an elder version left there. */
  private hold(block: Block): Held | null {
    const known = this.held.get(block);
    if (known) return known;
    const { replaces } = block, elder = replaces && this.held.take(replaces.elder);
    if (elder) {
      this.blocks.patch(elder.cells, block, replaces);
      elder.dirty = union(elder.dirty, replaces);
      this.held.set(block, elder);
      return elder;
    }
    const layer = this.layers.take() ?? this.evict();
    if (layer === null) return null;
    const held: Held = { cells: this.blocks.make(block), layer, key: "", table: null, dirty: NOTHING };
    this.held.set(block, held);
    return held;
  }

  /** The layer of the block that was not drawn for longest. */
  private evict(): number | null {
    this.held.trim(this.held.size - 1);
    return this.layers.take();
  }

  /** Columns of a layer that do not hold the tones of a table and a look. */
  private dirty({ key, table: before, dirty }: Held, table: Table, now: string): Columns {
    if (key !== now || before === null) return { from: 0, end: this.size };
    if (before === table) return dirty;
    return table.replaces?.elder === before ? union(dirty, table.replaces) : { from: 0, end: this.size };
  }

  private tone(list: readonly { held: Held; placed: Placed }[], toning: Toning, key: string): void {
    const { gl, size } = this, at = this.program.use();
    gl.bindVertexArray(this.vertices);
    gl.viewport(0, 0, size, size);
    gl.enable(gl.SCISSOR_TEST);
    const on = (channel: number): number => (toning.channels.includes(channel) ? 1 : 0);
    gl.uniform4i(at.channels, on(0), on(1), on(2), on(3));
    gl.uniform1i(at.mode, toning.mode);
    gl.uniform1i(at.selection, toning.selection);
    gl.uniform2f(at.domain, toning.domain[0], toning.domain[1]);
    gl.uniform1fv(at.points, toning.points);
    this.layers.enter();
    // Most of the time goes into calls: what stays as it was is not said again.
    let bound: Table | null = null, logStep = NaN;
    gl.activeTexture(gl.TEXTURE0 + UNITS.cells);
    for (const { held, placed: { block, table } } of list) {
      if (table !== bound) {
        gl.activeTexture(gl.TEXTURE0 + UNITS.stats);
        gl.bindTexture(gl.TEXTURE_2D, this.statsOf(table));
        gl.activeTexture(gl.TEXTURE0 + UNITS.cells);
        bound = table;
      }
      if (block.logStep !== logStep) gl.uniform1f(at.logStep, (logStep = block.logStep));
      gl.bindTexture(gl.TEXTURE_2D, held.cells);
      this.layers.choose(held.layer);
      gl.scissor(held.dirty.from, 0, held.dirty.end - held.dirty.from, size);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
      Object.assign(held, { key, table, dirty: NOTHING });
    }
    this.layers.leave();
    gl.disable(gl.SCISSOR_TEST);
  }

  private statsOf(table: Table): WebGLTexture {
    const known = this.stats.get(table);
    if (known) return known;
    const { replaces } = table, elder = replaces && this.stats.take(replaces.elder);
    if (elder) this.tables.patch(elder, table, replaces);
    const texture = elder ?? this.tables.make(table);
    this.stats.set(table, texture);
    return texture;
  }
}

const NOTHING: Columns = { from: 0, end: 0 };

function union(a: Columns, b: Columns): Columns {
  if (a.from >= a.end) return b;
  if (b.from >= b.end) return a;
  return { from: Math.min(a.from, b.from), end: Math.max(a.end, b.end) };
}
