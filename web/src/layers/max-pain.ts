/** Where each side would hurt most: the fullest bins of the profile. */
import type { Ink } from "../scale/ink";
import { rowOf, type View } from "../scale/view";
import { binLow, binOf, binPosition } from "../units/units";
import type { Profile } from "./profile";

/** Prices at which the most of a side is estimated to be liquidated, within the profile; null where nothing of it stands. */
export interface MaxPain {
  readonly long: PainPoint | null;
  readonly short: PainPoint | null;
}

export interface PainPoint {
  /** Middle of the bin. */
  readonly price: number;
  /** What stands in it, USD, estimated. */
  readonly usd: number;
}

/** The fullest bin of longs below price and of shorts above it; the bin that holds price belongs to neither. */
export function maxPainOf({ totals, first, price }: Pick<Profile, "totals" | "first" | "price">, shift: number): MaxPain {
  const middle = binOf(price, shift);
  const fullest = (from: number, end: number): PainPoint | null => {
    let best = -1;
    for (let i = Math.max(0, from); i < Math.min(totals.length, end); i++) if ((totals[i] as number) > (best < 0 ? 0 : (totals[best] as number))) best = i;
    return best < 0 ? null : { price: Math.sqrt(binLow(first + best, shift) * binLow(first + best + 1, shift)), usd: totals[best] as number };
  };
  return { long: fullest(0, middle - first), short: fullest(middle + 1 - first, totals.length) };
}

/** A pointer at each of the two prices, at the profile's outer edge. */
export function drawMaxPain(context: CanvasRenderingContext2D, { long, short }: MaxPain, view: View, ink: Ink): void {
  const { width } = context.canvas, size = 6 * view.ratio;
  context.save();
  context.fillStyle = ink.text;
  for (const point of [long, short]) {
    const y = point ? rowOf(view, binPosition(point.price, 0)) : -1;
    if (y < 0 || y > view.height) continue;
    context.beginPath();
    context.moveTo(width - size, y);
    context.lineTo(width, y - 0.7 * size);
    context.lineTo(width, y + 0.7 * size);
    context.fill();
  }
  context.restore();
}
