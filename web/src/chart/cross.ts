/** Moves the cross-hair by cells, for those who use no pointer. */
import { columnOf, positionAt, rowOf, timeAt, type View } from "../scale/view";
import { LN_BIN, type Level } from "../units/units";

export interface CrossAt {
  /** CSS pixels of the pane. */
  readonly x: number;
  readonly y: number;
  readonly bucket: number;
  readonly price: number;
}

/** The middle of the cell that lies `columns` later and `bins` higher than a point (CSS pixels; null for the middle of the view), kept in view. */
export function nudged(view: View, { bucketMs, shift }: Level, at: { x: number; y: number } | null, columns: number, bins: number): CrossAt {
  const { ratio, width, height } = view, size = 2 ** shift;
  const from = at ? { x: at.x * ratio, y: at.y * ratio } : { x: width / 2, y: height / 2 };
  const bucket = Math.floor(timeAt(view, from.x) / bucketMs) + columns;
  // Where bins are finer than a pixel a step must still be seen.
  const step = Math.max(1, Math.ceil(Math.abs(positionAt(view, from.y) - positionAt(view, from.y + 1)) / size));
  const position = (Math.floor(positionAt(view, from.y) / size) + bins * step + 0.5) * size;
  const x = Math.max(0, Math.min(width - 1, columnOf(view, (bucket + 0.5) * bucketMs))), y = Math.max(0, Math.min(height - 1, rowOf(view, position)));
  return { x: x / ratio, y: y / ratio, bucket: Math.floor(timeAt(view, x) / bucketMs), price: Math.exp(positionAt(view, y) * LN_BIN) };
}
