/** The map on its canvas: asks for what the view needs, and paints what is there. */
import { normKey, type NormQuery } from "../data/client";
import type { ChunkKey, Store } from "../data/store";
import type { Painter, Pass } from "../gl/scene";
import { Heat, type Wanted } from "../layers/heat";
import { priceOf, lastColumn, type Source } from "../layers/source";
import type { View } from "../scale/view";
import { binPosition, type Level } from "../units/units";
import type { Instrument } from "../wire/api";
import { TILE } from "../wire/tile";
import type { Frame } from "./candles";
import type { Window } from "./framing";
import { domainFor, legendOf, lookOf, normAt, type Choice, type Legend } from "./looks";

/** In whose name the store is asked before there is a map, see scout.ts; the map takes over from it. */
export const SCOUT = "scout";

export class MapView {
  passes: readonly Pass[] = [];
  /** Everything that the view shows is loaded. */
  complete = false;
  private readonly heat: Heat;
  private quantiles: number[] | null = null;
  private drawn: { readonly width: number; readonly height: number; readonly level: number; readonly norm: string } | null = null;
  private asked: { readonly wanted: Wanted; readonly complete: boolean; readonly frame: Frame; readonly to: number } | null = null;

  constructor(readonly store: Store, readonly levels: readonly Level[], private readonly painter: Painter) {
    this.heat = new Heat(store, levels);
  }

  /** Asks for the cells and columns of the view, and once they are painted for the columns of its frame. */
  want(view: View, frame: Frame, norm: NormQuery | null, instrument: Instrument): void {
    const source = this.source(frame.level, norm, instrument.to);
    const last = lastColumn(source, Math.floor((instrument.to - 1) / frame.bucketMs));
    const price = last === null ? 0 : priceOf(source, last);
    const wanted = this.heat.wanted({ view, level: frame.level, norm, from: instrument.from, to: instrument.to }, price > 0 ? binPosition(price, 0) : null);
    const { asked, complete } = this, { to } = instrument;
    if (asked?.wanted === wanted && asked.complete === complete && asked.frame === frame && asked.to === to) return;
    this.asked = { wanted, complete, frame, to };
    this.store.want("map", wanted.tiles, complete ? [...wanted.chunks, ...frameChunks(frame, norm, instrument)] : wanted.chunks);
    this.store.want(SCOUT, [], []);
  }

  /** Columns of a view that has no scale yet: candles come first. */
  wantColumns(frame: Frame, window: Window, norm: NormQuery | null, instrument: Instrument): void {
    this.asked = null;
    this.store.want("map", [], columnsOf(frame.level, frame.bucketMs, window, norm, instrument));
  }

  /** Paints the view from what is loaded. */
  paint(view: View, frame: Frame, norm: NormQuery | null, instrument: Instrument, choice: Choice): void {
    const { passes, complete } = this.heat.passes({ view, level: frame.level, norm, from: instrument.from, to: instrument.to });
    this.passes = passes;
    this.complete = complete;
    this.drawn = { width: view.width, height: view.height, level: frame.level, norm: normKey(norm) };
    this.recolour(frame.level, norm, instrument, choice);
  }

  /** What is painted are cells of that level, read with that normalisation. */
  holds(level: number, norm: NormQuery | null): boolean {
    return this.drawn?.level === level && this.drawn.norm === normKey(norm);
  }

  /** Paints the same cells with another look. */
  recolour(level: number, norm: NormQuery | null, instrument: Instrument, choice: Choice): void {
    if (!this.drawn) return;
    const source = this.source(level, norm, instrument.to);
    const { width, height } = this.drawn;
    this.painter.draw({ width, height, passes: this.passes, look: this.look(source, instrument, choice) });
  }

  look(source: Source, instrument: Instrument, choice: Choice): ReturnType<typeof lookOf> {
    const { domain, info } = this.norm(source, instrument, choice);
    return lookOf(choice, domain, info);
  }

  legend(source: Source, instrument: Instrument, choice: Choice): Legend {
    const { domain, info } = this.norm(source, instrument, choice);
    return legendOf(choice, domain, info, source);
  }

  /** Nothing of the map lies in the view, as far as the server knows. */
  get bare(): boolean {
    return this.complete && this.passes.every(({ placed }) => placed.length === 0);
  }

  /** A level as read with a normalisation, as known at `to`, ms. */
  source(level: number, norm: NormQuery | null, to: number): Source {
    return { store: this.store, level, size: this.levels[level] as Level, norm, to };
  }

  /** Domain by the newest column's population; while that is not loaded the last known one stays. */
  private norm(source: Source, instrument: Instrument, choice: Choice): { domain: ReturnType<typeof domainFor>; info: NonNullable<ReturnType<typeof normAt>>["info"] | null } {
    const at = normAt(source, Math.floor((instrument.to - 1) / source.size.bucketMs), choice.selection);
    if (at?.quantiles) this.quantiles = at.quantiles;
    return { domain: domainFor(choice, this.quantiles), info: at?.info ?? null };
  }
}

/** Chunks that hold a frame's columns, within what is stored. */
function frameChunks({ level, bucketMs, first, count }: Frame, norm: NormQuery | null, stored: Instrument): ChunkKey[] {
  return columnsOf(level, bucketMs, { from: first * bucketMs, to: (first + count) * bucketMs }, norm, stored);
}

/** Chunks that hold a window's columns, within what is stored. */
export function columnsOf(level: number, bucketMs: number, window: Window, norm: NormQuery | null, stored: Window): ChunkKey[] {
  const first = Math.floor(Math.max(window.from, stored.from) / bucketMs), end = Math.ceil(Math.min(window.to, stored.to) / bucketMs);
  const keys: ChunkKey[] = [];
  for (let x = Math.floor(first / TILE); x * TILE < end; x++) keys.push({ level, x, norm });
  return keys;
}
