/** What flowed in a column, for the panes under the chart: estimated and observed are told apart throughout. */
import type { Ink } from "../scale/ink";
import { columnSpans, extent } from "../scale/spans";
import { columnOf, rowOf, type View } from "../scale/view";
import { binPosition } from "../units/units";
import type { ColumnChunk } from "../wire/columns";
import { streaksOf, streaksWithin, type Streak } from "./streaks";
import { chunkOf, firstUnknown, type Source } from "./source";

/** One column. Amounts are USD at least 0, contracts where said. */
export interface Flow {
  /** Estimated: levels that price reached. */
  readonly sweptLong: number;
  readonly sweptShort: number;
  /** Observed: liquidations that the venue reported. */
  readonly observedLong: number;
  readonly observedShort: number;
  /** Contracts at the close; 0 while unknown. */
  readonly openInterest: number;
  /** Takers' buys minus their sells, contracts. */
  readonly delta: number;
  /** Estimated: longs that stand on the map minus shorts that do, contracts; NaN while open interest is unknown. */
  readonly standing: number;
  /** Observed: what longs pay shorts per funding interval, a fraction, as it stood at the close; NaN while unknown. */
  readonly funding: number;
  /** What is to be known of the column, as `FLAG` says. */
  readonly flags: number;
}

/** The flow of a column, given what tells the funding rate of the column of a level that starts at a time (ms); null where there is none, or it is not loaded. */
export function flowAt(source: Source | null, bucket: number, funding: (level: number, time: number) => number): Flow | null {
  const at = source && chunkOf(source, bucket);
  if (!source || !at?.present) return null;
  const { series } = at.chunk, of = (list: Float64Array): number => list[at.column] as number;
  return {
    sweptLong: of(series.swept_long), sweptShort: of(series.swept_short),
    observedLong: of(series.liquidated_long), observedShort: of(series.liquidated_short),
    openInterest: of(series.open_interest), delta: 2 * of(series.taker_buy) - of(series.volume),
    standing: of(series.open_interest) > 0 ? (of(series.placed_long) - of(series.placed_short)) * of(series.open_interest) : NaN,
    funding: funding(source.level, bucket * source.size.bucketMs), flags: of(series.flags),
  };
}

/** Columns in which the venue reported liquidations. */
function liquidated(chunk: ColumnChunk): readonly Streak[] {
  const { liquidated_long, liquidated_short } = chunk.series;
  return streaksOf(chunk, "liquidated", (column) => chunk.present[column] === 1 && ((liquidated_long[column] as number) > 0 || (liquidated_short[column] as number) > 0));
}

/** Radius of the greatest observed liquidation in view, CSS pixels. */
const LARGEST = 11;

/**
 * Circles where the venue reported liquidations, area by USD: longs at the
 * column's low, shorts at its high. Draws nothing where none were observed,
 * and nothing of the buckets before `from`.
 */
export function drawObserved(context: CanvasRenderingContext2D, source: Source, view: View, ink: Ink, from = -Infinity): void {
  const { first, end } = extent(columnSpans(view, source.size.bucketMs)), circles: { x: number; price: number; usd: number }[] = [];
  for (const streak of streaksWithin(source, Math.max(first, from), Math.min(end, firstUnknown(source)), liquidated)) {
    for (let bucket = streak.from; bucket < streak.end; bucket++) {
      const at = chunkOf(source, bucket);
      if (!at) continue;
      const { liquidated_long, liquidated_short, low, high, price } = at.chunk.series, i = at.column;
      const x = columnOf(view, (bucket + 0.5) * source.size.bucketMs);
      for (const [usd, edge] of [[liquidated_long[i], low[i]], [liquidated_short[i], high[i]]] as [number, number][]) {
        if (usd > 0) circles.push({ x, price: edge > 0 ? edge : (price[i] as number), usd });
      }
    }
  }
  const most = circles.reduce((m, c) => Math.max(m, c.usd), 0);
  context.save();
  context.strokeStyle = ink.observed;
  context.lineWidth = 1.5 * view.ratio;
  for (const { x, price, usd } of circles) {
    context.beginPath();
    context.arc(x, rowOf(view, binPosition(price, 0)), Math.max(1.5, LARGEST * Math.sqrt(usd / most)) * view.ratio, 0, 2 * Math.PI);
    context.stroke();
  }
  context.restore();
}
