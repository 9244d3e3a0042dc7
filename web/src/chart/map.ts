/** The map on its canvas: asks for what the view needs, and paints what is there. */
import type { NormQuery } from "../data/client";
import type { ChunkKey, Store } from "../data/store";
import type { Painter, Pass } from "../gl/scene";
import { Heat, type Wanted } from "../layers/heat";
import { priceOf, lastColumn, type Source } from "../layers/source";
import type { View } from "../scale/view";
import { binPosition, type Level } from "../units/units";
import type { Instrument } from "../wire/api";
import { TILE } from "../wire/tile";
import type { Frame } from "./candles";
import { domainFor, legendOf, lookOf, normAt, type Choice, type Legend } from "./looks";

export class MapView {
  passes: readonly Pass[] = [];
  /** Everything that the view shows is loaded. */
  complete = false;
  private readonly heat: Heat;
  private quantiles: number[] | null = null;
  private drawn: { readonly width: number; readonly height: number } | null = null;
  private asked: { readonly wanted: Wanted; readonly seen: boolean; readonly frame: Frame; readonly to: number } | null = null;

  constructor(readonly store: Store, readonly levels: readonly Level[], private readonly painter: Painter) {
    this.heat = new Heat(store, levels);
  }

  /** Asks for the cells and columns of the view, and then for the columns of its frame. */
  want(view: View, frame: Frame, norm: NormQuery | null, instrument: Instrument): void {
    const source = this.source(frame.level, norm, instrument.to);
    const last = lastColumn(source, Math.floor((instrument.to - 1) / frame.bucketMs));
    const price = last === null ? 0 : priceOf(source, last);
    const wanted = this.heat.wanted({ view, level: frame.level, norm, from: instrument.from, to: instrument.to }, price > 0 ? binPosition(price, 0) : null);
    const seen = wanted.chunks.every((key) => this.store.chunk(key));
    const { asked } = this, { to } = instrument;
    if (asked?.wanted === wanted && asked.seen === seen && asked.frame === frame && asked.to === to) return;
    this.asked = { wanted, seen, frame, to };
    this.store.want("map", wanted.tiles, seen ? [...wanted.chunks, ...frameChunks(frame, norm, instrument)] : wanted.chunks);
  }

  /** Columns of a view that has no scale yet: candles come first. */
  wantColumns(frame: Frame, window: { from: number; to: number }, norm: NormQuery | null, instrument: Instrument): void {
    const first = Math.floor(window.from / frame.bucketMs), count = Math.ceil(window.to / frame.bucketMs) - first;
    this.asked = null;
    this.store.want("map", [], frameChunks({ ...frame, first, count }, norm, instrument));
  }

  /** Paints the view from what is loaded. */
  paint(view: View, frame: Frame, norm: NormQuery | null, instrument: Instrument, choice: Choice): void {
    const { passes, complete } = this.heat.passes({ view, level: frame.level, norm, from: instrument.from, to: instrument.to });
    this.passes = passes;
    this.complete = complete;
    this.drawn = { width: view.width, height: view.height };
    this.recolour(frame.level, norm, instrument, choice);
  }

  /** Paints the same cells with another look. */
  recolour(level: number, norm: NormQuery | null, instrument: Instrument, choice: Choice): void {
    if (!this.drawn) return;
    const source = this.source(level, norm, instrument.to);
    this.painter.draw({ ...this.drawn, passes: this.passes, look: this.look(source, instrument, choice) });
  }

  look(source: Source, instrument: Instrument, choice: Choice): ReturnType<typeof lookOf> {
    const { domain, info } = this.norm(source, instrument, choice);
    return lookOf(choice, domain, info);
  }

  legend(source: Source, instrument: Instrument, choice: Choice): Legend {
    const { domain, info } = this.norm(source, instrument, choice);
    return legendOf(choice, domain, info, source);
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
function frameChunks(frame: Frame, norm: NormQuery | null, { from, to }: Instrument): ChunkKey[] {
  const first = Math.max(frame.first, Math.floor(from / frame.bucketMs)), end = Math.min(frame.first + frame.count, Math.ceil(to / frame.bucketMs));
  const keys: ChunkKey[] = [];
  for (let x = Math.floor(first / TILE); x * TILE < end; x++) keys.push({ level: frame.level, x, norm });
  return keys;
}
