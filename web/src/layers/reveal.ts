/** What happened after a replayed instant: price and observed liquidations, drawn apart from what was known. */
import type { Ink } from "../scale/ink";
import { columnSpans, extent } from "../scale/spans";
import { columnOf, letters, rowOf, type View } from "../scale/view";
import { binPosition } from "../units/units";
import { drawObserved } from "./flows";
import { columnReader, type Source } from "./source";
import type { Zone } from "./zones";

/** The stretch after the instant that is in view. Amounts are USD at least 0. */
export interface Outcome {
  /** End of the last column that is counted, ms. */
  readonly until: number;
  readonly high: number;
  readonly low: number;
  /** Last price of the stretch. */
  readonly close: number;
  /** Observed: liquidations that the venue reported. */
  readonly observedLong: number;
  readonly observedShort: number;
}

/** Buckets after the instant that the view shows, half-open. */
export function revealed(source: Source, view: View, at: number): { first: number; end: number } {
  const { first, end } = extent(columnSpans(view, source.size.bucketMs));
  return { first: Math.max(first, Math.floor(at / source.size.bucketMs)), end };
}

/** Sums up the columns in view that closed after `at`, ms; null where none is loaded. `source` knows what came later. */
export function outcomeOf(source: Source, view: View, at: number): Outcome | null {
  const { first, end } = revealed(source, view, at), read = columnReader(source);
  let until = 0, high = 0, low = Infinity, last = 0, observedLong = 0, observedShort = 0;
  for (let bucket = first; bucket < end; bucket++) {
    const column = read(bucket);
    if (!column?.present) continue;
    const { series } = column.chunk, of = (list: Float64Array): number => list[column.column] as number;
    const close = of(series.close) || of(series.price);
    if (!(close > 0)) continue;
    until = (bucket + 1) * source.size.bucketMs;
    high = Math.max(high, of(series.high) || close);
    low = Math.min(low, of(series.low) || close);
    last = close;
    observedLong += of(series.liquidated_long);
    observedShort += of(series.liquidated_short);
  }
  return until > 0 ? { until, high, low, close: last, observedLong, observedShort } : null;
}

/** Zones of the instant that price came to afterwards, and those that it did not. */
export function reachedZones(zones: readonly Zone[], { low, high }: Outcome): { reached: Zone[]; spared: Zone[] } {
  const came = (zone: Zone): boolean => (zone.side === "short" ? high >= zone.low : low <= zone.high);
  return { reached: zones.filter(came), spared: zones.filter((zone) => !came(zone)) };
}

/** Draws the stretch: a line at the instant, candles as outlines in the accent, circles where liquidations were observed. */
export function drawReveal(context: CanvasRenderingContext2D, source: Source, view: View, at: number, ink: Ink): void {
  const { bucketMs } = source.size, { first, end } = revealed(source, view, at), read = columnReader(source);
  const line = Math.max(1, Math.round(view.ratio)), body = Math.max(line, Math.floor((0.6 * bucketMs) / view.msPerPixel));
  const y = (price: number): number => Math.round(rowOf(view, binPosition(price, 0)));
  context.save();
  context.strokeStyle = context.fillStyle = ink.accent;
  context.lineWidth = line;
  for (let bucket = first; bucket < end; bucket++) {
    const column = read(bucket);
    if (!column?.present) continue;
    const { open, high, low, close } = column.chunk.series, of = (list: Float64Array): number => list[column.column] as number;
    if (!(of(open) > 0)) continue;
    const x = Math.round(columnOf(view, (bucket + 0.5) * bucketMs)), top = y(Math.max(of(open), of(close))), bottom = y(Math.min(of(open), of(close)));
    context.fillRect(x, y(of(high)), line, Math.max(line, top - y(of(high))));
    context.fillRect(x, bottom, line, Math.max(line, y(of(low)) - bottom));
    context.strokeRect(x - (body >> 1) + 0.5 * line, top + 0.5 * line, Math.max(line, body - line), Math.max(line, bottom - top));
  }
  context.restore();
  drawObserved(context, source, view, ink, first);
}

/** A line at the replayed instant: what stands to its left was known. */
export function drawInstant(context: CanvasRenderingContext2D, view: View, at: number, words: string, ink: Ink): void {
  const x = Math.round(columnOf(view, at)), line = Math.max(1, Math.round(view.ratio));
  if (x < 0 || x >= view.width) return;
  context.save();
  context.fillStyle = ink.accent;
  context.globalAlpha = 0.7;
  for (let y = 0; y < view.height; y += 8 * view.ratio) context.fillRect(x, y, line, 4 * view.ratio);
  context.globalAlpha = 1;
  context.font = `${11 * letters(view)}px Inter, system-ui, sans-serif`;
  const width = context.measureText(words).width;
  if (x + width + 16 * view.ratio < view.width) context.fillText(words, x + 8 * view.ratio, view.height - 10 * view.ratio);
  context.restore();
}
