/** Stretches of time without data, hatched; nothing is interpolated across them. */
import { columnSpans } from "../scale/spans";
import type { Ink } from "../scale/ink";
import type { View } from "../scale/view";
import { FLAG } from "../wire/api";
import { columnReader, type Source } from "./source";

/** Half-open stretch of device pixel columns. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Pixel stretches within the stored time whose columns are missing or flagged as gaps. */
export function gapStretches(source: Source, view: View, from: number, to: number): Stretch[] {
  const spans = columnSpans(view, source.size.bucketMs), { bucketMs } = source.size, read = columnReader(source);
  const out: Stretch[] = [];
  let start = -1;
  for (let x = 0; x <= view.width; x++) {
    const inside = x < view.width && gapIn(read, spans[2 * x] as number, spans[2 * x + 1] as number, from / bucketMs, to / bucketMs);
    if (inside && start < 0) start = x;
    if (!inside && start >= 0) {
      out.push({ from: start, to: x });
      start = -1;
    }
  }
  return out;
}

function gapIn(read: ReturnType<typeof columnReader>, first: number, end: number, from: number, to: number): boolean {
  for (let bucket = Math.max(first, Math.ceil(from)); bucket < Math.min(end, Math.floor(to)); bucket++) {
    const at = read(bucket);
    if (at && (!at.present || ((at.chunk.series.flags[at.column] as number) & FLAG.gap) !== 0)) return true;
  }
  return false;
}

/** What a reader must be told of the columns in view: their flags, united, and whether any of them traded. */
export function conditionOf(source: Source, view: View): { flags: number; traded: boolean } {
  const spans = columnSpans(view, source.size.bucketMs), read = columnReader(source);
  let flags = 0, traded = false, seen = false;
  for (let x = 0; x < view.width; x++) {
    const at = read(spans[2 * x] as number);
    if (!at?.present) continue;
    seen = true;
    flags |= at.chunk.series.flags[at.column] as number;
    traded ||= (at.chunk.series.open[at.column] as number) > 0;
  }
  return { flags, traded: traded || !seen };
}

/** Hatches the stretches over the height of the view. */
export function drawGaps(context: CanvasRenderingContext2D, stretches: readonly Stretch[], view: View, ink: Ink): void {
  if (stretches.length === 0) return;
  const step = Math.round(7 * view.ratio);
  context.save();
  context.strokeStyle = ink.hatch;
  context.lineWidth = Math.max(1, view.ratio);
  for (const { from, to } of stretches) {
    context.save();
    context.beginPath();
    context.rect(from, 0, to - from, view.height);
    context.clip();
    context.fillStyle = ink.veil;
    context.fillRect(from, 0, to - from, view.height);
    context.beginPath();
    // Anchored to the pane, so that neighbouring stretches share their lines.
    for (let x = Math.floor((from - view.height) / step) * step; x < to; x += step) {
      context.moveTo(x, view.height);
      context.lineTo(x + view.height, 0);
    }
    context.stroke();
    context.restore();
  }
  context.restore();
}
