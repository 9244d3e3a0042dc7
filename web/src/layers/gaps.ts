/** Stretches of time that the map has nothing to show of: hatched or left as they are, with a word why. Nothing is interpolated across them. */
import { columnSpans, extent, pixelsTouching } from "../scale/spans";
import type { Ink } from "../scale/ink";
import { MODE_LABEL } from "../scale/legend";
import type { Mode } from "../scale/norm";
import type { Selection } from "../scale/selection";
import { columnOf, letters, priceAt, type View } from "../scale/view";
import { dateTime, type Zone } from "../units/format";
import { FLAG } from "../wire/api";
import type { ColumnChunk } from "../wire/columns";
import { streaksOf, streaksWithin, type Streak } from "./streaks";
import { columnReader, firstUnknown, type Source } from "./source";

/** Half-open stretch of device pixel columns. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Pixel stretches that show streaks of the chunks in view, as far as their buckets lie in `[low, high)`. */
function stretchesOf(source: Source, view: View, low: number, high: number, streaks: (chunk: ColumnChunk) => readonly Streak[]): Stretch[] {
  const spans = columnSpans(view, source.size.bucketMs), { first, end } = extent(spans), out: Stretch[] = [];
  for (const streak of streaksWithin(source, Math.max(first, low), Math.min(end, high), streaks)) {
    const { from, to } = pixelsTouching(spans, streak.from, streak.end), last = out[out.length - 1];
    if (from >= to) continue;
    if (last && from <= last.to) out[out.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else out.push({ from, to });
  }
  return out;
}

/** Pixel stretches within the stored time whose columns are missing or have one of these flags. */
export function gapStretches(source: Source, view: View, { from, to }: { readonly from: number; readonly to: number }, flags: number = FLAG.gap): Stretch[] {
  const { bucketMs } = source.size;
  return stretchesOf(source, view, Math.ceil(from / bucketMs), Math.floor(to / bucketMs), (chunk) =>
    streaksOf(chunk, `gap ${flags}`, (column) => chunk.present[column] !== 1 || ((chunk.series.flags[column] as number) & flags) !== 0));
}

/** Pixel stretches whose columns are there but have too small a population for colours to mean anything. */
export function unscaledStretches(source: Source, view: View, mode: Mode, selection: Selection): Stretch[] {
  if (mode === "usd") return [];
  const spread = mode === "z" ? "sd" : mode === "robust" ? "mad" : "n";
  return stretchesOf(source, view, -Infinity, firstUnknown(source), (chunk) => {
    const values = chunk.stats.get(selection)?.[spread];
    return values ? streaksOf(chunk, `${selection} ${spread}`, (column) => chunk.present[column] === 1 && !((values[column] as number) > 0)) : [];
  });
}

/** What a reader must be told of the columns in view. */
export interface Condition {
  /** Flags of all of them, united. */
  readonly flags: number;
  /** Something traded in one of them. */
  readonly traded: boolean;
  /** Where price was in the newest of them, if it was nowhere within the prices in view; null otherwise. */
  readonly elsewhere: number | null;
}

export function conditionOf(source: Source, view: View): Condition {
  const spans = columnSpans(view, source.size.bucketMs), read = columnReader(source);
  const bottom = priceAt(view, view.height), top = priceAt(view, 0);
  let flags = 0, traded = false, seen = false, within = false, newest = 0;
  for (let x = 0; x < view.width; x++) {
    const at = x > 0 && spans[2 * x] === spans[2 * x - 2] ? undefined : read(spans[2 * x] as number);
    if (!at?.present) continue;
    seen = true;
    const { series } = at.chunk, price = series.price[at.column] as number, trades = (series.open[at.column] as number) > 0;
    flags |= series.flags[at.column] as number;
    traded ||= trades;
    within ||= (trades ? (series.low[at.column] as number) : price) <= top && (trades ? (series.high[at.column] as number) : price) >= bottom;
    newest = price;
  }
  return { flags, traded: traded || !seen, elsewhere: newest > 0 && !within ? newest : null };
}

/** What is missing of a column, or of several, by their flags: "trades", "liquidations", "open interest". */
export function missingOf(flags: number): string[] {
  const words: [number, string][] = [[FLAG.gap, "trades"], [FLAG.noLiquidations, "liquidations"], [FLAG.oldOpenInterest, "open interest"]];
  return words.flatMap(([flag, word]) => (flags & flag ? [word] : []));
}

/** What a view lacks depends on. */
export interface Lacks {
  /** Bounds of what is stored, ms. */
  readonly from: number;
  readonly to: number;
  readonly mode: Mode;
  readonly selection: Selection;
  readonly zone: Zone;
}

/** Hatches gaps, and says in a word why a stretch of the map is empty. */
export function drawLacks(context: CanvasRenderingContext2D, source: Source, view: View, { from, to, mode, selection, zone }: Lacks, ink: Ink): void {
  const gaps = gapStretches(source, view, { from, to });
  hatch(context, gaps, view, ink);
  for (const gap of gaps) write(context, gap, "no data", view, ink);
  for (const stretch of unscaledStretches(source, view, mode, selection)) write(context, stretch, `no ${MODE_LABEL[mode]} yet: too few cells`, view, ink);
  write(context, { from: 0, to: Math.min(view.width, columnOf(view, from)) }, `nothing stored before ${dateTime(from, zone)}`, view, ink);
}

/** Writes into a stretch, in lines of a word or more, unless there is no room. */
function write(context: CanvasRenderingContext2D, { from, to }: Stretch, text: string, view: View, ink: Ink): void {
  const ratio = letters(view), line = 16 * ratio, pad = 8 * ratio;
  if (to - from < 70 * ratio) return;
  context.save();
  context.font = `${11 * ratio}px Inter, system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1] as string, longer = last === "" ? word : `${last} ${word}`;
    if (last === "" || context.measureText(longer).width < to - from - 2 * pad) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  if (lines.every((l) => context.measureText(l).width < to - from - pad)) {
    lines.forEach((l, i) => {
      const x = (from + to) / 2, y = 0.3 * view.height + i * line, wide = context.measureText(l).width + pad;
      context.fillStyle = ink.patch;
      context.fillRect(x - wide / 2, y - line / 2, wide, line);
      context.fillStyle = ink.dim;
      context.fillText(l, x, y);
    });
  }
  context.restore();
}

/** Hatches stretches over a height, device pixels. */
export function hatch(context: CanvasRenderingContext2D, stretches: readonly Stretch[], { height, ratio }: { readonly height: number; readonly ratio: number }, ink: Ink): void {
  if (stretches.length === 0) return;
  const step = Math.round(7 * ratio);
  context.save();
  context.strokeStyle = ink.hatch;
  context.lineWidth = Math.max(1, ratio);
  for (const { from, to } of stretches) {
    context.save();
    context.beginPath();
    context.rect(from, 0, to - from, height);
    context.clip();
    context.fillStyle = ink.veil;
    context.fillRect(from, 0, to - from, height);
    context.beginPath();
    // Anchored to the pane, so that neighbouring stretches share their lines.
    for (let x = Math.floor((from - height) / step) * step; x < to; x += step) {
      context.moveTo(x, height);
      context.lineTo(x + height, 0);
    }
    context.stroke();
    context.restore();
  }
  context.restore();
}
